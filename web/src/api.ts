/** Everything the app asks of the server: typed calls, one form of failure. */
import { current } from './words';

export type Presence = 'available' | 'ringing' | 'talking' | 'offline';
export type Scope = '' | 'self' | 'group' | 'tree' | 'listed' | 'all';
export type GroupRole = { id: string; name: string; role?: string; main?: boolean; membership?: string };

export type User = {
  id: string;
  name: string;
  email?: string;
  mobile?: string;
  extension?: string;
  language?: string;
  zone?: string;
  photo?: string;
  state: 'active' | 'suspended' | 'invited';
  groups?: GroupRole[];
  office_roles?: string[];
  devices?: { total: number; online: number };
  presence?: Presence;
  created?: string;
  revision?: string;
  can?: Partial<Record<'edit' | 'profile' | 'suspend' | 'delete' | 'devices' | 'invite' | 'role', boolean>>;
};
export type Group = {
  id: string;
  name: string;
  parent?: string;
  language?: string;
  zone?: string;
  published?: boolean;
  default?: boolean;
  members?: number;
  revision?: string;
  can?: Partial<Record<'edit' | 'publish' | 'create' | 'delete' | 'members' | 'people', boolean>> & { roles?: string[] };
};
export type Role = { id: string; name: string; office?: boolean; rights?: Record<string, Scope>; assignable?: boolean };
export type Binding = { contact?: string; source?: string; transport: string; agent?: string; since: string; expires?: string };
export type Device = { id: string; name: string; kind: string; username?: string; created: string; registered: boolean; bindings?: Binding[] };
export type Account = {
  username: string;
  secret: string;
  domain: string;
  server: string;
  ports: { sip?: number; sips?: number };
  transports: string[];
  realm: string;
  uri: string;
  qr: string;
  text: string;
};
export type Party = { user?: string; name?: string; number?: string; hidden?: boolean };
export type LiveCall = { id: string; phase: 'ringing' | 'talking' | 'held'; from: Party; to: Party; users?: string[]; started: string; answered?: string; codec?: string; secure?: boolean; can?: { hangup?: boolean } };
export type Leg = { party: Party; out?: boolean; started: string; rang?: string; answered?: string; ended: string; cause: string; status?: number; codec?: string; lost?: number; jitter?: number };
export type Call = {
  id: string;
  from: Party;
  to: Party;
  dialled?: string;
  started: string;
  answered?: string;
  ended: string;
  seconds: number;
  cause: string;
  reason: string;
  by?: Party;
  codec?: string;
  secure?: boolean;
  direction: 'in' | 'out' | 'internal';
  legs?: Leg[];
  trace?: string[];
};
export type Fact = {
  seq: number;
  at: string;
  kind: string;
  actor: { kind: string; name?: string; user?: string; addr?: string; via?: string };
  object: { kind: string; id: string; name?: string };
  before?: unknown;
  after?: unknown;
  reason?: string;
  summary: string;
};
export type Verification = { ok: boolean; entries: number; first_bad?: number; problem?: string; head?: string };
export type Mail = { id: string; to: string; subject: string; text: string; html?: string; state: 'kept' | 'sent' | 'failed' | 'waiting'; error?: string; created: string; sent?: string };
export type Token = { id: string; name: string; prefix?: string; rights?: string[]; created: string; expires?: string };
export type Session = { id: string; agent: string; addr: string; created: string; seen: string; current?: boolean };
export type Settings = {
  name: string;
  country: string;
  zone: string;
  language: string;
  public?: string;
  digits: number;
  mail?: { host?: string; port?: number; from?: string; user?: string; has_password?: boolean; tls?: string };
  revision?: string;
};
export type Me = {
  user: User;
  rights: Record<string, Scope>;
  groups: GroupRole[];
  office: { name: string; country: string; zone: string; language: string; public?: string; digits: number };
  sip: { server: string; udp?: number; tcp?: number; tls?: number; ws?: string; realm: string; domain: string };
  version: string;
  sessionExpires?: string;
};
export type Overview = {
  calls_live: number;
  registered: number;
  devices: number;
  people: number;
  calls_today: number;
  missed_today: number;
  checklist: { id: string; done: boolean }[];
};
export type ImportReport = { rows: { line: number; name: string; action: 'create' | 'problem'; problem?: { message: string; field?: string } }[]; created: number; problems: number };
export type List<T> = { items: T[]; next?: string; total?: number };
export type Query = Record<string, string | number | boolean | undefined>;

