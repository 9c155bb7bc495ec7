/** Hours of the office, a group or a person: what counts now, the week, holidays, and holding them by hand. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Clock4, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { Link } from 'react-router';
import { api, Failure, type Hours, type HoursPreview } from '../api';
import { dayKey, ownZone, stamp, time, typed, zoneName, zones } from '../format';
import { Button, IconButton } from '../ui/button';
import { type Day, Track, TwoWeeks } from '../ui/hours';
import { Chips, Chooser, Flip, Line } from '../ui/pick';
import { Card } from '../ui/sheet';
import { Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { current, type Key, t } from '../words';
import { TakeHolidays } from './holidays';
import { endOfDay } from './status';

export const office = 'office';
export type Body = Parameters<typeof api.setHours>[1];
type DayName = keyof Hours['open'];
const week: DayName[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const states = ['open', 'closed', 'break', 'holiday'] as const;
const nobody = { mon: '', tue: '', wed: '', thu: '', fri: '', sat: '', sun: '' };

/** The days in the order in which the reader's calendar has them: Sunday first where that is the custom. */
export function daysInOrder(language = current(), region = globalThis.navigator?.language ?? ''): DayName[] {
  const sunday = language === 'en' && /-(US|CA|PH|IN|ZA|SG|HK)$/.test(region);
  return sunday ? ['sun', ...week.slice(0, 6)] : week;
}

/** Day names are the language's own; 4 January 2026 was a Sunday. */
export function dayName(d: DayName, style: 'long' | 'short' = 'long', language = current()): string {
  return new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' }).format(new Date(Date.UTC(2026, 0, 5 + week.indexOf(d))));
}

/** "Mon–Fri 09:00-17:00; Sat, Sun closed": days with the same times are told together. */
export function weekSentence(h: Pick<Hours, 'open' | 'breaks'>): string {
  const told: { days: DayName[]; says: string }[] = [];
  for (const d of week) {
    const says = h.open[d] ? [h.open[d], h.breaks[d] && t('hours.with_break', { times: h.breaks[d] })].filter(Boolean).join(', ') : t('hours.closed_day');
    const last = told[told.length - 1];
    if (last?.says === says) last.days.push(d);
    else told.push({ days: [d], says });
  }
  const name = (d: DayName | undefined) => (d ? dayName(d, 'short') : '');
  return told.map(({ days, says }) => `${days.length > 2 ? `${name(days[0])}–${name(days[days.length - 1])}` : days.map(name).join(', ')} ${says}`).join('; ');
}

export const useHours = (of: string) => useQuery({ queryKey: ['hours', of], queryFn: () => api.hours(of), enabled: of !== '' });

/** "Sales is open until 17:00". */
export function nowSentence(h: Pick<Hours, 'keeper' | 'now' | 'zone'>): string {
  if (!h.now.state) return t('hours.none');
  const name = h.keeper.name ?? '';
  const key: Key = h.now.state === 'closed' && h.now.holiday ? 'hours.now.holiday' : `hours.now.${h.now.state}`;
  const says = t(key, { name, holiday: h.now.name || t('hours.state.holiday') });
  return h.now.until ? `${says} ${t('presence.until', { time: stamp(h.now.until, new Date(), h.zone) })}` : says;
}

function useSave(of: string, h: Hours) {
  const cache = useQueryClient();
  const refresh = () => Promise.all([cache.invalidateQueries({ queryKey: ['hours'] }), cache.invalidateQueries({ queryKey: ['audit'] })]);
  const old: Body = h.own ? { open: h.open, breaks: h.breaks, holidays: h.holidays, zone: h.fixed } : { inherit: true };
  const save = async (body: Body, undo?: Body) => {
    const next = await api.setHours(of, body);
    cache.setQueryData(['hours', of], next);
    await refresh();
    toast({ text: t('hours.saved', { name: h.keeper.name ?? '' }), undo: undo && (() => save(undo)) });
  };
  return { refresh, put: (change: Body) => save({ ...old, ...change, inherit: change.inherit, revision: h.own ? h.revision : undefined }, old) };
}

