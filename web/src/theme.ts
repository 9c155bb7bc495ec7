/** Light, dark, or as the system says. */
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | 'auto';
const name = 'tandem.theme';
const system = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : undefined;
const listeners = new Set<() => void>();

export function chosen(): Theme {
  try {
    const v = localStorage.getItem(name);
    return v === 'light' || v === 'dark' ? v : 'auto';
  } catch {
    return 'auto';
  }
}

export const shown = (): 'light' | 'dark' => {
  const c = chosen();
  return c === 'auto' ? (system?.matches ? 'dark' : 'light') : c;
};

function paint(): void {
  document.documentElement.dataset.mantineColorScheme = shown();
  for (const l of listeners) l();
}
system?.addEventListener('change', paint);

export function choose(theme: Theme): void {
  try {
    localStorage.setItem(name, theme);
  } catch {
    // Storage may be closed; the system's choice stays.
  }
  paint();
}

export const useTheme = (): { chosen: Theme; shown: 'light' | 'dark' } => {
  const value = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => `${chosen()} ${shown()}`,
  );
  const [c, s] = value.split(' ');
  return { chosen: c as Theme, shown: s as 'light' | 'dark' };
};
