/** Zone-aware dates, numbers and durations in the chosen language. */
import { current } from './words';

let zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The reader's own zone, from the session; times of a thing are shown in the zone of the thing where it has one. */
export const setZone = (z: string | undefined): void => {
  if (z) zone = z;
};
export const ownZone = (): string => zone;

const cache = new Map<string, Intl.DateTimeFormat>();
function formatter(options: Intl.DateTimeFormatOptions, z = zone): Intl.DateTimeFormat {
  const id = current() + z + JSON.stringify(options);
  let f = cache.get(id);
  if (!f) {
    f = new Intl.DateTimeFormat(current(), { hourCycle: 'h23', ...options, timeZone: z });
    cache.set(id, f);
  }
  return f;
}

export const time = (at: string | Date, z?: string): string => formatter({ hour: '2-digit', minute: '2-digit' }, z).format(new Date(at));
export const seconds = (at: string | Date, z?: string): string => formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' }, z).format(new Date(at));
export const day = (at: string | Date, z?: string): string => formatter({ day: 'numeric', month: 'short', year: 'numeric' }, z).format(new Date(at));
export const weekday = (at: string | Date, z?: string): string => formatter({ weekday: 'long', day: 'numeric', month: 'long' }, z).format(new Date(at));
/** A day of the last weeks, as short as a column of them wants it. */
export const date = (at: string | Date, z?: string): string => formatter({ weekday: 'short', day: 'numeric', month: 'short' }, z).format(new Date(at));
export const moment = (at: string | Date, z?: string): string =>
  formatter({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' }, z).format(new Date(at));

/** The calendar day in a zone, as a key to group by. */
export function dayKey(at: string | Date, z = zone): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: z, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(new Date(at));
}

/** How far the clock of a zone is ahead of UTC at a moment, in ms. */
function ahead(at: number, z: string): number {
  const f = new Intl.DateTimeFormat('en-US', { timeZone: z, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  const p = Object.fromEntries(f.formatToParts(at).map((x) => [x.type, Number(x.value)]));
  return Date.UTC(p.year ?? 0, (p.month ?? 1) - 1, p.day ?? 1, p.hour ?? 0, p.minute ?? 0, p.second ?? 0) - Math.floor(at / 1000) * 1000;
}

/** The moment that somebody typed into a field, by the clock of his zone and not of his browser: the first of two, and behind the gap where the clock leaves it out. */
export function typed(value: string, z = zone): Date {
  const wall = Date.parse(`${value}Z`);
  const before = ahead(wall - 86_400_000, z);
  const now = [before, ahead(wall + 86_400_000, z)].find((by) => ahead(wall - by, z) === by) ?? before;
  return new Date(wall - now);
}

/** A moment as a field shows it. */
export const typable = (at: string | Date, z = zone): string => new Date(new Date(at).getTime() + ahead(new Date(at).getTime(), z)).toISOString().slice(0, 16);

/** The first moment of a day, or of one some days later. */
export const midnight = (date: string, later = 0, z = zone): Date => typed(`${new Date(Date.parse(date) + later * 86_400_000).toISOString().slice(0, 10)}T00:00`, z);

/** Short for today (the time), longer for this year (day and time), longest before. */
export function stamp(at: string | Date, now: Date = new Date(), z = zone): string {
  const d = new Date(at);
  if (dayKey(d, z) === dayKey(now, z)) return time(d, z);
  if (dayKey(d, z).slice(0, 4) === dayKey(now, z).slice(0, 4)) {
    return formatter({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }, z).format(d);
  }
  return day(d, z);
}

/** How long ago, in the largest unit that fits. */
export function ago(at: string | Date, now: Date = new Date()): string {
  const s = Math.round((new Date(at).getTime() - now.getTime()) / 1000);
  const f = new Intl.RelativeTimeFormat(current(), { numeric: 'auto', style: 'short' });
  const abs = Math.abs(s);
  if (abs < 60) return f.format(Math.trunc(s / 10) === 0 ? 0 : s, 'second');
  if (abs < 3600) return f.format(Math.trunc(s / 60), 'minute');
  if (abs < 86400) return f.format(Math.trunc(s / 3600), 'hour');
  if (abs < 86400 * 30) return f.format(Math.trunc(s / 86400), 'day');
  return day(at);
}

/** How much room something takes. */
export function size(octets: number): string {
  const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(Math.floor(Math.log10(Math.max(octets, 1)) / 3), steps.length - 1);
  return new Intl.NumberFormat(current(), { style: 'unit', unit: steps[step], unitDisplay: 'short', maximumFractionDigits: step > 2 ? 1 : 0 }).format(octets / 1000 ** step);
}

/** A length of time as a clock shows it: 0:07, 4:12, 1:02:03. */
export function clock(s: number): string {
  const whole = Math.max(0, Math.floor(s));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(whole / 3600);
  const m = Math.floor(whole / 60) % 60;
  return h > 0 ? `${h}:${two(m)}:${two(whole % 60)}` : `${m}:${two(whole % 60)}`;
}

export const count = (n: number): string => new Intl.NumberFormat(current()).format(n);

/** Money that is kept in hundredths. */
export const money = (hundredths: number, currency: string, signed = false): string =>
  new Intl.NumberFormat(current(), { style: 'currency', currency, signDisplay: signed ? 'exceptZero' : 'auto' }).format(hundredths / 100);

/** Money without its currency, as one types it. */
export const plainMoney = (hundredths: number): string => new Intl.NumberFormat(current(), { useGrouping: false, minimumFractionDigits: 2 }).format(hundredths / 100);

/** Money that is kept in millionths: prices of a minute and what calls cost. */
export const price = (micros: number, currency: string): string =>
  new Intl.NumberFormat(current(), { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: 4 }).format(micros / 1_000_000);

/** Reads an amount as people type it, with comma or point, in hundredths; nothing is 0, and what is no amount -1. */
export function hundredths(typed: string): number {
  const text = typed.trim().replace(',', '.');
  if (text === '') return 0;
  return /^\d{1,9}(\.\d{0,2})?$/.test(text) ? Math.round(Number(text) * 100) : -1;
}

/** A number as it is typed, nothing for 0; and back, nothing being 0. */
export const plain = (n: number | undefined): string => (n ? new Intl.NumberFormat(current(), { useGrouping: false, maximumFractionDigits: 2 }).format(n) : '');
export const decimal = (typed: string): number => Number(typed.trim().replace(',', '.'));

export const list = (items: string[]): string => new Intl.ListFormat(current(), { type: 'conjunction' }).format(items);

const named = new Map<string, Intl.DisplayNames>();

/** Making one of these is slow, so each is made once. */
function names(type: 'region' | 'language'): Intl.DisplayNames {
  const id = type + current();
  const known = named.get(id) ?? new Intl.DisplayNames([current()], { type });
  named.set(id, known);
  return known;
}

export function country(code: string): string {
  try {
    return names('region').of(code) ?? code;
  } catch {
    return code;
  }
}

export function languageName(code: string): string {
  try {
    return names('language').of(code) ?? code;
  } catch {
    return code;
  }
}

/** A zone with its offset now: "Europe/Berlin (UTC+1)". */
export function zoneName(z: string, now: Date = new Date()): string {
  try {
    const part = new Intl.DateTimeFormat('en', { timeZone: z, timeZoneName: 'shortOffset' }).formatToParts(now).find((p) => p.type === 'timeZoneName');
    return `${z.replaceAll('_', ' ')} (${(part?.value ?? 'UTC').replace('GMT', 'UTC')})`;
  } catch {
    return z;
  }
}

export const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')];

/** A browser or phone in a few words, from its user agent. */
export function agent(ua: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\/(\d+)/.exec(ua);
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', Chrome: 'Chromium' };
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(ua)?.[1];
  if (!browser) return ua.slice(0, 60);
  const name = names[browser[1] ?? ''] ?? browser[1];
  return system ? `${name} ${browser[2]} · ${system.replace('Mac OS X', 'macOS')}` : `${name} ${browser[2]}`;
}

/** Letters for a person without a photo, and the tint they always get. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((w) => /\p{L}|\p{N}/u.test(w));
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words[words.length - 1] ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

export function tint(id: string): number {
  let h = 0;
  for (const c of id) h = (h * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return h % 6;
}

/** The short name of a day of the week; 0 is Sunday. */
export const weekdayName = (n: number): string => new Intl.DateTimeFormat(current(), { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2023, 0, 1 + n)));
