/** The page of a visitor who came by a Talk link: one button, and he talks. A bundle of its own, without what only people inside need. */
import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import './visit/visit.css';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Phone, type View } from './phone/phone';
import { quiet, ringback } from './phone/ring';
import type { CallView } from './phone/talk';
import { type Door, keyOfPage, office, Refused } from './visit/office';
import { solve } from './visit/puzzle';
import { speakToVisitor } from './visit/words';
import { current, t } from './words';

type Phase = 'idle' | 'asking' | 'preparing' | 'calling' | 'over' | 'busy' | 'failed' | 'denied' | 'none';

const able = (): boolean => 'RTCPeerConnection' in window && Boolean(navigator.mediaDevices) && 'WebSocket' in window && Boolean(crypto.subtle);

function Card({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => { document.title = title; }, [title]);
  return (
    <div className="door">
      <main className="door-card col g20" aria-live="polite">
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  );
}

function Field({ label, hint, optional, children }: { label: string; hint?: string; optional?: boolean; children: ReactNode }) {
  return (
    <label className="visit-field">
      <span className="med">{label} {optional && <span className="t3">{t('visit.optional')}</span>}</span>
      {hint && <span className="meta">{hint}</span>}
      {children}
    </label>
  );
}

function Keys({ press }: { press: (key: string) => void }) {
  return (
    <div className="visit-keys" role="group" aria-label={t('visit.keys')}>
      {[...'123456789*0#'].map((k) => <button type="button" key={k} className="btn large" onClick={() => press(k)}>{k}</button>)}
    </div>
  );
}

function Volume() {
  const [level, set] = useState(100);
  return (
    <Field label={t('visit.volume')}>
      <input type="range" min="0" max="100" step="5" value={level} onChange={(e) => {
        set(Number(e.currentTarget.value));
        for (const sound of document.querySelectorAll('audio')) sound.volume = Number(e.currentTarget.value) / 100;
      }} />
    </Field>
  );
}

const clock = (since: number): string => {
  const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

function Talking({ door, call, phone }: { door: Door; call: CallView; phone: Phone }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const each = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(each);
  }, []);
  return (
    <>
      <p className="lead" data-state={call.state}>{call.state === 'up' ? t('visit.talking', { name: door.name }) : t('visit.ringing')}</p>
      {call.state === 'up' && <p className="display num" aria-hidden>{clock(call.since)}</p>}
      {call.muted && <p className="warn">{t('visit.muted')}</p>}
      {call.state === 'up' && (
        <>
          <button type="button" className="btn large full" aria-pressed={call.muted} onClick={() => phone.mute(call.id, !call.muted)}>{call.muted ? t('visit.unmute') : t('visit.mute')}</button>
          <Volume />
          {door.keypad && <Keys press={(k) => phone.press(call.id, k)} />}
        </>
      )}
      <button type="button" className="btn danger large full" onClick={() => phone.hangup(call.id)}>{t('visit.hangup')}</button>
    </>
  );
}

/** Asks to be called back, with what is needed for it. */
function Back({ link, again }: { link: string; again: () => Promise<Door> }) {
  const [sent, setSent] = useState<'' | 'busy' | 'done'>('');
  const [error, setError] = useState('');
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const typed = new FormData(e.currentTarget);
    setSent('busy');
    setError('');
    try {
      const { puzzle } = await again();
      await office.back(link, puzzle.text, await solve(puzzle.text, puzzle.bits), String(typed.get('name')), String(typed.get('number')), String(typed.get('words')));
      setSent('done');
    } catch (x) {
      setSent('');
      setError(x instanceof Refused && x.message ? x.message : t('visit.trouble'));
    }
  };
  if (sent === 'done') return <p className="ok" role="status">{t('visit.back_done')}</p>;
  return (
    <form className="col g16" onSubmit={(e) => void send(e)}>
      <h2 className="head">{t('visit.back')}</h2>
      <Field label={t('visit.name')}><input name="name" required maxLength={40} autoComplete="name" /></Field>
      <Field label={t('visit.back_number')}><input name="number" required type="tel" maxLength={40} autoComplete="tel" /></Field>
      <Field label={t('visit.back_words')} optional><textarea name="words" rows={3} maxLength={500} /></Field>
      {error && <p className="danger" role="alert">{error}</p>}
      <button type="submit" className="btn large full" aria-busy={sent === 'busy' || undefined}>{t('visit.back_send')}</button>
    </form>
  );
}

