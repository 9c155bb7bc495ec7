/** The phone in the web app: the strip of the call at the bottom, the card of a call that comes in, the field to call from. */
import { Switch } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { AudioLines, Grid3x3, Mic, MicOff, Pause, Phone as PhoneIcon, PhoneForwarded, PhoneIncoming, PhoneOff, Play, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useState, useSyncExternalStore } from 'react';
import { api, type Me, type User } from '../api';
import { clock } from '../format';
import { singleKeys, typing } from '../keys';
import { act, choose, dial, isWanted, microphone, onTurn, speaker, start, turn, usePhone } from '../phone/line';
import type { CallView } from '../phone/talk';
import { can, useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { Menu, Popover } from '../ui/filter';
import { Avatar, Presence } from '../ui/person';
import { t } from '../words';
import { useNow } from './now';

/** Nobody without an extension has a phone, and nobody without the right uses this one. */
export const hasPhone = (me: Me): boolean => can(me, 'softphone.use') && Boolean(me.user.extension);

const useWanted = (user: string): boolean => useSyncExternalStore(onTurn, () => isWanted(user));

const asking = new Set<() => void>();
/** Opens the field to call from. */
export const openDial = (): void => { for (const w of asking) w(); };

/** Keeps this browser a phone while somebody is signed in who wants that. */
function useLineOf(me: Me): void {
  const on = useWanted(me.user.id) && hasPhone(me);
  useEffect(() => (on ? start(me.user.id) : undefined), [on, me.user.id]);
}

/** The switch of the personal menu. */
export function PhoneItems() {
  const me = useMe();
  const on = useWanted(me.user.id);
  if (!hasPhone(me)) return null;
  return (
    <>
      <Menu.Label>{t('webphone.title')}</Menu.Label>
      <Menu.Item closeMenuOnClick={false} onClick={() => turn(me.user.id, !on)} rightSection={<Switch checked={on} readOnly tabIndex={-1} aria-hidden />} role="menuitemcheckbox" aria-checked={on}>{t('webphone.ring_here')}</Menu.Item>
      <Menu.Item leftSection={<PhoneIcon className="icon" />} onClick={openDial}>{t('webphone.call')}</Menu.Item>
    </>
  );
}

/** Calls a person from wherever he is shown. */
export function CallButton({ user, small }: { user: User; small?: boolean }) {
  const me = useMe();
  if (!hasPhone(me) || !user.extension || user.id === me.user.id || user.state === 'suspended') return null;
  return <Button small={small} icon={PhoneIcon} onClick={() => dial(me.user.id, user.extension ?? '', user.name)}>{t('webphone.call')}</Button>;
}

/** Takes a number, or finds somebody by his name. */
function NumberField({ label, onPick, onClose }: { label: string; onPick: (number: string, name: string) => void; onClose: () => void }) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 120);
  const [at, setAt] = useState(0);
  const people = useQuery({ queryKey: ['users', 'dial', q], queryFn: () => api.users({ q, limit: 6 }), enabled: q.length > 0, placeholderData: (old) => old });
  const outside = useQuery({ queryKey: ['contacts', 'dial', q], queryFn: () => api.contacts({ q, limit: 6 }), enabled: q.length > 1, placeholderData: (old) => old });
  const known = [...(q ? people.data?.items ?? [] : [])].filter((u) => u.extension);
  const number = /^[+*#\d][\d\s()*#./-]*$/.test(typed.trim()) && !known.some((u) => u.extension === typed.trim());
  const hits = [
    ...(number ? [{ id: 'number', number: typed.trim(), name: '', user: undefined as User | undefined }] : []),
    ...known.sort((a, b) => Number(b.extension === typed.trim()) - Number(a.extension === typed.trim())).map((u) => ({ id: u.id, number: u.extension ?? '', name: u.name, user: u as User | undefined })),
    ...(q.length > 1 ? outside.data?.items ?? [] : []).flatMap((c) => c.numbers.map((n) => ({ id: `${c.id}${n.number}`, number: n.number, name: c.name, user: undefined as User | undefined }))),
  ].slice(0, 6);
  useEffect(() => setAt(0), [typed]);
  const pick = (i: number) => {
    const hit = hits[i];
    if (hit) onPick(hit.number, hit.name);
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === 'ArrowDown') setAt((n) => Math.min(hits.length - 1, n + 1));
    else if (e.key === 'ArrowUp') setAt((n) => Math.max(0, n - 1));
    else if (e.key === 'Enter') pick(at);
    else if (e.key === 'Escape') onClose();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div className="dial">
      {hits.length > 0 && (
        <div className="dial-hits" id={id} role="listbox" aria-label={label}>
          {hits.map((h, i) => (
            <div key={h.id} id={`${id}-${i}`} role="option" aria-selected={i === at} className="palette-hit" onMouseMove={() => setAt(i)} onClick={() => pick(i)}>
              {h.user ? <Avatar id={h.user.id} name={h.user.name} photo={h.user.photo} size="s" /> : <PhoneIcon className="icon t3" aria-hidden />}
              <span className="grow trunc">{h.name || h.number}</span>
              {h.user?.presence && <Presence state={h.user.presence} />}
              {h.name && <span className="meta num">{h.number}</span>}
            </div>
          ))}
        </div>
      )}
      <input autoFocus className="dial-input" role="combobox" aria-expanded={hits.length > 0} aria-controls={id} aria-activedescendant={hits[at] ? `${id}-${at}` : undefined} aria-label={label} placeholder={t('webphone.number_hint')} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} onKeyDown={key} />
    </div>
  );
}

