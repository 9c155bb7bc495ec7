import { beforeEach, describe, expect, it } from 'vitest';
import { agent, ago, clock, day, dayKey, initials, midnight, stamp, time, tint, typable, typed, weekday, zoneName } from '../src/format';
import { said } from '../src/parts/when';
import { use } from '../src/words';

beforeEach(() => use('en', {}));

describe('times', () => {
  it('are written in the zone of the thing', () => {
    expect(time('2026-11-12T09:42:00Z', 'Europe/Berlin')).toBe('10:42');
    expect(time('2026-11-12T09:42:00Z', 'Asia/Jakarta')).toBe('16:42');
  });
  it('know that a day begins elsewhere', () => {
    expect(dayKey('2026-11-12T23:30:00Z', 'Europe/Berlin')).toBe('2026-11-13');
    expect(dayKey('2026-11-12T23:30:00Z', 'America/New_York')).toBe('2026-11-12');
  });
  it('survive the night in which the clock is put back', () => {
    expect(time('2026-10-25T00:30:00Z', 'Europe/Berlin')).toBe('02:30');
    expect(time('2026-10-25T01:30:00Z', 'Europe/Berlin')).toBe('02:30');
  });
  it.each([
    ['an hour like others', '2026-12-24T20:00', 'Europe/Berlin', '2026-12-24T19:00:00.000Z'],
    ['behind the change of that day', '2026-03-29T12:00', 'Europe/Berlin', '2026-03-29T10:00:00.000Z'],
    ['left out by the clock', '2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['shown twice by it: the first', '2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['half an hour of summer time', '2026-10-04T12:00', 'Australia/Lord_Howe', '2026-10-04T01:00:00.000Z'],
    ['west of it', '2026-07-01T00:00', 'America/New_York', '2026-07-01T04:00:00.000Z'],
  ])('are typed by the clock of a zone: %s', (_, value, zone, want) => {
    expect(typed(value, zone).toISOString()).toBe(want);
    if (!_.startsWith('left out')) expect(typable(want, zone)).toBe(value);
  });
  it('know when a day begins', () => {
    expect(midnight('2026-10-25', 1, 'Europe/Berlin').toISOString()).toBe('2026-10-25T23:00:00.000Z');
    expect(midnight('2026-03-01', -1, 'Asia/Jakarta').toISOString()).toBe('2026-02-27T17:00:00.000Z');
  });
  const now = new Date('2026-11-12T10:00:00Z');
  it.each([
    ['today: the time', '2026-11-12T09:42:00Z', '10:42'],
    ['this year: day and time', '2026-03-01T09:42:00Z', 'Mar 1, 10:42'],
    ['before: the day', '2025-03-01T09:42:00Z', 'Mar 1, 2025'],
  ])('%s', (_, at, want) => expect(stamp(at, now, 'Europe/Berlin')).toBe(want));
  it.each([
    ['2026-11-12T09:59:57Z', 'now'],
    ['2026-11-12T09:59:30Z', '30 sec. ago'],
    ['2026-11-12T09:55:00Z', '5 min. ago'],
    ['2026-11-12T07:00:00Z', '3 hr. ago'],
    ['2026-11-11T07:00:00Z', 'yesterday'],
  ])('%s is %s', (at, want) => expect(ago(at, now)).toBe(want));
  it('follow the language', () => {
    use('ru', {});
    expect(ago('2026-11-12T09:55:00Z', now)).toBe('5 мин. назад');
  });
  it.each([
    ['en', '09:42', 'Mar 1, 2025', 'Sunday, March 1', '1,234.5'],
    ['de', '09:42', '1. März 2025', 'Sonntag, 1. März', '1.234,5'],
    ['pl', '09:42', '1 mar 2025', 'niedziela, 1 marca', '1234,5'],
    ['ru', '09:42', '1 мар. 2025 г.', 'воскресенье, 1 марта', '1 234,5'],
    ['id', '09.42', '1 Mar 2025', 'Minggu, 1 Maret', '1.234,5'],
  ])('TZ-09 are written as %s writes them', (language, clockTime, date, dayOfWeek, figure) => {
    use(language, {});
    expect(time('2025-03-01T09:42:00Z', 'UTC')).toBe(clockTime);
    expect(day('2025-03-01T09:42:00Z', 'UTC')).toBe(date);
    expect(weekday('2026-03-01T09:42:00Z', 'UTC')).toBe(dayOfWeek);
    expect(new Intl.NumberFormat(language).format(1234.5).replace(/\u00a0|\u202f/g, ' ')).toBe(figure);
  });
  it('name a zone with its offset', () => expect(zoneName('Asia/Jakarta', now)).toBe('Asia/Jakarta (UTC+7)'));
  it('leave an unknown zone as it is', () => expect(zoneName('Nowhere', now)).toBe('Nowhere'));
});

it.each([
  [0, '0:00'],
  [7.9, '0:07'],
  [252, '4:12'],
  [3723, '1:02:03'],
  [-3, '0:00'],
])('%s seconds read %s', (s, want) => expect(clock(s)).toBe(want));

describe('people', () => {
  it.each([
    ['Marta Kowalska', 'MK'],
    ['ирина волкова', 'ИВ'],
    ['Jan Maria van der Berg', 'JB'],
    ['Sukarno', 'S'],
    ['  ', '?'],
  ])('%s has the letters %s', (name, want) => expect(initials(name)).toBe(want));
  it('keep their tint', () => {
    expect(tint('usr_1')).toBe(tint('usr_1'));
    expect(tint('usr_1')).toBeGreaterThanOrEqual(0);
    expect(tint('usr_1')).toBeLessThan(6);
  });
});

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36', 'Chromium 140 · Linux'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Gecko/20100101 Firefox/141.0', 'Firefox 141 · macOS'],
  ['curl/8.5', 'curl/8.5'],
])('an agent in a few words: %s', (ua, want) => expect(agent(ua)).toBe(want));

describe('a time at the end of what is typed', () => {
  const noon = new Date('2026-11-12T11:00:00Z'); // noon in Berlin
  it('is the next moment at which that clock shows it', () => {
    expect(said('away until 14:00', noon, 'Europe/Berlin')).toEqual({ words: 'away until', at: new Date('2026-11-12T13:00:00Z') });
    expect(said('abwesend bis 9.30', noon, 'Europe/Berlin')).toEqual({ words: 'abwesend bis', at: new Date('2026-11-13T08:30:00Z') });
  });
  it('is none where no clock shows it', () => {
    for (const words of ['away', 'away until 25:00', 'away until 14:75', '+49 30 123:4567', '14:00 and more']) expect(said(words, noon, 'Europe/Berlin')).toEqual({ words });
  });
});
