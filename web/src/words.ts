/** The sentences of the app: catalogues shared with the server, loaded one language at a time. */
import { useSyncExternalStore } from 'react';
import type en from '../../i18n/en.json';

/** A sentence of the app itself; in the catalogues its key begins with "app.", so that it never meets one of the server. */
type App<K> = K extends `app.${infer Rest}` ? Rest : never;
export type Key = App<keyof typeof en>;
export type Args = Record<string, string | number>;
export type Catalogue = Record<string, string>;

export const languages = [
  { code: 'en', name: 'English' },
  { code: 'de', name: 'Deutsch' },
  { code: 'pl', name: 'Polski' },
  { code: 'ru', name: 'Русский' },
  { code: 'id', name: 'Bahasa Indonesia' },
] as const;

const loaders: Record<string, () => Promise<{ default: Catalogue }>> = {
  en: () => import('../../i18n/en.json'),
  de: () => import('../../i18n/de.json'),
  pl: () => import('../../i18n/pl.json'),
  ru: () => import('../../i18n/ru.json'),
  id: () => import('../../i18n/id.json'),
};

export type Piece = string | { name: string; plural?: Record<string, Piece[]> } | { hash: true };

/** Reads the part of ICU MessageFormat that the catalogues use: {name} and {n, plural, one {…} other {# …}}. */
export function parse(text: string): Piece[] {
  let at = 0;
  function message(inPlural: boolean): Piece[] {
    const pieces: Piece[] = [];
    let words = '';
    const flush = () => {
      if (words) pieces.push(words);
      words = '';
    };
    while (at < text.length && text[at] !== '}') {
      if (text[at] === '{') {
        flush();
        pieces.push(placeholder());
      } else if (text[at] === '#' && inPlural) {
        flush();
        pieces.push({ hash: true });
        at++;
      } else {
        words += text[at++];
      }
    }
    flush();
    return pieces;
  }
  function placeholder(): Piece {
    const head = /^\{\s*(\w+)\s*(,\s*plural\s*,)?\s*/.exec(text.slice(at));
    if (!head) throw new Error(`no placeholder at ${at} in ${text}`);
    at += head[0].length;
    const name = head[1] as string;
    if (!head[2]) {
      at++;
      return { name };
    }
    const plural: Record<string, Piece[]> = {};
    while (at < text.length && text[at] !== '}') {
      const branch = /^(=?\w+)\s*\{/.exec(text.slice(at));
      if (!branch) throw new Error(`no branch at ${at} in ${text}`);
      at += branch[0].length;
      plural[branch[1] as string] = message(true);
      at++;
      while (text[at] === ' ') at++;
    }
    at++;
    return { name, plural };
  }
  return message(false);
}

/** Walks a parsed sentence; give is called for every placeholder, add for every piece of words. */
function walk<T>(language: string, pieces: Piece[], args: Record<string, T | string | number>, add: (words: string) => void, give: (value: T) => void, hash = ''): void {
  for (const piece of pieces) {
    if (typeof piece === 'string') add(piece);
    else if ('hash' in piece) add(hash);
    else if (piece.plural) {
      const n = Number(args[piece.name]);
      const branch = piece.plural[`=${n}`] ?? piece.plural[new Intl.PluralRules(language).select(n)] ?? piece.plural.other ?? [];
      walk(language, branch, args, add, give, new Intl.NumberFormat(language).format(n));
    } else {
      const value = args[piece.name];
      if (value === undefined) add(`{${piece.name}}`);
      else if (typeof value === 'string') add(value);
      else if (typeof value === 'number') add(new Intl.NumberFormat(language).format(value));
      else give(value);
    }
  }
}

/** Says a sentence in a language, without any state. */
export function say(language: string, sentence: string, args: Args = {}): string {
  let out = '';
  walk<never>(language, parse(sentence), args, (w) => (out += w), () => undefined);
  return out;
}

let language = 'en';
let catalogue: Catalogue = {};
const listeners = new Set<() => void>();

export const current = (): string => language;

/** Says a sentence in the chosen language. */
export function t(key: Key, args?: Args): string {
  return say(language, catalogue[`app.${key}`] ?? key, args);
}

/** Says a sentence whose key came from the server; undefined when the catalogue does not know it. */
export function known(key: string, args?: Args): string | undefined {
  const sentence = catalogue[key];
  return sentence === undefined ? undefined : say(language, sentence, args);
}

/** Says a sentence in which some placeholders are elements: the order of words stays the language's business. */
export function rich<T extends object>(key: Key, args: Record<string, T | string | number>): (string | T)[] {
  const out: (string | T)[] = [];
  walk<T>(language, parse(catalogue[`app.${key}`] ?? key), args, (w) => out.push(w), (v) => out.push(v));
  return out;
}

/** The language to begin with: chosen here before, else the browser's, else English. */
export function firstLanguage(stored: string | null, browser: readonly string[]): string {
  const codes: string[] = languages.map((l) => l.code);
  if (stored && codes.includes(stored)) return stored;
  for (const tag of browser) {
    const primary = tag.toLowerCase().split('-')[0] ?? '';
    if (codes.includes(primary)) return primary;
  }
  return 'en';
}

const store = 'tandem.language';

export function storedLanguage(): string | null {
  try {
    return localStorage.getItem(store);
  } catch {
    return null;
  }
}

/** Loads a language and shows the app in it; remember says whether the person chose it here. */
export async function speak(code: string, remember = false): Promise<void> {
  const load = loaders[code] ?? loaders.en;
  if (!load) return;
  catalogue = (await load()).default;
  language = code;
  document.documentElement.lang = code;
  if (remember) {
    try {
      localStorage.setItem(store, code);
    } catch {
      // Storage may be closed; the choice then lasts as long as the page.
    }
  }
  for (const listener of listeners) listener();
}

/** For tests: a catalogue without loading. */
export function use(code: string, sentences: Catalogue): void {
  language = code;
  catalogue = sentences;
}

export function useLanguage(): string {
  return useSyncExternalStore((changed) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  }, current);
}
