/** The browser as a phone: one connection, one registration, its calls (RFC 3261, RFC 7118). */
import type { WebPhone } from '../api';
import { rhythm } from './quality';
import { address, branch, dialable, header, type Message, parse, sentence, sequence, tag, token, write } from './sip';
import { type CallView, type Saved, Talk, type Wire } from './talk';

export type Line = 'connecting' | 'ready' | 'lost' | 'refused';
/** What went wrong last, for a sentence on the screen. */
export type Trouble = '' | 'microphone' | 'dismissed' | 'system' | 'used' | 'no_microphone' | 'busy_line';
/** A call that did not come about: the status it was refused with (RFC 3261 §21), 0 where it never left this browser, and why, where the server says so. */
export type Failed = { number: string; name: string; status: number; why: string };
/** Refusal is how the last call was refused that nobody took; 0 while none was. */
export type View = { line: Line; calls: CallView[]; trouble: Trouble; refusal: number; failed?: Failed };

/** Whose phone it is. A guest has one call: he is registered nowhere, and does not come back. */
export type Account = WebPhone & { guest?: boolean };

export type Host = {
  changed(view: View): void;
  keep(saved: Saved[]): void;
  microphone(): string;
  speaker(): string;
  ringer(): string;
  /** Rings by the first loudspeaker from now on, and tells how one's own calls go by the second. */
  ringOn(ringer: string, speaker: string): void;
  /** How loud the other side is, from 0 to 1. */
  volume(): number;
};

const life = 300; // seconds of a registration
const expectation = 10_000; // how long a call that was asked for may take to come
const pulse = 25_000; // between signs of life, before a proxy cuts a silent connection
const stable = 10_000; // so long a connection held that is tried again at once when it ends
const patience = 5_000; // for the answer to a sign of life (RFC 5626 §4.4.1 grants ten seconds)

/** What a request is answered with that reaches nobody (RFC 3261 §8.1.3.1). */
const unavailable: Message = { method: '', uri: '', status: 503, reason: 'Service Unavailable', headers: [], body: '' };

/** Why there is no microphone: who said no, and whether he may be asked again. */
async function troubleOf(e: unknown): Promise<Trouble> {
  if (!(e instanceof DOMException)) return 'no_microphone';
  if (e.name === 'NotReadableError') return 'used';
  if (e.name !== 'NotAllowedError') return 'no_microphone';
  if (/by system/i.test(e.message)) return 'system';
  const state = await navigator.permissions?.query({ name: 'microphone' }).then((p) => p.state, () => 'denied');
  return state === 'prompt' ? 'dismissed' : 'microphone';
}

const instanceName = 'tandem.phone.instance';
function instance(): string {
  try {
    const known = localStorage.getItem(instanceName);
    if (known) return known;
    const fresh = crypto.randomUUID();
    localStorage.setItem(instanceName, fresh);
    return fresh;
  } catch {
    return crypto.randomUUID();
  }
}

export class Phone implements Wire {
  private socket?: WebSocket;
  private line: Line = 'connecting';
  private trouble: Trouble = '';
  private refusal = 0;
  private failed?: Failed;
  private readonly talks = new Map<string, Talk>();
  private readonly waiting = new Map<string, (m: Message) => void>();
  private readonly here = `${token()}.invalid`;
  private readonly registration = { id: token(), tag: token(), seq: 0 };
  private timer?: ReturnType<typeof setTimeout>;
  private beat?: ReturnType<typeof setInterval>;
  private readonly gauge = setInterval(() => { for (const talk of this.talks.values()) void talk.measure(); }, rhythm * 1000);
  private silence?: ReturnType<typeof setTimeout>;
  private wait = 500;
  private opened = 0;
  private stopped = false;
  private cut = false;
  private expected = 0;
  private registering = '';
  private there: MediaDeviceInfo[] = [];
  private readonly secure = location.protocol === 'https:';

  constructor(private readonly account: Account, private readonly host: Host, private lost: Saved[] = []) {
    this.connect();
    void this.plugged();
    navigator.mediaDevices?.addEventListener('devicechange', this.plugged);
    addEventListener('online', this.moved);
    document.addEventListener('visibilitychange', this.back);
    if ('connection' in navigator) (navigator.connection as EventTarget).addEventListener('change', this.moved);
  }