const when = (at: string): string => new Intl.DateTimeFormat(current(), { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' }).format(new Date(at));

function Visit({ link, first }: { link: string; first: Door }) {
  const [door, setDoor] = useState(first);
  const [phase, setPhase] = useState<Phase>(able() ? 'idle' : 'none');
  const [error, setError] = useState('');
  const [view, setView] = useState<View>();
  const phone = useRef<Phone>(undefined);
  const again = async () => {
    const fresh = await office.open(link);
    setDoor(fresh);
    return fresh;
  };
  const end = (how: Phase) => {
    quiet();
    phone.current?.stop();
    phone.current = undefined;
    setView(undefined);
    setPhase(how);
  };
  const call = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const typed = new FormData(e.currentTarget);
    const said = Object.fromEntries((['name', 'email', 'words'] as const).flatMap((k) => (typed.get(k) ? [[k, String(typed.get(k))]] : [])));
    setError('');
    setPhase('asking');
    try {
      for (const track of (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks()) track.stop();
    } catch (x) {
      const denied = x instanceof DOMException && x.name === 'NotAllowedError';
      setPhase(denied ? 'denied' : 'idle');
      if (!denied) setError(t('visit.no_microphone'));
      return;
    }
    setPhase('preparing');
    try {
      const { puzzle } = await again();
      const ticket = await office.call(link, puzzle.text, await solve(puzzle.text, puzzle.bits), said);
      begin(ticket);
    } catch (x) {
      setPhase('idle');
      setError(x instanceof Refused && x.message ? x.message : t('visit.trouble'));
      void again().catch(() => undefined);
    }
  };
  const begin = (ticket: { path: string; username: string; domain: string }) => {
    let called = false;
    let answered = false;
    const made: Phone = new Phone({ ...ticket, device: '', name: '', extension: '', guest: true }, {
      changed: (now) => {
        if (phone.current !== made && called) return;
        if (now.line === 'ready' && !called) {
          called = true;
          made.call('talk');
          return;
        }
        const mine = now.calls[0];
        answered ||= mine?.state === 'up';
        if (mine?.state === 'ringing' && !mine.early) ringback();
        else quiet();
        if (called && !mine) end(answered ? 'over' : now.refusal === 486 || now.refusal === 480 || now.refusal === 487 || now.refusal === 603 ? 'busy' : 'failed');
        else if (now.line === 'lost' && !mine) end('failed');
        else setView(now);
      },
      keep: () => undefined,
      microphone: () => '',
      speaker: () => '',
      ringer: () => '',
      ringOn: () => undefined,
      volume: () => 1,
    });
    phone.current = made;
    setPhase('calling');
  };
  useEffect(() => () => phone.current?.stop(), []);

  const live = view?.calls[0];
  const title = t('visit.title', { name: door.name });
  if (phase === 'calling' && live && phone.current) return <Card title={title}><Talking door={door} call={live} phone={phone.current} /></Card>;
  const waits = phase === 'asking' || phase === 'preparing' || phase === 'calling';
  const takes = door.open && !door.again;
  return (
    <Card title={takes ? title : t('visit.closed')}>
      <p className="t2">{t('visit.office', { office: door.office })}</p>
      {!door.open && <p className="lead">{door.opens ? t('visit.opens', { when: when(door.opens) }) : t('visit.closed_hint')}</p>}
      {door.open && door.again && <p className="lead">{t('visit.again_at', { when: when(door.again) })}</p>}
      {phase === 'none' && <p className="danger" role="alert">{t('visit.no_webrtc')}</p>}
      {phase === 'over' && <p role="status">{t('visit.over')}</p>}
      {phase === 'busy' && <p className="warn" role="status">{t('visit.busy')}</p>}
      {phase === 'failed' && <p className="danger" role="alert">{t('visit.failed')}</p>}
      {phase === 'denied' && (
        <div role="alert" className="col g8">
          <p className="danger">{t('visit.denied')}</p>
          <ol className="bullets"><li>{t('visit.denied_1')}</li><li>{t('visit.denied_2')}</li><li>{t('visit.denied_3')}</li></ol>
        </div>
      )}
      {takes && phase !== 'none' && (
        <form className="col g16" onSubmit={(e) => void call(e)}>
          <Field label={t('visit.name')} hint={t('visit.name_hint')} optional={!door.named}><input name="name" required={door.named} maxLength={40} autoComplete="name" /></Field>
          {door.mailed && <Field label={t('visit.email')}><input name="email" type="email" required maxLength={254} autoComplete="email" /></Field>}
          {door.about && <Field label={t('visit.back_words')} optional><input name="words" maxLength={200} /></Field>}
          <p className="meta">{t('visit.privacy')} {t('visit.kept', { n: door.keep })} {door.recorded && t('visit.recorded')}</p>
          {error && <p className="danger" role="alert">{error}</p>}
          <button type="submit" className="btn primary large full" disabled={waits} aria-busy={waits || undefined}>
            {phase === 'asking' ? t('visit.asking') : waits ? t('visit.preparing') : phase === 'over' || phase === 'busy' || phase === 'failed' ? t('visit.again') : t('visit.call')}
          </button>
        </form>
      )}
      {door.back && (!takes || phase === 'busy' || phase === 'failed' || phase === 'none') && <Back link={link} again={again} />}
    </Card>
  );
}

function Start({ link }: { link: string }) {
  const [door, setDoor] = useState<Door>();
  const [gone, setGone] = useState<'' | 'gone' | 'trouble'>('');
  useEffect(() => {
    office.open(link).then(setDoor, (x: unknown) => setGone(x instanceof Refused && x.status < 500 ? 'gone' : 'trouble'));
  }, [link]);
  if (door) return <Visit link={link} first={door} />;
  if (gone) return <Card title={gone === 'gone' ? t('visit.gone') : t('visit.trouble')}><p className="t2">{gone === 'gone' ? t('visit.gone_hint') : ''}</p></Card>;
  return <Card title={t('visit.preparing')}>{null}</Card>;
}

const root = document.getElementById('root');
if (root) {
  const link = keyOfPage();
  void speakToVisitor().then(() => createRoot(root).render(<Start link={link} />));
}
