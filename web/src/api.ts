/** Everything the app asks of the server: calls typed after the document of the interface, one form of failure. */
import createClient from 'openapi-fetch';
import type { components, paths } from './api.gen';
import { askReason } from './ui/reason';
import { current } from './words';

type Schemas = components['schemas'];
export type User = Schemas['User'];
export type Presence = NonNullable<User['presence']>;
export type Status = Schemas['UserStatus'];
export type Forwarding = Schemas['Forwarding'];
export type Profile = Schemas['Profile'];
export type Rule = Schemas['Rule'];
export type Place = Schemas['Place'];
export type ForwardWhy = Schemas['ForwardWhy'];
export type Exception = Schemas['Exception'];
export type Hours = Schemas['Hours'];
export type FoundHoliday = Schemas['FoundHoliday'];
export type CalendarRead = Schemas['CalendarRead'];
export type Calendar = Schemas['Calendar'];
export type HoursPreview = Schemas['HoursPreview'];
export type Ring = Schemas['Ring'];
export type TalkLink = Schemas['TalkLink'];
export type Block = Schemas['Block'];
export type Alarm = Schemas['Alarm'];
export type Erasure = Schemas['Erasure'];
export type Kept = Schemas['Kept'];
export type KeepIn = Schemas['KeepIn'];
export type Retention = Schemas['Retention'];
export type Contact = Schemas['Contact'];
export type Reminder = Schemas['Reminder'];
export type GuestRoom = Schemas['GuestRoom'];
export type ContactImport = Schemas['ContactImport'];
export type Compliance = Schemas['Compliance'];
export type Alarms = Schemas['Alarms'];
export type Restriction = Schemas['Restriction'];
export type Region = Schemas['Region'];
export type TrunkTest = Schemas['TrunkTest'];
export type Deck = Schemas['Deck'];
export type DeckImport = Schemas['DeckImport'];
export type Budget = Schemas['Budget'];
export type Queue = Schemas['Queue'];
export type LiveQueue = Schemas['LiveQueue'];
export type Callback = Schemas['Callback'];
export type LiveAgent = Schemas['LiveAgent'];
export type Duty = Schemas['Duty'];
export type Prompt = Schemas['Prompt'];
export type Dictation = Schemas['Dictation'];
export type Park = Schemas['Park'];
export type Room = Schemas['Room'];
export type WatchMode = BodyOf<'/v1/calls/live/{call}/watch', 'post'>['mode'];
export type RoomPerson = Schemas['RoomPerson'];
export type Menu = Schemas['Menu'];
export type Branch = Schemas['Branch'];
export type Doubt = Schemas['Doubt'];
export type Entrance = Schemas['Entrance'];
export type Path = Schemas['Path'];
export type PathNode = Schemas['PathNode'];
export type GroupRole = Schemas['UserGroup'];
export type Group = Schemas['Group'];
export type Role = Schemas['Role'];
export type RoleDetail = Schemas['RoleDetail'];
export type Right = Schemas['Right'];
export type Preview = Schemas['Preview'];
export type Run = Schemas['Run'];
export type Billing = Schemas['Billing'];
export type WebPhone = Schemas['WebPhone'];
export type Device = Schemas['Device'];
export type Account = Schemas['Account'];
export type Party = Schemas['Party'];
export type LiveCall = Schemas['LiveCall'];
export type Call = Schemas['Call'];
export type CallDay = Schemas['CallDay'];
export type Fact = Schemas['Entry'];
export type Mail = Schemas['Mail'];
export type Notice = Schemas['Notice'];
export type NoticeChoice = Schemas['NoticeChoice'];
export type Mailbox = Schemas['Mailbox'];
export type VoiceMessage = Schemas['Message'];
export type MessagePage = Schemas['MessagePage'];
export type Recording = Schemas['Recording'];
export type RecordRule = Schemas['RecordRule'];
export type RecordSet = Schemas['RecordSet'];
export type Peaks = Schemas['Peaks'];
export type RecordingLink = Schemas['RecordingLink'];
export type Token = Schemas['Token'];
export type Settings = Schemas['Settings'];
export type FeatureCodes = Schemas['FeatureCodes'];
export type SpeedDial = Schemas['SpeedDial'];
export type ProviderSettings = Schemas['ProviderSettings'];
export type Me = Schemas['Me'];
export type Why = Schemas['Why'];
export type Finding = Schemas['Finding'];
export type Trunk = Schemas['Trunk'];
export type DID = Schemas['DID'];
export type OutRoute = Schemas['OutRoute'];
export type Wish = Schemas['Wish'];
export type Campaign = Schemas['Campaign'];
export type CampaignItem = Schemas['CampaignItem'];
export type Holding = Schemas['Holding'];
export type Thing = Schemas['Thing'];
export type Overview = Schemas['Overview'];
export type ImportReport = Schemas['Import'];
export type PersonRights = Schemas['PersonRights'];
export type HeldRight = Schemas['HeldRight'];
export type Seat = Schemas['Seat'];
export type Grant = Schemas['Grant'];
export type Assignment = Schemas['Assignment'];
export type Level = Schemas['Level'];
export type Comparison = Schemas['Comparison'];
export type Deputy = Schemas['Deputy'];
export type GivenScope = Schemas['Scope'];
export type Scope = '' | 'self' | 'listed' | 'group' | 'tree' | 'all';
export type List<T> = { items: T[]; next?: string; total: number };

type Method<P extends keyof paths, M extends 'get' | 'post' | 'put' | 'patch' | 'delete'> = NonNullable<paths[P][M]>;
type QueryOf<P extends keyof paths> = Method<P, 'get'> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
export type BodyOf<P extends keyof paths, M extends 'post' | 'put' | 'patch'> = Method<P, M> extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never;

/** A refusal or a fault, in the words of the server. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
    readonly key?: string,
    readonly request?: string,
    /** What is missing, and over what, for those who may know. */
    readonly right?: string,
    readonly about?: Schemas['Thing'],
  ) {
    super(message);
  }
}

/** Sends a request. A change that the office wants a reason for is sent again with the one that is given. */
async function reasoned(request: Request): Promise<Response> {
  const again = request.method === 'GET' ? undefined : request.clone();
  const answer = await globalThis.fetch(request);
  if (!again || answer.status !== 422) return answer;
  const refusal = (await answer.clone().json().catch(() => ({}))) as { key?: string };
  const reason = refusal.key === 'change.reason_missing' ? await askReason() : undefined;
  if (!reason) return answer;
  const url = new URL(again.url);
  url.searchParams.set('reason', reason);
  return globalThis.fetch(new Request(url, again));
}