const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

function Keys({ call }: { call: CallView }) {
  const [typed, setTyped] = useState('');
  const press = (k: string) => {
    act('press', call.id, k);
    setTyped((s) => (s + k).slice(-24));
  };
  return (
    <div className="keypad" role="group" aria-label={t('webphone.keypad')} onKeyDown={(e) => { if (keypad.includes(e.key)) { e.preventDefault(); press(e.key); } }}>
      <output className="keypad-typed num">{typed || '\u00a0'}</output>
      {keypad.map((k, i) => <button key={k} type="button" data-autofocus={i === 0 || undefined} onClick={() => press(k)}>{k}</button>)}
    </div>
  );
}

/** Which microphone and which loudspeaker. */
function Devices() {
  const [list, setList] = useState<MediaDeviceInfo[]>([]);
  const [, again] = useState(0);
  useEffect(() => { void navigator.mediaDevices?.enumerateDevices().then(setList).catch(() => setList([])); }, []);
  const part = (kind: MediaDeviceKind, what: 'microphone' | 'speaker', now: string) => {
    const found = list.filter((d) => d.kind === kind && d.deviceId);
    if (found.length === 0) return null;
    return (
      <>
        <Menu.Label>{t(`webphone.${what}`)}</Menu.Label>
        {found.map((d, i) => (
          <Menu.Item key={d.deviceId} role="menuitemradio" aria-checked={now ? d.deviceId === now : i === 0} rightSection={(now ? d.deviceId === now : i === 0) ? '✓' : undefined} onClick={() => { choose(what, d.deviceId); again((n) => n + 1); }}>
            {d.label || t('webphone.device_n', { n: i + 1 })}
          </Menu.Item>
        ))}
      </>
    );
  };
  return <>{part('audioinput', 'microphone', microphone())}{part('audiooutput', 'speaker', speaker())}{list.length === 0 && <Menu.Label>{t('webphone.no_devices')}</Menu.Label>}</>;
}

function stateWord(c: CallView): string {
  if (c.moving === 'asked') return t('webphone.moving');
  if (c.moving === 'failed') return t('webphone.move_failed');
  if (c.hold) return t('webphone.on_hold');
  if (c.held) return t('webphone.held');
  if (c.state === 'ringing') return t('webphone.ringing');
  if (c.state === 'up') return t('webphone.talking');
  return t('webphone.connecting');
}

function Timer({ since }: { since: number }) {
  const now = useNow();
  return <span className="timer" role="timer">{clock(Math.max(0, Math.floor((now.getTime() - since) / 1000)))}</span>;
}