  /** The machine is in another network: the connection may be dead, and every call looks for its way anew. */
  private readonly moved = (): void => {
    this.look();
    for (const talk of this.talks.values()) void talk.search();
  };

  /** Somebody looks at the page again, perhaps after a night in a bag. */
  private readonly back = (): void => { if (!document.hidden) this.look(); };

  /** Finds out at once whether the server is there; a connection that waits for its next try has it now. */
  private look(): void {
    if (this.stopped) return;
    if (this.socket?.readyState === WebSocket.OPEN) this.sign();
    else if (this.line === 'lost' && !this.socket && !this.account.guest) {
      clearTimeout(this.timer);
      this.wait = 500;
      this.connect();
    }
  }

  /** A sign of life. A connection that a machine slept through, or whose network is gone, looks open and answers nothing: it is left. */
  private sign(): void {
    this.raw('\r\n\r\n');
    this.silence ??= setTimeout(() => {
      const dead = this.socket;
      this.gone();
      dead?.close();
    }, patience);
  }

  private heard(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
  }

  /** Something was plugged in or out, or chosen: what was chosen is used where it is there, else what the machine prefers. */
  private readonly plugged = async (): Promise<void> => {
    this.there = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    this.host.ringOn(this.speaker('ringer'), this.speaker());
    const wanted = this.host.microphone();
    const known = this.there.some((d) => d.kind === 'audioinput' && d.deviceId === wanted);
    for (const talk of this.talks.values()) {
      talk.listen(this.speaker());
      const lost = !this.there.some((d) => d.kind === 'audioinput' && d.deviceId === talk.mouth);
      if (talk.view.state === 'up' && (lost || (known && talk.mouth !== wanted))) await talk.speak().catch(() => undefined);
    }
  };

  ready(): boolean {
    return this.line === 'ready';
  }

  get view(): View {
    return { line: this.line, calls: [...this.talks.values()].map((x) => x.view), trouble: this.trouble, refusal: this.refusal, failed: this.failed };
  }

  changed(): void {
    this.host.keep([...this.talks.values()].flatMap((x) => x.saved() ?? []));
    this.host.changed(this.view);
  }

  over(talk: Talk): void {
    this.talks.delete(talk.id);
    const first = this.talks.get(talk.view.consults);
    const busy = [...this.talks.values()].some((x) => x !== first && x.view.state === 'up' && !x.view.hold);
    if (first?.view.hold && first.view.moving !== 'asked' && !busy) void first.hold(false); // whoever waited meanwhile is back
    if (talk.view.joined) void this.blend();
    this.changed();
  }

  private set(line: Line): void {
    this.line = line;
    this.changed();
  }

  private connect(): void {
    const socket = new WebSocket(`${this.secure ? 'wss' : 'ws'}://${location.host}${this.account.path}`, 'sip');
    this.socket = socket;
    socket.addEventListener('open', () => {
      if (this.socket !== socket) return;
      this.wait = 500;
      this.opened = Date.now();
      if (this.account.guest) this.set('ready');
      else this.register();
      clearInterval(this.beat);
      this.beat = setInterval(() => this.sign(), pulse);
    });
    socket.addEventListener('message', (e) => {
      if (this.socket !== socket) return;
      this.heard();
      if (typeof e.data === 'string') this.received(e.data);
    });
    socket.addEventListener('close', () => { if (this.socket === socket) this.gone(); });
  }

  /** The connection is no more: what waits for an answer has none, and it is tried again. */
  private gone(): void {
    this.socket = undefined;
    this.heard();
    clearInterval(this.beat);
    clearTimeout(this.timer);
    const unheard = [...this.waiting].filter(([name]) => name !== this.registering);
    this.waiting.clear();
    if (this.stopped) return;
    this.cut = true;
    this.set('lost');
    for (const [, work] of unheard) work(unavailable);
    if (this.account.guest) return;
    if (Date.now() - this.opened > stable) { // browsers let the timers of a hidden tab wait for up to a minute, in which nobody could call
      this.opened = Date.now();
      this.connect();
      return;
    }
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(this.wait * 2, 15_000);
  }

