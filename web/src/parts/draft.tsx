/** The draft that somebody puts together: changes that are kept in this browser until they are applied or discarded, and the button that adds one. */
import { FlaskConical } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useNavigate } from 'react-router';
import type { BodyOf } from '../api';
import { Button } from '../ui/button';
import { toast } from '../ui/toast';
import { type Key, t } from '../words';

export type Draft = BodyOf<'/v1/whatif', 'post'>['draft'];
export const parts = ['restrictions', 'trunks', 'routes', 'numbers', 'rates', 'budgets'] as const;
export type Part = (typeof parts)[number];
type Change = { part: Part; id?: string; name: string; body: object; delete?: boolean };
export type Kept = { changes: Change[]; add: string[]; remove: string[] };

const store = 'tandem.draft';
const none: Kept = { changes: [], add: [], remove: [] };
const listeners = new Set<() => void>();
let kept = load();

function load(): Kept {
  try {
    return { ...none, ...(JSON.parse(localStorage.getItem(store) ?? '{}') as Partial<Kept>) };
  } catch {
    return none;
  }
}

export function keep(next: Kept): void {
  kept = next;
  try {
    if (size(next) === 0) localStorage.removeItem(store);
    else localStorage.setItem(store, JSON.stringify(next));
  } catch {
    // a price list that does not fit lives as long as the page
  }
  for (const f of listeners) f();
}

export const size = (d: Kept): number => d.changes.length + d.add.length + d.remove.length;
export const discard = (): void => keep(none);
export const useDraft = (): Kept => useSyncExternalStore((f) => { listeners.add(f); return () => listeners.delete(f); }, () => kept);

/** The draft as the server and tandem whatif read it. */
export function written(d: Kept): Draft {
  const out: Record<string, unknown> = {};
  if (d.add.length + d.remove.length > 0) out.rights = { add: d.add, remove: d.remove };
  for (const part of parts) {
    const list = d.changes.filter((c) => c.part === part).map((c) => (part === 'rates' ? c.body : { id: c.id, ...(c.delete ? { delete: true } : { set: c.body }) }));
    if (list.length > 0) out[part] = list;
  }
  return out as Draft;
}

/** A draft from a file; what is no draft is refused. */
export function read(text: string): Kept {
  const d = JSON.parse(text) as Draft & Record<string, unknown>;
  const known = ['rights', ...parts];
  if (typeof d !== 'object' || Array.isArray(d) || Object.keys(d).some((k) => !known.includes(k))) throw new Error('no draft');
  const changes = parts.flatMap((part) => ((d[part] ?? []) as { id?: string; delete?: boolean; set?: { name?: string; number?: string }; name?: string }[])
    .map((c) => ({ part, id: c.id, delete: c.delete, body: part === 'rates' ? c : (c.set ?? {}), name: c.set?.name ?? c.set?.number ?? c.name ?? c.id ?? '' })));
  return { changes, add: d.rights?.add ?? [], remove: d.rights?.remove ?? [] };
}

export const partWord = (p: Part): string => t(`whatif.part.${p}` as Key);

/** Puts what is typed into the draft instead of saving it, and goes there. */
export function TryFirst({ part, id, name, body }: { part: Part; id?: string; name: string; body: () => object }) {
  const go = useNavigate();
  const put = () => {
    const others = kept.changes.filter((c) => c.part !== part || (id ? c.id !== id : Boolean(c.id) || c.name !== name));
    keep({ ...kept, changes: [...others, { part, id, name, body: body() }] });
    toast({ text: t('whatif.put') });
    void go('/whatif');
  };
  return <Button kind="quiet" icon={FlaskConical} onClick={put}>{t('whatif.try_first')}</Button>;
}
