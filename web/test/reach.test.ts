import { beforeAll, describe, expect, it } from 'vitest';
import en from '../../i18n/en.json';
import de from '../../i18n/de.json';
import type { PathNode, Place, Profile } from '../src/api';
import { changePresence, stale } from '../src/live';
import { consequence, isWhole, plainRule, placeWord } from '../src/parts/forwarding';
import { branchWord, endWord, taken } from '../src/parts/path';
import { endOfDay } from '../src/parts/status';
import { use } from '../src/words';

const me = { id: 'usr_me', name: 'Eva', mine: true };
const other = { id: 'usr_eva', name: 'Eva', mine: false };
const nowhere = { inside: { kind: '' } as Place };
const profile = (p: Partial<Profile>): Profile => ({ status: 'available', rings: true, ring: 30, no_answer: nowhere, busy: nowhere, offline: nowhere, always: nowhere, mobile: false, single: false, no_push: false, no_groups: false, ...p });
const node = (n: Partial<PathNode>): PathNode => ({ seconds: 0, taken: false, end: 'rings', lines: [], next: [], ...n });

beforeAll(() => use('en', en));

describe('a destination in words', () => {
  const rows: [string, Place, typeof me, string][] = [
    ['nowhere', { kind: '' }, me, 'The call ends'],
    ['one\'s own voicemail', { kind: 'mailbox', id: 'usr_me', name: 'Eva' }, me, 'my voicemail'],
    ['voicemail of the person whose rule it is, read by somebody else', { kind: 'mailbox', id: 'usr_eva', name: 'Eva' }, other, 'voicemail of Eva'],
    ['a colleague', { kind: 'user', id: 'usr_bob', name: 'Bob' }, me, 'Bob'],
    ['a colleague out of sight', { kind: 'user', id: 'usr_bob' }, me, 'somebody'],
    ['oneself: it rings', { kind: 'user', id: 'usr_me' }, me, 'Ring anyway'],
    ['the mobile', { kind: 'mobile', name: '+49170' }, me, 'my mobile +49170'],
    ['a number', { kind: 'outside', number: '+4930' }, me, '+4930'],
    ['a ring group', { kind: 'ring', id: 'rng_1', name: 'Service' }, me, 'ring group Service'],
    ['what is gone', { kind: 'user', id: 'usr_x', gone: true }, me, 'Something that no longer exists'],
  ];
  it.each(rows)('%s', (_, place, owner, want) => expect(placeWord(place, owner)).toBe(want));
});

describe('what a status means for callers', () => {
  it('says once what is the same for everybody', () => expect(consequence(profile({ ring: 20, no_answer: { inside: { kind: 'busy' } } }), me)).toBe('Rings 20 s. Then: Busy tone.'));
  it('says both where they differ', () =>
    expect(consequence(profile({ no_answer: { inside: { kind: 'busy' }, outside: { kind: 'mailbox', id: 'usr_me' } } }), me)).toBe('Rings 30 s. Then colleagues: Busy tone; from outside: my voicemail.'));
  it('does not speak of ringing where nothing rings', () => expect(consequence(profile({ rings: false, always: { inside: { kind: 'user', id: 'usr_bob', name: 'Bob' } } }), me)).toBe('Nothing rings. Callers: Bob.'));
  it('speaks German', () => {
    use('de', de);
    expect(consequence(profile({ rings: false }), me)).toBe('Nichts klingelt. Anrufe: Der Anruf endet.');
    use('en', en);
  });
});

describe('what is sent', () => {
  it('leaves out what the server adds', () => expect(plainRule({ inside: { kind: 'user', id: 'usr_bob', name: 'Bob', gone: true } })).toEqual({ inside: { kind: 'user', id: 'usr_bob' } }));
  it.each([
    [{ kind: '' }, true],
    [{ kind: 'user', id: '' }, false],
    [{ kind: 'outside', number: '' }, false],
    [{ kind: 'busy' }, true],
  ] as [Place, boolean][])('%o is whole: %s', (p, want) => expect(isWhole(p)).toBe(want));
});

describe('the way of a call', () => {
  const end = node({ branch: 'no_answer', taken: true, seconds: 30, end: 'mailbox', name: 'Eva' });
  const root = node({ taken: true, rings: ['Eva'], for: 30, next: [node({ branch: 'busy', end: 'refused' }), end] });
  it('follows what is taken', () => expect(taken(root)).toEqual([root, end]));
  it('names ends and occasions', () => {
    expect([endWord(root), endWord(end), branchWord(root), branchWord(end), branchWord(node({ branch: 'status', status: 'dnd' }))]).toEqual([
      'Rings: Eva (30 seconds)', 'Voicemail: Eva', 'As things are', 'Nobody answers', 'Status: Do not disturb']);
  });
});

describe('the end of the day', () => {
  it.each([
    ['2026-11-12T09:42:00Z', 'Europe/Berlin', '2026-11-12T23:00:00.000Z'],
    ['2026-11-12T20:00:00Z', 'Asia/Jakarta', '2026-11-13T17:00:00.000Z'],
    ['2026-11-12T00:00:00Z', 'UTC', '2026-11-13T00:00:00.000Z'],
  ])('%s in %s', (now, zone, want) => expect(endOfDay(new Date(now), zone).toISOString()).toBe(want));
});

describe('live', () => {
  it('a status that changed is shown with the person', () => {
    const user = { id: 'usr_bob', presence: 'available' } as Parameters<typeof changePresence>[0];
    expect(changePresence(user, { user: 'usr_bob', presence: 'away', status: { kind: 'away', manual: true, rings: false } })).toMatchObject({ presence: 'away', status: { kind: 'away' } });
  });
  it.each(['status', 'forwarding', 'ring'])('a changed %s makes rules and previews stale', (kind) => expect(stale(kind)).toEqual(expect.arrayContaining(['forwarding', 'path', 'audit'])));
});