  /** Ends the registration; calls that are up end with it. */
  stop(): void {
    this.stopped = true;
    navigator.mediaDevices?.removeEventListener('devicechange', this.plugged);
    removeEventListener('online', this.moved);
    document.removeEventListener('visibilitychange', this.back);
    this.heard();
    if ('connection' in navigator) (navigator.connection as EventTarget).removeEventListener('change', this.moved);
    clearTimeout(this.timer);
    clearInterval(this.beat);
    clearInterval(this.gauge);
    for (const talk of [...this.talks.values()]) talk.hangup(480, 'Temporarily Unavailable');
    if (this.socket?.readyState === WebSocket.OPEN && !this.account.guest) this.register(0);
    setTimeout(() => this.socket?.close(), 200);
  }

  private raw(text: string): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  private get me(): string {
    return `sip:${this.account.username}@${this.account.domain}`;
  }

  private get contact(): string {
    return `<sip:${this.account.username}@${this.here};transport=ws>`;
  }

  private via(name: string): [string, string] {
    return ['Via', `SIP/2.0/${this.secure ? 'WSS' : 'WS'} ${this.here};branch=${name}`];
  }

  private register(seconds = life): void {
    const name = `z9hG4bK${token()}`;
    const { id, tag: mine } = this.registration;
    this.registering = name;
    this.waiting.set(name, (m) => {
      if (m.status < 200 || seconds === 0) return;
      if (m.status >= 300) {
        this.set('refused');
        this.timer = setTimeout(() => this.register(), 30_000);
        return;
      }
      this.set('ready');
      this.timer = setTimeout(() => this.register(), (life / 2) * 1000);
      if (this.talks.size > 0 && this.cut) this.moved();
      this.cut = false;
      this.rejoin();
    });
    this.raw(write(`REGISTER sip:${this.account.domain} SIP/2.0`, [
      this.via(name), ['Max-Forwards', '70'], ['From', `<${this.me}>;tag=${mine}`], ['To', `<${this.me}>`], ['Call-ID', id], ['CSeq', `${++this.registration.seq} REGISTER`],
      ['Contact', `${this.contact};+sip.instance="<urn:uuid:${instance()}>";reg-id=1;expires=${seconds}`], ['Supported', 'outbound, path'], ['User-Agent', 'Tandem web'],
    ]));
  }

  send(talk: Talk, method: string, extra: Message['headers'] = [], body = '', answered?: (m: Message) => void, cseq?: number): string {
    const same = extra.find(([n]) => n === 'branch')?.[1];
    const name = same ?? `z9hG4bK${token()}`;
    const number = cseq ?? ++talk.seq;
    if (answered && this.socket?.readyState === WebSocket.OPEN) this.waiting.set(name, answered);
    else if (answered) setTimeout(() => answered(unavailable));
    const to = talk.remote && method !== 'CANCEL' ? `${talk.them};tag=${talk.remote}` : talk.them;
    const text = write(`${method} ${method === 'CANCEL' ? address(talk.them) : talk.target} SIP/2.0`, [
      this.via(name), ['Max-Forwards', '70'], ['From', `<${this.me}>;tag=${talk.local}`], ['To', to], ['Call-ID', talk.id], ['CSeq', `${number} ${method}`],
      ...(method === 'INVITE' || method === 'REFER' ? [['Contact', this.contact] as [string, string]] : []), ['User-Agent', 'Tandem web'], ...extra.filter(([n]) => n !== 'branch'),
    ], body);
    this.raw(text);
    return method === 'ACK' ? text : name;
  }

  reply(m: Message, status: number, reason: string, extra: Message['headers'] = [], body = '', to = ''): void {
    const told = header(m, 'to');
    this.raw(write(`SIP/2.0 ${status} ${reason}`, [
      ...m.headers.filter(([n]) => n === 'via').map(([, v]): [string, string] => ['Via', v]),
      ['From', header(m, 'from')], ['To', to && !tag(told) ? `${told};tag=${to}` : told], ['Call-ID', header(m, 'call-id')], ['CSeq', header(m, 'cseq')],
      ...(status < 300 && m.method === 'INVITE' ? [['Contact', this.contact] as [string, string]] : []), ...extra,
    ], body));
  }

