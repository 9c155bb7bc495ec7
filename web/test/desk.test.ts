import { describe, expect, it } from 'vitest';
import type { LiveCall, User } from '../src/api';
import { callsFound, engagedOf, found, matched, positionTyped, stepTo, talksOf, waitingOf } from '../src/parts/desk';
import { unknown } from '../src/phone/quality';
import type { CallView } from '../src/phone/talk';

const call = (id: string, more: Partial<LiveCall>): LiveCall => ({ id, phase: 'talking', direction: 'internal', from: {}, to: {}, started: `2026-01-01T00:00:0${id}Z`, secure: false, watched: [], can: {}, ...more }) as LiveCall;
const talk = (id: string, more: Partial<CallView>): CallView => ({ id, name: '', number: '', out: false, state: 'up', hold: false, held: false, muted: false, since: 0, moving: '', asked: '', consults: '', joined: false, early: false, quality: unknown, ...more });
const person = (name: string, extension: string): User => ({ id: extension, name, extension }) as User;

describe('the left of the switchboard', () => {
  it('has whoever waits for somebody, the oldest first', () => {
    const live = [
      call('4', { phase: 'ringing', direction: 'in', from: { number: '+491' } }), call('2', { queue: 'Support', direction: 'in' }), call('3', { phase: 'ringing', from: { user: 'a' }, to: { user: 'me' } }),
      call('1', { phase: 'ringing', from: { user: 'a' }, to: { user: 'b' } }), call('5', { phase: 'ringing', direction: 'out', from: { user: 'me' } }), call('6', { direction: 'in' }),
    ];
    expect(waitingOf(live, 'me').map((c) => c.id)).toEqual(['2', '3', '4']);
  });
  it('has own calls apart, the one that is not on hold first', () => {
    const live = [call('1', { from: { user: 'me' } }), call('2', { phase: 'held', to: { user: 'me' } }), call('3', { to: { user: 'me' }, queue: 'Support' }), call('4', { from: { user: 'a' } })];
    expect(talksOf(live, 'me').map((c) => c.id)).toEqual(['1', '2']);
  });
  it('knows who talks with whom', () => {
    const by = engagedOf([call('1', { phase: 'ringing', from: { user: 'a' }, to: { user: 'b' } }), call('2', { from: { user: 'b' }, to: { number: '7' } })]);
    expect([by.get('a')?.id, by.get('b')?.id, by.get('c')]).toEqual(['1', '2', undefined]);
  });
});

describe('live calls are narrowed', () => {
  const live = [
    call('1', { from: { name: 'Łucja Nowak', number: '101' }, to: { number: '+49 30 1234567' } }), call('2', { phase: 'ringing', from: { number: '102' }, to: { name: 'Bob' }, watching: undefined }),
    call('3', { queue: 'Sales', from: { number: '+48221' } }), call('4', { phase: 'held', from: { name: 'Bob' } }), call('5', { phase: 'parked' }), call('6', { watching: 'listen', to: { name: 'Eva' } }),
  ];
  const ids = (typed: string, kind: Parameters<typeof callsFound>[2] = '') => callsFound(live, typed, kind).map((c) => c.id).join('');
  it.each([['', '123456'], ['lucja', '1'], ['BOB', '24'], ['030 123', ''], ['30123', '1'], ['10', '12'], ['sal', '3'], ['nobody', '']])('to what fits %s', (typed, want) => expect(ids(typed)).toBe(want));
  it.each([['talking', '16'], ['waiting', '23'], ['held', '45'], ['mine', '6']] as const)('to those that are %s', (kind, want) => expect(ids('', kind)).toBe(want));
  it('to both', () => expect(ids('bob', 'held')).toBe('4'));
});

describe('a call of the browser', () => {
  it('is found among those of the server by its number, whatever its form', () => {
    const live = [call('1', { from: { user: 'me' }, to: { number: '102' } }), call('2', { from: { number: '+4930 1234567' }, to: { user: 'me' } }), call('3', { from: { user: 'x' } })];
    const by = matched(live, [talk('b', { number: '0301234567' }), talk('a', { number: '102', out: true })], 'me');
    expect([by.get('a')?.id, by.get('b')?.id]).toEqual(['1', '2']);
  });
  it('is found without one when only one is left', () => {
    const live = [call('1', { from: { number: '+4930•••' }, to: { user: 'me' } })];
    expect(matched(live, [talk('a', { number: 'anonymous', out: true })], 'me').get('a')?.id).toBe('1');
    expect(matched([], [talk('a', {})], 'me').size).toBe(0);
  });
});

describe('what is typed', () => {
  const people = [person('Piotr Nowak', '110'), person('Łucja Pio', '111'), person('Anna-Maria Zielińska', '205'), person('Karl Opionik', '11')];
  it.each([['pio', ['Piotr Nowak', 'Łucja Pio', 'Karl Opionik']], ['11', ['Karl Opionik', 'Piotr Nowak', 'Łucja Pio']], ['luc', ['Łucja Pio']], ['zielin', ['Anna-Maria Zielińska']], ['maria', ['Anna-Maria Zielińska']], ['pn', ['Piotr Nowak']], ['', people.map((p) => p.name)], ['x', []]])('%s finds the best first', (typed, names) => {
    expect(found(people, typed).map((p) => p.name)).toEqual(names);
  });
  it('may be a position', () => {
    expect(['p3', 'P9', 'p0', 'p12', 'pi'].map(positionTyped)).toEqual([3, 9, 0, 0, 0]);
  });
  it('moves over the tiles', () => {
    expect([stepTo(0, 'ArrowDown', 3, 7), stepTo(5, 'ArrowDown', 3, 7), stepTo(0, 'ArrowLeft', 3, 7), stepTo(4, 'ArrowUp', 3, 7)]).toEqual([3, 5, 0, 1]);
  });
});
