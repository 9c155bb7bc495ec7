import { describe, expect, it } from 'vitest';
import type { Right } from '../src/api';
import { hundredths } from '../src/format';
import { areas, type Cells, choices, copyOf, difference, ofKind, setArea, summary } from '../src/parts/role';

const right = (name: string, more: Partial<Right> = {}): Right => ({
  name, text: name, noun: 'user', area: 'office', scopes: ['self', 'group', 'all'], group: ['self', 'group', 'tree'], level: ['self', 'all'],
  risk: 'low', billable: false, looks: false, implies: [], implied_by: [], needs: [], rows: [], awaited: false, held: true, ...more,
});
const rights = [
  right('user.see', { looks: true }),
  right('user.edit', { group: ['group', 'tree'], level: ['all'] }),
  right('setting.edit', { area: 'system', group: [], level: ['all'] }),
  right('call.out', { area: 'dialling out', awaited: true }),
];
const [office, system] = areas(rights) as [ReturnType<typeof areas>[number], ReturnType<typeof areas>[number]];

describe('a role in words', () => {
  it('leaves out features that do not exist yet', () => expect(areas(rights).map((a) => a.id)).toEqual(['office', 'system']));
  it.each<[Cells, string, number]>([
    [{}, 'none', 0],
    [{ 'user.see': 'group' }, 'view', 1],
    [{ 'user.edit': 'tree' }, 'custom', 1],
    [{ 'user.see': 'group', 'user.edit': 'group' }, 'manage', 2],
  ])('%j is %s', (cells, level, held) => expect(summary(office, cells, 'group')).toEqual({ level, held, of: 2 }));
  it('counts only what a kind can hold', () => {
    expect(summary(system, {}, 'group').of).toBe(0);
    expect(summary(system, { 'setting.edit': 'all' }, 'level')).toEqual({ level: 'manage', held: 1, of: 1 });
  });
  it('calls an area of which one can only look at everything a view', () => {
    const figures = { id: 'figures', rights: [right('a', { looks: true }), right('b', { looks: true })] };
    expect(summary(figures, { a: 'group', b: 'self' }, 'group').level).toBe('view');
  });
});

describe('a draft', () => {
  it('sets an area to one word', () => {
    expect(setArea(office, {}, 'group', 'manage')).toEqual({ 'user.see': 'group', 'user.edit': 'group' });
    expect(setArea(office, { 'user.edit': 'tree' }, 'group', 'view')).toEqual({ 'user.see': 'group' });
    expect(setArea(office, { 'user.see': 'self', 'setting.edit': 'all' }, 'level', 'none')).toEqual({ 'setting.edit': 'all' });
    expect(setArea(office, { 'user.see': 'self' }, 'level', 'manage')).toEqual({ 'user.see': 'self', 'user.edit': 'all' });
  });
  it('adds nothing that its author does not hold', () =>
    expect(setArea({ id: 'x', rights: [right('a', { held: false })] }, {}, 'group', 'manage')).toEqual({}));
  it('tells only what changes, with an empty scope for what goes', () =>
    expect(difference({ a: 'self', b: 'group' }, { b: 'tree', c: 'all' })).toEqual({ a: '', b: 'tree', c: 'all' }));
});

describe('a copy', () => {
  const base = { rights: { 'user.see': 'all', 'user.edit': 'all', 'setting.edit': 'all', 'call.out': 'self' } };
  it('comes down to what its kind knows', () =>
    expect(copyOf(base, rights, 'group').cells).toEqual({ 'user.see': 'tree', 'user.edit': 'tree', 'call.out': 'self' }));
  it('says what stays behind', () =>
    expect(copyOf(base, [right('user.see', { held: false })], 'level')).toEqual({ cells: {}, left: ['user.see'] }));
  it('of nothing is empty', () => expect(copyOf(undefined, rights, 'level')).toEqual({ cells: {}, left: [] }));
});

it('offers what a kind can say', () => {
  expect(choices(right('x'), 'group')).toEqual(['self', 'group', 'tree']);
  expect(choices(right('x'), 'office')).toEqual([]);
});

it('puts custom roles beside those of their kind', () => {
  const roles = [{ id: 'user', class: 'group', custom: false }, { id: 'rol_1', class: 'group', custom: true }, { id: 'reports', class: 'level', custom: false }] as never[];
  expect(ofKind(roles, 'group').map((r) => r.id)).toEqual(['user', 'rol_1']);
  expect(ofKind(roles, 'custom').map((r) => r.id)).toEqual(['rol_1']);
});

it.each([['', 0], ['20,50', 2050], ['12.5', 1250], [' 3 ', 300], ['1.234', -1], ['many', -1], ['-1', -1]])('%j is %i hundredths', (typed, n) => expect(hundredths(typed)).toBe(n));