/** A field that saves itself when it is left or Enter is pressed; Escape takes the old words back. */
function Times({ label, value, locked, save }: { label: string; value: string; locked: boolean; save: (v: string) => Promise<unknown> }) {
  const [typed, setTyped] = useState<string>();
  const [error, setError] = useState<string>();
  const done = async () => {
    if (typed === undefined || typed === value) return setTyped(undefined);
    try {
      await save(typed);
      setTyped(undefined);
      setError(undefined);
    } catch (e) {
      setError(e instanceof Failure ? e.message : sentence(e));
    }
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === 'Enter') void done();
    if (e.key === 'Escape' && typed !== undefined) {
      e.stopPropagation();
      setTyped(undefined);
      setError(undefined);
    }
  };
  if (locked) return <span className="num">{value || t('hours.none_short')}</span>;
  return <div onBlur={() => void done()} onKeyDown={key}><Line plain label={label} value={typed ?? value} placeholder={t('hours.none_short')} error={error} onChange={setTyped} /></div>;
}

function Week({ of, h }: { of: string; h: Hours }) {
  const { put } = useSave(of, h);
  const locked = !h.can.edit || !h.own;
  const open = (d: DayName, v: string) => put({ open: { ...h.open, [d]: v } });
  return (
    <Card title={t('hours.week')} note={h.source ? weekSentence(h) : undefined}>
      {daysInOrder().map((d) => (
        <div key={d} className="hours-row">
          <span className="med">{dayName(d)}</span>
          <Times label={t('hours.open_on', { day: dayName(d) })} value={h.open[d]} locked={locked} save={(v) => open(d, v)} />
          <Times label={t('hours.breaks_on', { day: dayName(d) })} value={h.breaks[d]} locked={locked} save={(v) => put({ breaks: { ...h.breaks, [d]: v } })} />
          <Track open={h.open[d]} breaks={h.breaks[d]} onChange={locked ? undefined : (v) => void open(d, v).catch((e: unknown) => toast({ text: sentence(e), lasting: true }))} />
        </div>
      ))}
      {!locked && <div className="list-row"><span className="meta grow">{t('hours.how')}</span><Button small kind="quiet" onClick={() => void put({ open: { ...h.open, tue: h.open.mon, wed: h.open.mon, thu: h.open.mon, fri: h.open.mon }, breaks: { ...h.breaks, tue: h.breaks.mon, wed: h.breaks.mon, thu: h.breaks.mon, fri: h.breaks.mon } })}>{t('hours.copy_monday')}</Button></div>}
    </Card>
  );
}

