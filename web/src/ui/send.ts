import { useState } from 'react';

/** Work that a button begins: busy while it is on its way, with what went wrong. It never throws. */
export function useSend(send: () => Promise<unknown>): { busy: boolean; error: unknown; go: () => void; forget: () => void } {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await send();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, go: () => void run(), forget: () => setError(undefined) };
}
