/** The phone in the web app: the strip of the call at the bottom, the card of a call that comes in, the field to call from. */
import { Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, AudioLines, Check, ChevronDown, Circle, CirclePause, Ear, Grid3x3, Merge, Mic, MicOff, Pause, Phone as PhoneIcon, PhoneForwarded, PhoneIncoming, PhoneMissed, PhoneOff, Play, SquareParking, Users, Volume2, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { api, type Call, type LiveCall, type Me, type User } from '../api';
import { clock, count, stamp } from '../format';
import { singleKeys, typing } from '../keys';
import { act, choose, forget, isWanted, microphone, onTurn, ringer, ringVolume, type Shown, speaker, start, turn, usePhone, volume } from '../phone/line';
import { begin, chooseFrom, hasOthers, hasPhone, linked, mayCall, onDial, openDial, useFrom } from '../phone/place';
import type { CallView } from '../phone/talk';
import { useMe, useSession } from '../session';
import { Button, IconButton } from '../ui/button';
import { Menu, Popover } from '../ui/filter';
import { Avatar, Presence } from '../ui/person';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { OneWay, partyName, Said } from './call';
import { matched } from './desk';
import { useParks } from './forwarding';
import { priceWord, useMeaning } from './meaning';
import { useNow } from './now';
import { Taped } from './taped';

const useWanted = (user: string): boolean => useSyncExternalStore(onTurn, () => isWanted(user));

/** Keeps this browser a phone while somebody is signed in who wants that. */
function useLineOf(me: Me): void {
  const on = useWanted(me.user.id) && hasPhone(me);
  useEffect(() => (on ? start(me.user.id) : undefined), [on, me.user.id]);
}

/** The switch of the personal menu. */
export function PhoneItems() {
  const me = useMe();
  const on = useWanted(me.user.id);
  if (!mayCall(me)) return null;
  return (
    <>
      <Menu.Label>{t('webphone.title')}</Menu.Label>
      {hasPhone(me) && <Menu.CheckboxItem checked={on} onChange={(next) => turn(me.user.id, next)} checkIcon={<Check className="icon xs" />}>{t('webphone.ring_here')}</Menu.CheckboxItem>}
      <Menu.Item leftSection={<PhoneIcon className="icon" />} onClick={() => openDial()}>{t('webphone.call')}</Menu.Item>
    </>
  );
}

/** Calls a person from wherever he is shown. */
export function CallButton({ user, small }: { user: User; small?: boolean }) {
  const me = useMe();
  if (!mayCall(me) || !user.extension || user.id === me.user.id || user.state === 'suspended') return null;
  return <Button small={small} icon={PhoneIcon} onClick={() => begin(me, user.extension ?? '', user.name)}>{t('webphone.call')}</Button>;
}

function Meaning({ of }: { of: string }) {
  const w = useMeaning(of).data;
  if (!w || w.to !== of || w.code === 'inside') return null;
  return <span className={w.ok ? 'meta trunc' : 'meta trunc danger'} title={w.ok ? undefined : w.verdict}>{[w.where, priceWord(w.price), w.ok ? '' : w.verdict].filter(Boolean).join(' · ')}</span>;
}

type Hit = { id: string; number: string; name: string; user?: User; past?: Call };

/** With whom one spoke last, or did not: the newest call with each, and the number that was dialled last. */
function useRecent(me: Me, wanted: boolean): { hits: Hit[]; dialled: string } {
  const mine = me.user.id;
  const calls = useQuery({ queryKey: ['calls', 'recent', mine], queryFn: () => api.calls({ user: mine, limit: 20, sort: '-started' }), enabled: wanted && Boolean(me.rights['call.detail']), gcTime: 0 }); // what was last when the field stood there before is not what is last now
  const all = wanted ? calls.data?.items ?? [] : [];
  const hits: Hit[] = [];
  for (const c of all) {
    const out = c.from.user === mine;
    const other = out ? c.to : c.from;
    const number = out ? c.dialled || other.number : other.number;
    if (number && other.user !== mine && !hits.some((h) => h.number === number)) hits.push({ id: c.id, number, name: other.name ?? '', past: c });
  }
  return { hits: hits.slice(0, 6), dialled: all.find((c) => c.from.user === mine && c.dialled)?.dialled ?? '' };
}

function Past({ call, me }: { call: Call; me: string }) {
  const out = call.from.user === me;
  const Icon = out ? ArrowUpRight : call.answered ? ArrowDownLeft : PhoneMissed;
  const label = out ? t('call.outgoing') : call.answered ? t('call.incoming') : t('call.missed');
  return <Icon className={`icon ${!out && !call.answered ? 'danger' : 't3'}`} role="img" aria-label={label} />;
}

/** Takes a number, or finds somebody by his name. */
function NumberField({ label, start = '', means, onPick, onClose }: { label: string; start?: string; means?: boolean; onPick: (number: string, name: string, first: boolean) => void; onClose: () => void }) {
  const id = useId();
  const me = useOwner();
  const [typed, setTyped] = useState(start);
  const [q] = useDebouncedValue(typed.trim(), 120);
  const [at, setAt] = useState(start ? 0 : -1);
  const people = useQuery({ queryKey: ['users', 'dial', q], queryFn: () => api.users({ q, limit: 6 }), enabled: q.length > 0, placeholderData: (old) => old });
  const outside = useQuery({ queryKey: ['contacts', 'dial', q], queryFn: () => api.contacts({ q, limit: 6 }), enabled: q.length > 1, placeholderData: (old) => old });
  const known = [...(q ? people.data?.items ?? [] : [])].filter((u) => u.extension);
  const number = /^[+*#\d][\d\s()*#./-]*$/.test(typed.trim()) && !known.some((u) => u.extension === typed.trim());
  const recent = useRecent(me, Boolean(means) && !typed.trim());
  const hits: Hit[] = !typed.trim() ? recent.hits : [
    ...(number ? [{ id: 'number', number: typed.trim(), name: '' }] : []),
    ...known.sort((a, b) => Number(b.extension === typed.trim()) - Number(a.extension === typed.trim())).map((u) => ({ id: u.id, number: u.extension ?? '', name: u.name, user: u })),
    ...(q.length > 1 ? outside.data?.items ?? [] : []).flatMap((c) => c.numbers.map((n) => ({ id: `${c.id}${n.number}`, number: n.number, name: c.name }))),
  ].slice(0, 6);
  useEffect(() => setAt(typed.trim() ? 0 : -1), [typed]); // nobody is called again by a key too many
  const pick = (i: number, first = false) => {
    const hit = hits[i];
    if (hit) onPick(hit.number, hit.name, first);
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === 'ArrowDown') setAt((n) => Math.min(hits.length - 1, n + 1));
    else if (e.key === 'ArrowUp') setAt((n) => Math.max(typed.trim() ? 0 : -1, n - 1));
    else if (e.key === 'Enter' && at < 0) setTyped(recent.dialled);
    else if (e.key === 'Enter') pick(at, e.altKey);
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
              {h.past ? <Past call={h.past} me={me.user.id} /> : h.user ? <Avatar id={h.user.id} name={h.user.name} photo={h.user.photo} size="s" /> : <PhoneIcon className="icon t3" aria-hidden />}
              <span className={h.name ? 'grow trunc' : 'grow nowrap num'}>{h.name || h.number}</span>
              {means && !h.user && i === at && <Meaning of={h.number} />}
              {h.user?.presence && <Presence state={h.user.presence} />}
              {h.name && <span className="meta num">{h.number}</span>}
              {h.past && <span className="meta nowrap">{stamp(h.past.started)}</span>}
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

/** Which microphone, which loudspeaker to hear by, and which one that rings. */
function Devices() {
  const [list, setList] = useState<MediaDeviceInfo[]>([]);
  const [, again] = useState(0);
  useEffect(() => {
    const look = () => void navigator.mediaDevices?.enumerateDevices().then(setList).catch(() => setList([]));
    look();
    navigator.mediaDevices?.addEventListener('devicechange', look);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', look);
  }, []);
  const part = (kind: MediaDeviceKind, what: 'microphone' | 'speaker' | 'ringer', now: string) => {
    const found = list.filter((d) => d.kind === kind && d.deviceId);
    if (found.length === 0) return null;
    return (
      <>
        <Menu.Label>{t(`webphone.${what}`)}</Menu.Label>
        <Menu.RadioGroup value={found.some((d) => d.deviceId === now) ? now : (found[0]?.deviceId ?? '')} onChange={(id) => { choose(what, id); again((n) => n + 1); }}>
          {found.map((d, i) => <Menu.RadioItem key={d.deviceId} value={d.deviceId} checkIcon={<Check className="icon xs" />}>{d.label || t('webphone.device_n', { n: i + 1 })}</Menu.RadioItem>)}
        </Menu.RadioGroup>
      </>
    );
  };
  return (
    <>
      {part('audioinput', 'microphone', microphone())}
      {part('audiooutput', 'speaker', speaker())}
      <Loudness label={t('webphone.volume')} what="volume" now={volume()} chosen={() => again((n) => n + 1)} />
      {part('audiooutput', 'ringer', ringer())}
      <Loudness label={t('webphone.ring_volume')} what="ring_volume" now={ringVolume()} chosen={() => again((n) => n + 1)} />
      {list.length === 0 ? <Menu.Label>{t('webphone.no_devices')}</Menu.Label> : list.every((d) => !d.deviceId) && <Menu.Label>{t('webphone.devices_later')}</Menu.Label>}
      <Echo />
    </>
  );
}

const steps = [100, 75, 50, 25, 10];

function Loudness({ label, what, now, chosen }: { label: string; what: 'volume' | 'ring_volume'; now: number; chosen: () => void }) {
  const at = steps.find((p) => now * 100 >= p) ?? 10;
  return (
    <Menu.Sub position="left-end">
      <Menu.Sub.Target><Menu.Sub.Item leftSection={<Volume2 className="icon" />}>{label} · {at} %</Menu.Sub.Item></Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        <Menu.RadioGroup value={String(at)} onChange={(v) => { choose(what, String(Number(v) / 100)); chosen(); }}>
          {steps.map((p) => <Menu.RadioItem key={p} value={String(p)} checkIcon={<Check className="icon xs" />}>{p} %</Menu.RadioItem>)}
        </Menu.RadioGroup>
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}

/** Calls the service that lets one hear oneself, where the office has a code for it and nobody is spoken with. */
function Echo() {
  const me = useOwner();
  const phone = usePhone();
  const codes = useQuery({ queryKey: ['codes'], queryFn: () => api.codes(), staleTime: 60_000 });
  const code = codes.data?.codes.find((c) => c.action === 'echo')?.code;
  if (!code || phone.calls.length > 0) return null;
  return <Menu.Item leftSection={<Ear className="icon" />} rightSection={<kbd>{code}</kbd>} onClick={() => begin(me, code, t('code.do.echo'))}>{t('webphone.hear_yourself')}</Menu.Item>;
}

function DevicesButton() {
  return (
    <Menu position="top-end" withinPortal>
      <Menu.Target><IconButton kind="plain" icon={AudioLines} label={t('webphone.devices')} /></Menu.Target>
      <Menu.Dropdown className="devices"><Devices /></Menu.Dropdown>
    </Menu>
  );
}

function stateWord(c: CallView): string {
  if (c.moving === 'asked') return t('webphone.moving');
  if (c.moving === 'failed') return t('webphone.move_failed');
  if (c.joined) return t('webphone.joined');
  if (c.hold) return t('webphone.on_hold');
  if (c.held) return t('webphone.held');
  if (c.state === 'ringing') return t('webphone.ringing');
  if (c.state === 'up') return t('webphone.talking');
  return t('webphone.connecting');
}

/** How the call sounds: bars, and the same in words. */
function Bars({ quality: q }: { quality: CallView['quality'] }) {
  if (q.bars === 0) return null;
  const words = `${t(`webphone.quality_${q.bars}`)} · ${t('webphone.quality_figures', { loss: count(Math.round(q.loss * 1000) / 10), delay: q.delay })}`;
  return (
    <Tooltip label={words}>
      <svg className={`strip-bars q${q.bars}`} viewBox="0 0 16 14" role="img" aria-label={words} tabIndex={0}>
        {[5, 9, 13].map((h, i) => <rect key={h} x={i * 5.5} y={14 - h} width="4" height={h} rx="1" className={i < q.bars ? 'on' : ''} />)}
      </svg>
    </Tooltip>
  );
}

/** What keeps the two from hearing each other, as far as this browser can tell. */
function hearing(c: CallView): string {
  if (c.quality.silent) return t('webphone.mic_silent');
  return c.quality.deaf ? t('webphone.nothing_heard') : '';
}

function Timer({ since }: { since: number }) {
  const now = useNow();
  return <span className="timer" role="timer">{clock(Math.max(0, Math.floor((now.getTime() - since) / 1000)))}</span>;
}

/** Whose phone this is. The phone still tells its end when the session has ended, before the page is left: it is about him then, too. */
function useOwner(): Me {
  const me = useSession().data;
  const last = useRef(me);
  if (me) last.current = me;
  if (!last.current) throw new Error('a phone without a session');
  return last.current;
}

/** The calls of the server behind those of this browser. */
export function useOwnCalls(): Map<string, LiveCall> {
  const me = useOwner();
  const { calls } = usePhone();
  const live = useQuery({ queryKey: ['live'], queryFn: api.live, enabled: calls.length > 0 && Boolean(me.rights['call.see']) });
  return matched(live.data?.items ?? [], calls, me.user.id);
}

/** The call of others in which this person takes part, where that is what a call of this browser is for. */
function useWatched(call: CallView): LiveCall | undefined {
  const me = useOwner();
  const live = useQuery({ queryKey: ['live'], queryFn: api.live, enabled: Boolean(me.rights['call.see']) });
  return call.number === me.user.extension || call.number.startsWith('*') ? live.data?.items.find((c) => c.watching) : undefined;
}

/** What whoever calls wrote, if he came by a Talk link. */
function useVisitor(call: CallView): LiveCall['visitor'] {
  const own = useOwnCalls().get(call.id);
  const live = useQuery({ queryKey: ['live'], queryFn: api.live, enabled: false });
  return own?.visitor ?? live.data?.items.find((c) => c.visitor && c.phase === 'ringing' && c.from.name === call.name)?.visitor;
}

/** Takes a call of somebody else, or a parked one, to this person's phones; this browser answers by itself. */
export function takeHere(work: Promise<unknown>, said: string): void {
  act('expect');
  void work.then(() => toast({ text: said }), (e: unknown) => toast(failed(e)));
}

type Tool = { id: string; icon: typeof Mic; key: string; label: string; on?: boolean; main?: boolean; locked?: string; why?: { right: string; over: { kind: string; id: string } }; run: () => void };

/** What the keys do with the call in hand. There is one listener, and one call that it is about. */
let hand: { call: string; tools: Tool[]; chord: boolean } | undefined;
function useHand(call: string, tools: Tool[], card = false): void {
  useLayoutEffect(() => {
    hand = { call, tools, chord: card };
    return () => { if (hand?.call === call) hand = undefined; };
  });
}

function pressed(e: globalThis.KeyboardEvent): void {
  if (!hand || e.defaultPrevented || e.ctrlKey || e.metaKey) return;
  if (e.key === 'Escape' && e.shiftKey) {
    e.preventDefault();
    act('hangup', hand.call);
    return;
  }
  const alone = !typing(e.target) && !e.altKey && singleKeys() && !(e.target instanceof Element && e.target.closest('[data-list]'));
  if (!alone && !(e.altKey && hand.chord)) return;
  const tool = hand.tools.find((x) => x.key === e.key.toUpperCase() && !x.locked);
  if (!tool || document.querySelector('[aria-modal="true"]')) return;
  e.preventDefault();
  tool.run();
}

/** Everything that can be done with the call in hand, by button and by key. */
export function Active({ call, others, card }: { call: CallView; others: CallView[]; card?: boolean }) {
  const me = useOwner();
  const [part, setPart] = useState<'' | 'transfer' | 'keys'>('');
  const own = useOwnCalls().get(call.id);
  const parks = useParks().data?.items.length ?? 0;
  const up = call.state === 'up';
  const watched = useWatched(call);
  const known = watched ? t('watch.title', { from: partyName(watched.from), to: partyName(watched.to) }) : call.name || (own?.from.user === me.user.id ? own?.to : own?.from)?.name || call.number; // whoever types an extension quickly has no name yet
  const first = others.find((c) => c.id === call.consults);
  const waits = others.filter((c) => c.state === 'up');
  const park = () => { if (own) void api.parkCall(own.id, me.user.id).then(() => toast({ text: t('live.parked') }), (e: unknown) => toast(failed(e))); };
  const taped = own?.recording;
  const tape = (what: 'start' | 'pause' | 'resume', said: string) => { if (own) void api.recordCall(own.id, what).then(() => toast({ text: said }), (e: unknown) => toast(failed(e))); };
  const taping = {
    on: { icon: CirclePause, label: t('webphone.record_pause'), run: () => tape('pause', t('live.record_paused')) },
    paused: { icon: Circle, label: t('webphone.record_resume'), run: () => tape('resume', t('live.record_resumed')) },
    none: { icon: Circle, label: t('webphone.record'), run: () => tape('start', t('live.record_begins')) },
  };
  const tools: Tool[] = [
    ...(first ? [{ id: 'connect', icon: Merge, key: 'Y', label: t('webphone.connect'), main: true, run: () => act('complete', call.id) }] : []),
    ...(up && waits.length > 0 && !call.joined ? [
      { id: 'swap', icon: ArrowLeftRight, key: 'S', label: t('webphone.swap'), run: () => act('hold', waits[0]?.id ?? '', false) },
      { id: 'join', icon: Users, key: 'J', label: t('webphone.join'), run: () => act('join') },
    ] : []),
    ...(up && own?.one_way && own.to.user === me.user.id ? [{ id: 'heard', icon: Mic, key: 'O', label: t('webphone.be_heard'), main: true, run: () => act('press', call.id, '0') }] : []),
    ...(up ? [
      { id: 'mute', icon: call.muted ? MicOff : Mic, key: 'M', label: t('webphone.mute'), on: call.muted, run: () => act('mute', call.id, !call.muted) },
      { id: 'hold', icon: call.hold ? Play : Pause, key: 'H', label: t('webphone.hold'), on: call.hold, run: () => act('hold', call.id, !call.hold) },
      ...(card || first ? [] : [{ id: 'transfer', icon: PhoneForwarded, key: 'T', label: t('webphone.transfer'), run: () => setPart('transfer') }]),
      { id: 'keys', icon: Grid3x3, key: 'K', label: t('webphone.keypad'), on: part === 'keys', run: () => setPart((p) => (p === 'keys' ? '' : 'keys')) },
      ...(parks > 0 && own && !card && !first ? [{ id: 'park', icon: SquareParking, key: 'P', label: t('webphone.park'), run: park, ...(own.can.park ? {} : { locked: t('desk.may_not'), why: { right: 'call.park', over: { kind: 'call', id: own.id } } }) }] : []),
      ...(own?.can.record && taped !== 'asking' ? [{ id: 'record', key: 'R', ...taping[taped ?? 'none'] }] : []),
    ] : []),
  ];
  useHand(call.id, tools, card);
  const button = (x: Tool) => (
    <Button key={x.id} icon={x.icon} kind={x.main ? 'primary' : 'plain'} title={card ? `Alt ${x.key}` : x.key} aria-pressed={x.on} aria-expanded={x.id === 'keys' ? part === 'keys' : undefined} locked={x.locked} why={x.why} onClick={x.run}><span>{x.label}</span></Button>
  );
  return (
    <>
      <span className="strip-who"><span className="med trunc">{known || t('webphone.unknown')}</span><span className="meta trunc">{[!watched && known !== call.number && call.number, watched ? t(`watch.on.${watched.watching as 'listen'}`) : first ? t('webphone.asked_for', { who: first.name || first.number || t('webphone.unknown') }) : stateWord(call)].filter(Boolean).join(' · ')}</span></span>
      {taped && <Taped state={taped} resumes={own?.resumes} />}
      {up && call.since > 0 && <Timer since={call.since} />}
      {up && <Bars quality={call.quality} />}
      <OneWay call={up ? own : undefined} me={me.user.id} />
      {up && hearing(call) && <span className="one-way" role="status">{hearing(call)}</span>}
      {part === 'transfer'
        ? (
          <span className="row g8 grow">
            <NumberField label={t('webphone.transfer_to')} onPick={(n, name, ask) => { if (ask) act('consult', call.id, n, name); else act('transfer', call.id, n); setPart(''); }} onClose={() => setPart('')} />
            <span className="meta wide-only nowrap"><kbd>Enter</kbd> {t('webphone.transfer')} <kbd>Alt Enter</kbd> {t('desk.ask_first')}</span>
            <IconButton icon={X} label={t('ui.cancel')} onClick={() => setPart('')} />
          </span>
        )
        : (
          <span className="strip-deeds">
            {tools.map((x) => (x.id !== 'keys' ? button(x) : (
              <Popover key="keys" opened={part === 'keys'} onChange={(o) => setPart(o ? 'keys' : '')} position="top" trapFocus returnFocus withinPortal>
                <Popover.Target>{button(x)}</Popover.Target>
                <Popover.Dropdown><Keys call={call} /></Popover.Dropdown>
              </Popover>
            )))}
            <DevicesButton />
            <Button kind="danger" icon={PhoneOff} title="Shift Esc" onClick={() => act('hangup', call.id)}><span>{first ? t('webphone.back_to', { who: first.name || first.number || t('webphone.unknown') }) : t('webphone.hang_up')}</span></Button>
          </span>
        )}
    </>
  );
}

/** The calls that ring at colleagues and that this person may take. */
function Pickups({ done }: { done: () => void }) {
  const me = useOwner();
  const live = useQuery({ queryKey: ['live'], queryFn: api.live, enabled: Boolean(me.rights['call.see']) });
  const rings = (live.data?.items ?? []).filter((c) => c.can.pickup && c.to.user !== me.user.id).slice(0, 3);
  return rings.map((c) => <Button key={c.id} icon={PhoneIncoming} onClick={() => { takeHere(api.pickupCall(c.id), t('live.picked_up')); done(); }}>{t('webphone.pick_up_of', { from: partyName(c.from), to: c.queue || partyName(c.to) })}</Button>);
}

/** What went wrong, in words; nothing where all is well. */
function troubleWord(phone: Shown, talks: boolean): string {
  const { failed, trouble, line, refusal } = phone;
  if (trouble) return trouble === 'busy_line' && refusal ? refusal : t(`webphone.trouble_${trouble}`);
  if (line === 'lost' && talks) return t('webphone.lost');
  if (!failed) return '';
  const who = failed.name || failed.number;
  switch (failed.status) {
    case 486: case 600: return t('webphone.failed_busy', { who });
    case 404: case 484: case 604: return t('webphone.failed_unknown', { who });
    case 408: case 480: case 487: return failed.why || t('webphone.failed_no_answer', { who });
    case 603: return failed.why || t('webphone.failed_declined', { who });
    default: return failed.why || t('webphone.failed_other', { who });
  }
}

/** So long it says that nobody took a call; what is in the way of calls stays. */
const reading = 30_000;

/** Says why a call did not come about, and lets it be tried again. */
function TroubleLine({ phone, talks }: { phone: Shown; talks: boolean }) {
  const me = useOwner();
  const said = troubleWord(phone, talks);
  const { failed, trouble } = phone;
  const passes = Boolean(failed) && !trouble;
  useEffect(() => {
    if (!passes) return;
    const timer = setTimeout(forget, reading);
    return () => clearTimeout(timer);
  }, [passes, failed]);
  if (!said) return null;
  return (
    <span className="strip-trouble" role="alert">
      <span className="grow">{said}</span>
      {failed && <Button small icon={PhoneIcon} onClick={() => { forget(); begin(me, failed.number, failed.name); }}>{trouble ? t('webphone.try_again') : t('webphone.call_again')}</Button>}
      {(failed || trouble) && <IconButton small icon={X} label={t('ui.close')} onClick={forget} />}
    </span>
  );
}

/** Names who calls in the title of the tab, for those who look at another one. */
function useTitle(who: string | undefined): void {
  useEffect(() => {
    if (!who) return;
    const mark = `${t('webphone.incoming', { who })} – `;
    document.title = mark + document.title;
    return () => { if (document.title.startsWith(mark)) document.title = document.title.slice(mark.length); };
  }, [who]);
}

/** A call that comes in; it takes no focus away. */
function Card({ call, first, muted }: { call: CallView; first: boolean; muted: boolean }) {
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
  const queue = useOwnCalls().get(call.id)?.queue;
  const said = useVisitor(call);
  return (
    <div className="ring-card" role="alertdialog" aria-label={t('webphone.incoming', { who })}>
      <div className="row g12"><span className="ring-icon"><PhoneIncoming className="icon l" aria-hidden /></span><span className="col grow"><span className="med trunc">{who}</span><span className="meta">{[call.name && call.number, queue ? t('webphone.calls_queue', { queue }) : t('webphone.calls_you')].filter(Boolean).join(' · ')}</span>{first && muted && <span className="meta">{t('webphone.ring_muted')}</span>}</span></div>
      {said && <Said of={said} />}
      <div className="row g8">
        <Button kind="primary" full icon={PhoneIcon} title="Ctrl Enter" busy={call.state === 'answering'} onClick={() => act('answer', call.id)}>{t('webphone.answer')}</Button>
        <Button full icon={PhoneOff} title="Ctrl Shift D" onClick={() => act('hangup', call.id)}>{t('webphone.decline')}</Button>
      </div>
    </div>
  );
}

/** The call that is in hand: who is spoken with, before who waits. */
export const mainOf = (running: CallView[]): CallView | undefined => running.find((c) => !c.hold && !running.some((o) => o.consults === c.id)) ?? running.find((c) => !c.hold) ?? running[0];

/** The other calls: each can be taken back. */
export function Others({ calls }: { calls: CallView[] }) {
  return calls.map((c) => (
    <button key={c.id} type="button" className="chip strip-other" title={stateWord(c)} onClick={() => act('hold', c.id, false)}>
      {c.joined ? <Users className="icon xs" aria-hidden /> : <Pause className="icon xs" aria-hidden />}<span className="trunc">{c.name || c.number || t('webphone.unknown')}</span>
    </button>
  ));
}

const capital = (words: string): string => words.charAt(0).toLocaleUpperCase() + words.slice(1);

/** Where a call begins that is made here, and the choice of it. */
function From() {
  const me = useOwner();
  const phone = usePhone();
  const from = useFrom(me);
  const devices = useQuery({ queryKey: ['devices', me.user.id], queryFn: () => api.devices(me.user.id), enabled: hasOthers(me) });
  const others = devices.data?.items.filter((d) => d.registered && d.kind !== 'browser') ?? [];
  const names: Record<string, string> = { here: t('webphone.from_here'), all: t('webphone.from_all'), ...Object.fromEntries(others.map((d) => [d.id, d.name])) };
  const ways = [...(hasPhone(me) ? ['here'] : []), ...(others.length > 1 || from === 'all' ? ['all'] : []), ...others.map((d) => d.id)];
  const now = names[from] ? from : 'all';
  const told = now !== 'here' ? t('webphone.there') : phone.on && phone.line === 'ready' ? t('webphone.ready') : t('webphone.first_use');
  return (
    <span className="strip-who">
      {ways.length < 2 ? <span className="med">{t('webphone.call')}</span> : (
        <Menu withinPortal position="top-start" withInitialFocusPlaceholder={false}>
          <Menu.Target><button type="button" className="strip-from"><span className="trunc">{t('webphone.call_from', { phone: names[now] ?? '' })}</span><ChevronDown className="icon xs" aria-hidden /></button></Menu.Target>
          <Menu.Dropdown>
            <Menu.RadioGroup value={now} onChange={(w) => chooseFrom(me, w)}>
              {ways.map((w) => <Menu.RadioItem key={w} value={w} checkIcon={<Check className="icon xs" />}>{capital(names[w] ?? '')}</Menu.RadioItem>)}
            </Menu.RadioGroup>
          </Menu.Dropdown>
        </Menu>
      )}
      <span className="meta trunc">{told}</span>
    </span>
  );
}

/** Everything of the phone that stands in the frame around the pages. */
export function PhoneDock() {
  const me = useOwner();
  useLineOf(me);
  const phone = usePhone();
  const onDesk = useLocation().pathname === '/switchboard'; // which has a place of its own for the call
  const [dialling, setDialling] = useState<{ number: string; id: number }>();
  const go = useNavigate();
  const link = new URLSearchParams(useLocation().search).get('dial'); // a click on a number elsewhere: it calls nobody by itself
  useEffect(() => {
    if (link === null) return;
    void go(location.pathname, { replace: true });
    if (mayCall(me)) setDialling({ number: linked(link), id: Date.now() });
  }, [link, go, me]);
  useEffect(() => {
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
  useEffect(() => {
    return onDial((number) => setDialling({ number, id: Date.now() }));
  }, []);
  const incoming = phone.calls.filter((c) => c.state === 'incoming' || c.state === 'answering');
  const running = phone.calls.filter((c) => !incoming.includes(c));
  const main = mainOf(running);
  const others = running.filter((c) => c !== main);
  useTitle(incoming[0] && (incoming[0].name || incoming[0].number || t('webphone.unknown')));
  const trouble = phone.on && (troubleWord(phone, Boolean(main)) || (dialling && phone.line === 'refused'));
  return (
    <>
      {incoming.length > 0 && (
        <div className="ring-cards">
          {incoming.slice(0, 3).map((c, i) => <Card key={c.id} call={c} first={i === 0} muted={phone.muted} />)}
          {incoming.length > 3 && <span className="chip">{t('webphone.more', { n: incoming.length - 3 })}</span>}
        </div>
      )}
      {((main && !onDesk) || dialling || trouble) && (
        <section className="strip" aria-label={t('webphone.title')}>
          {trouble && (dialling && phone.line === 'refused' && !phone.trouble ? <span className="strip-trouble" role="alert">{phone.refusal || t('webphone.refused')}</span> : <TroubleLine phone={phone} talks={Boolean(main)} />)}
          {!onDesk && <Others calls={others} />}
          {main && !onDesk && !dialling && <Active key={main.id} call={main} others={others} />}
          {dialling && (
            <>
              <From />
              <NumberField key={dialling.id} start={dialling.number} means label={t('webphone.number')} onPick={(n, name) => { begin(me, n, name); setDialling(undefined); }} onClose={() => setDialling(undefined)} />
              <Pickups done={() => setDialling(undefined)} />
              {hasPhone(me) && <DevicesButton />}
              <IconButton icon={X} label={t('ui.close')} onClick={() => setDialling(undefined)} />
            </>
          )}
        </section>
      )}
    </>
  );
}
