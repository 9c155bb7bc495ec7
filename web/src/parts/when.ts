/** A clock time at the end of what somebody types: "away until 14:00". */
import { dayKey, ownZone, typed } from '../format';

/** The words before the time, and when that clock shows it next. */
export function said(text: string, now: Date = new Date(), zone = ownZone()): { words: string; at?: Date } {
  const found = /(?:^|\s)(\d{1,2})[:.](\d{2})\s*$/.exec(text);
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || hour > 23 || minute > 59) return { words: text };
  const on = (day: Date) => typed(`${dayKey(day, zone)}T${String(hour).padStart(2, '0')}:${found[2]}`, zone);
  const today = on(now);
  return { words: text.slice(0, found.index), at: today > now ? today : on(new Date(now.getTime() + 86_400_000)) };
}
