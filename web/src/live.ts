/** One event stream: what happens on the server changes what is on the screen, without reload. */
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Call, List, LiveCall, LiveQueue, Me, Presence, Status, User } from './api';

/** Puts a call that began or changed; the oldest call stays first. */
export function putCall(calls: List<LiveCall>, call: LiveCall): List<LiveCall> {
  const known = calls.items.some((c) => c.id === call.id);
  const items = known ? calls.items.map((c) => (c.id === call.id ? call : c)) : [...calls.items, call];
  items.sort((a, b) => a.started.localeCompare(b.started) || a.id.localeCompare(b.id));
  return { ...calls, items };
}

/** Takes out a call that ended. */
export function endCall(calls: List<LiveCall>, id: string): List<LiveCall> {
  return { ...calls, items: calls.items.filter((c) => c.id !== id) };
}

/** Keeps the calls that just ended, newest first, for a glance. */
export function justEnded(calls: Call[], call: Call): Call[] {
  return [call, ...calls.filter((c) => c.id !== call.id)].slice(0, 6);
}

export type PresenceChange = { user: string; presence?: Presence; status?: Status; devices?: { total: number; online: number } };

/** Changes presence and phones of one person, wherever the person is shown. */
export function changePresence(user: User, change: PresenceChange): User {
  if (user.id !== change.user) return user;
  return { ...user, presence: change.presence ?? user.presence, status: change.status ?? user.status, devices: change.devices ?? user.devices };
}

/** The query keys that a changed thing makes stale. */
export function stale(kind: string): string[] {
  switch (kind) {
    case 'user':
    case 'membership':
    case 'assignment':
    case 'grant':
      return ['users', 'user', 'standing', 'groups', 'members', 'role', 'billing', 'overview', 'audit', 'extension', 'requests', 'reviews', 'review', 'rights-review', 'why', 'findings'];
    case 'review':
      return ['reviews', 'review', 'rights-review', 'overview', 'audit'];
    case 'access':
      return ['requests', 'why', 'audit', 'findings'];
    case 'group':
      return ['groups', 'group', 'members', 'users', 'standing', 'audit', 'findings'];
    case 'role':
      return ['roles', 'role', 'standing', 'session', 'audit', 'findings'];
    case 'device':
      return ['devices', 'users', 'user', 'overview', 'audit'];
    case 'token':
      return ['tokens', 'audit', 'findings'];
    case 'trunk':
      return ['trunks', 'audit'];
    case 'did':
      return ['numbers', 'audit'];
    case 'region':
      return ['regions', 'numbers', 'path', 'whycall', 'audit'];
    case 'outroute':
      return ['outroutes', 'audit'];
    case 'settings':
      return ['settings', 'billing', 'retention', 'session', 'overview', 'audit'];
    case 'calendar':
      return ['calendar', 'audit'];
    case 'status':
      return ['guestrooms', 'forwarding', 'path', 'audit'];
    case 'hours':
    case 'override':
      return ['hours', 'entrance', 'forwarding', 'path', 'audit'];
    case 'forwarding':
      return ['guestrooms', 'forwarding', 'path', 'overview', 'audit'];
    case 'duty':
      return ['duty', 'audit'];
    case 'park':
      return ['parks', 'forwarding', 'path', 'overview', 'audit'];
    case 'room':
      return ['rooms', 'forwarding', 'path', 'overview', 'audit'];
    case 'queue':
      return ['queues', 'queue', 'duty', 'forwarding', 'path', 'overview', 'audit'];
    case 'deck':
      return ['decks', 'rates', 'quotes', 'whycall', 'audit'];
    case 'budget':
      return ['budgets', 'whycall', 'audit'];
    case 'contact':
      return ['contacts', 'guestrooms', 'whycall', 'audit'];
    case 'reminder':
      return ['reminders', 'guestrooms', 'audit'];
    case 'guestroom':
      return ['guestrooms', 'whycall', 'session', 'audit'];
    case 'alarm':
      return ['alarms', 'whycall', 'audit'];
    case 'block':
      return ['blocks', 'audit'];
    case 'restriction':
      return ['restrictions', 'whycall', 'path', 'audit'];
    case 'ring':
      return ['rings', 'forwarding', 'path', 'overview', 'audit'];
    case 'mailbox':
      return ['mailbox', 'forwarding', 'path', 'audit'];
    case 'menu':
    case 'entrance':
      return ['menus', 'entrances', 'entrance', 'forwarding', 'path', 'overview', 'audit'];
    case 'prompt':
      return ['prompts', 'audit'];
    case 'recording':
      return ['recordings', 'retention', 'audit'];
    case 'recordrule':
      return ['recordrules', 'retention', 'audit'];
    case 'talklink':
      return ['talklinks', 'audit'];
    case 'erasure':
      return ['privacy', 'recordings', 'calls', 'voicemail', 'contacts', 'audit'];
    case 'message':
      return ['voicemail', 'guestrooms', 'audit'];
    case 'notice':
      return ['notices', 'overview'];
    case 'mail':
      return ['mails'];
    case 'session':
      return ['sessions', 'audit'];
    case 'call':
      return ['calls', 'live', 'overview'];
  }
  return ['audit'];
}

