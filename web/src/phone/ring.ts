/** The sounds of the phone itself, made and not loaded. */

let context: AudioContext | undefined;
let sink = '';

/** Chooses the loudspeaker that rings; empty is the usual one. */
export function ringOn(speaker: string): void {
  sink = speaker;
  aim();
}

function aim(): void {
  const to = context as (AudioContext & { setSinkId?: (id: string) => Promise<void>; sinkId?: string }) | undefined;
  if (to?.setSinkId && to.sinkId !== sink) void to.setSinkId(sink).catch(() => undefined);
}
let playing: { kind: string; stop: () => void } | undefined;

function play(kind: string, tones: number[], on: number, every: number, loud: number): void {
  if (playing?.kind === kind) return;
  quiet();
  try {
    context ??= new AudioContext();
  } catch {
    return; // a machine without loudspeakers
  }
  const ctx = context;
  aim();
  void ctx.resume();
  const gain = ctx.createGain();
  gain.gain.value = 0;
  gain.connect(ctx.destination);
  const voices = tones.map((f) => {
    const o = ctx.createOscillator();
    o.frequency.value = f;
    o.connect(gain);
    o.start();
    return o;
  });
  const burst = () => {
    const at = ctx.currentTime + 0.02;
    gain.gain.cancelScheduledValues(at);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loud, at + 0.02);
    gain.gain.setValueAtTime(loud, at + on);
    gain.gain.linearRampToValueAtTime(0, at + on + 0.02);
  };
  burst();
  const timer = setInterval(burst, every * 1000);
  playing = { kind, stop: () => {
    clearInterval(timer);
    for (const o of voices) o.stop();
    gain.disconnect();
  } };
}

/** A call comes in. */
export const alarm = (): void => play('alarm', [523, 659], 0.9, 3, 0.12);
/** It rings at the other side. */
export const ringback = (): void => play('ringback', [425], 1, 5, 0.06);
/** Silence. */
export function quiet(): void {
  playing?.stop();
  playing = undefined;
}