  private received(text: string): void {
    const m = parse(text);
    if (!m) return;
    const talk = this.talks.get(header(m, 'call-id'));
    if (m.status) {
      const name = branch(m);
      const work = this.waiting.get(name);
      if (m.status >= 300 && sequence(m).method === 'INVITE' && talk) {
        this.refusal = m.status;
        if (talk.view.out && !talk.view.since && (talk.view.state === 'dialling' || talk.view.state === 'ringing')) this.failed = { number: talk.view.asked || talk.view.number, name: talk.view.name, status: m.status, why: sentence(header(m, 'reason')) };
        this.refused(talk, m, name);
      }
      if (!work) {
        if (m.status >= 200 && m.status < 300 && sequence(m).method === 'INVITE') talk?.again((t) => this.raw(t));
        return;
      }
      if (m.status >= 200) this.waiting.delete(name);
      work(m);
      return;
    }
    if (talk) {
      void talk.asked(m);
      return;
    }
    switch (m.method) {
      case 'INVITE':
        this.incoming(m);
        return;
      case 'ACK':
        return;
      case 'NOTIFY':
      case 'OPTIONS':
        this.reply(m, 200, 'OK', [], '', token());
        return;
      default:
        this.reply(m, 481, 'Call Does Not Exist', [], '', token());
    }
  }

  /** Confirms a refusal, which belongs to the transaction of its request (RFC 3261 §17.1.1.3). */
  private refused(talk: Talk, m: Message, name: string): void {
    this.raw(write(`ACK ${talk.remote && talk.view.state === 'up' ? talk.target : address(talk.them)} SIP/2.0`, [
      this.via(name), ['Max-Forwards', '70'], ['From', header(m, 'from')], ['To', header(m, 'to')], ['Call-ID', talk.id], ['CSeq', `${sequence(m).number} ACK`],
    ]));
  }

  private incoming(m: Message): void {
    const from = header(m, 'from');
    if (!m.body || this.talks.size >= 4) {
      this.reply(m, m.body ? 486 : 488, m.body ? 'Busy Here' : 'Not Acceptable Here', [], '', token());
      return;
    }
    const talk = new Talk(this, header(m, 'call-id'), from.replace(/;\s*tag=[^;]*/i, ''), false);
    talk.remote = tag(from);
    talk.target = address(header(m, 'contact')) || address(from);
    talk.invite = m;
    this.talks.set(talk.id, talk);
    this.reply(m, 180, 'Ringing', [], '', talk.local);
    this.changed();
    if (Date.now() < this.expected && /;\s*answer-after=0\b/i.test(header(m, 'call-info'))) {
      this.expected = 0;
      this.answer(talk.id);
    }
  }

  /** The next call that is to be answered by itself was asked for here: taken from somebody else, or from where it was parked. */
  expect(): void {
    this.expected = Date.now() + expectation;
  }

  async microphone(): Promise<MediaStream> {
    const wanted = this.host.microphone();
    const taste = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    try {
      const ask = (id: string) => navigator.mediaDevices.getUserMedia({ audio: id ? { ...taste, deviceId: { exact: id } } : taste });
      const stream = await ask(wanted).catch((e: unknown) => { // a wish that is no must leaves Chromium with the usual one
        if (wanted && e instanceof Error && (e.name === 'OverconstrainedError' || e.name === 'NotFoundError')) return ask('');
        throw e;
      });
      if (this.trouble) this.fail('');
      return stream;
    } catch (e) {
      this.fail(await troubleOf(e));
      throw e;
    }
  }

  /** The loudspeaker that was chosen, unless it is unplugged: then the one that the machine prefers, which has no name here. */
  speaker(what: 'speaker' | 'ringer' = 'speaker'): string {
    const chosen = what === 'ringer' ? this.host.ringer() : this.host.speaker();
    return this.there.some((d) => d.kind === 'audiooutput' && d.deviceId === chosen) ? chosen : '';
  }

