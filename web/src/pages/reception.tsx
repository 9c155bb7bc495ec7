/** The reception: who stays in which room until when, wake-up calls, housekeeping, check-in and check-out (G-019). */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ConciergeBell, LogIn, LogOut, MoonStar, Plus, Voicemail } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { api, type GuestRoom } from '../api';
import { languageName, stamp } from '../format';
import { useAddress, usePages } from '../parts/query';
import { Reminders } from '../parts/reminder';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { changed, languageOptions, Pick, Segment, Text, useForm } from '../ui/form';
import { SearchField } from '../ui/filter';
import { presenceName } from '../ui/person';
import { Sheet, Tabs } from '../ui/sheet';
import { Empty, failed, FormError, Loaded, NoMatch, Trouble } from '../ui/states';
import { type Column, Table } from '../ui/table';
import { toast } from '../ui/toast';
import { t } from '../words';

const cares = ['dirty', 'clean', 'inspected'] as const;
const diallings = ['house', 'country', 'group'] as const;
const views = ['', 'vacant', 'occupied', 'dirty', 'due'] as const;
const viewWord = (v: (typeof views)[number]) => ({ '': t('reception.state.all'), vacant: t('reception.vacant'), occupied: t('reception.occupied'), dirty: t('reception.care.dirty'), due: t('reception.state.due') })[v];

/** Everything that shows rooms or what their people are called. */
const useRefresh = () => {
  const cache = useQueryClient();
  return () => Promise.all(['guestrooms', 'users', 'user', 'reminders', 'session', 'audit'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
};

function Care({ room }: { room: GuestRoom }) {
  return <span className={`chip small${room.care === 'dirty' ? ' warn' : room.care === 'inspected' ? ' ok' : ''}`}>{t(`reception.care.${room.care}`)}</span>;
}

function Departure({ room }: { room: GuestRoom }) {
  if (!room.stay) return <span className="t3">–</span>;
  return <span className="row g6"><span className={room.stay.overdue ? 'danger' : ''}>{stamp(room.stay.until, new Date(), room.zone)}</span>{room.stay.overdue && <span className="chip small danger">{t('reception.overdue')}</span>}</span>;
}

function Wake({ room }: { room: GuestRoom }) {
  const { wake, missed } = room.left ?? {};
  if (missed) return <span className="danger trunc">{t('reminder.last.missed', { at: stamp(missed, new Date(), room.zone) })}</span>;
  return wake ? stamp(wake, new Date(), room.zone) : <span className="t3">–</span>;
}

const guestName = (r: GuestRoom) => r.stay?.guest ?? (r.occupied ? t('reception.occupied') : t('reception.vacant'));

function Guest({ room }: { room: GuestRoom }) {
  return (
    <span className="row g6">
      <span className={`trunc ${room.stay ? 'med' : 't3'}`}>{guestName(room)}</span>
      {room.stay?.language && <span className="meta">{languageName(room.stay.language)}</span>}
      {room.presence === 'dnd' && <MoonStar className="icon xs t3" role="img" aria-label={presenceName('dnd')} />}
    </span>
  );
}

/** What the next check-in or check-out clears, in words. */
function leftWords(room: GuestRoom): string[] {
  const l = room.left;
  if (!l) return [];
  return [
    l.new + l.old > 0 && t('reception.left.messages', { n: l.new + l.old }),
    l.reminders > 0 && t('reception.left.reminders', { n: l.reminders }),
    l.contacts > 0 && t('reception.left.contacts', { n: l.contacts }),
    l.speed > 0 && t('reception.left.speed'),
    l.status && t('reception.left.status'),
    l.rules && t('reception.left.rules'),
    l.greeting && t('reception.left.greeting'),
  ].filter((w) => typeof w === 'string');
}

/** Tomorrow at eleven, by the clock of the room. */
function usualDeparture(zone: string): string {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(Date.now() + 86_400_000));
  return `${day}T11:00`;
}

function StayForm({ room }: { room: GuestRoom }) {
  const refresh = useRefresh();
  const stay = room.stay;
  const form = useForm({ guest: stay?.guest ?? '', language: stay?.language ?? '', departure: stay?.departure ?? usualDeparture(room.zone), note: stay?.note ?? '', dialling: stay?.dialling ?? 'group' }, async (v, base) => {
    if (stay) await api.editStay(room.user, room.revision, changed(v, base));
    else await api.checkIn(room.user, room.revision, { ...v, language: v.language || undefined, note: v.note || undefined });
    await refresh();
    toast({ text: stay ? t('reception.saved') : t('reception.checked_in', { guest: v.guest }) });
  });
  const clears = stay ? [] : leftWords(room);
  // The room is loaded after its panel has opened, so the first field takes the focus itself.
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus(), []);
  return (
    <form ref={box} className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      {!stay && room.care === 'dirty' && <p className="warn">{t('reception.not_clean')}</p>}
      <Text form={form} name="guest" label={t('reception.guest')} focus={!stay} />
      <Pick form={form} name="language" label={t('reception.language')} options={languageOptions()} empty={t('reception.language_usual')} />
      <Text form={form} name="departure" type="datetime-local" label={t('reception.departure')} hint={t('reception.departure_hint', { zone: room.zone })} />
      <div className="col g8">
        <span className="label">{t('reception.dialling')}</span>
        <span className="row"><Segment label={t('reception.dialling')} value={form.values.dialling} sides={diallings.map((value) => ({ value, label: t(`reception.dialling.${value}`) }))} onChange={(to) => form.set('dialling', to as (typeof diallings)[number])} /></span>
        <span className="meta">{t('reception.dialling_hint')}</span>
        <span className="meta"><Link to={`/explain?tab=call&who=${room.user}`}>{t('reception.why')}</Link></span>
      </div>
      <Text form={form} name="note" label={t('reception.note')} optional />
      <FormError error={form.error} fields={['guest', 'language', 'departure', 'dialling', 'note']} />
      {clears.length > 0 && <div className="t2"><p>{t('reception.check_in_hint')}</p><ul className="bullets">{clears.map((w) => <li key={w}>{w}</li>)}</ul></div>}
      <div className="row"><Button kind={stay ? 'plain' : 'primary'} icon={stay ? undefined : LogIn} type="submit" busy={form.busy}>{stay ? t('ui.save') : t('reception.check_in')}</Button></div>
    </form>
  );
}

