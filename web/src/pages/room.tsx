/** Conference rooms: who is there now and who speaks, and what hosts do. */
import { useQueryClient } from '@tanstack/react-query';
import { Circle, CirclePause, CircleStop, Dices, LockKeyhole, LockKeyholeOpen, Mic, MicOff, PhoneOff, Plus, Settings2, Trash2, UserPlus, UserX, Users, Volume2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Place, type Room, type RoomPerson } from '../api';
import { clock } from '../format';
import { PartyText, partyName } from '../parts/call';
import { isWhole, PlaceEditor, plain, useRooms } from '../parts/forwarding';
import { useNow } from '../parts/now';
import { useAddress, useGroups } from '../parts/query';
import { byName } from '../parts/words';
import { Taped } from '../parts/taped';
import { can, useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { Confirm, FormDialog, Side } from '../ui/dialog';
import { Pick, Text, Toggle, useForm } from '../ui/form';
import { Avatar } from '../ui/person';
import { Card, Sheet } from '../ui/sheet';
import { Empty, failed, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

/** Nine digits that nobody guesses, as rooms want them to which callers from outside come. */
const longPIN = () => [...crypto.getRandomValues(new Uint32Array(9))].map((n) => n % 10).join('');

function Edit({ room, onClose }: { room?: Room; onClose: () => void }) {
  const cache = useQueryClient();
  const groups = byName(useGroups().data?.items ?? []);
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['rooms', 'audit'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
  const first = {
    name: room?.name ?? '', extension: room?.extension ?? '', group: room?.group ?? '', pin: room?.pin ?? '', host_pin: room?.host_pin ?? '', most: String(room?.seats ?? 25),
    arrivals: room?.names ? 'names' : room?.quiet ? 'quiet' : 'tones', wait: room?.wait ?? false, ends: room?.ends ?? false,
  };
  const form = useForm(first, async (v) => {
    const body = {
      name: v.name, group: v.group, pin: v.pin, host_pin: v.host_pin, most: Number(v.most), wait: v.wait, ends: v.ends, names: v.arrivals === 'names', quiet: v.arrivals === 'quiet',
      extension: !room && v.extension === '' ? undefined : v.extension,
    };
    if (room) await api.editRoom(room.id, { ...body, revision: room.revision });
    else await api.addRoom(body);
    await refresh();
    toast({ text: t('room.saved', { name: v.name }) });
    onClose();
  });
  const arrivals = (['tones', 'names', 'quiet'] as const).map((value) => ({ value, label: t(`room.arrivals.${value}`) }));
  return (
    <Side title={room?.name ?? t('room.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{room && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('room.delete')}</Button></span>}</>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'extension', 'group', 'pin', 'host_pin', 'most', 'wait', 'ends', 'names']} />
        <Text form={form} name="name" label={t('field.name')} focus />
        <Text form={form} name="extension" label={t('field.extension')} hint={t('room.extension_hint')} />
        <Text form={form} name="pin" label={t('room.pin')} hint={t(room?.outside ? 'room.pin_hint_outside' : 'room.pin_hint')} auto="off" />
        <Text form={form} name="host_pin" label={t('room.host_pin')} hint={t('room.host_pin_hint')} auto="off" />
        <span><Button small icon={Dices} onClick={() => { form.set('pin', longPIN()); if (form.values.host_pin) form.set('host_pin', longPIN()); }}>{t('room.pin_propose')}</Button></span>
        <Toggle form={form} name="wait" label={t('room.wait')} hint={t('room.wait_hint')} />
        <Toggle form={form} name="ends" label={t('room.ends')} hint={t('room.ends_hint')} />
        <Pick form={form} name="arrivals" label={t('room.arrivals')} options={arrivals} />
        <Text form={form} name="most" type="number" label={t('room.most')} />
        <Pick form={form} name="group" label={t('ring.department')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />
      </div>
      {room && (
        <Confirm open={removing} danger title={t('room.delete_title', { name: room.name })} action={t('room.delete')} onClose={() => setRemoving(false)} run={async () => { const gone = await api.deleteRoom(room.id); await refresh(); toast({ text: gone.problems[0]?.text ?? t('room.deleted', { name: room.name }), lasting: gone.problems.length > 0 }); onClose(); }}>
          <p>{t('room.delete_hint')}</p>
        </Confirm>
      )}
    </Side>
  );
}

/** Calls somebody and brings him in. */
function Invite({ room, onClose }: { room: Room; onClose: () => void }) {
  const [to, setTo] = useState<Place>({ kind: 'user', id: '' });
  const form = useForm({}, async () => {
    await api.inviteToRoom(room.id, plain(to));
    toast({ text: t('room.invited', { name: to.name ?? to.number ?? '' }) });
    onClose();
  });
  const whom = to.kind === 'user' || to.kind === 'outside';
  return (
    <FormDialog title={t('room.invite_to', { name: room.name })} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy} locked={whom && isWhole(to) ? undefined : t('room.invite_choose')}>{t('room.invite')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <FormError error={form.error} fields={[]} />
        <p className="t2">{t('room.invite_hint')}</p>
        <PlaceEditor label={t('room.invite_whom')} value={to} onChange={setTo} only={['user', 'outside']} />
      </div>
    </FormDialog>
  );
}

/** One who is in the room, or waits for its host. */
function Person({ room, person, act }: { room: Room; person: RoomPerson; act: (work: Promise<unknown>, said?: string) => void }) {
  const now = useNow();
  const name = partyName(person.party);
  return (
    <li className="list-row" data-call={person.call} data-speaks={person.speaks}>
      <Avatar id={person.party.user ?? person.party.number ?? '?'} name={name} size="m" presence={person.speaks ? 'talking' : undefined} />
      <span className="grow col"><span className="med"><PartyText party={person.party} /></span><span className="meta">{person.waits ? t('room.waits') : person.host ? t('room.host') : t('room.guest')}</span></span>
      {person.speaks && <span className="chip acc wide-only"><Volume2 className="icon xs" aria-hidden />{t('room.speaks')}</span>}
      {person.muted && <span className="chip"><MicOff className="icon xs" aria-hidden />{t('room.muted')}</span>}
      <span className="timer" role="timer">{clock((now.getTime() - new Date(person.since).getTime()) / 1000)}</span>
      {!person.waits && <IconButton small icon={person.muted ? Mic : MicOff} label={t(person.muted ? 'room.unmute_of' : 'room.mute_of', { name })} onClick={() => act(api.muteInRoom(room.id, person.call, !person.muted))} />}
      <IconButton small icon={UserX} label={t('room.remove_of', { name })} onClick={() => act(api.removeFromRoom(room.id, person.call), t('room.removed', { name }))} />
    </li>
  );
}

/** Begins, pauses and ends the recording of what is said in the room. */
function Tape({ room, act }: { room: Room; act: (work: Promise<unknown>, said?: string) => void }) {
  const order = (what: 'start' | 'stop' | 'pause' | 'resume', said?: string) => act(api.recordRoom(room.id, what), said);
  if (!room.recording) return <Button small icon={Circle} onClick={() => order('start', t('room.record_begins'))}>{t('room.record')}</Button>;
  return (
    <>
      {room.recording === 'paused' ? <Button small icon={Circle} onClick={() => order('resume')}>{t('room.record_resume')}</Button> : <Button small icon={CirclePause} onClick={() => order('pause')}>{t('room.record_pause')}</Button>}
      <Button small icon={CircleStop} onClick={() => order('stop', t('room.record_stopped'))}>{t('room.record_stop')}</Button>
    </>
  );
}

function RoomCard({ room, onEdit }: { room: Room; onEdit: () => void }) {
  const cache = useQueryClient();
  const [inviting, setInviting] = useState(false);
  const [ending, setEnding] = useState(false);
  const act = (work: Promise<unknown>, said?: string) =>
    void work.then(() => { if (said) toast({ text: said }); return cache.invalidateQueries({ queryKey: ['rooms'] }); }, (e: unknown) => toast(failed(e)));
  const marks = [room.asks_pin && t('room.asks_pin'), room.wait && t('room.wait_short'), room.ends && t('room.ends_short'), room.group_name].filter(Boolean).join(' · ');
  const title = room.extension ? `${room.name} · ${room.extension}` : room.name;
  return (
    <Card title={title} note={room.locked || room.recording ? (
      <span className="row g4" aria-live="polite">
        {room.recording && <Taped state={room.recording} />}
        {room.locked && <span className="chip warn"><LockKeyhole className="icon xs" aria-hidden />{t('room.locked')}</span>}
      </span>
    ) : undefined} actions={(
      <span className="row g4">
        {room.moderate && <Button small icon={UserPlus} onClick={() => setInviting(true)}>{t('room.invite')}</Button>}
        {room.edit && <IconButton small icon={Settings2} label={t('room.edit', { name: room.name })} onClick={onEdit} />}
      </span>
    )}
    >
      {room.people.length > 0 ? <ul aria-live="polite">{room.people.map((p) => <Person key={p.call} room={room} person={p} act={act} />)}</ul>
        : <p className="list-row t3">{room.moderate ? t('room.nobody') : t('room.dial', { number: room.extension })}</p>}
      {room.moderate && room.people.length > 0 && (
        <div className="list-row wrap g8">
          <span className="grow meta">{t('room.count', { n: room.people.length, seats: room.seats })}</span>
          <Button small icon={room.hushed ? Mic : MicOff} onClick={() => act(api.hushRoom(room.id, !room.hushed))}>{t(room.hushed ? 'room.unmute_all' : 'room.mute_all')}</Button>
          <Button small icon={room.locked ? LockKeyholeOpen : LockKeyhole} onClick={() => act(api.lockRoom(room.id, !room.locked))}>{t(room.locked ? 'room.unlock' : 'room.lock')}</Button>
          {room.record && <Tape room={room} act={act} />}
          <Button small icon={PhoneOff} onClick={() => setEnding(true)}>{t('room.end')}</Button>
        </div>
      )}
      {room.record && !room.moderate && room.recording && <div className="list-row wrap g8"><Tape room={room} act={act} /></div>}
      {marks && <p className="meta card-foot">{marks}</p>}
      {inviting && <Invite room={room} onClose={() => setInviting(false)} />}
      <Confirm open={ending} danger title={t('room.end_title', { name: room.name })} action={t('room.end')} onClose={() => setEnding(false)} run={async () => { await api.closeRoom(room.id); await cache.invalidateQueries({ queryKey: ['rooms'] }); setEnding(false); }}>
        <p>{t('room.end_hint', { n: room.people.length })}</p>
      </Confirm>
    </Card>
  );
}

export default function RoomPage() {
  const me = useMe();
  const rooms = useRooms(3000);
  const { values, set } = useAddress();
  const close = () => set({ peek: undefined, add: undefined });
  const open = rooms.data?.items.find((r) => r.id === values.peek && r.edit);
  const side = values.add ? <Edit key="new" onClose={close} /> : open ? <Edit key={open.id + open.revision} room={open} onClose={close} /> : undefined;
  const add = can(me, 'queue.edit') ? <Button kind="primary" icon={Plus} onClick={() => set({ add: '1', peek: undefined })}>{t('room.add')}</Button> : undefined;
  return (
    <Sheet title={t('nav.rooms')} scope={t('room.lead')} actions={add} side={side}>
      <Loaded of={rooms}>
        {(list) => (list.items.length === 0 ? <Empty icon={Users} action={add}>{t('room.empty')}</Empty> : (
          <div className="col g16">{list.items.map((r) => <RoomCard key={r.id} room={r} onEdit={() => set({ peek: r.id, add: undefined })} />)}</div>
        ))}
      </Loaded>
    </Sheet>
  );
}