const client = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '', credentials: 'same-origin', fetch: reasoned });
client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', current());
    return request;
  },
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Waits for an answer. What the server refuses, and a server that cannot be reached, are thrown as a Failure. */
async function got<T>(answer: Promise<Answer<T>>): Promise<T> {
  let a: Answer<T>;
  try {
    a = await answer;
  } catch {
    throw new Failure(0, 'offline', '');
  }
  if (a.response.ok) return a.data as T;
  const f = (typeof a.error === 'object' && a.error !== null ? a.error : {}) as Partial<Schemas['Error']>;
  throw new Failure(a.response.status, f.code ?? 'internal', f.message ?? '', f.field, f.key, f.request, f.right, f.about);
}

/** The answer of a dry run takes the place of every other. */
const tried = (answer: Promise<Answer<unknown>>): Promise<Preview> => got(answer) as Promise<Preview>;

/** A change that can be looked at before it is made. Making it answers with its place in the log, by which it is undone. */
export type Act = { dry: () => Promise<Preview>; run: (reason?: string) => Promise<number | undefined> };

/** A change of rights: asked the same way with and without dry=1. */
function act(ask: (query: { dry?: boolean; reason?: string }) => Promise<Answer<unknown>>): Act {
  return {
    dry: () => got(ask({ dry: true })) as Promise<Preview>,
    run: async (reason) => {
      let seq: number | undefined;
      await got(ask(reason ? { reason } : {}).then((a) => {
        seq = Number(a.response.headers.get('Tandem-Change')) || undefined;
        return a;
      }));
      return seq;
    },
  };
}

/** Leaves out what was not chosen, so that the address names only real filters. */
const chosen = <Q extends object>(query: { [K in keyof Q]?: Q[K] | '' | undefined }): Q =>
  Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined && v !== '')) as Q;
type Loose<P extends keyof paths> = { [K in keyof QueryOf<P>]?: QueryOf<P>[K] | string };

const raw = (type: string) => ({ headers: { 'Content-Type': type }, bodySerializer: (b: unknown) => b as BodyInit });