  /** What went wrong was read. */
  forget(): void {
    this.failed = undefined;
    this.fail('');
  }

  volume(): number {
    return this.host.volume();
  }

  private fail(trouble: Trouble): void {
    this.trouble = trouble;
    this.changed();
  }

  /** Only one talks: whoever answers or calls puts the others on hold. */
  private quiet(but: string): void {
    for (const talk of this.talks.values()) if (talk.id !== but && talk.view.state === 'up') void talk.hold(true);
  }

  private begin(number: string, name: string, extra: Message['headers'] = []): Talk {
    this.failed = undefined;
    const talk = new Talk(this, token(), `<sip:${dialable(number)}@${this.account.domain}>`, true);
    talk.view = { ...talk.view, number, name, asked: number };
    this.talks.set(talk.id, talk);
    this.changed();
    talk.call(extra).catch(() => {
      if (talk.view.state !== 'over') this.failed = { number, name, status: 0, why: '' };
      talk.hangup();
    });
    return talk;
  }

  /** Comes back to the calls that the page had before it was loaded anew. */
  private rejoin(): void {
    const before = this.talks.size > 0 ? [] : this.lost;
    this.lost = [];
    for (const old of before) {
      const talk = this.begin(old.number, old.name, [['Replaces', `${old.id};to-tag=${old.remote};from-tag=${old.local}`], ['Require', 'replaces']]);
      talk.view = { ...talk.view, out: old.out, since: old.since };
      if (old.hold) talk.comesHeld = true;
    }
    if (before.length > 0) this.changed();
  }

  call(number: string, name = ''): void {
    if (this.line !== 'ready') {
      this.fail('busy_line');
      return;
    }
    void this.part();
    this.quiet('');
    this.begin(number, name);
  }

  answer(id: string): void {
    void this.part();
    this.quiet(id);
    this.talks.get(id)?.answer().catch(() => undefined);
  }

  hangup(id: string): void {
    this.talks.get(id)?.hangup();
  }

  hold(id: string, on: boolean): void {
    const talk = this.talks.get(id);
    if (!on || talk?.view.joined) void this.part();
    if (!on) this.quiet(id);
    void talk?.hold(on);
  }

  /** Asks somebody, while the other side of a call waits. */
  consult(id: string, number: string, name = ''): void {
    if (!this.talks.has(id)) return;
    this.call(number, name);
    const asked = [...this.talks.values()].at(-1);
    if (!asked || asked.id === id) return;
    asked.asksFor(id);
    this.changed();
  }

  /** Connects who was asked with who waits, and leaves both. Where it still rings, the call just goes there. */
  complete(id: string): void {
    const asked = this.talks.get(id);
    const first = this.talks.get(asked?.view.consults ?? '');
    if (!asked || !first) return;
    if (asked.remote) {
      first.connect(asked);
      return;
    }
    asked.hangup();
    first.transfer(`sip:${dialable(asked.view.asked)}@${this.account.domain}`);
  }

  /** Lets everybody on the line hear each other: this browser mixes them. */
  async join(): Promise<void> {
    const all = [...this.talks.values()].filter((x) => x.view.state === 'up');
    if (all.length < 2) return;
    await Promise.all(all.map((x) => x.hold(false)));
    await this.blend(all);
  }

  private async blend(all = [...this.talks.values()].filter((x) => x.view.joined)): Promise<void> {
    for (const x of all) await x.blend(all.filter((o) => o !== x).flatMap((o) => o.heard ?? []));
  }

  /** Nobody hears anybody but this browser any more. */
  private async part(): Promise<void> {
    for (const x of this.talks.values()) if (x.view.joined) await x.blend([]);
  }

  mute(id: string, on: boolean): void {
    this.talks.get(id)?.mute(on);
  }

  press(id: string, key: string): void {
    this.talks.get(id)?.press(key);
  }

  transfer(id: string, to: string): void {
    this.talks.get(id)?.transfer(`sip:${dialable(to)}@${this.account.domain}`);
  }

  /** Other devices were chosen. */
  devices(): void {
    void this.plugged();
  }
}
