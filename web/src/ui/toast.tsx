import { X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { t } from '../words';
import { askWhy, type Question } from './why';

export type Toast = { text: string; undo?: () => void | Promise<unknown>; code?: string; lasting?: boolean; why?: Question };
type Kept = Toast & { id: number };

let toasts: Kept[] = [];
let next = 1;
const listeners = new Set<() => void>();
const tell = () => {
  for (const l of listeners) l();
};

/** Removes a toast; without an id, the newest. */
export function dismiss(id?: number): void {
  toasts = id === undefined ? toasts.slice(0, -1) : toasts.filter((x) => x.id !== id);
  tell();
}

/** Says that something happened. What can be undone stays for ten seconds, what failed until it is closed. */
export function toast(value: Toast): void {
  const id = next++;
  toasts = [...toasts, { ...value, id }].slice(-3);
  tell();
  if (!value.lasting) setTimeout(() => dismiss(id), value.undo ? 10_000 : 5_000);
}

/** Undoes the newest thing that can be undone; says whether there was one. */
export function undoLast(): boolean {
  const last = toasts.findLast((x) => x.undo);
  if (!last) return false;
  dismiss(last.id);
  void last.undo?.();
  return true;
}

export function Toasts() {
  const shown = useSyncExternalStore((changed) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  }, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((x) => (
        <div key={x.id} className="toast">
          <span className="grow">{x.text} {x.code && <span className="mono code">{x.code}</span>}</span>
          {x.why && <button type="button" onClick={(e) => { if (x.why) askWhy(x.why, x.text, e.currentTarget); dismiss(x.id); }}>{t('explain.why')}</button>}
          {x.undo && (
            <button type="button" onClick={() => { dismiss(x.id); void x.undo?.(); }}>{t('ui.undo')}</button>
          )}
          <button type="button" aria-label={t('ui.close')} onClick={() => dismiss(x.id)}><X className="icon" aria-hidden /></button>
        </div>
      ))}
    </div>
  );
}
