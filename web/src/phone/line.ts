/** One phone for all tabs of a browser: one tab speaks with the server, the others show the same and ask it. */
import { useSyncExternalStore } from 'react';
import { api, Failure } from '../api';
import { Phone, type View } from './phone';
import { announce, mayAnnounce, onAnswer } from './notice';
import { alarm, knock, onMuted, quiet, ringAt, ringback, ringOn } from './ring';
import type { Saved } from './talk';

/** What every tab shows. */
export type Shown = Omit<View, 'refusal'> & { on: boolean; refusal: string; muted: boolean };
type Verb = 'call' | 'answer' | 'hangup' | 'hold' | 'mute' | 'press' | 'transfer' | 'devices' | 'consult' | 'complete' | 'join' | 'expect' | 'forget';
type Deed = { [K in Verb]: [name: K, ...rest: Parameters<Phone[K]>] }[Verb];
type Word = { shown: Shown } | { deed: Deed } | { ask: true };

const off: Shown = { on: false, line: 'connecting', calls: [], trouble: '', refusal: '', muted: false };
let shown: Shown = off;
const watchers = new Set<() => void>();
function show(next: Shown): void {
  shown = next;
  for (const w of watchers) w();
}

/** The phone of this browser, as it is now. */
export const usePhone = (): Shown =>
  useSyncExternalStore((changed) => {
    watchers.add(changed);
    return () => watchers.delete(changed);
  }, () => shown);

const read = (name: string): string => {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
};
const put = (name: string, value: string): void => {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // Storage may be closed; the choice then lasts as long as the page.
  }
};

const wanted = 'tandem.phone';
const kept = 'tandem.phone.call';
/** A call that the server keeps so long for a page that is loaded anew. */
const patience = 25_000;

export const microphone = (): string => read('tandem.phone.microphone');
export const speaker = (): string => read('tandem.phone.speaker');
export const ringer = (): string => read('tandem.phone.ringer');
/** From 0 to 1; as loud as can be where nothing was chosen. */
const loudness = (name: string): number => {
  const n = Number(read(name) || 1);
  return n >= 0 && n <= 1 ? n : 1;
};
export const volume = (): number => loudness('tandem.phone.volume');
export const ringVolume = (): number => loudness('tandem.phone.ring_volume');
export function choose(what: 'microphone' | 'speaker' | 'ringer' | 'volume' | 'ring_volume', id: string): void {
  put(`tandem.phone.${what}`, id);
  act('devices');
}

/** Did this person make this browser a phone? */
export const isWanted = (user: string): boolean => read(wanted) === user;

let channel: BroadcastChannel | undefined;
let phone: Phone | undefined;
let leave: (() => void) | undefined;
let first: (() => void)[] = [];

function lost(): Saved[] {
  try {
    const saved = JSON.parse(read(kept) || '[]') as Saved[];
    return saved.filter((s) => Date.now() - s.at < patience);
  } catch {
    return [];
  }
}

/** Rings, knocks while one talks, or lets the caller hear that it rings there – unless he hears that from there already. */
function sound(view: View): void {
  const comes = view.calls.filter((c) => c.state === 'incoming');
  announce(comes);
  if (comes.length > 0 && view.calls.some((c) => c.state === 'up' || c.state === 'ringing' || c.state === 'dialling')) knock();
  else if (comes.length > 0) alarm();
  else if (view.calls.some((c) => c.state === 'ringing' && !c.early)) ringback();
  else quiet();
}

