/** One call of the browser phone: its dialog on the wire and its sound. */
import { counts, Meter, type Quality, unknown } from './quality';
import { address, header, type Message, party, sequence, tag, token } from './sip';

export type State = 'dialling' | 'ringing' | 'incoming' | 'answering' | 'up' | 'over';

/** A call as a screen shows it. */
export type CallView = { id: string; name: string; number: string; out: boolean; state: State; hold: boolean; held: boolean; muted: boolean; since: number; moving: '' | 'asked' | 'failed'; asked: string; consults: string; joined: boolean; early: boolean; quality: Quality };

/** What is needed to come back to a call after the page was loaded anew. */
export type Saved = { id: string; local: string; remote: string; name: string; number: string; out: boolean; since: number; hold: boolean; at: number };

/** What a call needs of the phone it is on. */
export type Wire = {
  send(talk: Talk, method: string, extra?: Message['headers'], body?: string, answered?: (m: Message) => void, cseq?: number): string;
  reply(request: Message, status: number, reason: string, extra?: Message['headers'], body?: string, to?: string): void;
  microphone(): Promise<MediaStream>;
  speaker(): string;
  volume(): number;
  ready(): boolean;
  changed(): void;
  over(talk: Talk): void;
};

const described: Message['headers'] = [['Content-Type', 'application/sdp']];
const allow: Message['headers'] = [['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY, REFER']];

/** How long a call that came back is left alone before it is put on hold again. */
const settling = 1000;

export class Talk {
  local = token();
  remote = '';
  target: string;
  seq = Math.floor(Math.random() * 1000) + 1;
  view: CallView;
  invite?: Message;
  /** It was on hold before the page was loaded anew. */
  comesHeld = false;
  private branch = '';
  private acked = '';
  private asking = false;
  /** Hold, or back from it, as somebody wanted it while the session was being described anew. */
  private wish?: boolean;
  private lost?: ReturnType<typeof setTimeout>;
  private blender?: { context: AudioContext; stop: () => void };
  private peer?: RTCPeerConnection;
  private meter = new Meter();
  private stream?: MediaStream;
  private readonly sound = document.createElement('audio');

  constructor(readonly wire: Wire, readonly id: string, readonly them: string, out: boolean) {
    this.target = address(them);
    this.view = { id, ...party(them), out, state: out ? 'dialling' : 'incoming', hold: false, held: false, muted: false, since: 0, moving: '', asked: '', consults: '', joined: false, early: false, quality: unknown };
    this.sound.autoplay = true;
    this.sound.dataset.call = id;
    document.body.append(this.sound);
  }

  private set(change: Partial<CallView>): void {
    this.view = { ...this.view, ...change };
    this.wire.changed();
  }

  private async open(): Promise<RTCPeerConnection> {
    this.stream = await this.wire.microphone();
    if (this.view.state === 'over') {
      this.close();
      throw new DOMException('over', 'AbortError');
    }
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' });
    this.peer = peer;
    peer.addEventListener('track', (e) => {
      this.sound.srcObject = e.streams[0] ?? new MediaStream([e.track]);
      this.listen(this.wire.speaker());
      void this.sound.play().catch(() => undefined);
      const sounds = () => { if (this.view.state === 'dialling' || this.view.state === 'ringing') this.set({ early: true }); }; // the other side plays its own tone, or says why not
      e.track.addEventListener('unmute', sounds);
      if (!e.track.muted) sounds();
    });
    peer.addEventListener('iceconnectionstatechange', () => this.watch(peer));
    for (const track of this.stream.getAudioTracks()) peer.addTrack(track, this.stream);
    return peer;
  }

  /** Looks for a new way when the one it has carries nothing any more. */
  private watch(peer: RTCPeerConnection): void {
    clearTimeout(this.lost);
    const state = peer.iceConnectionState;
    if (state === 'failed') void this.search();
    else if (state === 'disconnected') this.lost = setTimeout(() => void this.search(), 2000);
  }

  /** Finds the other side anew, from whatever network this machine is in now (RFC 8839 §4.4.1: ICE restart). */
  async search(): Promise<void> {
    if (this.view.state !== 'up' || !this.wire.ready()) return;
    await this.offer({ iceRestart: true });
  }

