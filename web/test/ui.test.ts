import { describe, expect, it, vi } from 'vitest';
import { stroke, typing } from '../src/keys';
import { changes } from '../src/ui/diff';
import { before, changed, rebase } from '../src/ui/form';
import { fitting } from '../src/ui/table';
import { lines } from '../src/pages/setup';
import { fold } from '../src/palette';
import { reaches } from '../src/session';

describe('a form and a thing that changes meanwhile', () => {
  const base = { name: 'Marta', extension: '103', language: '' };
  it('untouched fields follow', () => expect(rebase(base, base, { ...base, extension: '109' })).toEqual({ values: { ...base, extension: '109' }, conflicts: [] }));
  it('touched fields stay', () => expect(rebase(base, { ...base, name: 'Marta K.' }, { ...base, extension: '109' })).toEqual({ values: { ...base, name: 'Marta K.', extension: '109' }, conflicts: [] }));
  it('fields touched on both sides are named', () => expect(rebase(base, { ...base, name: 'A' }, { ...base, name: 'B' })).toEqual({ values: { ...base, name: 'A' }, conflicts: ['name'] }));
  it('the same change on both sides is none', () => expect(rebase(base, { ...base, name: 'A' }, { ...base, name: 'A' }).conflicts).toEqual([]));
  it('only what differs is sent, and undone', () => {
    const change = changed({ ...base, language: 'pl' }, base);
    expect(change).toEqual({ language: 'pl' });
    expect(before(change, base)).toEqual({ language: '' });
  });
});

describe('what changed', () => {
  it('lists fields, nested ones by path', () => expect(changes({ name: 'A', mail: { port: 25 } }, { name: 'B', mail: { port: 587 } }).map((c) => c.path)).toEqual(['name', 'mail.port']));
  it('shows a new thing as fields without a before', () => expect(changes(undefined, { name: 'A', mobile: '' })).toEqual([{ path: 'name', before: undefined, after: 'A' }]));
  it('shows a deleted thing as fields without an after', () => expect(changes({ name: 'A' }, undefined)).toEqual([{ path: 'name', before: 'A', after: undefined }]));
  it('is empty for equal things', () => expect(changes({ a: [1] }, { a: [1] })).toEqual([]));
});

describe('columns that have room', () => {
  const columns = [{ width: 'minmax(190px,1fr)' }, { width: '84px', priority: 2 as const }, { width: '100px', priority: 3 as const }, { width: '90px' }];
  it('all of them when there is room', () => expect(fitting(columns, 600)).toHaveLength(4));
  it('the least important leaves first', () => expect(fitting(columns, 420).map((c) => c.width)).toEqual(['minmax(190px,1fr)', '84px', '90px']));
  it('the important ones stay even without room', () => expect(fitting(columns, 10).map((c) => c.width)).toEqual(['minmax(190px,1fr)', '90px']));
});

it.each([
  ['name and address', 'Marta Kowalska, marta@example.com', '"Marta Kowalska","marta@example.com"'],
  ['as mail programs write it', 'Felix Brandt <felix@example.com>', '"Felix Brandt","felix@example.com"'],
  ['the other way round, with tabs', 'eva@example.com\tEva Richter', '"Eva Richter","eva@example.com"'],
  ['an address alone', 'oleg@example.com', '"oleg","oleg@example.com"'],
  ['a name with quotes', 'Jan "Jo" Weber; jan@example.com', '"Jan Jo Weber","jan@example.com"'],
])('first colleagues: %s', (_, line, want) => expect(lines(`\n${line}\n\n`)).toBe(`name,email\n${want}\n`));

it.each([
  ['Zielińska', 'zielinska'],
  ['Łukasz', 'lukasz'],
  ['Müller', 'muller'],
  ['Weiß', 'weiss'],
  ['Фёдор', 'федор'],
])('search folds %s', (name, want) => expect(fold(name)).toBe(want));

describe('keys', () => {
  const key = (k: string, more = {}) => ({ key: k, ctrlKey: false, metaKey: false, altKey: false, ...more });
  it.each([
    [key('k', { ctrlKey: true }), '', 'ctrl+k'],
    [key('K', { metaKey: true }), '', 'ctrl+k'],
    [key('p'), 'g', 'g p'],
    [key('?'), '', '?'],
  ])('%o', (e, prefix, want) => expect(stroke(e, prefix)).toBe(want));
  it('never fire while one types', () => {
    vi.stubGlobal('HTMLElement', class {});
    expect(typing(null)).toBe(false);
    vi.unstubAllGlobals();
  });
});

it.each([
  ['all', 'group', true],
  ['self', 'group', false],
  [undefined, 'self', false],
  ['tree', 'tree', true],
] as const)('scope %s reaches %s: %s', (have, least, want) => expect(reaches(have, least)).toBe(want));