/** Is the phone until the tab closes or somebody ends it. */
async function lead(user: string, signal: AbortSignal): Promise<void> {
  let account;
  try {
    account = await api.phone();
  } catch (e) {
    show({ ...shown, line: 'refused', refusal: e instanceof Failure ? e.message : '', trouble: first.length > 0 ? 'busy_line' : '' });
    channel?.postMessage({ shown } satisfies Word);
    first = [];
    return;
  }
  if (signal.aborted) return;
  let saved: Saved[] = [];
  const stamp = setInterval(() => { if (saved.length > 0) put(kept, JSON.stringify(saved.map((s) => ({ ...s, at: Date.now() })))); }, 2000);
  let ready = false;
  phone = new Phone(account, {
    changed: (view) => {
      sound(view);
      for (const c of view.calls) pick(c.id, c.state);
      show({ ...view, on: isWanted(user), refusal: '', muted: shown.muted });
      channel?.postMessage({ shown } satisfies Word);
      if (view.line === 'ready' && !ready) {
        ready = true;
        for (const work of first.splice(0)) work();
      }
    },
    keep: (s) => {
      if (s.length === 0 && saved.length === 0) return;
      saved = s;
      put(kept, s.length > 0 ? JSON.stringify(s) : '');
    },
    microphone,
    speaker,
    ringer,
    ringOn: (at, by) => {
      ringAt(ringVolume());
      ringOn(at, by);
    },
    volume,
  }, lost());
  onMuted((muted) => {
    if (muted === shown.muted) return;
    show({ ...shown, muted });
    channel?.postMessage({ shown } satisfies Word);
  });
  await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  clearInterval(stamp);
  phone.stop();
  phone = undefined;
  announce([]);
  quiet();
}

/** Until when a call that comes in is taken at once, because somebody said so before the page was there. */
let taking = 0;
const soon = 30_000;

/** Takes the call that this page was opened for: it becomes a phone of the person, and answers what rings next where he said so. */
export function take(user: string, answer: boolean): void {
  taking = answer ? Date.now() + soon : 0;
  if (!isWanted(user)) turn(user, true);
  for (const c of shown.calls) pick(c.id, c.state);
}

function pick(id: string, state: string): void {
  if (state !== 'incoming' || Date.now() > taking) return;
  taking = 0;
  act('answer', id);
}

/** Joins the tabs of this browser; the first is the phone, and when it goes the next one is. */
export function start(user: string): () => void {
  const end = new AbortController();
  const mine = new BroadcastChannel(`tandem-phone-${user}`);
  channel = mine;
  const told = onAnswer((id, deed) => act(deed === 'answer' ? 'answer' : 'hangup', id));
  mine.addEventListener('message', (e: MessageEvent<Word>) => {
    if ('shown' in e.data && !phone) show(e.data.shown);
    if ('deed' in e.data && phone) perform(phone, e.data.deed);
    if ('ask' in e.data && phone) mine.postMessage({ shown } satisfies Word);
  });
  show({ ...off, on: true });
  mine.postMessage({ ask: true } satisfies Word);
  const work = async () => {
    for (;;) {
      await lead(user, end.signal);
      if (end.signal.aborted) return;
      await new Promise((again) => setTimeout(again, 60_000)); // refused; whoever may give the right may do so meanwhile
    }
  };
  const locks = 'locks' in navigator ? navigator.locks : undefined;
  if (locks) void locks.request(`tandem-phone-${user}`, { signal: end.signal }, work).catch(() => undefined);
  else void work();
  leave = () => {
    end.abort();
    told();
    mine.close();
    if (channel === mine) channel = undefined;
    show(off);
  };
  const mineToLeave = leave;
  return mineToLeave;
}

/** Makes this browser a phone of the person, or takes that back. */
export function turn(user: string, on: boolean): void {
  put(wanted, on ? user : '');
  if (on) mayAnnounce();
  for (const w of turned) w();
}
const turned = new Set<() => void>();
export const onTurn = (work: () => void): (() => void) => {
  turned.add(work);
  const other = (e: StorageEvent) => { if (e.key === wanted) work(); };
  addEventListener('storage', other);
  return () => {
    turned.delete(work);
    removeEventListener('storage', other);
  };
};

function perform(on: Phone, [name, ...rest]: Deed): void {
  (on[name] as (...args: typeof rest) => void)(...rest);
}

/** Does something with the phone, in whichever tab it is. */
export function act(...deed: Deed): void {
  if (phone) perform(phone, deed);
  else channel?.postMessage({ deed } satisfies Word);
}

/** What the strip said was read. */
export function forget(): void {
  act('forget');
  if (!phone) show({ ...shown, trouble: '', failed: undefined });
}

/** Calls a number; a browser that is no phone yet becomes one first. */
export function dial(user: string, number: string, name = ''): void {
  if (!isWanted(user)) {
    first.push(() => act('call', number, name));
    turn(user, true);
    return;
  }
  if (shown.line === 'refused') show({ ...shown, trouble: 'busy_line' });
  else if (shown.line === 'connecting') first.push(() => act('call', number, name));
  else act('call', number, name);
}