/** A refusal or a fault, in the words of the server. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
    readonly key?: string,
    readonly request?: string,
  ) {
    super(message);
  }
}

type Body = { json?: unknown; raw?: BodyInit; type?: string };

/** Sends one request. What the server refuses, and a server that cannot be reached, are thrown as a Failure. */
export async function ask<T>(method: string, path: string, query?: Query, body?: Body): Promise<T> {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': current() };
  if (body?.json !== undefined) headers['Content-Type'] = 'application/json';
  if (body?.type) headers['Content-Type'] = body.type;
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body: body?.json !== undefined ? JSON.stringify(body.json) : body?.raw, credentials: 'same-origin' });
  } catch {
    throw new Failure(0, 'offline', '');
  }
  const text = await response.text();
  let value: unknown;
  try {
    value = text ? JSON.parse(text) : undefined;
  } catch {
    value = undefined;
  }
  if (response.ok) return value as T;
  const f = (value ?? {}) as { code?: string; message?: string; field?: string; key?: string; request?: string };
  throw new Failure(response.status, f.code ?? 'internal', f.message ?? '', f.field, f.key, f.request);
}

const get = <T>(path: string, query?: Query) => ask<T>('GET', path, query);
const post = <T>(path: string, json?: unknown, query?: Query) => ask<T>('POST', path, query, { json: json ?? {} });
const put = <T>(path: string, json: unknown) => ask<T>('PUT', path, undefined, { json });
const patch = <T>(path: string, json: unknown) => ask<T>('PATCH', path, undefined, { json });
const remove = <T = void>(path: string) => ask<T>('DELETE', path);
const id = encodeURIComponent;