  /** Looks how the call sounds; tells when that is not as it was. */
  async measure(): Promise<void> {
    const { state, hold, held, muted, quality: was } = this.view;
    if (state !== 'up' || !this.peer) return;
    const report: RTCStatsReport | undefined = await this.peer.getStats().catch(() => undefined);
    if (!report || this.view.state !== 'up') return;
    const now = this.meter.look(counts(report.values() as Iterable<Record<string, unknown>>), !hold && !held, !hold && !muted && !this.blender);
    const quality = hold || held ? { ...now, bars: 0 as const } : now;
    if (quality.bars !== was.bars || quality.deaf !== was.deaf || quality.silent !== was.silent || Math.abs(quality.loss - was.loss) > 0.01 || Math.abs(quality.delay - was.delay) > 20) this.set({ quality });
  }

  /** What the other side says, for others to hear. */
  get heard(): MediaStream | undefined {
    return this.sound.srcObject instanceof MediaStream ? this.sound.srcObject : undefined;
  }

  /** Lets the other side hear these besides the microphone; nobody else when there are none. */
  async blend(others: MediaStream[]): Promise<void> {
    const sender = this.peer?.getSenders()[0];
    const own = this.stream?.getAudioTracks()[0];
    this.blender?.stop();
    this.blender = undefined;
    if (this.view.joined !== others.length > 0) this.set({ joined: others.length > 0 });
    if (!sender || !own) return;
    if (others.length === 0 || !this.stream) {
      await sender.replaceTrack(own);
      return;
    }
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    for (const s of [this.stream, ...others]) context.createMediaStreamSource(s).connect(out);
    this.blender = { context, stop: () => void context.close() };
    void context.resume();
    await sender.replaceTrack(out.stream.getAudioTracks()[0] ?? own);
  }

  /** Moves the sound to another loudspeaker, as loud as was chosen. */
  listen(speaker: string): void {
    this.sound.volume = this.wire.volume();
    if ('setSinkId' in this.sound && this.sound.sinkId !== speaker) void this.sound.setSinkId(speaker).catch(() => undefined);
  }

  /** The microphone it speaks into; empty when there is none any more. */
  get mouth(): string {
    const track = this.stream?.getAudioTracks()[0];
    return track?.readyState === 'live' ? (track.getSettings().deviceId ?? '') : '';
  }

  /** Speaks into another microphone from now on. */
  async speak(): Promise<void> {
    const fresh = await this.wire.microphone();
    const track = fresh.getAudioTracks()[0];
    const sender = this.peer?.getSenders()[0];
    if (!track || !sender) return;
    if (this.blender) this.set({ joined: false });
    this.blender?.stop();
    this.blender = undefined;
    await sender.replaceTrack(track);
    for (const old of this.stream?.getTracks() ?? []) old.stop();
    this.stream = fresh;
    this.meter.again();
    this.still();
  }

  /** Begins a call, or takes the place of one that the page had before. */
  async call(extra: Message['headers'] = []): Promise<void> {
    const peer = await this.open();
    await peer.setLocalDescription(await peer.createOffer());
    if (this.view.state === 'over') return;
    this.branch = this.wire.send(this, 'INVITE', [...extra, ...allow, ...described], peer.localDescription?.sdp ?? '', (m) => void this.answered(m));
  }

  private async answered(m: Message): Promise<void> {
    if (m.status >= 200) this.branch = '';
    if (m.status < 200) {
      this.remote = tag(header(m, 'to')) || this.remote;
      if (m.body && this.peer && this.view.state !== 'over') {
        await this.peer.setRemoteDescription({ type: 'pranswer', sdp: m.body }).catch(() => undefined);
      }
      if (m.status >= 180 && this.view.state === 'dialling') this.set({ state: 'ringing' });
      return;
    }
    if (m.status >= 300) {
      this.finish();
      return;
    }
    this.remote = tag(header(m, 'to'));
    this.target = address(header(m, 'contact')) || this.target;
    this.ack(m);
    if (this.view.state === 'over') {
      this.wire.send(this, 'BYE');
      return;
    }
    try {
      await this.peer?.setRemoteDescription({ type: 'answer', sdp: m.body });
    } catch {
      this.hangup();
      return;
    }
    this.set({ state: 'up', since: this.view.since || Date.now() });
    if (this.comesHeld) {
      for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = false;
      setTimeout(() => void this.hold(true), settling); // the server may be describing the session anew just now
    }
  }

