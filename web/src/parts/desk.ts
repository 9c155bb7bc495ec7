/** What the switchboard shows and does, decided over plain values: who waits, who fits what was typed, which call is whose. */
import type { LiveCall, Party, User } from '../api';
import type { CallView } from '../phone/talk';

/** The side of a call that is not this person. */
export const otherOf = (call: LiveCall, me: string): Party => (call.from.user === me ? call.to : call.from);

const up = (c: LiveCall): boolean => (c.phase === 'talking' || c.phase === 'held') && !c.queue && !c.menu;

/** The calls in which this person talks, the one that is not on hold first. */
export const talksOf = (live: LiveCall[], me: string): LiveCall[] =>
  live.filter((c) => up(c) && (c.from.user === me || c.to.user === me)).sort((a, b) => Number(a.phase === 'held') - Number(b.phase === 'held') || b.started.localeCompare(a.started));

/** The callers who wait for somebody, the oldest first: they ring here, come from outside, or are in a queue. */
export const waitingOf = (live: LiveCall[], me: string): LiveCall[] =>
  live.filter((c) => c.from.user !== me && (c.queue || (c.phase === 'ringing' && (c.direction === 'in' || c.to.user === me)))).sort((a, b) => a.started.localeCompare(b.started));

/** The call that each person is in, as far as it is seen. */
export function engagedOf(live: LiveCall[]): Map<string, LiveCall> {
  const by = new Map<string, LiveCall>();
  for (const c of live) for (const p of [c.from, c.to]) if (p.user && (by.get(p.user)?.phase ?? 'ringing') === 'ringing') by.set(p.user, c);
  return by;
}

const digits = (n: string | undefined): string => (n ?? '').replace(/\D/g, '');
const same = (a: string | undefined, b: string | undefined): boolean => {
  const x = digits(a);
  const y = digits(b);
  return x !== '' && (x === y || (x.length > 6 && y.length > 6 && x.slice(-7) === y.slice(-7)));
};

/** Which call of the server each call of this browser is: by the number of the other side, and what is left by its turn. */
export function matched(live: LiveCall[], talks: CallView[], me: string): Map<string, LiveCall> {
  const free = live.filter((c) => c.from.user === me || c.to.user === me);
  const by = new Map<string, LiveCall>();
  const take = (talk: CallView, fits: (c: LiveCall) => boolean) => {
    const at = by.has(talk.id) ? -1 : free.findIndex(fits);
    if (at >= 0) by.set(talk.id, ...free.splice(at, 1) as [LiveCall]);
  };
  for (const talk of talks) take(talk, (c) => same(otherOf(c, me).number, talk.number));
  for (const talk of talks) take(talk, (c) => (c.phase !== 'ringing') === (talk.state === 'up') && (c.from.user === me) === talk.out);
  if (free.length === 1 && talks.length - by.size === 1) for (const talk of talks) take(talk, () => true);
  return by;
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/ł/g, 'l').replace(/Ł/g, 'L').toLowerCase();

/** How well a person fits what was typed; 0 is not at all. */
function fit(u: User, typed: string): number {
  if (u.extension === typed) return 5;
  if (/^\d+$/.test(typed)) return u.extension?.startsWith(typed) ? 4 : 0;
  const name = plain(u.name);
  if (name.startsWith(typed)) return 4;
  if (name.split(/[\s-]+/).some((w) => w.startsWith(typed))) return 3;
  const initials = name.split(/[\s-]+/).map((w) => w[0] ?? '').join('');
  if (initials === typed) return 2;
  return name.includes(typed) ? 1 : 0;
}

/** The people who fit, the best first; everybody when nothing is typed. */
export function found(people: User[], typed: string): User[] {
  const q = plain(typed.trim());
  if (q === '') return people;
  return people.map((u) => ({ u, n: fit(u, q) })).filter((x) => x.n > 0).sort((a, b) => b.n - a.n).map((x) => x.u);
}

/** Which calls the page of live calls can be narrowed to. */
export type LiveKind = '' | 'talking' | 'waiting' | 'held' | 'mine';

const isOf: Record<LiveKind, (c: LiveCall) => boolean> = {
  '': () => true,
  talking: (c) => c.phase === 'talking' && !c.queue && !c.menu,
  waiting: (c) => c.phase === 'ringing' || Boolean(c.queue) || Boolean(c.menu),
  held: (c) => c.phase === 'held' || c.phase === 'parked',
  mine: (c) => Boolean(c.watching),
};

/** The calls of a kind in which somebody or something fits what was typed: a name, a part of a number, a queue, a menu. */
export function callsFound(live: LiveCall[], typed: string, kind: LiveKind): LiveCall[] {
  const q = plain(typed.trim());
  const n = /^[+\d\s()./-]+$/.test(q) ? digits(q) : '';
  const fits = (c: LiveCall) => [c.from, c.to].some((p) => plain(p.name ?? '').includes(q) || (n !== '' && digits(p.number).includes(n))) || [c.queue, c.menu].some((x) => x && plain(x).includes(q));
  return live.filter((c) => isOf[kind](c) && (q === '' || fits(c)));
}

/** "p3" typed into the field is not a name but the third position. */
export const positionTyped = (typed: string): number => Number(/^p([1-9])$/i.exec(typed.trim())?.[1] ?? 0);

/** Where an arrow key leads on tiles that stand in so many columns. */
export function stepTo(at: number, key: string, columns: number, n: number): number {
  const by: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const next = at + (by[key] ?? 0);
  return next < 0 || next >= n ? at : next;
}
