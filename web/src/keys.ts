/** Keyboard shortcuts. Single keys never fire inside text fields and can be switched off (WCAG 2.1.4). */
import { useEffect, useRef } from 'react';

const name = 'tandem.keys';

export function singleKeys(): boolean {
  try {
    return localStorage.getItem(name) !== 'off';
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(name, on ? 'on' : 'off');
  } catch {
    // Storage may be closed; the keys then stay as they are.
  }
}

export const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The name of a key press: "ctrl+k", "g p" after g, "?" alone. */
export function stroke(e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>, before: string): string {
  if (e.ctrlKey || e.metaKey) return `ctrl+${e.key.toLowerCase()}`;
  if (e.altKey) return `alt+${e.key.toLowerCase()}`;
  return before ? `${before} ${e.key}` : e.key;
}

/** Listens for shortcuts; "g p" means g, then p within a second. */
export function useShortcuts(shortcuts: Record<string, () => void>): void {
  const now = useRef(shortcuts);
  now.current = shortcuts;
  useEffect(() => {
    let before = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const press = (e: KeyboardEvent) => {
      if (e.defaultPrevented) return;
      const chord = e.ctrlKey || e.metaKey || e.altKey;
      if (!chord && (typing(e.target) || !singleKeys() || document.querySelector('[aria-modal="true"]'))) return;
      const work = now.current[stroke(e, before)] ?? now.current[stroke(e, '')];
      before = '';
      clearTimeout(timer);
      if (work) {
        if (chord && e.key.toLowerCase() === 'z' && typing(e.target)) return;
        e.preventDefault();
        work();
      } else if (!chord && e.key === 'g') {
        before = 'g';
        timer = setTimeout(() => (before = ''), 1000);
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
