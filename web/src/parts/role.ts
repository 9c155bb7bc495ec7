/** Roles as a matrix: what a role may in each area, in one word, and what a draft changes. */
import type { Right, Role, Scope } from '../api';
import { client } from '../session';

export type Cells = Record<string, Scope>;
export type Area = { id: string; rights: Right[] };
export type Level = 'none' | 'view' | 'manage' | 'custom';
export type Summary = { level: Level; held: number; of: number };

/** The areas in the order of the catalogue. Rights of features that do not exist yet stay out. */
export function areas(rights: Right[]): Area[] {
  const all = new Map<string, Right[]>();
  for (const r of rights) {
    if (!r.awaited) all.set(r.area, [...(all.get(r.area) ?? []), r]);
  }
  return [...all].map(([id, list]) => ({ id, rights: list }));
}

/** What a role of a kind could hold of an area: built-in office-wide roles everything. */
export const storable = (area: Area, kind: string): Right[] => area.rights.filter((r) => kind === 'office' || choices(r, kind).length > 0);

/** How far a custom role of a kind may let a right reach, from narrow to wide. */
export const choices = (right: Right, kind: string): Scope[] => (kind === 'group' ? right.group : kind === 'level' ? right.level : []) as Scope[];

/** An area of a role in one word: nothing, only looking, everything, or so many of so many. */
export function summary(area: Area, cells: Cells, kind: string): Summary {
  const able = storable(area, kind);
  const held = able.filter((r) => cells[r.name]);
  const of = able.length;
  if (held.length === 0) return { level: 'none', held: 0, of };
  const looks = able.filter((r) => r.looks);
  if (held.length === of && looks.length < of) return { level: 'manage', held: of, of };
  const onlyLooks = held.length === looks.length && held.every((r) => r.looks);
  return { level: onlyLooks ? 'view' : 'custom', held: held.length, of };
}

/** The cells after an area was set to one word. What the editor does not hold himself stays as it is. */
export function setArea(area: Area, cells: Cells, kind: string, level: 'none' | 'view' | 'manage'): Cells {
  const next = { ...cells };
  for (const r of area.rights) {
    const able = choices(r, kind);
    const wanted = level === 'manage' || (level === 'view' && r.looks);
    if (!wanted) delete next[r.name];
    else if (!next[r.name] && r.held && able.length > 0) next[r.name] = able.includes('group') ? 'group' : (able[able.length - 1] as Scope);
  }
  return next;
}

/** What a draft changes, as the interface wants it: an empty scope takes a right out. */
export function difference(before: Cells, after: Cells): Cells {
  const out: Cells = {};
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    if ((before[name] ?? '') !== (after[name] ?? '')) out[name] = after[name] ?? '';
  }
  return out;
}

/** What a copy of a role takes along, and what stays behind because its author does not hold it. */
export function copyOf(base: Pick<Role, 'rights'> | undefined, rights: Right[], kind: string): { cells: Cells; left: string[] } {
  const cells: Cells = {};
  const left: string[] = [];
  for (const r of rights) {
    const said = base?.rights[r.name] as Scope | undefined;
    const able = choices(r, kind);
    if (!said || able.length === 0) continue;
    const fit = able.includes(said) ? said : said === 'self' ? undefined : able[able.length - 1];
    if (!fit) continue;
    if (r.held) cells[r.name] = fit;
    else left.push(r.name);
  }
  return { cells, left };
}

/** The name of a custom role, as far as roles were asked for already. */
export const customName = (id: string): string | undefined =>
  client.getQueryData<{ items: Role[] }>(['roles'])?.items.find((r) => r.id === id && r.custom)?.name;

/** Puts roles of one kind in order: built-in ones as the catalogue has them, then custom ones. */
export const ofKind = (roles: Role[], kind: string): Role[] => (kind === 'custom' ? roles.filter((r) => r.custom) : roles.filter((r) => r.class === kind));