function CheckOut({ room }: { room: GuestRoom }) {
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const guest = room.stay?.guest ?? '';
  const run = async () => {
    await api.checkOut(room.user, room.revision);
    await refresh();
    toast({ text: t('reception.checked_out', { guest }) });
  };
  return (
    <>
      <Button icon={LogOut} onClick={() => setAsking(true)}>{t('reception.check_out')}</Button>
      <Confirm open={asking} title={t('reception.check_out_title', { guest })} action={t('reception.check_out')} onClose={() => setAsking(false)} run={run}>
        <p>{t('reception.check_out_hint', { extension: room.extension, name: room.name })}</p>
        <ul className="bullets">{[...leftWords(room), t('reception.left.always')].map((w) => <li key={w}>{w}</li>)}</ul>
        <p>{t('reception.kept')}</p>
      </Confirm>
    </>
  );
}

function Room({ id, onClose }: { id: string; onClose: () => void }) {
  const refresh = useRefresh();
  const asked = useQuery({ queryKey: ['guestrooms', id], queryFn: () => api.guestRoom(id) });
  const room = asked.data;
  const act = async (run: () => Promise<unknown>, said?: string) => {
    try {
      await run();
      await refresh();
      if (said) toast({ text: said });
    } catch (e) {
      toast(failed(e));
    }
  };
  const by = room?.stay?.by.name;
  const at = room?.stay && stamp(room.stay.from, new Date(), room.zone);
  return (
    <Side
      title={room ? `${room.extension} · ${room.name}` : t('ui.loading')}
      sub={room && (at ? (by ? t('reception.since', { at, name: by }) : t('reception.since_only', { at })) : guestName(room))}
      onClose={onClose}
      foot={room && (room.stay ? <CheckOut room={room} /> : room.can.remove && !room.occupied && <Button kind="quiet" onClick={() => void act(() => api.removeGuestRoom(room.user), t('reception.removed', { name: room.name })).then(onClose)}>{t('reception.remove')}</Button>)}
    >
      <Loaded of={asked}>
        {(r) => (
          <div className="col g24">
            {r.can.assign ? <StayForm key={r.stay?.from ?? ''} room={r} /> : <p className="t2">{t('reception.hidden')}</p>}
            <div className="col g8">
              <span className="label">{t('reception.care')}</span>
              <span className="row"><Segment label={t('reception.care')} value={r.care} sides={cares.map((c) => ({ value: c, label: t(`reception.care.${c}`), locked: r.can.assign ? undefined : t('reception.hidden'), why: { right: 'room.assign', over: { kind: 'user', id: r.user } } }))} onChange={(c) => void act(() => api.setHousekeeping(r.user, c as GuestRoom['care']))} /></span>
            </div>
            {r.can.status && (
              <div className="col g8">
                <span className="label">{t('user.presence')}</span>
                <span className="row"><Segment label={t('user.presence')} value={r.presence === 'dnd' ? 'dnd' : 'available'} sides={(['available', 'dnd'] as const).map((value) => ({ value, label: presenceName(value) }))} onChange={(to) => void act(() => api.setStatus(r.user, { status: to === 'dnd' ? 'dnd' : 'auto' }))} /></span>
              </div>
            )}
            {r.can.reminders && <Reminders user={r.user} />}
          </div>
        )}
      </Loaded>
    </Side>
  );
}

