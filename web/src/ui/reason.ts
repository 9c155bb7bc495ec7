/** Who asks for a reason when the office wants one and none was given; the shell says how. */
let asker: (() => Promise<string | undefined>) | undefined;

/** The shell tells how a reason is asked for, and takes it back when it goes. */
export function onReason(ask: () => Promise<string | undefined>): () => void {
  asker = ask;
  return () => {
    if (asker === ask) asker = undefined;
  };
}

export const askReason = (): Promise<string | undefined> => (asker ? asker() : Promise.resolve(undefined));
