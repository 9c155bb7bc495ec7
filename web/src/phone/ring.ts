/** The sounds of the phone itself, made and not loaded. */

let context: AudioContext | undefined;
const sinks = { ringer: '', speaker: '' };
let loud = 1;
let sink: keyof typeof sinks = 'ringer';
let playing: { kind: string; stop: () => void } | undefined;
let heard: (muted: boolean) => void = () => undefined;

/** Chooses the loudspeaker that rings, and the one by which one hears how one's own calls go; empty is the usual one. */
export function ringOn(ringer: string, speaker: string): void {
  sinks.ringer = ringer;
  sinks.speaker = speaker;
  aim();
}

/** How loud it rings, from 0 to 1; what one hears of one's own calls stays as loud as it is. */
export function ringAt(volume: number): void {
  loud = volume;
}

/** Tells when the browser keeps the phone from ringing: a page that nobody has touched yet may make no sound. */
export function onMuted(told: (muted: boolean) => void): void {
  heard = told;
}

const muted = (): boolean => Boolean(playing && context && context.state !== 'running');
const tell = (): void => heard(muted());

function aim(): void {
  const to = context as (AudioContext & { setSinkId?: (id: string) => Promise<void>; sinkId?: string }) | undefined;
  if (to?.setSinkId && to.sinkId !== sinks[sink]) void to.setSinkId(sinks[sink]).catch(() => undefined);
}

/** The first touch of the page lets it sound. */
function wake(): void {
  void context?.resume().catch(() => undefined);
}

function open(): AudioContext {
  const made = new AudioContext();
  made.addEventListener('statechange', tell);
  for (const touch of ['pointerdown', 'keydown']) addEventListener(touch, wake, { capture: true, passive: true });
  return made;
}

function play(kind: string, by: keyof typeof sinks, tones: number[], bursts: [at: number, on: number][], every: number, height: number): void {
  if (playing?.kind === kind) return;
  quiet();
  try {
    context ??= open();
  } catch {
    return; // a machine without loudspeakers
  }
  const ctx = context;
  sink = by;
  aim();
  wake();
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
    const now = ctx.currentTime + 0.02;
    gain.gain.cancelScheduledValues(now);
    for (const [after, on] of bursts) {
      gain.gain.setValueAtTime(0, now + after);
      gain.gain.linearRampToValueAtTime(height * (by === 'ringer' ? loud : 1), now + after + 0.02);
      gain.gain.setValueAtTime(height * (by === 'ringer' ? loud : 1), now + after + on);
      gain.gain.linearRampToValueAtTime(0, now + after + on + 0.02);
    }
  };
  burst();
  const timer = setInterval(burst, every * 1000);
  playing = { kind, stop: () => {
    clearInterval(timer);
    for (const o of voices) o.stop();
    gain.disconnect();
  } };
  tell();
}

/** A call comes in. */
export const alarm = (): void => play('alarm', 'ringer', [523, 659], [[0, 0.9]], 3, 0.12);
/** A call comes in while one talks: softly, into the ear. */
export const knock = (): void => play('knock', 'speaker', [425], [[0, 0.15], [0.3, 0.15]], 5, 0.04);
/** It rings at the other side. */
export const ringback = (): void => play('ringback', 'speaker', [425], [[0, 1]], 5, 0.06);
/** Silence. */
export function quiet(): void {
  playing?.stop();
  playing = undefined;
  tell();
}
