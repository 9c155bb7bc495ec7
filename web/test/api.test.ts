import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { use } from '../src/words';

let api: typeof import('../src/api').api;
let Failure: typeof import('../src/api').Failure;

beforeAll(async () => {
  vi.stubGlobal('location', { origin: 'https://office.test' });
  ({ api, Failure } = await import('../src/api'));
});
afterEach(() => vi.restoreAllMocks());

const answer = (status: number, body: unknown) => {
  const asked = vi.fn(async (request: Request) => {
    void request;
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
  });
  vi.stubGlobal('fetch', asked);
  return asked;
};
const request = (asked: ReturnType<typeof answer>) => asked.mock.calls[0]?.[0] as Request;

describe('asking the server', () => {
  it('speaks the language of the reader', async () => {
    use('pl', {});
    const asked = answer(200, { items: [], total: 0 });
    await api.live();
    expect(request(asked).headers.get('Accept-Language')).toBe('pl');
  });
  it('leaves out filters that were not chosen', async () => {
    const asked = answer(200, { items: [], total: 0 });
    await api.users({ q: '', group: undefined, role: 'manager' });
    expect(new URL(request(asked).url).search).toBe('?role=manager');
  });
  it('writes ids into the address safely', async () => {
    const asked = answer(200, {});
    await api.user('../session');
    expect(new URL(request(asked).url).pathname).toBe('/v1/users/..%2Fsession');
  });
  it('sends a file as it is', async () => {
    const asked = answer(200, { rows: [], created: 0, problems: 0 });
    await api.importUsers('name,email\n', true);
    expect(request(asked).headers.get('Content-Type')).toBe('text/csv');
    expect(await request(asked).text()).toBe('name,email\n');
  });
  it('takes an empty answer', async () => {
    answer(204, undefined);
    await expect(api.deleteUser('u')).resolves.toBeUndefined();
  });
  it('throws a refusal in the words of the server', async () => {
    answer(409, { code: 'conflict', message: 'Taken.', field: 'extension', key: 'user.extension_taken', request: 'req_1' });
    await expect(api.nextExtension()).rejects.toMatchObject({ status: 409, code: 'conflict', message: 'Taken.', field: 'extension', request: 'req_1' });
  });
  it('throws a fault without words when the server could not speak', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502 }));
    await expect(api.overview()).rejects.toMatchObject({ status: 502, code: 'internal', message: '' });
  });
  it('knows a server that cannot be reached', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('network')));
    await expect(api.overview()).rejects.toBeInstanceOf(Failure);
    await expect(api.overview()).rejects.toMatchObject({ status: 0, code: 'offline' });
  });
});
