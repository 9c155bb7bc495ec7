/** What the visitor's page asks of the server. */
import type { components } from '../api.gen';

type Schemas = components['schemas'];
export type Door = Schemas['TalkPage'];
export type Ticket = Schemas['TalkTicket'];

/** What a visitor writes before his call. */
export type Said = { name?: string; email?: string; words?: string };

/** A refusal of the server, with its sentence in the visitor's language. */
export class Refused extends Error {
  constructor(readonly status: number, message: string, readonly field: string) {
    super(message);
  }
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`/v1/talk/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'Accept-Language': document.documentElement.lang, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    credentials: 'omit',
    cache: 'no-store',
  });
  const text = await answer.text();
  const said = text ? JSON.parse(text) as { message?: string; field?: string } : {};
  if (!answer.ok) throw new Refused(answer.status, said.message ?? '', said.field ?? '');
  return said as T;
}

export const office = {
  open: (key: string) => ask<Door>(encodeURIComponent(key)),
  call: (key: string, puzzle: string, solution: string, said: Said) => ask<Ticket>(`${encodeURIComponent(key)}/calls`, { puzzle, solution, ...said }),
  back: (key: string, puzzle: string, solution: string, name: string, number: string, words: string) => ask<unknown>(`${encodeURIComponent(key)}/callbacks`, { puzzle, solution, name, number, words }),
};

const kept = 'tandem.talk';

/** The end of this page's address. A secret is taken out of it at once, and kept for this tab alone: a screen that is shared, or a history, does not give it away. */
export function keyOfPage(): string {
  const key = decodeURIComponent(location.pathname.replace(/^\/talk\//, '').replace(/\/+$/, ''));
  try {
    if (!key) return sessionStorage.getItem(kept) ?? '';
    if (/^[a-z2-9]{32,}$/.test(key)) {
      sessionStorage.setItem(kept, key);
      history.replaceState(null, '', '/talk/');
    }
  } catch {
    // Storage may be closed; the address then stays as it is.
  }
  return key;
}