  /** Confirms an answer; the same answer again is confirmed in the same words. */
  ack(m: Message): void {
    this.acked = this.wire.send(this, 'ACK', [], '', undefined, sequence(m).number);
  }

  /** Takes a call that comes in. */
  async answer(): Promise<void> {
    const asked = this.invite;
    if (!asked || this.view.state !== 'incoming') return;
    this.set({ state: 'answering' });
    try {
      const peer = await this.open();
      await peer.setRemoteDescription({ type: 'offer', sdp: asked.body });
      await peer.setLocalDescription(await peer.createAnswer());
      if (this.invite !== asked) return; // withdrawn meanwhile
      this.wire.reply(asked, 200, 'OK', [...allow, ...described], peer.localDescription?.sdp ?? '', this.local);
      this.set({ state: 'up', since: Date.now() });
    } catch (e) {
      if (this.invite === asked) this.set({ state: 'incoming' });
      throw e;
    }
  }

  /** Ends it, whatever its state. */
  hangup(status = 486, reason = 'Busy Here'): void {
    if (this.view.state === 'over') return;
    if (this.invite && (this.view.state === 'incoming' || this.view.state === 'answering')) this.wire.reply(this.invite, status, reason, [], '', this.local);
    else if (this.branch) this.wire.send(this, 'CANCEL', [['branch', this.branch]], '', undefined, this.seq);
    else if (this.remote && this.view.state === 'up') this.wire.send(this, 'BYE');
    this.finish();
  }

  private finish(): void {
    if (this.view.state === 'over') return;
    this.invite = undefined;
    this.view = { ...this.view, state: 'over' };
    this.close();
    this.wire.over(this);
  }

  /** Gives microphone and connection back; the wire is not told. */
  close(): void {
    clearTimeout(this.lost);
    this.blender?.stop();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.peer?.close();
    this.sound.srcObject = null;
    this.sound.remove();
  }

  private still(): void {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !this.view.muted && !this.view.hold;
  }

  mute(on: boolean): void {
    this.set({ muted: on });
    this.still();
  }

  /** Puts the other side on hold, or takes it back. */
  async hold(on: boolean): Promise<void> {
    const way = this.peer?.getTransceivers()[0];
    if (!way || this.view.state !== 'up') return;
    if (this.asking) {
      this.wish = on;
      return;
    }
    if (this.view.hold === on) return;
    const turn = (held: boolean) => {
      way.direction = held ? 'sendonly' : 'sendrecv';
      this.set({ hold: held });
      this.still();
    };
    turn(on);
    const status = await this.offer();
    if (status >= 300) turn(!on);
    if (status === 491) setTimeout(() => void this.hold(on), 500 + Math.random() * 2000);
  }

  /** Describes the session anew and takes in the answer; says how it was answered (RFC 3261 §14). */
  private async offer(options?: RTCOfferOptions): Promise<number> {
    const peer = this.peer;
    if (!peer || this.asking) return 491;
    this.asking = true;
    try {
      await peer.setLocalDescription(await peer.createOffer(options));
      const m = await new Promise<Message>((answered) => {
        this.wire.send(this, 'INVITE', [...allow, ...described], peer.localDescription?.sdp ?? '', (r) => { if (r.status >= 200) answered(r); });
      });
      if (m.status < 300) {
        this.ack(m);
        await peer.setRemoteDescription({ type: 'answer', sdp: m.body }).catch(() => this.hangup());
        return m.status;
      }
      await peer.setLocalDescription({ type: 'rollback' }).catch(() => undefined);
      return m.status;
    } catch {
      return 488;
    } finally {
      this.settled();
    }
  }

  /** The session is described; what was wanted meanwhile is done. */
  private settled(): void {
    this.asking = false;
    const wish = this.wish;
    this.wish = undefined;
    if (wish !== undefined) void this.hold(wish);
  }

