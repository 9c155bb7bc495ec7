import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Phone, type View } from '../src/phone/phone';
import { bars, type Counts, counts, Meter } from '../src/phone/quality';
import { header, parse, sentence } from '../src/phone/sip';

class Socket extends EventTarget {
  static readonly OPEN = 1;
  static all: Socket[] = [];
  readyState = 0;
  sent: string[] = [];
  constructor(readonly url: string) {
    super();
    Socket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 2; // and stays so: the other side is not there to confirm it
  }
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  says(data: string): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
  /** Answers what was asked last. */
  answers(status: string, more = ''): void {
    const asked = parse(this.sent.at(-1) ?? '');
    if (!asked) throw new Error('nothing was asked');
    const same = ['via', 'from', 'to', 'call-id', 'cseq'].map((n) => `${n}: ${header(asked, n)}`).join('\r\n');
    this.says(`SIP/2.0 ${status}\r\n${same}${n(more)}\r\n\r\n`);
  }
}
const n = (more: string): string => (more ? `\r\n${more}` : '');

let view: View;
let page: EventTarget & { hidden: boolean };
const made: Phone[] = [];
const last = (): Socket => {
  const socket = Socket.all.at(-1);
  if (!socket) throw new Error('no connection');
  return socket;
};
function phone(microphone: () => Promise<MediaStream> = async () => ({ getAudioTracks: () => [], getTracks: () => [] }) as unknown as MediaStream): Phone {
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: microphone, enumerateDevices: async () => [], addEventListener: () => undefined, removeEventListener: () => undefined }, permissions: { query: async () => ({ state: 'prompt' }) } });
  const one = new Phone({ path: '/sip', username: 'olga', domain: 'office', device: '', name: '', extension: '100' }, {
    changed: (v) => { view = v; }, keep: () => undefined, microphone: () => '', speaker: () => '', ringer: () => '', ringOn: () => undefined, volume: () => 1,
  });
  made.push(one);
  return one;
}

beforeEach(() => {
  vi.useFakeTimers();
  Socket.all = [];
  page = Object.assign(new EventTarget(), { hidden: false, createElement: () => ({ dataset: {}, remove: () => undefined }), body: { append: () => undefined } });
  const here = new EventTarget();
  for (const [name, value] of Object.entries({ WebSocket: Socket, document: page, location: { protocol: 'https:', host: 'office' },
    addEventListener: here.addEventListener.bind(here), removeEventListener: here.removeEventListener.bind(here), dispatchEvent: here.dispatchEvent.bind(here),
    RTCPeerConnection: class extends EventTarget {
      localDescription = { sdp: 'v=0' };
      createOffer = async () => ({});
      setLocalDescription = async () => undefined;
      close = () => undefined;
    } })) vi.stubGlobal(name, value);
});
afterEach(() => {
  for (const one of made.splice(0)) one.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a connection', () => {
  it('that answers is kept', () => {
    phone();
    last().open();
    last().answers('200 OK');
    vi.advanceTimersByTime(25_000);
    last().says('\r\n');
    vi.advanceTimersByTime(20_000);
    expect(view.line).toBe('ready');
    expect(Socket.all).toHaveLength(1);
  });
  it('that looks open and answers nothing is left for another', () => {
    phone();
    last().open();
    last().answers('200 OK');
    vi.advanceTimersByTime(25_000 + 5_000);
    expect(view.line).toBe('lost');
    expect(Socket.all).toHaveLength(2); // without a timer: those of hidden tabs come late
    Socket.all[0]?.dispatchEvent(new Event('close')); // which comes late, and is about the other one
    last().open();
    last().answers('200 OK');
    expect(view.line).toBe('ready');
  });
  it('that ends again and again is tried less and less often', () => {
    phone();
    last().open();
    vi.advanceTimersByTime(11_000);
    const ends = () => {
      last().readyState = 3;
      last().dispatchEvent(new Event('close'));
    };
    ends();
    expect(Socket.all).toHaveLength(2);
    for (const [n, wait] of [500, 1000, 2000, 4000].entries()) {
      ends();
      vi.advanceTimersByTime(wait - 1);
      expect(Socket.all).toHaveLength(n + 2);
      vi.advanceTimersByTime(1);
      expect(Socket.all).toHaveLength(n + 3);
    }
  });
  it.each([['the page is looked at again', () => page.dispatchEvent(new Event('visibilitychange'))], ['the network is back', () => dispatchEvent(new Event('online'))]])('is tried at once when %s', (_, happens) => {
    phone();
    last().open();
    last().answers('200 OK');
    happens();
    expect(last().sent.at(-1)).toBe('\r\n\r\n');
    vi.advanceTimersByTime(5_000);
    expect(view.line).toBe('lost');
    expect(Socket.all).toHaveLength(1);
    happens();
    expect(Socket.all).toHaveLength(2); // and the next try is not waited for
  });
});

