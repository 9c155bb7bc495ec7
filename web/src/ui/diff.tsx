/** What changed, field by field, for people. */
import type { ReactNode } from 'react';
import { t } from '../words';

export type Change = { path: string; before?: unknown; after?: unknown };

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

/** Lists the fields in which two values differ; nested fields get a path with dots. What is empty on both sides is left out. */
export function changes(before: unknown, after: unknown, path = ''): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isObject(before) || isObject(after)) {
    const a = isObject(before) ? before : {};
    const b = isObject(after) ? after : {};
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((k) => changes(a[k], b[k], path ? `${path}.${k}` : k));
  }
  const nothing = (v: unknown) => v === undefined || v === null || v === '' || (Array.isArray(v) && v.length === 0);
  if (nothing(before) && nothing(after)) return [];
  return [{ path, before: nothing(before) ? undefined : before, after: nothing(after) ? undefined : after }];
}

function plain(v: unknown): string {
  if (typeof v === 'boolean') return v ? t('ui.yes') : t('ui.no');
  return typeof v === 'object' ? JSON.stringify(v) : String(v);
}

export function Diff({ before, after, label, value }: { before: unknown; after: unknown; label: (path: string) => string; value?: (path: string, v: unknown) => ReactNode }) {
  const rows = changes(before, after);
  if (rows.length === 0) return <p className="meta">{t('ui.no_difference')}</p>;
  const show = (path: string, v: unknown) => value?.(path, v) ?? plain(v);
  return (
    <dl className="diff">
      {rows.map((c) => (
        <div key={c.path} className="diff-row">
          <dt>{label(c.path)}</dt>
          <dd>
            {c.before !== undefined && <del>{show(c.path, c.before)}</del>}
            {c.before !== undefined && c.after !== undefined && ' → '}
            {c.after !== undefined && <ins>{show(c.path, c.after)}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