  /** Presses a key, after those that are still being sent. */
  press(key: string): void {
    const keys = this.peer?.getSenders()[0]?.dtmf;
    keys?.insertDTMF(keys.toneBuffer + key, 120, 60);
  }

  /** Hands the call on, without asking first. */
  transfer(to: string): void {
    if (this.view.state !== 'up') return;
    this.set({ moving: 'asked' });
    this.wire.send(this, 'REFER', [['Refer-To', `<${to}>`]], '', (m) => { if (m.status >= 300) this.set({ moving: 'failed' }); });
  }

  /** Connects the other side with that of another call, and leaves both (RFC 5589 §7). */
  connect(other: Talk): void {
    if (this.view.state !== 'up' || !other.remote) return;
    this.set({ moving: 'asked' });
    const dialog = encodeURIComponent(`${other.id};to-tag=${other.remote};from-tag=${other.local}`);
    this.wire.send(this, 'REFER', [['Refer-To', `<${address(other.them)}?Replaces=${dialog}>`]], '', (m) => { if (m.status >= 300) this.set({ moving: 'failed' }); });
  }

  /** For whose sake the other side was called. */
  asksFor(call: string): void {
    this.view = { ...this.view, consults: call };
  }

  /** What the other side asks within the call. */
  async asked(m: Message): Promise<void> {
    switch (m.method) {
      case 'ACK':
        return;
      case 'BYE':
        this.wire.reply(m, 200, 'OK');
        this.finish();
        return;
      case 'CANCEL':
        this.wire.reply(m, 200, 'OK');
        if (this.invite && this.view.state !== 'up') {
          this.wire.reply(this.invite, 487, 'Request Terminated', [], '', this.local);
          this.finish();
        }
        return;
      case 'INVITE':
      case 'UPDATE':
        await this.changed(m);
        return;
      case 'NOTIFY': {
        this.wire.reply(m, 200, 'OK');
        const status = Number(/^SIP\/2\.0 (\d{3})/.exec(m.body)?.[1] ?? 0);
        if (status >= 300) this.set({ moving: 'failed' });
        return;
      }
      default:
        this.wire.reply(m, m.method === 'INFO' || m.method === 'OPTIONS' ? 200 : 501, m.method === 'INFO' || m.method === 'OPTIONS' ? 'OK' : 'Not Implemented', allow);
    }
  }

  /** The other side changes the session: another party, another direction. */
  private async changed(m: Message): Promise<void> {
    const peer = this.peer;
    if (!m.body) {
      this.wire.reply(m, m.method === 'UPDATE' ? 200 : 488, m.method === 'UPDATE' ? 'OK' : 'Not Acceptable Here', allow);
      return;
    }
    if (!peer || this.asking) {
      this.wire.reply(m, 491, 'Request Pending');
      return;
    }
    this.asking = true;
    try {
      await peer.setRemoteDescription({ type: 'offer', sdp: m.body });
      const way = peer.getTransceivers()[0];
      if (way) way.direction = this.view.hold ? 'sendonly' : 'sendrecv';
      await peer.setLocalDescription(await peer.createAnswer());
      this.wire.reply(m, 200, 'OK', [...allow, ...described], peer.localDescription?.sdp ?? '');
      const who = party(header(m, 'p-asserted-identity') || header(m, 'from'));
      const held = /^a=(sendonly|inactive)\s*$/m.test(m.body);
      this.set({ held, ...(who.number && who.number !== this.view.number && header(m, 'p-asserted-identity') ? who : {}) });
    } catch {
      this.wire.reply(m, 488, 'Not Acceptable Here');
    } finally {
      this.settled();
    }
  }

  /** Keeps what a page that is loaded anew needs. */
  saved(): Saved | undefined {
    const { name, number, out, since, state, hold } = this.view;
    return state === 'up' && this.remote ? { id: this.id, local: this.local, remote: this.remote, name, number, out, since, hold, at: Date.now() } : undefined;
  }

  /** The same answer came again: so does its confirmation. */
  again(send: (text: string) => void): void {
    if (this.acked) send(this.acked);
  }
}