function Holidays({ of, h }: { of: string; h: Hours }) {
  const { put } = useSave(of, h);
  const [next, setNext] = useState({ name: '', on: '', hours: '' });
  const [error, setError] = useState<unknown>();
  const locked = !h.can.edit || !h.own;
  const add = async () => {
    try {
      await put({ holidays: [...h.holidays, { name: next.name, on: next.on, ...(next.hours ? { hours: next.hours } : {}) }] });
      setNext({ name: '', on: '', hours: '' });
      setError(undefined);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Card title={t('hours.holidays')} actions={locked ? undefined : <TakeHolidays of={of} h={h} put={put} />}>
      {h.holidays.map((d, i) => (
        <div key={`${d.on} ${d.name}`} className="list-row">
          <span className="grow">{d.name}</span><span className="num t2">{d.on}</span>
          <span className="meta">{d.hours ? t('hours.open_at', { times: d.hours }) : d.closed ? t('hours.closed_at', { times: d.closed }) : t('hours.closed_day')}</span>
          {!locked && <IconButton small icon={Trash2} label={t('hours.remove_holiday', { name: d.name })} onClick={() => void put({ holidays: h.holidays.filter((_, k) => k !== i) })} />}
        </div>
      ))}
      {h.holidays.length === 0 && <div className="list-row t3">{t('hours.no_holidays')}</div>}
      {!locked && (
        <form className="list-row row w top" onSubmit={(e) => { e.preventDefault(); void add(); }}>
          <Line label={t('hours.holiday_name')} value={next.name} onChange={(name) => setNext({ ...next, name })} />
          <Line label={t('hours.holiday_on')} hint={t('hours.holiday_hint')} placeholder="12-25" value={next.on} onChange={(on) => setNext({ ...next, on })} />
          <Line label={t('hours.holiday_hours')} placeholder={t('hours.closed_day')} value={next.hours} onChange={(hours) => setNext({ ...next, hours })} />
          <Button small type="submit" locked={next.name && next.on ? undefined : t('hours.holiday_incomplete')}>{t('hours.add_holiday')}</Button>
          {error !== undefined && <p className="danger" role="alert">{sentence(error)}</p>}
        </form>
      )}
    </Card>
  );
}

/** Holds the hours in a state by hand, with an end and a reason. */
function Hold({ of, h, onClose }: { of: string; h: Hours; onClose: () => void }) {
  const { refresh } = useSave(of, h);
  const [state, setState] = useState<(typeof states)[number]>(h.now.state === 'open' ? 'closed' : 'open');
  const [end, setEnd] = useState('hour');
  const [pick, setPick] = useState('');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const until = (): Date | undefined => {
    if (end === 'hour') return new Date(Date.now() + 3_600_000);
    if (end === 'today') return endOfDay(new Date(), ownZone());
    return end === 'pick' && pick ? typed(pick, h.zone) : undefined;
  };
  const send = async () => {
    try {
      await api.overrideHours(of, { state, until: until()?.toISOString(), reason: reason || undefined });
      await refresh();
      toast({ text: t('hours.held', { name: h.keeper.name ?? '' }), undo: () => api.endOverride(of).then(refresh) });
      onClose();
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Card title={t('hours.override')} pad>
      <form className="col g12" onSubmit={(e) => { e.preventDefault(); void send(); }}>
        <Chips label={t('hours.hold_as')} options={states.map((s) => ({ value: s, label: t(`hours.state.${s}`) }))} value={state} onChange={(v) => setState(v as typeof state)} />
        <Chips label={t('hours.hold_until')} options={[{ value: 'hour', label: t('status.hour') }, { value: 'today', label: t('status.today') }, { value: 'pick', label: t('status.pick') }, { value: '', label: t('hours.until_ended') }]} value={end} onChange={setEnd} />
        {end === 'pick' && <Line label={t('hours.hold_until')} type="datetime-local" value={pick} onChange={setPick} />}
        <Line label={t('hours.reason')} value={reason} onChange={setReason} />
        {error !== undefined && <p className="danger" role="alert">{sentence(error)}</p>}
        <div className="row"><Button kind="primary" type="submit" locked={end === 'pick' && !pick ? t('hours.pick_first') : undefined}>{t('hours.hold')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
      </form>
    </Card>
  );
}

/** What is held by hand, by whom and until when; or the way to do so. */
export function OverrideBanner({ of, h }: { of: string; h: Hours }) {
  const { refresh } = useSave(of, h);
  const [holding, setHolding] = useState(false);
  const o = h.override;
  if (holding) return <Hold of={of} h={h} onClose={() => setHolding(false)} />;
  if (!o) return h.can.override ? <div className="row"><Clock4 className="icon t3" aria-hidden /><span className="grow">{nowSentence(h)}</span><Button small onClick={() => setHolding(true)}>{t('hours.override')}</Button></div> : <p>{nowSentence(h)}</p>;
  const args = { state: t(`hours.state.${o.holiday ? 'holiday' : o.state}`), by: o.by ?? t('hours.somebody'), time: o.until ? stamp(o.until, new Date(), h.zone) : '' };
  return (
    <div className="note warn" role="status">
      <span className="grow">{t(o.until ? 'hours.held_until' : 'hours.held_open_end', args)} {o.reason}</span>
      {h.can.override && o.keeper.id === h.keeper.id && <Button small onClick={() => void api.endOverride(of).then(refresh)}>{t('hours.end_now')}</Button>}
    </div>
  );
}

/** Days as they will be, side by side. */
export function Weeks({ days: list, zone, label }: { days: HoursPreview['days']; zone: string; label: string }) {
  const f = (o: Intl.DateTimeFormatOptions, at: string) => new Intl.DateTimeFormat(current(), { ...o, timeZone: 'UTC' }).format(new Date(at));
  const days = list.map((d): Day => {
    const length = Math.round((new Date(d.end).getTime() - new Date(d.begin).getTime()) / 360_000) / 10;
    const parts = d.spans.map((s) => ({ from: s.from, until: s.until, state: s.state ?? '', override: s.why === 'override', holiday: s.holiday, title: `${time(s.from, zone)}–${time(s.until, zone)} ${s.name || (s.state ? t(`hours.state.${s.state}`) : '')}` }));
    return {
      date: d.date, begin: d.begin, end: d.end, parts, today: d.date === dayKey(new Date(), zone), head: f({ weekday: 'short' }, d.date), number: f({ day: 'numeric' }, d.date),
      note: d.holidays[0] ?? (length === 24 ? undefined : t('hours.long_day', { n: length })),
      says: `${f({ weekday: 'long', day: 'numeric', month: 'long' }, d.date)}: ${parts.map((x) => x.title).join(', ')}`,
    };
  });
  return <TwoWeeks label={label} days={days} />;
}

function Preview({ of }: { of: string }) {
  const preview = useQuery({ queryKey: ['hours', of, 'preview'], queryFn: () => api.hoursPreview(of) });
  return <Card title={t('hours.two_weeks')}><Loaded of={preview}>{(p) => <Weeks days={p.days} zone={p.zone} label={t('hours.two_weeks')} />}</Loaded></Card>;
}

/** The groups that do not follow the office, and how they stand now. */
export function Keepers() {
  const kept = useQuery({ queryKey: ['hours', 'kept'], queryFn: api.hoursKept, refetchInterval: 60_000 });
  if (!kept.data?.items.length) return null;
  const looks = { open: 'ok', break: 'warn', closed: '' } as const;
  return (
    <Card title={t('hours.groups_apart')}>
      {kept.data.items.map((k) => (
        <Link key={k.keeper.id} className="list-row" to={`/hours/${k.keeper.id}`}>
          <span className="grow col"><span className="med">{k.keeper.name}</span><span className="meta">{[nowSentence(k), k.zone !== ownZone() && zoneName(k.zone)].filter(Boolean).join(' · ')}</span></span>
          {k.held && <span className="chip small warn">{t('hours.by_hand')}</span>}
          {k.now.state && <span className={`chip small ${looks[k.now.state]}`}>{t(`hours.state.${k.now.holiday ? 'holiday' : k.now.state}`)}</span>}
        </Link>
      ))}
    </Card>
  );
}

/** Everything about the hours of one; what is changed saves itself and can be taken back. */
export function HoursEditor({ of }: { of: string }) {
  const hours = useHours(of);
  return <Loaded of={hours}>{(h) => <Editor of={of} h={h} />}</Loaded>;
}

function Editor({ of, h }: { of: string; h: Hours }) {
  const { put } = useSave(of, h);
  const fail = (e: unknown) => toast({ text: sentence(e), lasting: true });
  const flip = (own: boolean) => put(own ? (h.source ? { copy: h.source.id, inherit: undefined } : { open: { ...nobody, mon: '09:00-17:00', tue: '09:00-17:00', wed: '09:00-17:00', thu: '09:00-17:00', fri: '09:00-17:00' }, breaks: nobody, holidays: [] }) : { inherit: true }).catch(fail);
  const source = h.source && !h.own ? t('hours.inherited', { name: h.source.name ?? t('hours.above') }) : of === office ? t('hours.office_hint') : t('hours.own_hint');
  return (
    <div className="col g16">
      <OverrideBanner of={of} h={h} />
      <div className="row w g16">
        {h.can.edit ? <Flip label={t('hours.own')} hint={source} on={h.own} onChange={(v) => void flip(v)} /> : <p className="meta">{source}</p>}
        {h.zone !== ownZone() && <span className="chip">{t('hours.zone_is', { zone: zoneName(h.zone) })}</span>}
        {h.own && h.can.edit && <span className="end"><Chooser label={t('field.zone')} options={zones().map((z) => ({ value: z, label: z }))} value={h.fixed ?? ''} empty={t('hours.zone_each')} onChange={(zone) => void put({ zone }).catch(fail)} /></span>}
        {h.own && h.can.edit && of !== office && <Button small kind="quiet" onClick={() => void put({ copy: office }).catch(fail)}>{t('hours.copy_office')}</Button>}
      </div>
      {h.source && <Week of={of} h={h} />}
      {h.source && <Holidays of={of} h={h} />}
      {h.now.state && <Preview of={of} />}
      {of === office && <Keepers />}
    </div>
  );
}
