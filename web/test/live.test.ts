import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call, List, LiveCall, User } from '../src/api';
import { changePresence, endCall, follow, justEnded, putCall, stale, throttle } from '../src/live';

const call = (id: string, started: string, phase: LiveCall['phase'] = 'ringing') =>
  ({ id, phase, from: { name: 'Eva' }, to: { name: 'Marta' }, direction: 'internal', started, secure: false, can: { hangup: true } }) as LiveCall;
const list = (...items: LiveCall[]): List<LiveCall> => ({ items, total: items.length });
const person = (id: string) => ({ id, name: id, presence: 'offline', devices: { total: 1, online: 0 } }) as unknown as User;

describe('live calls', () => {
  const a = call('a', '2026-11-12T10:00:00Z');
  const b = call('b', '2026-11-12T10:01:00Z');
  it('a new call joins, the oldest first', () => expect(putCall(list(b), a).items.map((c) => c.id)).toEqual(['a', 'b']));
  it('a known call changes in place', () => expect(putCall(list(a, b), { ...a, phase: 'talking' }).items.map((c) => c.phase)).toEqual(['talking', 'ringing']));
  it('what a call no longer says is gone: it waits in no queue any more, and is not recorded', () => {
    expect(putCall(list({ ...a, queue: 'Sales', recording: 'on', one_way: true, position: '701' }), { ...a, phase: 'talking' }).items[0]).toEqual({ ...a, phase: 'talking' });
  });
  it('an ended call goes', () => expect(endCall(list(a, b), 'a').items).toEqual([b]));
  it('an unknown end changes nothing', () => expect(endCall(list(a), 'x').items).toEqual([a]));
  it('the last six ends are kept, each once', () => {
    const ended = ['1', '2', '3', '4', '5', '6', '7', '7'].reduce<Call[]>((l, id) => justEnded(l, { id } as Call), []);
    expect(ended.map((c) => c.id)).toEqual(['7', '6', '5', '4', '3', '2']);
  });
});

it('presence changes one person and leaves the others as they are', () => {
  const eva = person('eva');
  expect(changePresence(eva, { user: 'eva', presence: 'talking' })).toMatchObject({ presence: 'talking', devices: { online: 0 } });
  expect(changePresence(eva, { user: 'marta', presence: 'talking' })).toBe(eva);
});

it.each([
  ['user', 'users'],
  ['membership', 'members'],
  ['device', 'devices'],
  ['settings', 'session'],
  ['message', 'guestrooms'],
  ['status', 'guestrooms'],
  ['guestroom', 'whycall'],
  ['talklink', 'talklinks'],
  ['settings', 'retention'],
  ['recording', 'retention'],
  ['erasure', 'privacy'],
  ['unheard-of', 'audit'],
])('a change of a %s makes %s stale', (kind, key) => expect(stale(kind)).toContain(key));

describe('the stream', () => {
  class Source extends EventTarget {
    readyState = 1;
    closed = false;
    close() {
      this.closed = true;
    }
    say(name: string, data: unknown) {
      this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data) }));
    }
  }
  let cache: QueryClient;
  let sources: Source[];
  let stop: () => void;
  const open = () => {
    const s = new Source();
    sources.push(s);
    return s as unknown as EventSource;
  };
  const last = () => sources[sources.length - 1] as Source;
  beforeEach(() => {
    vi.useFakeTimers();
    cache = new QueryClient();
    sources = [];
    stop = follow(cache, open);
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it('puts a call into the list that is on the screen, and takes it out when it ends', () => {
    cache.setQueryData(['live'], list());
    last().say('call', call('a', '2026-11-12T10:00:00Z'));
    expect(cache.getQueryData<List<LiveCall>>(['live'])?.items).toHaveLength(1);
    last().say('call.ended', { id: 'a', cdr: { id: 'a' } });
    expect(cache.getQueryData<List<LiveCall>>(['live'])?.items).toHaveLength(0);
    expect(cache.getQueryData<Call[]>(['ended'])).toEqual([{ id: 'a' }]);
  });
  it('changes presence in lists, groups and on the page of the person', () => {
    cache.setQueryData(['users', 'list', {}], { pages: [{ items: [person('eva')], total: 1 }], pageParams: [''] });
    cache.setQueryData(['members', 'g'], { items: [person('eva')], total: 1 });
    cache.setQueryData(['user', 'eva'], person('eva'));
    last().say('presence', { user: 'eva', presence: 'available', devices: { total: 1, online: 1 } });
    const shown = cache.getQueryData<{ pages: List<User>[] }>(['users', 'list', {}]);
    expect(shown?.pages[0]?.items[0]?.presence).toBe('available');
    expect(cache.getQueryData<List<User>>(['members', 'g'])?.items[0]?.devices?.online).toBe(1);
    expect(cache.getQueryData<User>(['user', 'eva'])?.presence).toBe('available');
  });
  it('leaves counts that are kept beside the lists alone', () => {
    cache.setQueryData(['users', 'count'], { items: [], total: 3 });
    last().say('presence', { user: 'eva', presence: 'available' });
    expect(cache.getQueryData(['users', 'count'])).toEqual({ items: [], total: 3 });
  });
  it('signs out at once', () => {
    cache.setQueryData(['session'], { user: {} });
    last().say('signed_out', {});
    expect(cache.getQueryData(['session'])).toBeNull();
  });
  it('asks for one\'s own rights again when a change was about oneself', () => {
    const asked = vi.spyOn(cache, 'invalidateQueries');
    last().say('changed', { kind: 'user', id: 'eva', mine: true });
    vi.advanceTimersByTime(500);
    expect(asked.mock.calls.map((c) => c[0]?.queryKey?.[0])).toContain('session');
  });
  it('is opened anew after a refusal, waits longer each time, and then asks for everything', () => {
    const asked = vi.spyOn(cache, 'invalidateQueries');
    last().readyState = 2;
    last().dispatchEvent(new Event('error'));
    vi.advanceTimersByTime(999);
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(2);
    last().dispatchEvent(new Event('open'));
    expect(asked).toHaveBeenCalledWith();
  });
  it('lets the browser resume by itself when the line only broke', () => {
    last().readyState = 0;
    last().dispatchEvent(new Event('error'));
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });
  it('asks for everything when the server says that too much was missed', () => {
    last().say('hello', { seq: 1, fresh: true });
    const asked = vi.spyOn(cache, 'invalidateQueries');
    last().say('hello', { seq: 900, fresh: true });
    expect(asked).toHaveBeenCalledWith();
  });
  it('does not stumble over what it cannot read', () => {
    last().dispatchEvent(Object.assign(new Event('call'), { data: '{' }));
    last().say('unheard-of', {});
  });
});

it('many changes are one piece of work, and none is lost', () => {
  vi.useFakeTimers();
  const done: string[][] = [];
  const work = throttle(300, (keys) => done.push([...keys]));
  work(['a']);
  work(['b', 'a']);
  vi.advanceTimersByTime(300);
  work(['c']);
  vi.advanceTimersByTime(300);
  expect(done).toEqual([['a', 'b'], ['c']]);
  vi.useRealTimers();
});
