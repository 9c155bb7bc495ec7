/** How good a call sounds, from what the browser measures (RFC 3550 §6.4; the impairments of ITU-T G.107 for Opus and G.711 with concealment). */

/** What was counted so far on one call; times in seconds. */
export type Counts = { received: number; lost: number; jitter: number; trip: number; lostThere: number; spoken: number };

/** 3 good, 2 fair, 1 poor; 0 while nothing can be said. */
export type Bars = 0 | 1 | 2 | 3;
export type Quality = { bars: Bars; loss: number; delay: number; deaf: boolean; silent: boolean };

export const unknown: Quality = { bars: 0, loss: 0, delay: 0, deaf: false, silent: false };

/** Reads the report of one connection. */
export function counts(report: Iterable<Record<string, unknown>>): Counts {
  const c: Counts = { received: 0, lost: 0, jitter: 0, trip: 0, lostThere: 0, spoken: 0 };
  const n = (v: unknown): number => (typeof v === 'number' && Number.isFinite(v) ? v : 0);
  for (const s of report) {
    if (s.type === 'inbound-rtp' && s.kind === 'audio') {
      c.received += n(s.packetsReceived);
      c.lost += Math.max(0, n(s.packetsLost));
      c.jitter = Math.max(c.jitter, n(s.jitter));
    } else if (s.type === 'remote-inbound-rtp' && s.kind === 'audio') {
      c.trip = Math.max(c.trip, n(s.roundTripTime));
      c.lostThere = Math.max(c.lostThere, n(s.fractionLost));
    } else if (s.type === 'media-source' && s.kind === 'audio') c.spoken += n(s.totalAudioEnergy);
  }
  return c;
}

/** What is lost and late, as bars: R of G.107 with 93 to begin with. */
export function bars(loss: number, delay: number): Bars {
  const late = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const r = 93 - late - (95 * loss * 100) / (loss * 100 + 12);
  if (r >= 75) return 3;
  return r >= 55 ? 2 : 1;
}

/** Judges a stretch of a call by its counts at both ends. Quiet says how long nothing came in, or was said, before, in looks; that is counted on. */
export class Meter {
  private before?: Counts;
  private unheard = 0;
  private mute = 0;

  /** Whether something should come in, and whether the microphone is open, say the caller. */
  look(now: Counts, expects: boolean, speaks: boolean): Quality {
    const was = this.before;
    this.before = now;
    if (!was) return unknown;
    const came = Math.max(0, now.received - was.received);
    const lost = Math.max(0, now.lost - was.lost);
    this.unheard = expects && now.received === 0 ? this.unheard + 1 : 0; // who speaks to a mailbox hears nothing either, after its greeting
    this.mute = speaks && now.spoken === was.spoken ? this.mute + 1 : 0;
    const loss = Math.max(came + lost > 0 ? lost / (came + lost) : 0, now.lostThere);
    const delay = (now.trip / 2 + 2 * now.jitter) * 1000 + 40; // what a frame and its buffer take
    return { bars: came > 0 ? bars(loss, delay) : 0, loss, delay: Math.round(delay), deaf: this.unheard >= patience, silent: this.mute >= patience };
  }

  /** Another microphone: what the last one did says nothing about it. */
  again(): void {
    this.before = undefined;
    this.mute = 0;
    this.unheard = 0;
  }
}

/** Seconds between two looks, and after how many of them silence is a fault. */
export const rhythm = 2;
const patience = 4;