export const api = {
  setup: (token: string) => get<{ version?: string; languages?: string[]; country?: string }>('/v1/setup', { token }),
  claim: (body: Record<string, unknown>) => post<Me>('/v1/setup', body),
  session: () => get<Me>('/v1/session'),
  signIn: (email: string, password: string) => post<Me>('/v1/session', { email, password }),
  signOut: () => remove('/v1/session'),
  forgot: (email: string) => post<void>('/v1/password/forgot', { email }),
  link: (token: string) => get<{ kind: 'invitation' | 'reset'; name: string; email: string }>(`/v1/links/${id(token)}`),
  redeem: (token: string, password: string) => post<Me>(`/v1/links/${id(token)}`, { password }),

  profile: (change: Partial<Pick<User, 'name' | 'mobile' | 'language' | 'zone'>>) => put<unknown>('/v1/profile', change),
  password: (old: string, next: string) => put<void>('/v1/profile/password', { old, new: next }),
  sessions: () => get<List<Session>>('/v1/profile/sessions'),
  endSession: (s: string) => remove(`/v1/profile/sessions/${id(s)}`),
  endSessions: () => remove('/v1/profile/sessions'),

  users: (query: Query) => get<List<User>>('/v1/users', query),
  user: (u: string) => get<User>(`/v1/users/${id(u)}`),
  addUser: (body: Record<string, unknown>) => post<User>('/v1/users', body),
  editUser: (u: string, change: Record<string, unknown>) => patch<User>(`/v1/users/${id(u)}`, change),
  deleteUser: (u: string) => remove(`/v1/users/${id(u)}`),
  suspend: (u: string, reason?: string) => post<unknown>(`/v1/users/${id(u)}/suspend`, reason ? { reason } : {}),
  restore: (u: string) => post<unknown>(`/v1/users/${id(u)}/restore`),
  invite: (u: string) => post<unknown>(`/v1/users/${id(u)}/invite`),
  giveRole: (u: string, role: string) => put<unknown>(`/v1/users/${id(u)}/roles/${id(role)}`, {}),
  takeRole: (u: string, role: string) => remove(`/v1/users/${id(u)}/roles/${id(role)}`),
  endUserSessions: (u: string) => remove(`/v1/users/${id(u)}/sessions`),
  setPhoto: (u: string, image: Blob) => ask<unknown>('PUT', `/v1/users/${id(u)}/photo`, undefined, { raw: image, type: image.type }),
  removePhoto: (u: string) => remove(`/v1/users/${id(u)}/photo`),
  importUsers: (csv: string, dry: boolean) => ask<ImportReport>('POST', '/v1/users/import', { dry: dry ? 1 : undefined }, { raw: csv, type: 'text/csv' }),
  nextExtension: () => get<{ extension: string }>('/v1/extensions/next'),

  groups: () => get<List<Group>>('/v1/groups', { limit: 500 }),
  group: (g: string) => get<Group>(`/v1/groups/${id(g)}`),
  addGroup: (body: Record<string, unknown>) => post<Group>('/v1/groups', body),
  editGroup: (g: string, change: Record<string, unknown>) => patch<Group>(`/v1/groups/${id(g)}`, change),
  deleteGroup: (g: string) => remove(`/v1/groups/${id(g)}`),
  members: (g: string) => get<List<User>>(`/v1/groups/${id(g)}/members`, { limit: 500 }),
  setMember: (g: string, u: string, body: { role?: string; main?: boolean }) => put<unknown>(`/v1/groups/${id(g)}/members/${id(u)}`, body),
  removeMember: (g: string, u: string) => remove(`/v1/groups/${id(g)}/members/${id(u)}`),
  roles: () => get<List<Role>>('/v1/roles'),

  devices: (u: string) => get<List<Device>>(`/v1/users/${id(u)}/devices`),
  addDevice: (u: string, body: { name: string; kind: string }) => post<{ device: Device; account: Account }>(`/v1/users/${id(u)}/devices`, body),
  editDevice: (d: string, change: { name?: string; kind?: string }) => patch<Device>(`/v1/devices/${id(d)}`, change),
  renewDevice: (d: string) => post<{ device: Device; account: Account }>(`/v1/devices/${id(d)}/secret`),
  deleteDevice: (d: string) => remove(`/v1/devices/${id(d)}`),

  calls: (query: Query) => get<List<Call>>('/v1/calls', query),
  call: (c: string) => get<Call>(`/v1/calls/${id(c)}`),
  live: () => get<List<LiveCall>>('/v1/calls/live', { limit: 500, sort: 'started' }),
  hangup: (c: string) => remove(`/v1/calls/live/${id(c)}`),

  audit: (query: Query) => get<List<Fact>>('/v1/audit', query),
  verify: () => get<Verification>('/v1/audit/verify'),
  settings: () => get<Settings>('/v1/settings'),
  editSettings: (change: Record<string, unknown>) => patch<Settings>('/v1/settings', change),
  testMail: (to?: string) => post<unknown>('/v1/settings/mail/test', to ? { to } : {}),
  mails: (query: Query) => get<List<Mail>>('/v1/mails', query),
  sendMail: (m: string) => post<unknown>(`/v1/mails/${id(m)}/send`),
  tokens: () => get<List<Token>>('/v1/tokens'),
  addToken: (body: { name: string; expires?: string; rights?: string[] }) => post<{ token: Token; secret: string }>('/v1/tokens', body),
  revokeToken: (k: string) => remove(`/v1/tokens/${id(k)}`),
  overview: () => get<Overview>('/v1/overview'),
};