describe('a call that nobody takes', () => {
  it.each([
    ['486 Busy Here', 'Reason: Q.850;cause=17;text="Busy Here"', { status: 486, why: '' }],
    ['603 Not Allowed', 'Reason: Q.850;cause=21;text="Calls to Poland are not open to you."', { status: 603, why: 'Calls to Poland are not open to you.' }],
  ])('%s is told, until it was read', async (status, reason, want) => {
    const one = phone();
    last().open();
    last().answers('200 OK');
    one.call('155', 'Bob');
    await vi.advanceTimersByTimeAsync(1);
    last().answers(status, reason);
    await vi.advanceTimersByTimeAsync(1);
    expect(view.calls).toEqual([]);
    expect(view.failed).toEqual({ number: '155', name: 'Bob', ...want });
    one.forget();
    expect(view.failed).toBeUndefined();
  });
  it.each([['NotAllowedError', 'Permission dismissed', 'dismissed'], ['NotAllowedError', 'Permission denied by system', 'system'], ['NotReadableError', '', 'used'], ['NotFoundError', '', 'no_microphone']])('for want of a microphone (%s %s) says so, and can be tried again', async (name, text, trouble) => {
    const one = phone(() => Promise.reject(new DOMException(text, name)));
    last().open();
    last().answers('200 OK');
    one.call('155', 'Bob');
    await vi.advanceTimersByTimeAsync(1);
    expect(view.trouble).toBe(trouble);
    expect(view.failed).toMatchObject({ number: '155', name: 'Bob', status: 0 });
  });
});

it('a reason is for people where it is a sentence', () => {
  expect(sentence('Q.850;cause=21;text="He said \\"no\\"."')).toBe('He said "no".');
  for (const phrase of ['', 'Q.850;cause=17', 'Q.850;cause=17;text="Busy Here"']) expect(sentence(phrase)).toBe('');
});

describe('how a call sounds', () => {
  it.each([[0, 60, 3], [0.01, 80, 3], [0.05, 100, 2], [0, 350, 2], [0.2, 100, 1], [0, 600, 1]])('%d lost, %d ms late: %d bars', (loss, delay, want) => expect(bars(loss, delay)).toBe(want));
  it('is read from both directions', () => {
    expect(counts([
      { type: 'inbound-rtp', kind: 'audio', packetsReceived: 100, packetsLost: 3, jitter: 0.01 },
      { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.25, roundTripTime: 0.08 },
      { type: 'media-source', kind: 'audio', totalAudioEnergy: 0.5 },
      { type: 'inbound-rtp', kind: 'video', packetsReceived: 7 },
    ])).toEqual({ received: 100, lost: 3, jitter: 0.01, trip: 0.08, lostThere: 0.25, spoken: 0.5 });
  });
  const look = (m: Meter, steps: Partial<Counts>[], expects = true, speaks = true) => {
    const all = steps.map((s) => m.look({ received: 0, lost: 0, jitter: 0, trip: 0, lostThere: 0, spoken: 0, ...s }, expects, speaks));
    return all.at(-1);
  };
  const flows = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ received: 100 * i, spoken: i }));
  it('is good where everything arrives', () => expect(look(new Meter(), flows)).toMatchObject({ bars: 3, deaf: false, silent: false }));
  it('counts what was lost since the last look alone', () => expect(look(new Meter(), [{ received: 100, lost: 90 }, { received: 180, lost: 110 }])?.loss).toBeCloseTo(0.2));
  it('counts what the other side misses', () => expect(look(new Meter(), [{ received: 1 }, { received: 101, lostThere: 0.3 }])?.bars).toBe(1));
  it('tells of a microphone without sound', () => expect(look(new Meter(), flows.map((s) => ({ ...s, spoken: 2 })))).toMatchObject({ silent: true, deaf: false }));
  it('but not of one that is closed', () => expect(look(new Meter(), flows.map((s) => ({ ...s, spoken: 2 })), true, false)?.silent).toBe(false));
  it('tells when nothing has ever come in, unless it should not', () => {
    const never = flows.map((s) => ({ ...s, received: 0 }));
    expect(look(new Meter(), never)).toMatchObject({ deaf: true, bars: 0 });
    expect(look(new Meter(), never, false)?.deaf).toBe(false);
    expect(look(new Meter(), flows.map((s) => ({ ...s, received: 100 })))?.deaf).toBe(false); // a mailbox that listens
  });
  it('forgets another microphone', () => {
    const m = new Meter();
    look(m, flows.map((s) => ({ ...s, spoken: 2 })));
    m.again();
    expect(look(m, flows.slice(0, 3).map((s) => ({ ...s, spoken: 0 })))?.silent).toBe(false);
  });
});
