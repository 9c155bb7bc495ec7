/** The parts of the switchboard: who waits, the tiles of people, the positions. */
import { CornerUpRight, Ellipsis, Phone as PhoneIcon, PhoneForwarded, PhoneIncoming, UserRoundSearch, Voicemail } from 'lucide-react';
import { type DragEvent, memo } from 'react';
import { useNavigate } from 'react-router';
import type { LiveCall, Park, Status, User } from '../api';
import { api } from '../api';
import { clock } from '../format';
import { Button, IconButton } from '../ui/button';
import { Menu } from '../ui/filter';
import { Avatar, Presence, presenceName } from '../ui/person';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { liveWord, OneWay, partyName } from './call';
import { otherOf } from './desk';
import { useNow } from './now';

/** What can be done with a person: with the call in hand or the one that is chosen, or without any. */
export type Way = 'straight' | 'ask' | 'voicemail' | 'pickup';
export type Aim = { kind: 'transfer' | 'divert'; call: LiveCall } | undefined;

const carried = 'application/x-tandem-call';

/** Makes something draggable that carries a call. */
const carries = (call: LiveCall) => ({ draggable: true, onDragStart: (e: DragEvent) => { e.dataTransfer.setData(carried, call.id); e.dataTransfer.effectAllowed = 'move'; } });

/** Takes a call that is dropped. */
const takes = (drop: (call: string) => void) => ({
  onDragOver: (e: DragEvent) => { if (e.dataTransfer.types.includes(carried)) { e.preventDefault(); e.currentTarget.setAttribute('data-over', ''); } },
  onDragLeave: (e: DragEvent) => e.currentTarget.removeAttribute('data-over'),
  onDrop: (e: DragEvent) => {
    e.preventDefault();
    e.currentTarget.removeAttribute('data-over');
    drop(e.dataTransfer.getData(carried));
  },
});

export function Since({ at, late }: { at: string; late?: number }) {
  const now = useNow();
  const s = Math.max(0, (now.getTime() - new Date(at).getTime()) / 1000);
  return <span className={`num med${late && s >= late ? ' warn' : ''}`} role="timer">{clock(s)}</span>;
}

/** A caller who waits. */
export function WaitingRow({ call, chosen, place, onChoose, onAnswer }: { call: LiveCall; chosen: boolean; place?: number; onChoose: () => void; onAnswer: () => void }) {
  const name = partyName(call.from);
  const where = call.queue ? `${call.queue} · ${t('desk.position', { n: place ?? 1 })}` : t('desk.for', { who: partyName(call.to) });
  const may = call.can.pickup || call.can.divert;
  return (
    <li className={`desk-wait${chosen ? ' cur' : ''}`} data-call={call.id} {...carries(call)}>
      <button type="button" className="desk-pick" aria-pressed={chosen} onClick={onChoose}>
        <span className="row"><span className="med trunc grow num">{name}</span><Since at={call.started} late={30} /></span>
        <span className="meta trunc num">{[call.from.number !== name && call.from.number, where].filter(Boolean).join(' · ')}</span>
      </button>
      {chosen && (
        <span className="row w g8">
          <Button small kind="primary" icon={PhoneIncoming} kbd="Enter" onClick={onAnswer}>{t('webphone.answer')}</Button>
          <Button small icon={CornerUpRight} locked={call.can.divert ? undefined : t('desk.may_not')} why={{ right: 'call.divert', over: { kind: 'call', id: call.id } }} onClick={() => document.querySelector<HTMLElement>('[data-search]')?.focus()}>{t('desk.send')}</Button>
        </span>
      )}
      {!chosen && !may && <span className="sr">{t('desk.may_not')}</span>}
    </li>
  );
}

/** What stands below a name: the number, and with whom or how the person is. */
function Line({ user, call }: { user: User; call?: LiveCall }) {
  const status = user.status;
  const busy = call && (user.presence === 'talking' || user.presence === 'ringing' || !user.presence);
  const says = busy ? t(call.phase === 'ringing' ? 'desk.rings' : 'desk.with', { who: partyName(otherOf(call, user.id)) }) : status?.message || (user.presence && user.presence !== 'available' ? presenceName(user.presence, status) : '');
  return (
    <span className="meta trunc num">
      {user.extension}{says && ` · ${says}`}
    </span>
  );
}

type TileProps = { user: User; call?: LiveCall; hit: boolean; aim?: NonNullable<Aim>['kind']; control: boolean; phone: boolean; onDo: (user: User, way: Way) => void; onDrop: (user: User, call: string) => void };