/** Runs a piece of work at most once in a while; the last call is never lost. */
export function throttle(ms: number, work: (keys: Set<string>) => void): (keys: string[]) => void {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (keys) => {
    for (const k of keys) waiting.add(k);
    timer ??= setTimeout(() => {
      timer = undefined;
      const now = new Set(waiting);
      waiting.clear();
      work(now);
    }, ms);
  };
}

export type Line = { state: 'connecting' | 'open' | 'lost'; since: Date };
let line: Line = { state: 'connecting', since: new Date(0) };
const watchers = new Set<() => void>();
function setLine(state: Line['state']): void {
  if (line.state === state) return;
  line = { state, since: new Date() };
  for (const w of watchers) w();
}
export const useLine = (): Line =>
  useSyncExternalStore((changed) => {
    watchers.add(changed);
    return () => watchers.delete(changed);
  }, () => line);

type Source = Pick<EventSource, 'addEventListener' | 'close' | 'readyState'>;

/** Follows the stream until stopped. The browser resumes by Last-Event-ID; a stream that was refused is opened anew, and
 * then everything on the screen is asked for again, because nobody can say what was missed. */
export function follow(cache: QueryClient, open: () => Source = () => new EventSource('/v1/events')): () => void {
  let source: Source;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;
  let missed = false;
  let greeted = false;
  let stopped = false;
  const refetch = throttle(300, (keys) => {
    for (const key of keys) void cache.invalidateQueries({ queryKey: [key] });
  });
  const parse = <T>(e: Event): T | undefined => {
    try {
      return JSON.parse((e as MessageEvent<string>).data) as T;
    } catch {
      return undefined;
    }
  };
  const on = <T>(name: string, work: (value: T) => void) => {
    source.addEventListener(name, (e) => {
      const value = parse<T>(e);
      if (value !== undefined) work(value);
    });
  };
  function connect(): void {
    source = open();
    source.addEventListener('open', () => {
      wait = 1000;
      setLine('open');
      if (missed) void cache.invalidateQueries();
      missed = false;
    });
    source.addEventListener('error', () => {
      setLine('lost');
      if (source.readyState !== 2 || stopped) return;
      missed = true;
      retry = setTimeout(connect, wait);
      wait = Math.min(wait * 2, 30_000);
      void cache.invalidateQueries({ queryKey: ['session'] });
    });
    on<LiveCall>('call', (call) => {
      cache.setQueryData<List<LiveCall>>(['live'], (old) => (old ? putCall(old, call) : old));
      refetch(['overview', 'rooms']);
    });
    on<{ id: string; cdr?: Call }>('call.ended', ({ id, cdr }) => {
      cache.setQueryData<List<LiveCall>>(['live'], (old) => (old ? endCall(old, id) : old));
      if (cdr) cache.setQueryData<Call[]>(['ended'], (old) => justEnded(old ?? [], cdr));
      refetch(['calls', 'overview', 'rooms']);
    });
    on<LiveQueue>('queue', (queue) => {
      cache.setQueryData<LiveQueue>(['queue', queue.id], queue);
      refetch(['duty', 'callbacks']);
    });
    on<PresenceChange>('presence', (change) => {
      cache.setQueriesData<InfiniteData<List<User>>>({ queryKey: ['users'] }, (old) =>
        old?.pages ? { ...old, pages: old.pages.map((p) => ({ ...p, items: p.items.map((u) => changePresence(u, change)) })) } : old,
      );
      cache.setQueriesData<List<User>>({ queryKey: ['members'] }, (old) => (old ? { ...old, items: old.items.map((u) => changePresence(u, change)) } : old));
      cache.setQueryData<Me | null>(['session'], (old) => (old ? { ...old, user: changePresence(old.user, change) } : old));
      cache.setQueryData<User>(['user', change.user], (old) => (old ? changePresence(old, change) : old));
      refetch(['devices', 'overview']);
    });
    on<{ kind: string; mine?: boolean }>('changed', ({ kind, mine }) => refetch(mine ? [...stale(kind), 'session', 'devices'] : stale(kind)));
    on<{ fresh?: boolean }>('hello', ({ fresh }) => {
      if (fresh && greeted) void cache.invalidateQueries();
      greeted = true;
    });
    source.addEventListener('signed_out', () => cache.setQueryData(['session'], null));
  }
  connect();
  return () => {
    stopped = true;
    clearTimeout(retry);
    source.close();
  };
}
