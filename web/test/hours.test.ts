import { describe, expect, it } from 'vitest';
import { dayName, daysInOrder, weekSentence } from '../src/parts/hours';
import { dragged, spansOf, textOf } from '../src/ui/hours';

describe('a day as a track', () => {
  it('reads and writes what the server writes', () => {
    expect(spansOf('09:00-12:30, 13:30-17:00')).toEqual([[540, 750], [810, 1020]]);
    expect(textOf(spansOf('09:00-12:30, 22:00-06:00'))).toBe('09:00-12:30, 22:00-06:00');
    expect(textOf(spansOf('00:00-24:00'))).toBe('00:00-24:00');
    expect(spansOf('')).toEqual([]);
  });
  it('an edge moves in quarters of an hour', () => expect(dragged([[540, 1020]], 0, 0, 503)).toEqual([[510, 1020]]));
  it('an edge stays behind the other one', () => expect(dragged([[540, 1020]], 0, 0, 1200)).toEqual([[1005, 1020]]));
  it('an edge stays off its neighbours', () => expect(dragged([[540, 720], [780, 1020]], 0, 1, 900)).toEqual([[540, 780], [780, 1020]]));
  it('an edge stays within the day', () => expect(dragged([[540, 1020]], 0, 1, 2000)).toEqual([[540, 1440]]));
});

describe('the week', () => {
  it('TZ-09 begins on Monday in Europe and Indonesia, on Sunday in the United States', () => {
    for (const l of ['de', 'pl', 'ru', 'id']) expect(daysInOrder(l, `${l}-${l.toUpperCase()}`)[0]).toBe('mon');
    expect(daysInOrder('en', 'en-US')[0]).toBe('sun');
    expect(daysInOrder('en', 'en-GB')[0]).toBe('mon');
    expect(daysInOrder('en', 'en-AU')[0]).toBe('mon');
    expect(daysInOrder('de', 'en-US')[0]).toBe('mon');
  });
  it('names its days in the language', () => {
    expect(['en', 'de', 'pl', 'ru', 'id'].map((l) => dayName('mon', 'long', l))).toEqual(['Monday', 'Montag', 'poniedziałek', 'понедельник', 'Senin']);
  });
  it('days with the same times are told together', () => {
    const day = '09:00-17:00';
    const open = { mon: day, tue: day, wed: day, thu: day, fri: '09:00-15:00', sat: '', sun: '' };
    const breaks = { mon: '', tue: '', wed: '', thu: '', fri: '', sat: '', sun: '' };
    expect(weekSentence({ open, breaks })).toMatch(/^Mon–Thu 09:00-17:00; Fri 09:00-15:00; Sat, Sun /);
  });
});