function Active({ call }: { call: CallView }) {
  const [part, setPart] = useState<'' | 'transfer' | 'keys'>('');
  const up = call.state === 'up';
  useEffect(() => {
    const press = (e: globalThis.KeyboardEvent) => {
      if (e.key === 'Escape' && e.shiftKey) {
        e.preventDefault();
        act('hangup', call.id);
        return;
      }
      if (!up || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || !singleKeys() || typing(e.target) || (e.target instanceof Element && e.target.closest('[data-list]'))) return;
      const work: Record<string, () => void> = {
        m: () => act('mute', call.id, !call.muted), h: () => act('hold', call.id, !call.hold), t: () => setPart('transfer'), k: () => setPart((p) => (p === 'keys' ? '' : 'keys')),
      };
      const deed = work[e.key.toLowerCase()];
      if (!deed || document.querySelector('[aria-modal="true"]')) return;
      e.preventDefault();
      deed();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [call, up]);
  return (
    <>
      <span className="strip-who"><span className="med trunc">{call.name || call.number || t('webphone.unknown')}</span><span className="meta trunc">{[call.name && call.number, stateWord(call)].filter(Boolean).join(' · ')}</span></span>
      {up && call.since > 0 && <Timer since={call.since} />}
      {part === 'transfer'
        ? <><NumberField label={t('webphone.transfer_to')} onPick={(n) => { act('transfer', call.id, n); setPart(''); }} onClose={() => setPart('')} /><IconButton icon={X} label={t('ui.cancel')} onClick={() => setPart('')} /></>
        : (
          <span className="strip-deeds">
            {up && <Button icon={call.muted ? MicOff : Mic} aria-pressed={call.muted} title="M" onClick={() => act('mute', call.id, !call.muted)}><span>{t('webphone.mute')}</span></Button>}
            {up && <Button icon={call.hold ? Play : Pause} aria-pressed={call.hold} title="H" onClick={() => act('hold', call.id, !call.hold)}><span>{t('webphone.hold')}</span></Button>}
            {up && <Button icon={PhoneForwarded} title="T" onClick={() => setPart('transfer')}><span>{t('webphone.transfer')}</span></Button>}
            {up && (
              <Popover opened={part === 'keys'} onChange={(o) => setPart(o ? 'keys' : '')} position="top" trapFocus returnFocus withinPortal>
                <Popover.Target><Button icon={Grid3x3} title="K" aria-expanded={part === 'keys'} onClick={() => setPart(part === 'keys' ? '' : 'keys')}><span>{t('webphone.keypad')}</span></Button></Popover.Target>
                <Popover.Dropdown><Keys call={call} /></Popover.Dropdown>
              </Popover>
            )}
            <Menu position="top-end" withinPortal>
              <Menu.Target><IconButton kind="plain" icon={AudioLines} label={t('webphone.devices')} /></Menu.Target>
              <Menu.Dropdown><Devices /></Menu.Dropdown>
            </Menu>
            <Button kind="danger" icon={PhoneOff} title="Shift Esc" onClick={() => act('hangup', call.id)}><span>{t('webphone.hang_up')}</span></Button>
          </span>
        )}
    </>
  );
}

/** A call that comes in; it takes no focus away. */
function Card({ call, first }: { call: CallView; first: boolean }) {
  useEffect(() => {
    if (!first) return;
    const press = (e: globalThis.KeyboardEvent) => {
      if (!(e.ctrlKey || e.metaKey) || (e.key !== 'Enter' && !(e.shiftKey && e.key.toLowerCase() === 'd'))) return;
      e.preventDefault();
      act(e.key === 'Enter' ? 'answer' : 'hangup', call.id);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [call.id, first]);
  const who = call.name || call.number || t('webphone.unknown');
  return (
    <div className="ring-card" role="alertdialog" aria-label={t('webphone.incoming', { who })}>
      <div className="row g12"><span className="ring-icon"><PhoneIncoming className="icon l" aria-hidden /></span><span className="col grow"><span className="med trunc">{who}</span><span className="meta">{[call.name && call.number, t('webphone.calls_you')].filter(Boolean).join(' · ')}</span></span></div>
      <div className="row g8">
        <Button kind="primary" full icon={PhoneIcon} title="Ctrl Enter" busy={call.state === 'answering'} onClick={() => act('answer', call.id)}>{t('webphone.answer')}</Button>
        <Button full icon={PhoneOff} title="Ctrl Shift D" onClick={() => act('hangup', call.id)}>{t('webphone.decline')}</Button>
      </div>
    </div>
  );
}

/** Everything of the phone that stands in the frame around the pages. */
export function PhoneDock() {
  const me = useMe();
  useLineOf(me);
  const phone = usePhone();
  const [dialling, setDialling] = useState(false);
  useEffect(() => {
    const open = () => setDialling(true);
    asking.add(open);
    return () => { asking.delete(open); };
  }, []);
  const incoming = phone.calls.filter((c) => c.state === 'incoming' || c.state === 'answering');
  const running = phone.calls.filter((c) => !incoming.includes(c));
  const main = running.find((c) => !c.hold) ?? running[0];
  const others = running.filter((c) => c !== main);
  const trouble = phone.on && (phone.refusal || (phone.trouble ? t(`webphone.trouble_${phone.trouble}`) : phone.line === 'lost' && main ? t('webphone.lost') : phone.line === 'refused' ? t('webphone.refused') : ''));
  return (
    <>
      {incoming.length > 0 && (
        <div className="ring-cards">
          {incoming.slice(0, 3).map((c, i) => <Card key={c.id} call={c} first={i === 0} />)}
          {incoming.length > 3 && <span className="chip">{t('webphone.more', { n: incoming.length - 3 })}</span>}
        </div>
      )}
      {(main || dialling || (trouble && incoming.length > 0)) && (
        <section className="strip" aria-label={t('webphone.title')}>
          {trouble && <span className="strip-trouble" role="alert">{trouble}</span>}
          {others.map((c) => <button key={c.id} type="button" className="chip strip-other" onClick={() => act('hold', c.id, false)}><Pause className="icon xs" aria-hidden /><span className="trunc">{c.name || c.number}</span></button>)}
          {main && <Active key={main.id} call={main} />}
          {dialling && !main && (
            <>
              <span className="strip-who"><span className="med">{t('webphone.call')}</span><span className="meta trunc">{phone.on && phone.line === 'ready' ? t('webphone.ready') : t('webphone.first_use')}</span></span>
              <NumberField label={t('webphone.number')} onPick={(n, name) => { dial(me.user.id, n, name); setDialling(false); }} onClose={() => setDialling(false)} />
              <IconButton icon={X} label={t('ui.close')} onClick={() => setDialling(false)} />
            </>
          )}
        </section>
      )}
    </>
  );
}