function Add({ onClose, made }: { onClose: () => void; made: (id: string) => void }) {
  const refresh = useRefresh();
  const people = useQuery({ queryKey: ['users', 'rooms'], queryFn: () => api.users({ sort: 'extension', limit: '500' }) });
  const rooms = useQuery({ queryKey: ['guestrooms', 'all'], queryFn: () => api.guestRooms({ limit: '500' }) });
  const taken = new Set(rooms.data?.items.map((r) => r.user));
  const free = (people.data?.items ?? []).filter((u) => u.extension && u.can.edit && !taken.has(u.id) && !u.office_roles?.length && (u.groups ?? []).every((g) => !g.role || g.role === 'user'));
  const form = useForm({ user: '' }, async (v) => {
    const room = await api.addGuestRoom(v.user);
    await refresh();
    toast({ text: t('reception.added', { name: room.name }) });
    made(v.user);
  });
  return (
    <Side title={t('reception.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy} locked={form.values.user ? undefined : t('forwarding.incomplete')}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['user']} />
        <Pick form={form} name="user" label={t('reception.add_whom')} hint={t('reception.add_hint')} options={free.map((u) => ({ value: u.id, label: `${u.extension} · ${u.name}` }))} searchable />
      </div>
    </Side>
  );
}

export default function ReceptionPage() {
  const me = useMe();
  const { values, set } = useAddress();
  const query = { q: values.q, state: values.state, sort: values.sort ?? 'extension' };
  const { rows, total, answer, more } = usePages(['guestrooms', 'list'], api.guestRooms, query);
  const free = useQuery({ queryKey: ['guestrooms', 'vacant'], queryFn: () => api.guestRooms({ state: 'vacant', limit: '1' }) });
  const all = useQuery({ queryKey: ['guestrooms', 'count'], queryFn: () => api.guestRooms({ limit: '1' }) });
  const filtered = Boolean(values.q || values.state);
  const makes = can(me, 'user.edit', 'group');
  const add = makes ? <Button kind={rows.length === 0 ? 'primary' : 'plain'} icon={Plus} onClick={() => set({ add: '1', peek: undefined })}>{t('reception.add')}</Button> : undefined;
  const columns: Column<GuestRoom>[] = [
    { id: 'room', head: t('reception.room'), width: 'minmax(120px,1fr)', sort: 'extension', cell: (r) => <span className="row g8"><span className="chip num">{r.extension}</span><span className="trunc">{r.name}</span></span> },
    { id: 'guest', head: t('reception.guest'), width: 'minmax(160px,1.4fr)', cell: (r) => <Guest room={r} /> },
    { id: 'departure', head: t('reception.departure'), width: 'minmax(150px,1fr)', sort: 'departure', cell: (r) => <Departure room={r} /> },
    { id: 'wake', head: t('reception.wake'), width: 'minmax(110px,.7fr)', priority: 2, cell: (r) => <Wake room={r} /> },
    { id: 'messages', head: t('reception.messages'), width: '100px', priority: 3, cell: (r) => (r.left?.new ? <span className="row g6"><Voicemail className="icon xs" aria-hidden />{r.left.new}</span> : <span className="t3">–</span>) },
    { id: 'care', head: t('reception.care'), width: 'minmax(120px,.7fr)', cell: (r) => <Care room={r} /> },
  ];
  const side = values.add ? <Add onClose={() => set({ add: undefined })} made={(peek) => set({ add: undefined, peek })} /> : values.peek ? <Room key={values.peek} id={values.peek} onClose={() => set({ peek: undefined })} /> : undefined;
  return (
    <Sheet
      title={t('nav.reception')}
      scope={all.data && free.data ? t('reception.lead', { n: all.data.total ?? 0, free: free.data.total ?? 0 }) : ' '}
      flush
      actions={add}
      tabs={<Tabs label={t('reception.room')} value={values.state ?? ''} onChange={(state) => set({ state: state || undefined })} tabs={views.map((v) => ({ id: v, label: viewWord(v) }))} />}
      bar={<SearchField label={t('reception.search')} value={values.q ?? ''} onChange={(q) => set({ q })} />}
      foot={<><kbd>j</kbd><kbd>k</kbd>{t('keys.move')}<kbd>Enter</kbd>{t('keys.peek')}</>}
      side={side}
    >
      {answer.error && !answer.data ? <Trouble error={answer.error} retry={() => void answer.refetch()} />
        : !answer.isPending && rows.length === 0 ? (filtered ? <NoMatch clear={() => set({ q: undefined, state: undefined })} /> : <Empty icon={ConciergeBell} action={add}>{makes ? t('reception.empty') : t('reception.empty_other')}</Empty>)
          : (
            <Table
              label={t('nav.reception')}
              rows={rows}
              columns={columns}
              id={(r) => r.user}
              name={(r) => `${r.extension} ${guestName(r)}`}
              small={(r) => (
                <span className="row g12">
                  <span className="chip num">{r.extension}</span>
                  <span className="grow col"><Guest room={r} /><span className="meta trunc">{r.stay ? stamp(r.stay.until, new Date(), r.zone) : r.name}</span></span>
                  <Care room={r} />
                </span>
              )}
              total={total}
              loading={answer.isFetching}
              more={more}
              hasMore={answer.hasNextPage}
              sort={query.sort}
              onSort={(sort) => set({ sort })}
              current={values.peek}
              onOpen={(r) => set({ peek: r.user, add: undefined })}
            />
          )}
    </Sheet>
  );
}