export const api = {
  setup: (token: string) => got(client.GET('/v1/setup', { params: { query: { token } } })),
  claim: (body: BodyOf<'/v1/setup', 'post'>) => got(client.POST('/v1/setup', { body })),
  session: () => got(client.GET('/v1/session')),
  signIn: (email: string, password: string) => got(client.POST('/v1/session', { body: { email, password } })),
  signOut: () => got(client.DELETE('/v1/session')),
  forgot: (email: string) => got(client.POST('/v1/password/forgot', { body: { email } })),
  link: (token: string) => got(client.GET('/v1/links/{token}', { params: { path: { token } } })),
  redeem: (token: string, password: string) => got(client.POST('/v1/links/{token}', { params: { path: { token } }, body: { password } })),

  profile: (body: BodyOf<'/v1/profile', 'put'>) => got(client.PUT('/v1/profile', { body })),
  password: (old: string, next: string) => got(client.PUT('/v1/profile/password', { body: { old, new: next } })),
  sessions: () => got(client.GET('/v1/profile/sessions')),
  endSession: (session: string) => got(client.DELETE('/v1/profile/sessions/{session}', { params: { path: { session } } })),
  endSessions: () => got(client.DELETE('/v1/profile/sessions')),

  users: (query: Loose<'/v1/users'>) => got(client.GET('/v1/users', { params: { query: chosen<QueryOf<'/v1/users'>>(query as never) } })),
  user: (user: string) => got(client.GET('/v1/users/{user}', { params: { path: { user } } })),
  addUser: (body: BodyOf<'/v1/users', 'post'>) => got(client.POST('/v1/users', { body })),
  editUser: (user: string, body: BodyOf<'/v1/users/{user}', 'patch'>) => got(client.PATCH('/v1/users/{user}', { params: { path: { user } }, body })),
  deleteUser: (user: string) => got(client.DELETE('/v1/users/{user}', { params: { path: { user } } })),
  suspend: (user: string, reason?: string) => got(client.POST('/v1/users/{user}/suspend', { params: { path: { user } }, body: { reason } })),
  restore: (user: string) => got(client.POST('/v1/users/{user}/restore', { params: { path: { user } }, body: {} })),
  invite: (user: string) => got(client.POST('/v1/users/{user}/invite', { params: { path: { user } } })),
  endUserSessions: (user: string) => got(client.DELETE('/v1/users/{user}/sessions', { params: { path: { user } } })),
  setPhoto: (user: string, image: Blob) => got(client.PUT('/v1/users/{user}/photo', { params: { path: { user } }, body: image as never, ...raw(image.type) })),
  removePhoto: (user: string) => got(client.DELETE('/v1/users/{user}/photo', { params: { path: { user } } })),
  importUsers: (csv: string, dry: boolean) => got(client.POST('/v1/users/import', { params: { query: { dry } }, body: csv as never, ...raw('text/csv') })),
  nextExtension: () => got(client.GET('/v1/extensions/next')),

  groups: () => got(client.GET('/v1/groups', { params: { query: { limit: 500 } } })),
  addGroup: (body: BodyOf<'/v1/groups', 'post'>) => got(client.POST('/v1/groups', { body })),
  editGroup: (group: string, body: BodyOf<'/v1/groups/{group}', 'patch'>) => got(client.PATCH('/v1/groups/{group}', { params: { path: { group } }, body })),
  deleteGroup: (group: string) => got(client.DELETE('/v1/groups/{group}', { params: { path: { group } } })),
  members: (group: string) => got(client.GET('/v1/groups/{group}/members', { params: { path: { group }, query: { limit: 500 } } })),
  setMember: (group: string, user: string, body: { role?: string; main?: boolean }) => got(client.PUT('/v1/groups/{group}/members/{user}', { params: { path: { group, user } }, body })),
  tryMember: (group: string, user: string, body: { role?: string }) => tried(client.PUT('/v1/groups/{group}/members/{user}', { params: { path: { group, user }, query: { dry: true } }, body })),
  removeMember: (group: string, user: string) => got(client.DELETE('/v1/groups/{group}/members/{user}', { params: { path: { group, user } } })),
  roles: () => got(client.GET('/v1/roles')),
  role: (role: string) => got(client.GET('/v1/roles/{role}', { params: { path: { role } } })),
  addRole: (body: BodyOf<'/v1/roles', 'post'>) => got(client.POST('/v1/roles', { body })),
  editRole: (role: string, body: BodyOf<'/v1/roles/{role}', 'patch'>) => got(client.PATCH('/v1/roles/{role}', { params: { path: { role } }, body })),
  tryRole: (role: string, body: BodyOf<'/v1/roles/{role}', 'patch'>) => tried(client.PATCH('/v1/roles/{role}', { params: { path: { role }, query: { dry: true } }, body })),
  deleteRole: (role: string) => got(client.DELETE('/v1/roles/{role}', { params: { path: { role } } })),
  rights: () => got(client.GET('/v1/rights')),
  billing: () => got(client.GET('/v1/billing')),
  editBilling: (body: BodyOf<'/v1/billing', 'patch'>) => got(client.PATCH('/v1/billing', { body })),

  calendar: () => got(client.GET('/v1/profile/calendar')),
  setCalendar: (body: BodyOf<'/v1/profile/calendar', 'put'>) => got(client.PUT('/v1/profile/calendar', { body })),
  setCalendarFile: (as: Calendar['as'], file: Blob) => got(client.PUT('/v1/profile/calendar/file', { params: { query: { as } }, body: file as never, ...raw('text/calendar') })),
  unlinkCalendar: () => got(client.DELETE('/v1/profile/calendar')),
  setStatus: (user: string, body: BodyOf<'/v1/users/{user}/status', 'put'>) => got(client.PUT('/v1/users/{user}/status', { params: { path: { user } }, body })),
  forwarding: (user: string) => got(client.GET('/v1/users/{user}/forwarding', { params: { path: { user } } })),
  setForwarding: (user: string, body: BodyOf<'/v1/users/{user}/forwarding', 'put'>, dry = false) => got(client.PUT('/v1/users/{user}/forwarding', { params: { path: { user }, query: dry ? { dry } : {} }, body })),
  hoursKept: () => got(client.GET('/v1/hours', { params: { query: { limit: 500 } } })),
  hours: (of: string) => {
    if (of === 'office') return got(client.GET('/v1/settings/hours'));
    if (of.startsWith('usr_')) return got(client.GET('/v1/users/{user}/hours', { params: { path: { user: of } } }));
    return got(client.GET('/v1/groups/{group}/hours', { params: { path: { group: of } } }));
  },
  setHours: (of: string, body: BodyOf<'/v1/settings/hours', 'put'>, dry = false) => {
    const query = dry ? { dry } : {};
    if (of === 'office') return got(client.PUT('/v1/settings/hours', { params: { query }, body }));
    if (of.startsWith('usr_')) return got(client.PUT('/v1/users/{user}/hours', { params: { path: { user: of }, query }, body }));
    return got(client.PUT('/v1/groups/{group}/hours', { params: { path: { group: of }, query }, body }));
  },
  publicHolidays: (keeper: string, country: string, region: string) => got(client.GET('/v1/holidays', { params: { query: chosen<QueryOf<'/v1/holidays'>>({ country, region, keeper: keeper === 'office' ? '' : keeper }) } })),
  readCalendar: (keeper: string, file: Blob) => got(client.POST('/v1/holidays/calendar', { params: { query: keeper === 'office' ? {} : { keeper } }, body: file as never, ...raw('text/calendar') })),
  overrideHours: (of: string, body: BodyOf<'/v1/settings/hours/override', 'put'>) => {
    if (of === 'office') return got(client.PUT('/v1/settings/hours/override', { body }));
    if (of.startsWith('usr_')) return got(client.PUT('/v1/users/{user}/hours/override', { params: { path: { user: of } }, body }));
    return got(client.PUT('/v1/groups/{group}/hours/override', { params: { path: { group: of } }, body }));
  },
  endOverride: (of: string) => {
    if (of === 'office') return got(client.DELETE('/v1/settings/hours/override'));
    if (of.startsWith('usr_')) return got(client.DELETE('/v1/users/{user}/hours/override', { params: { path: { user: of } } }));
    return got(client.DELETE('/v1/groups/{group}/hours/override', { params: { path: { group: of } } }));
  },
  hoursPreview: (of: string) => {
    if (of === 'office') return got(client.GET('/v1/settings/hours/preview'));
    if (of.startsWith('usr_')) return got(client.GET('/v1/users/{user}/hours/preview', { params: { path: { user: of } } }));
    return got(client.GET('/v1/groups/{group}/hours/preview', { params: { path: { group: of } } }));
  },
  restrictions: () => got(client.GET('/v1/restrictions', { params: { query: { limit: 500 } } })),
  addRestriction: (body: BodyOf<'/v1/restrictions', 'post'>) => got(client.POST('/v1/restrictions', { body })),
  editRestriction: (restriction: string, body: BodyOf<'/v1/restrictions/{restriction}', 'patch'>) => got(client.PATCH('/v1/restrictions/{restriction}', { params: { path: { restriction } }, body })),
  deleteRestriction: (restriction: string) => got(client.DELETE('/v1/restrictions/{restriction}', { params: { path: { restriction } } })),
  decks: () => got(client.GET('/v1/decks', { params: { query: { limit: 500 } } })),
  importDeck: (csv: string, query: paths['/v1/decks']['post']['parameters']['query']) => got(client.POST('/v1/decks', { params: { query }, body: csv as never, ...raw('text/csv') })),
  editDeck: (deck: string, body: BodyOf<'/v1/decks/{deck}', 'patch'>) => got(client.PATCH('/v1/decks/{deck}', { params: { path: { deck } }, body })),
  deleteDeck: (deck: string) => got(client.DELETE('/v1/decks/{deck}', { params: { path: { deck } } })),
  rates: (deck: string, query: Loose<'/v1/decks/{deck}/rates'>) => got(client.GET('/v1/decks/{deck}/rates', { params: { path: { deck }, query: chosen<QueryOf<'/v1/decks/{deck}/rates'>>(query as never) } })),
  quotes: (number: string) => got(client.GET('/v1/quotes', { params: { query: { number } } })),
  policyText: () => got(client.GET('/v1/policy')),
  startRun: (body: BodyOf<'/v1/whatif', 'post'>, signal?: AbortSignal) => got(client.POST('/v1/whatif', { body, signal })),
  run: (run: string, signal?: AbortSignal) => got(client.GET('/v1/whatif/{run}', { params: { path: { run } }, signal })),
  runCalls: (run: string, query: Record<string, string | undefined>) => got(client.GET('/v1/whatif/{run}/calls', { params: { path: { run }, query: query as never } })),
  applyDraft: (body: BodyOf<'/v1/whatif/apply', 'post'>) => got(client.POST('/v1/whatif/apply', { body })),
  budgets: () => got(client.GET('/v1/budgets', { params: { query: { limit: 500 } } })),
  userBudgets: (user: string) => got(client.GET('/v1/users/{user}/budgets', { params: { path: { user } } })),
  addBudget: (body: BodyOf<'/v1/budgets', 'post'>) => got(client.POST('/v1/budgets', { body })),
  editBudget: (budget: string, body: BodyOf<'/v1/budgets/{budget}', 'patch'>) => got(client.PATCH('/v1/budgets/{budget}', { params: { path: { budget } }, body })),
  raiseBudget: (budget: string, body: BodyOf<'/v1/budgets/{budget}/raise', 'post'>) => got(client.POST('/v1/budgets/{budget}/raise', { params: { path: { budget } }, body })),
  deleteBudget: (budget: string) => got(client.DELETE('/v1/budgets/{budget}', { params: { path: { budget } } })),
  contacts: (query: paths['/v1/contacts']['get']['parameters']['query']) => got(client.GET('/v1/contacts', { params: { query } })),
  addContact: (body: BodyOf<'/v1/contacts', 'post'>) => got(client.POST('/v1/contacts', { body })),
  editContact: (contact: string, body: BodyOf<'/v1/contacts/{contact}', 'patch'>) => got(client.PATCH('/v1/contacts/{contact}', { params: { path: { contact } }, body })),
  deleteContact: (contact: string) => got(client.DELETE('/v1/contacts/{contact}', { params: { path: { contact } } })),
  importContacts: (csv: string, query: paths['/v1/contacts/import']['post']['parameters']['query']) => got(client.POST('/v1/contacts/import', { params: { query }, body: csv as never, ...raw('text/csv') })),
  compliance: (query: { from?: string; group?: string; user?: string; met?: string }) => got(client.GET('/v1/reports/compliance', { params: { query: query as never } })),
  alarms: () => got(client.GET('/v1/alarms', { params: { query: { limit: 200 } } })),
  liftAlarm: (alarm: string) => got(client.POST('/v1/alarms/{alarm}/lift', { params: { path: { alarm } }, body: {} })),
  editAlarms: (body: BodyOf<'/v1/alarms', 'patch'>) => got(client.PATCH('/v1/alarms', { body })),
  blocks: () => got(client.GET('/v1/blocks', { params: { query: { limit: 500 } } })),
  addBlock: (body: BodyOf<'/v1/blocks', 'post'>) => got(client.POST('/v1/blocks', { body })),
  releaseBlock: (block: string) => got(client.DELETE('/v1/blocks/{block}', { params: { path: { block } } })),
  explainRecording: (body: BodyOf<'/v1/explain/recording', 'post'>) => got(client.POST('/v1/explain/recording', { body })),
  explainForward: (body: BodyOf<'/v1/explain/forward', 'post'>) => got(client.POST('/v1/explain/forward', { body })),
  originate: (user: string, body: BodyOf<'/v1/users/{user}/call', 'post'>) => got(client.POST('/v1/users/{user}/call', { params: { path: { user } }, body })),
  explainCall: (body: BodyOf<'/v1/explain/call', 'post'>) => got(client.POST('/v1/explain/call', { body })),
  talkLinks: (query: { user?: string; to?: string }) => got(client.GET('/v1/talk-links', { params: { query: { limit: 500, ...query } } })),
  talkLink: (link: string) => got(client.GET('/v1/talk-links/{link}', { params: { path: { link } } })),
  addTalkLink: (body: BodyOf<'/v1/talk-links', 'post'>) => got(client.POST('/v1/talk-links', { body })),
  editTalkLink: (link: string, body: BodyOf<'/v1/talk-links/{link}', 'patch'>) => got(client.PATCH('/v1/talk-links/{link}', { params: { path: { link } }, body })),
  renewTalkLink: (link: string) => got(client.POST('/v1/talk-links/{link}/secret', { params: { path: { link } } })),
  talkRoute: (link: string) => got(client.GET('/v1/talk-links/{link}/route', { params: { path: { link } } })),
  deleteTalkLink: (link: string) => got(client.DELETE('/v1/talk-links/{link}', { params: { path: { link } } })),
  rings: () => got(client.GET('/v1/rings', { params: { query: { limit: 500 } } })),
  ring: (ring: string) => got(client.GET('/v1/rings/{ring}', { params: { path: { ring } } })),
  addRing: (body: BodyOf<'/v1/rings', 'post'>) => got(client.POST('/v1/rings', { body })),
  editRing: (ring: string, body: BodyOf<'/v1/rings/{ring}', 'patch'>) => got(client.PATCH('/v1/rings/{ring}', { params: { path: { ring } }, body })),
  parks: () => got(client.GET('/v1/parks', { params: { query: { limit: 500 } } })),
  park: (park: string) => got(client.GET('/v1/parks/{park}', { params: { path: { park } } })),
  addPark: (body: BodyOf<'/v1/parks', 'post'>) => got(client.POST('/v1/parks', { body })),
  editPark: (park: string, body: BodyOf<'/v1/parks/{park}', 'patch'>) => got(client.PATCH('/v1/parks/{park}', { params: { path: { park } }, body })),
  deletePark: (park: string, dry = false) => got(client.DELETE('/v1/parks/{park}', { params: { path: { park }, query: dry ? { dry } : {} } })),
  watchCall: (call: string, mode: WatchMode, user?: string) => got(client.POST('/v1/calls/live/{call}/watch', { params: { path: { call } }, body: { mode, user } })),
  unwatchCall: (call: string) => got(client.DELETE('/v1/calls/live/{call}/watch', { params: { path: { call } } })),
  rooms: () => got(client.GET('/v1/rooms', { params: { query: { limit: 500 } } })),
  addRoom: (body: BodyOf<'/v1/rooms', 'post'>) => got(client.POST('/v1/rooms', { body })),
  editRoom: (room: string, body: BodyOf<'/v1/rooms/{room}', 'patch'>) => got(client.PATCH('/v1/rooms/{room}', { params: { path: { room } }, body })),
  deleteRoom: (room: string) => got(client.DELETE('/v1/rooms/{room}', { params: { path: { room } } })),
  lockRoom: (room: string, locked: boolean) => got(client.PUT('/v1/rooms/{room}/live', { params: { path: { room } }, body: { locked } })),
  hushRoom: (room: string, muted: boolean) => got(client.PUT('/v1/rooms/{room}/live', { params: { path: { room } }, body: { muted } })),
  recordRoom: (room: string, what: 'start' | 'stop' | 'pause' | 'resume') => got(client.POST('/v1/rooms/{room}/recording', { params: { path: { room } }, body: { do: what } })),
  closeRoom: (room: string) => got(client.DELETE('/v1/rooms/{room}/live', { params: { path: { room } } })),
  inviteToRoom: (room: string, to: Place) => got(client.POST('/v1/rooms/{room}/people', { params: { path: { room } }, body: { to } })),
  muteInRoom: (room: string, call: string, muted: boolean) => got(client.PUT('/v1/rooms/{room}/people/{call}', { params: { path: { room, call } }, body: { muted } })),
  removeFromRoom: (room: string, call: string) => got(client.DELETE('/v1/rooms/{room}/people/{call}', { params: { path: { room, call } } })),
  queues: () => got(client.GET('/v1/queues', { params: { query: { limit: 500 } } })),
  queue: (queue: string) => got(client.GET('/v1/queues/{queue}', { params: { path: { queue } } })),
  setQueueMusic: (queue: string, sound: Blob) => got(client.PUT('/v1/queues/{queue}/music', { params: { path: { queue } }, body: sound as never, ...raw('audio/wav') })),
  removeQueueMusic: (queue: string) => got(client.DELETE('/v1/queues/{queue}/music', { params: { path: { queue } } })),
  setGroupMusic: (group: string, sound: Blob) => got(client.PUT('/v1/groups/{group}/music', { params: { path: { group } }, body: sound as never, ...raw('audio/wav') })),
  removeGroupMusic: (group: string) => got(client.DELETE('/v1/groups/{group}/music', { params: { path: { group } } })),
  setParkMusic: (park: string, sound: Blob) => got(client.PUT('/v1/parks/{park}/music', { params: { path: { park } }, body: sound as never, ...raw('audio/wav') })),
  removeParkMusic: (park: string) => got(client.DELETE('/v1/parks/{park}/music', { params: { path: { park } } })),
  callbacks: (queue: string) => got(client.GET('/v1/queues/{queue}/callbacks', { params: { path: { queue } } })),
  dropCallback: (queue: string, callback: string) => got(client.DELETE('/v1/queues/{queue}/callbacks/{callback}', { params: { path: { queue, callback } } })),
  liveQueue: (queue: string) => got(client.GET('/v1/queues/{queue}/live', { params: { path: { queue } } })),
  duty: (user: string) => got(client.GET('/v1/users/{user}/duty', { params: { path: { user } } })),
  setDuty: (user: string, body: BodyOf<'/v1/users/{user}/duty', 'put'>) => got(client.PUT('/v1/users/{user}/duty', { params: { path: { user } }, body })),
  ready: (user: string) => got(client.POST('/v1/users/{user}/duty/ready', { params: { path: { user } } })),
  addQueue: (body: BodyOf<'/v1/queues', 'post'>) => got(client.POST('/v1/queues', { body })),
  editQueue: (queue: string, body: BodyOf<'/v1/queues/{queue}', 'patch'>) => got(client.PATCH('/v1/queues/{queue}', { params: { path: { queue } }, body })),
  deleteQueue: (queue: string, dry = false) => got(client.DELETE('/v1/queues/{queue}', { params: { path: { queue }, query: dry ? { dry } : {} } })),
  deleteRing: (ring: string, dry = false) => got(client.DELETE('/v1/rings/{ring}', { params: { path: { ring }, query: dry ? { dry } : {} } })),
  menus: () => got(client.GET('/v1/menus', { params: { query: { limit: 500 } } })),
  menu: (menu: string) => got(client.GET('/v1/menus/{menu}', { params: { path: { menu } } })),
  addMenu: (body: BodyOf<'/v1/menus', 'post'>, dry = false) => got(client.POST('/v1/menus', { params: { query: dry ? { dry } : {} }, body })),
  editMenu: (menu: string, body: BodyOf<'/v1/menus/{menu}', 'patch'>, dry = false) => got(client.PATCH('/v1/menus/{menu}', { params: { path: { menu }, query: dry ? { dry } : {} }, body })),
  deleteMenu: (menu: string, dry = false) => got(client.DELETE('/v1/menus/{menu}', { params: { path: { menu }, query: dry ? { dry } : {} } })),
  setMenuSound: (menu: string, language: string, wav: Blob) => got(client.PUT('/v1/menus/{menu}/sounds/{language}', { params: { path: { menu, language } }, body: wav as never, ...raw('audio/wav') })),
  removeMenuSound: (menu: string, language: string) => got(client.DELETE('/v1/menus/{menu}/sounds/{language}', { params: { path: { menu, language } } })),
  dictateMenu: (menu: string, language: string, device: string) => got(client.POST('/v1/menus/{menu}/sounds/{language}/dictation', { params: { path: { menu, language } }, body: { device } })),
  prompts: (language: string) => got(client.GET('/v1/prompts', { params: { query: { language } } })),
  setPrompt: (language: string, key: string, wav: Blob) => got(client.PUT('/v1/prompts/{language}/{key}/sound', { params: { path: { language, key } }, body: wav as never, ...raw('audio/wav') })),
  resetPrompt: (language: string, key: string) => got(client.DELETE('/v1/prompts/{language}/{key}/sound', { params: { path: { language, key } } })),
  dictatePrompt: (language: string, key: string, device: string) => got(client.POST('/v1/prompts/{language}/{key}/dictation', { params: { path: { language, key } }, body: { device } })),
  dictation: (dictation: string) => got(client.GET('/v1/dictations/{dictation}', { params: { path: { dictation } } })),
  endDictation: (dictation: string) => got(client.DELETE('/v1/dictations/{dictation}', { params: { path: { dictation } } })),
  entrances: () => got(client.GET('/v1/entrances')),
  entrance: (group: string) => got(client.GET('/v1/groups/{group}/entrance', { params: { path: { group } } })),
  setEntrance: (group: string, body: BodyOf<'/v1/groups/{group}/entrance', 'put'>) => got(client.PUT('/v1/groups/{group}/entrance', { params: { path: { group } }, body })),
  deleteEntrance: (group: string, dry = false) => got(client.DELETE('/v1/groups/{group}/entrance', { params: { path: { group }, query: dry ? { dry } : {} } })),
  trunks: () => got(client.GET('/v1/trunks', { params: { query: { limit: 500 } } })),
  addTrunk: (body: BodyOf<'/v1/trunks', 'post'>) => got(client.POST('/v1/trunks', { body })),
  editTrunk: (trunk: string, body: BodyOf<'/v1/trunks/{trunk}', 'patch'>) => got(client.PATCH('/v1/trunks/{trunk}', { params: { path: { trunk } }, body })),
  deleteTrunk: (trunk: string) => got(client.DELETE('/v1/trunks/{trunk}', { params: { path: { trunk } } })),
  trunkQuality: (trunk: string, hours: number) => got(client.GET('/v1/trunks/{trunk}/quality', { params: { path: { trunk }, query: { hours } } })),
  trunkTest: (trunk: string) => got(client.GET('/v1/trunks/{trunk}/test', { params: { path: { trunk } } })),
  callTrunk: (trunk: string, body: BodyOf<'/v1/trunks/{trunk}/call', 'post'>) => got(client.POST('/v1/trunks/{trunk}/call', { params: { path: { trunk } }, body })),
  trunkCall: (trunk: string, call: string) => got(client.GET('/v1/trunks/{trunk}/call/{call}', { params: { path: { trunk, call } } })),
  testTrunk: (trunk: string) => got(client.POST('/v1/trunks/{trunk}/test', { params: { path: { trunk } } })),
  tryTrunk: (trunk: string) => got(client.POST('/v1/trunks/{trunk}/try', { params: { path: { trunk } } })),
  numbers: () => got(client.GET('/v1/numbers', { params: { query: { limit: 500 } } })),
  addNumber: (body: BodyOf<'/v1/numbers', 'post'>) => got(client.POST('/v1/numbers', { body })),
  editNumber: (did: string, body: BodyOf<'/v1/numbers/{did}', 'patch'>) => got(client.PATCH('/v1/numbers/{did}', { params: { path: { did } }, body })),
  deleteNumber: (did: string) => got(client.DELETE('/v1/numbers/{did}', { params: { path: { did } } })),
  regions: () => got(client.GET('/v1/regions', { params: { query: { limit: 500 } } })),
  addRegion: (body: BodyOf<'/v1/regions', 'post'>) => got(client.POST('/v1/regions', { body })),
  editRegion: (region: string, body: BodyOf<'/v1/regions/{region}', 'patch'>) => got(client.PATCH('/v1/regions/{region}', { params: { path: { region } }, body })),
  deleteRegion: (region: string) => got(client.DELETE('/v1/regions/{region}', { params: { path: { region } } })),
  outRoutes: () => got(client.GET('/v1/outroutes')),
  addOutRoute: (body: BodyOf<'/v1/outroutes', 'post'>) => got(client.POST('/v1/outroutes', { body })),
  editOutRoute: (outroute: string, body: BodyOf<'/v1/outroutes/{outroute}', 'patch'>) => got(client.PATCH('/v1/outroutes/{outroute}', { params: { path: { outroute } }, body })),
  deleteOutRoute: (outroute: string) => got(client.DELETE('/v1/outroutes/{outroute}', { params: { path: { outroute } } })),
  findings: () => got(client.GET('/v1/rights/lints')),
  explainRight: (body: BodyOf<'/v1/explain/right', 'post'>) => got(client.POST('/v1/explain/right', { body })),
  requests: () => got(client.GET('/v1/requests', { params: { query: { limit: 200 } } })),
  rightsReview: (query: Loose<'/v1/rights/review'>) => got(client.GET('/v1/rights/review', { params: { query: chosen<QueryOf<'/v1/rights/review'>>(query as never) } })),
  reviews: () => got(client.GET('/v1/reviews')),
  review: (review: string) => got(client.GET('/v1/reviews/{review}', { params: { path: { review } } })),
  startReview: (body: BodyOf<'/v1/reviews', 'post'>) => got(client.POST('/v1/reviews', { body })),
  closeReview: (review: string, reason: string) => got(client.POST('/v1/reviews/{review}/end', { params: { path: { review } }, body: { reason } })),
  decide: (review: string, body: BodyOf<'/v1/reviews/{review}/decide', 'post'>) => act((query) => client.POST('/v1/reviews/{review}/decide', { params: { path: { review }, query }, body })),
  askAccess: (body: BodyOf<'/v1/requests', 'post'>) => got(client.POST('/v1/requests', { body })),
  approve: (request: string, body: BodyOf<'/v1/requests/{request}/approve', 'post'>) => got(client.POST('/v1/requests/{request}/approve', { params: { path: { request } }, body })),
  refuse: (request: string, words: string) => got(client.POST('/v1/requests/{request}/refuse', { params: { path: { request } }, body: { words } })),
  withdraw: (request: string) => got(client.POST('/v1/requests/{request}/withdraw', { params: { path: { request } } })),
  explainRoute: (body: BodyOf<'/v1/explain/route', 'post'>) => got(client.POST('/v1/explain/route', { body })),

  standing: (user: string) => got(client.GET('/v1/users/{user}/rights', { params: { path: { user } } })),
  compare: (user: string, query: { with?: string; at?: string }) => got(client.GET('/v1/users/{user}/rights/compare', { params: { path: { user }, query: chosen<QueryOf<'/v1/users/{user}/rights/compare'>>(query) } })),
  seat: (group: string, user: string, body: BodyOf<'/v1/groups/{group}/members/{user}', 'put'>) => act((query) => client.PUT('/v1/groups/{group}/members/{user}', { params: { path: { group, user }, query }, body })),
  inherit: (group: string, user: string, right: string) => act((query) => client.PUT('/v1/groups/{group}/members/{user}/rights/{right}', { params: { path: { group, user, right }, query }, body: { value: 'inherit' } })),
  unseat: (group: string, user: string) => act((query) => client.DELETE('/v1/groups/{group}/members/{user}', { params: { path: { group, user }, query } })),
  giveGrant: (user: string, body: BodyOf<'/v1/users/{user}/grants', 'post'>) => act((query) => client.POST('/v1/users/{user}/grants', { params: { path: { user }, query }, body })),
  editGrant: (grant: string, body: BodyOf<'/v1/grants/{grant}', 'patch'>) => act((query) => client.PATCH('/v1/grants/{grant}', { params: { path: { grant }, query }, body })),
  endGrant: (grant: string) => act((query) => client.DELETE('/v1/grants/{grant}', { params: { path: { grant }, query } })),
  assign: (user: string, body: BodyOf<'/v1/users/{user}/assignments', 'post'>) => act((query) => client.POST('/v1/users/{user}/assignments', { params: { path: { user }, query }, body })),
  editAssignment: (assignment: string, body: BodyOf<'/v1/assignments/{assignment}', 'patch'>) => act((query) => client.PATCH('/v1/assignments/{assignment}', { params: { path: { assignment }, query }, body })),
  endAssignment: (assignment: string) => act((query) => client.DELETE('/v1/assignments/{assignment}', { params: { path: { assignment }, query } })),
  reminders: (user: string) => got(client.GET('/v1/users/{user}/reminders', { params: { path: { user } } })),
  addReminder: (user: string, body: BodyOf<'/v1/users/{user}/reminders', 'post'>) => got(client.POST('/v1/users/{user}/reminders', { params: { path: { user } }, body })),
  deleteReminder: (user: string, reminder: string) => got(client.DELETE('/v1/users/{user}/reminders/{reminder}', { params: { path: { user, reminder } } })),
  guestRooms: (query: Loose<'/v1/guest-rooms'>) => got(client.GET('/v1/guest-rooms', { params: { query: chosen<QueryOf<'/v1/guest-rooms'>>(query as never) } })),
  guestRoom: (user: string) => got(client.GET('/v1/guest-rooms/{user}', { params: { path: { user } } })),
  addGuestRoom: (user: string) => got(client.POST('/v1/guest-rooms', { body: { user } })),
  removeGuestRoom: (user: string) => got(client.DELETE('/v1/guest-rooms/{user}', { params: { path: { user } } })),
  checkIn: (user: string, revision: string, body: BodyOf<'/v1/guest-rooms/{user}/stay', 'post'>) => got(client.POST('/v1/guest-rooms/{user}/stay', { params: { path: { user }, header: { 'If-Match': revision } }, body })),
  editStay: (user: string, revision: string, body: BodyOf<'/v1/guest-rooms/{user}/stay', 'patch'>) => got(client.PATCH('/v1/guest-rooms/{user}/stay', { params: { path: { user }, header: { 'If-Match': revision } }, body })),
  checkOut: (user: string, revision: string) => got(client.DELETE('/v1/guest-rooms/{user}/stay', { params: { path: { user }, header: { 'If-Match': revision } } })),
  setHousekeeping: (user: string, care: GuestRoom['care']) => got(client.PUT('/v1/guest-rooms/{user}/housekeeping', { params: { path: { user } }, body: { care } })),
  deputies: () => got(client.GET('/v1/profile/deputies')),
  lend: (body: BodyOf<'/v1/profile/deputies', 'post'>) => act((query) => client.POST('/v1/profile/deputies', { params: { query }, body })),
  undo: (seq: number) => act((query) => client.POST('/v1/changes/{seq}/undo', { params: { path: { seq }, query } })),

  phone: () => got(client.POST('/v1/phone')),
  devices: (user: string) => got(client.GET('/v1/users/{user}/devices', { params: { path: { user } } })),
  addDevice: (user: string, body: BodyOf<'/v1/users/{user}/devices', 'post'>) => got(client.POST('/v1/users/{user}/devices', { params: { path: { user } }, body })),
  editDevice: (device: string, body: BodyOf<'/v1/devices/{device}', 'patch'>) => got(client.PATCH('/v1/devices/{device}', { params: { path: { device } }, body })),
  renewDevice: (device: string) => got(client.POST('/v1/devices/{device}/secret', { params: { path: { device } } })),
  deleteDevice: (device: string) => got(client.DELETE('/v1/devices/{device}', { params: { path: { device } } })),

  calls: (query: Loose<'/v1/calls'>) => got(client.GET('/v1/calls', { params: { query: chosen<QueryOf<'/v1/calls'>>(query as never) } })),
  callDays: (query: QueryOf<'/v1/calls/days'>) => got(client.GET('/v1/calls/days', { params: { query } })),
  call: (call: string) => got(client.GET('/v1/calls/{call}', { params: { path: { call } } })),
  live: () => got(client.GET('/v1/calls/live', { params: { query: { limit: 500, sort: 'started' } } })),
  transferCall: (call: string, to: Place, user?: string) => got(client.POST('/v1/calls/live/{call}/transfer', { params: { path: { call } }, body: { to, user } })),
  divertCall: (call: string, to: Place) => got(client.POST('/v1/calls/live/{call}/divert', { params: { path: { call } }, body: { to } })),
  pickupCall: (call: string) => got(client.POST('/v1/calls/live/{call}/pickup', { params: { path: { call } } })),
  parkCall: (call: string, user?: string, at?: { park: string; position: string }) => got(client.POST('/v1/calls/live/{call}/park', { params: { path: { call } }, body: { user, ...at } })),
  fetchCall: (call: string) => got(client.POST('/v1/calls/live/{call}/fetch', { params: { path: { call } } })),
  hangup: (call: string) => got(client.DELETE('/v1/calls/live/{call}', { params: { path: { call } } })),

  audit: (query: Loose<'/v1/audit'>) => got(client.GET('/v1/audit', { params: { query: chosen<QueryOf<'/v1/audit'>>(query as never) } })),
  verify: () => got(client.GET('/v1/audit/verify')),
  settings: () => got(client.GET('/v1/settings')),
  editSettings: (body: BodyOf<'/v1/settings', 'patch'>) => got(client.PATCH('/v1/settings', { body })),
  providerButtons: () => got(client.GET('/v1/session/providers')),
  providers: () => got(client.GET('/v1/settings/providers')),
  setProvider: (provider: string, body: BodyOf<'/v1/settings/providers/{provider}', 'put'>) => got(client.PUT('/v1/settings/providers/{provider}', { params: { path: { provider } }, body })),
  removeProvider: (provider: string) => got(client.DELETE('/v1/settings/providers/{provider}', { params: { path: { provider } } })),
  codes: (dialect?: FeatureCodes['dialect']) => got(client.GET('/v1/codes', { params: { query: dialect ? { dialect } : {} } })),
  setCodes: (body: BodyOf<'/v1/codes', 'put'>) => got(client.PUT('/v1/codes', { body })),
  speed: () => got(client.GET('/v1/profile/speed')),
  setSpeed: (speed: SpeedDial[]) => got(client.PUT('/v1/profile/speed', { body: { speed } })),
  notices: (query: Loose<'/v1/notices'>) => got(client.GET('/v1/notices', { params: { query: chosen<QueryOf<'/v1/notices'>>(query as never) } })),
  markNotice: (notice: string, read: boolean) => got(client.PATCH('/v1/notices/{notice}', { params: { path: { notice } }, body: { read } })),
  readNotices: () => got(client.POST('/v1/notices/read', { body: {} })),
  noticeChoices: () => got(client.GET('/v1/profile/notices')),
  chooseNotices: (items: BodyOf<'/v1/profile/notices', 'put'>['items']) => got(client.PUT('/v1/profile/notices', { body: { items } })),
  push: () => got(client.GET('/v1/push')),
  setPush: (body: BodyOf<'/v1/push', 'put'>) => got(client.PUT('/v1/push', { body })),
  endPush: () => got(client.DELETE('/v1/push')),
  tryPush: () => got(client.POST('/v1/push/try')),
  testMail: () => got(client.POST('/v1/settings/mail/test')),
  mails: (limit: number) => got(client.GET('/v1/mails', { params: { query: { limit } } })),
  messages: (query: Loose<'/v1/voicemail'>) => got(client.GET('/v1/voicemail', { params: { query: chosen<QueryOf<'/v1/voicemail'>>(query as never) } })),
  messageHistory: (message: string) => got(client.GET('/v1/voicemail/{message}/history', { params: { path: { message } } })),
  forwardMessage: (message: string, to: string) => got(client.POST('/v1/voicemail/{message}/forward', { params: { path: { message } }, body: { to } })),
  recordings: (query: Loose<'/v1/recordings'>) => got(client.GET('/v1/recordings', { params: { query: chosen<QueryOf<'/v1/recordings'>>(query as never) } })),
  recordingPage: (query: Loose<'/v1/recordings'>) => api.recordings(query).then((p) => ({ ...p, total: p.items.length })),
  erasures: () => got(client.GET('/v1/privacy/erasures')),
  leavers: () => got(client.GET('/v1/privacy/leavers')),
  erase: (body: BodyOf<'/v1/privacy/erasures', 'post'>) => got(client.POST('/v1/privacy/erasures', { body })),
  retention: () => got(client.GET('/v1/retention')),
  setRetention: (body: BodyOf<'/v1/retention', 'put'>) => got(client.PUT('/v1/retention', { body })),
  previewRetention: (body: BodyOf<'/v1/retention/preview', 'post'>) => got(client.POST('/v1/retention/preview', { body })),
  complete: () => got(client.GET('/v1/retention/since')),
  archiveExtent: (query: Loose<'/v1/recordings/archive/extent'>) => got(client.GET('/v1/recordings/archive/extent', { params: { query: chosen<QueryOf<'/v1/recordings/archive/extent'>>(query as never) } })),
  recording: (recording: string) => got(client.GET('/v1/recordings/{recording}', { params: { path: { recording } } })),
  peaks: (recording: string) => got(client.GET('/v1/recordings/{recording}/peaks', { params: { path: { recording } } })),
  hearings: (recording: string) => got(client.GET('/v1/recordings/{recording}/hearings', { params: { path: { recording } } })),
  shares: (recording: string) => got(client.GET('/v1/recordings/{recording}/shares', { params: { path: { recording } } })),
  share: (recording: string, body: BodyOf<'/v1/recordings/{recording}/shares', 'post'>) => got(client.POST('/v1/recordings/{recording}/shares', { params: { path: { recording } }, body })),
  endShare: (recording: string, share: string) => got(client.DELETE('/v1/recordings/{recording}/shares/{share}', { params: { path: { recording, share } } })),
  shared: (token: string) => got(client.GET('/v1/shared/{token}', { params: { path: { token } } })),
  openShared: (token: string, password?: string) => got(client.POST('/v1/shared/{token}', { params: { path: { token } }, body: { password } })),
  sharedPeaks: (token: string, pass?: string) => got(client.GET('/v1/shared/{token}/peaks', { params: { path: { token }, query: { pass } } })),
  deleteRecording: (recording: string) => got(client.DELETE('/v1/recordings/{recording}', { params: { path: { recording } } })),
  restoreRecording: (recording: string) => got(client.POST('/v1/recordings/{recording}/restore', { params: { path: { recording } } })),
  holdRecording: (recording: string, hold: boolean) => got(client.POST('/v1/recordings/{recording}/hold', { params: { path: { recording } }, body: { hold } })),
  recordCall: (call: string, what: 'start' | 'stop' | 'pause' | 'resume') => got(client.POST('/v1/calls/live/{call}/recording', { params: { path: { call } }, body: { do: what } })),
  recordRules: () => got(client.GET('/v1/recording-rules')),
  recordRule: (about: string) => got(client.GET('/v1/recording-rules/{about}', { params: { path: { about } } })),
  setRecordRule: (about: string, body: BodyOf<'/v1/recording-rules/{about}', 'patch'>) => got(client.PATCH('/v1/recording-rules/{about}', { params: { path: { about } }, body })),
  markMessage: (message: string, asNew: boolean) => got(client.PATCH('/v1/voicemail/{message}', { params: { path: { message } }, body: { new: asNew } })),
  deleteMessage: (message: string) => got(client.DELETE('/v1/voicemail/{message}', { params: { path: { message } } })),
  mailbox: (mailbox: string) => got(client.GET('/v1/mailboxes/{mailbox}', { params: { path: { mailbox } } })),
  editMailbox: (mailbox: string, body: BodyOf<'/v1/mailboxes/{mailbox}', 'patch'>) => got(client.PATCH('/v1/mailboxes/{mailbox}', { params: { path: { mailbox } }, body })),
  setGreeting: (mailbox: string, on: string, wav: Blob) => got(client.PUT('/v1/mailboxes/{mailbox}/greetings/{for}', { params: { path: { mailbox, for: on } }, body: wav as never, ...raw('audio/wav') })),
  removeGreeting: (mailbox: string, on: string) => got(client.DELETE('/v1/mailboxes/{mailbox}/greetings/{for}', { params: { path: { mailbox, for: on } } })),
  restoreMessage: (message: string) => got(client.POST('/v1/voicemail/{message}/restore', { params: { path: { message } } })),
  sendMail: (mail: string) => got(client.POST('/v1/mails/{mail}/send', { params: { path: { mail } } })),
  tokens: () => got(client.GET('/v1/tokens')),
  addToken: (body: BodyOf<'/v1/tokens', 'post'>) => got(client.POST('/v1/tokens', { body })),
  revokeToken: (token: string) => got(client.DELETE('/v1/tokens/{token}', { params: { path: { token } } })),
  overview: () => got(client.GET('/v1/overview')),
};