/** A person: presence, number, with whom; a click does what Enter does. */
export const Tile = memo(function Tile({ user, call, hit, aim, control, phone, onDo, onDrop }: TileProps) {
  const go = useNavigate();
  const statuses: Status['kind'][] = ['available', 'away', 'dnd'];
  const set = (status: Status['kind'] | 'auto') => void api.setStatus(user.id, { status }).then(() => toast({ text: t('desk.status_set', { name: user.name }) }), (e: unknown) => toast(failed(e)));
  const straight = aim === 'transfer' ? t('desk.transfer') : aim === 'divert' ? t('desk.divert') : t('webphone.call');
  return (
    <li className={`desk-tile${hit ? ' hit' : ''}`} id={`desk-${user.id}`} data-user={user.id} data-hit={hit || undefined} {...takes((id) => onDrop(user, id))}>
      <button type="button" className="desk-person" onClick={() => onDo(user, 'straight')} title={`${user.name} · ${straight}`}>
        <Avatar id={user.id} name={user.name} photo={user.photo} presence={user.presence} />
        <span className="col grow"><span className="med trunc">{user.name}</span><Line user={user} call={call} /></span>
        <span className="sr">{user.presence && presenceName(user.presence, user.status)}</span>
      </button>
      <Menu withinPortal position="bottom-end">
        <Menu.Target><IconButton small tabIndex={-1} icon={Ellipsis} label={t('desk.more_of', { name: user.name })} /></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={aim ? <PhoneForwarded className="icon" /> : <PhoneIcon className="icon" />} onClick={() => onDo(user, 'straight')}>{straight}</Menu.Item>
          {aim === 'transfer' && phone && <Menu.Item leftSection={<UserRoundSearch className="icon" />} onClick={() => onDo(user, 'ask')}>{t('desk.ask_first')}</Menu.Item>}
          {aim && <Menu.Item leftSection={<Voicemail className="icon" />} onClick={() => onDo(user, 'voicemail')}>{t('desk.voicemail')}</Menu.Item>}
          {call?.can.pickup && <Menu.Item leftSection={<PhoneIncoming className="icon" />} onClick={() => onDo(user, 'pickup')}>{t('live.pick_up')}</Menu.Item>}
          <Menu.Item onClick={() => void go(`/people/${user.id}`)}>{t('desk.open_person')}</Menu.Item>
          {control && <Menu.Label>{t('status.title')}</Menu.Label>}
          {control && statuses.map((s) => <Menu.Item key={s} leftSection={<Presence state={s} />} onClick={() => set(s)}>{presenceName(s)}</Menu.Item>)}
          {control && <Menu.Item onClick={() => set('auto')}>{t('status.auto')}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
});

/** The positions of the first rows: each free, or with who waits there. */
export function Positions({ parks, aim, onPark, onFetch }: { parks: Park[]; aim: Aim; onPark: (park: Park, position: string, call?: string) => void; onFetch: (call: LiveCall) => void }) {
  const all = parks.flatMap((park) => park.positions.map((position) => ({ park, position, call: park.parked.find((p) => p.position === position)?.call }))).slice(0, 9);
  if (all.length === 0) return null;
  return (
    <section className="col g8">
      <div className="row"><h2 className="label grow">{t('desk.parked')}</h2><span className="meta">{t('desk.park_keys')}</span></div>
      <ol className="col g6">
        {all.map(({ park, position, call }, i) => (
          <li key={position} className={`desk-slot${call ? '' : ' free'}`} data-position={position} {...(call ? carries(call) : takes((id) => onPark(park, position, id)))}>
            <span className={`chip small num${call ? ' acc' : ''}`}>{i + 1}</span>
            {call ? (
              <>
                <span className="col grow"><span className="med trunc">{partyName(call.from)}</span><span className="meta trunc">{[position, call.parked_by && t('park.by', { name: call.parked_by.name ?? t('place.somebody') })].filter(Boolean).join(' · ')}</span></span>
                <Since at={call.answered ?? call.started} />
                <Button small locked={call.can.fetch ? undefined : t('desk.may_not')} why={{ right: 'call.park', over: { kind: 'call', id: call.id } }} onClick={() => onFetch(call)}>{t('live.fetch')}</Button>
              </>
            ) : (
              <>
                <span className="grow meta num">{position} · {t('park.free')}</span>
                {aim?.kind === 'transfer' && aim.call.can.park && <Button small kind="quiet" onClick={() => onPark(park, position)}>{t('desk.park_here')}</Button>}
              </>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The own call as the server sees it, for who talks on a desk phone: what needs no microphone can be done from here. */
export function DeskCall({ call, me, onHangup }: { call: LiveCall; me: string; onHangup: () => void }) {
  const other = otherOf(call, me);
  const name = partyName(other);
  return (
    <div className="desk-call" {...carries(call)}>
      <div className="row g12">
        <Avatar id={other.user ?? other.number ?? '?'} name={name} size="m" />
        <span className="col grow"><span className="head trunc">{name}</span><span className="meta trunc num">{[other.number !== name && other.number, liveWord(call)].filter(Boolean).join(' · ')}</span></span>
        <Since at={call.answered ?? call.started} />
      </div>
      <OneWay call={call} me={me} />
      <Button full kind="danger" locked={call.can.hangup ? undefined : t('live.not_yours')} why={{ right: 'call.hangup', over: { kind: 'call', id: call.id } }} onClick={onHangup}>{t('webphone.hang_up')}</Button>
    </div>
  );
}

/** A call of this browser on the switchboard can be dragged like the others. */
export const carry = (call: LiveCall | undefined) => (call ? carries(call) : {});
