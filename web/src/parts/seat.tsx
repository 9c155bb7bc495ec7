/** A membership: role, time, exceptions for this person, sharing. */
import { Ban, Check, ChevronDown, ChevronRight, Clock, Minus, Network, Star, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { api, type PersonRights, type Seat } from '../api';
import { day } from '../format';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Choices, instant, local, Moment, Pick, Segment, useForm } from '../ui/form';
import type { Question } from '../ui/why';
import { t } from '../words';
import { DraftFoot, useDraft } from './given';
import { useGroupRoles, useGroups } from './query';
import { areaWord, byName, rightWord, roleHint, roleName, switchWord } from './words';

type Value = 'inherit' | 'allow' | 'deny';
type Line = { id: string; label: string; risk: string; result: string; from: string; value: string; until?: string; no_allow?: string; no_deny?: string };

export function Result({ result }: { result: string }) {
  if (result === 'allow') return <span className="row g6 ok med"><Check className="icon" aria-hidden />{t('ui.yes')}</span>;
  if (result === 'deny') return <span className="row g6 danger med"><Ban className="icon" aria-hidden />{t('right.denied')}</span>;
  return <span className="row g6 t3"><Minus className="icon" aria-hidden />{result === 'part' ? t('right.part') : t('ui.no')}</span>;
}

export function Risky({ risk }: { risk: string }) {
  return risk === 'high' ? <span className="warn" title={t('right.risky')}><TriangleAlert className="icon xs" role="img" aria-label={t('right.risky')} /></span> : null;
}

export function Until({ at }: { at?: string }) {
  if (!at) return null;
  const soon = new Date(at).getTime() - Date.now() < 86_400_000;
  return <span className={`chip small${soon ? ' warn' : ''}`}><Clock className="icon" aria-hidden />{t('given.until_day', { day: day(at) })}</span>;
}

/** What it takes to change the role of a member. */
const roleRight = (group: string): Question => ({ right: 'membership.role', over: { kind: 'group', id: group } });

/** What stands behind a locked exception: nobody allows what he does not hold there himself, and denying is a right of its own. */
type SeatLock = { allow: Question; deny: Question };
const lockIn = (group: string, right = 'membership.override'): SeatLock => ({ allow: { right, over: { kind: 'group', id: group } }, deny: { right: 'membership.override', over: { kind: 'group', id: group } } });
const sidesOf = (line: { no_allow?: string; no_deny?: string }, lock: SeatLock): Parameters<typeof Segment>[0]['sides'] => [
  { value: 'inherit', label: t('right.inherit') },
  { value: 'allow', label: t('right.allow'), tone: 'ok', locked: line.no_allow, why: lock.allow },
  { value: 'deny', label: t('right.deny'), tone: 'danger', locked: line.no_deny, why: lock.deny },
];

function Row({ line, lock, onChange }: { line: Line; lock: SeatLock; onChange: (v: Value) => void }) {
  return (
    <div className="rrow">
      <span className="med">{line.label} <Risky risk={line.risk} /></span>
      <Result result={line.result} />
      <span className="t2 row g6 w"><span className="wrap">{line.from}</span><Until at={line.until} /></span>
      <Segment
        label={line.label}
        value={line.value}
        onChange={(v) => onChange(v as Value)}
        sides={sidesOf(line, lock)}
      />
    </div>
  );
}

/** The whole set of exceptions after some rights get another value. */
const withValue = (seat: Seat, rights: readonly string[], value: Value): Record<string, 'allow' | 'deny'> => {
  const all = Object.fromEntries(Object.entries(seat.overrides).filter(([right]) => !rights.includes(right))) as Record<string, 'allow' | 'deny'>;
  if (value !== 'inherit') for (const right of rights) all[right] = value;
  return all;
};

export function SeatCard({ seat, rights, ask }: { seat: Seat; rights: PersonRights; ask: (title: string, act: ReturnType<typeof api.seat>, done: string) => void }) {
  const [open, setOpen] = useState(seat.main || rights.places.length === 1);
  const [all, setAll] = useState(false);
  const [editing, setEditing] = useState(false);
  const exceptions = Object.keys(seat.overrides).length;
  const Chevron = open ? ChevronDown : ChevronRight;
  const put = (names: readonly string[], label: string, value: Value) =>
    ask(t('seat.change', { right: label, group: seat.name }), api.seat(seat.group, rights.user, { overrides: withValue(seat, names, value) }), t('seat.changed', { right: label, name: rights.name }));
  const areas = [...new Set(seat.rights.map((r) => r.area))];
  return (
    <section className="card" aria-label={seat.name}>
      <div className="card-head">
        <button type="button" className="row grow g8" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Chevron className="icon t3" aria-hidden /><Network className="icon t3" aria-hidden />
          <span className="col grow">
            <span className="row w g6"><span className="head">{seat.name}</span>{seat.main && <span className="chip small acc"><Star className="icon" aria-hidden />{t('user.main_group')}</span>}<Until at={seat.until} /></span>
            <span className="meta">{seat.state === 'coming' ? t('seat.from', { day: day(seat.from) }) : t('seat.since', { day: day(seat.from) })} · {t('seat.overrides', { n: exceptions })}</span>
          </span>
        </button>
        <Button small locked={seat.no_role} why={roleRight(seat.group)} onClick={() => setEditing(true)}>{roleName(seat.role)}</Button>
      </div>
      {open && (
        <>
          {seat.switches.map((s) => (
            <Row key={s.name} line={{ ...s, id: s.name, label: switchWord(s.name) }} lock={lockIn(seat.group, s.rights[0])} onChange={(v) => put(s.rights, switchWord(s.name), v)} />
          ))}
          <div className="rrow"><button type="button" className="linkish row g4" aria-expanded={all} onClick={() => setAll(!all)}>{all ? <ChevronDown className="icon xs" aria-hidden /> : <ChevronRight className="icon xs" aria-hidden />}{t('seat.every_right')}</button></div>
          {all && areas.map((area) => (
            <div key={area} role="group" aria-label={areaWord(area)}>
              <div className="rarea">{areaWord(area)}</div>
              {seat.rights.filter((r) => r.area === area).map((r) => (
                <Row key={r.right} line={{ ...r, id: r.right, label: rightWord(r.right) }} lock={lockIn(seat.group, r.right)} onChange={(v) => put([r.right], rightWord(r.right), v)} />
              ))}
            </div>
          ))}
        </>
      )}
      {editing && <SeatDialog user={rights.user} name={rights.name} seat={seat} onClose={() => setEditing(false)} />}
    </section>
  );
}

const shares = (values: readonly string[]) => values.map((v) => ({ value: v, label: t(`share.${v}` as never) }));

/** Joins a person to a group, or changes role, time, exceptions and sharing of a place he has. */
export function SeatDialog({ user, name, seat, taken, onClose }: { user: string; name: string; seat?: Seat; taken?: string[]; onClose: () => void }) {
  const groups = useGroups().data?.items ?? [];
  const start = { group: seat?.group ?? '', role: seat?.role ?? 'user', from: '', until: local(seat?.until ?? ''), presence: seat?.presence ?? '', calls: seat?.calls ?? '', overrides: seat?.overrides ?? {} };
  const { form, preview } = useDraft(
    start,
    (v) => api.seat(v.group, user, {
      role: v.role,
      from: instant(v.from) || undefined,
      until: v.until === start.until ? undefined : instant(v.until),
      overrides: v.role === seat?.role && v.overrides !== start.overrides ? (v.overrides as Record<string, 'allow' | 'deny'>) : undefined,
      presence: v.presence === start.presence ? undefined : (v.presence as ''),
      calls: v.calls === start.calls ? undefined : (v.calls as ''),
    }),
    () => t('membership.saved', { name }),
    onClose,
  );
  const v = form.values;
  const offered = useGroupRoles(v.group);
  const free = groups.filter((g) => g.can?.members && !taken?.includes(g.id));
  const follow = t('share.follow');
  return (
    <Dialog open title={seat ? t('seat.edit', { name, group: seat.name }) : t('membership.add')} onClose={onClose} size={620}>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        {!seat && <Pick form={form} name="group" label={t('field.group')} options={byName(free).map((g) => ({ value: g.id, label: g.name }))} searchable />}
        <Choices name="role" label={t('field.role')} value={v.role} onChange={(r) => form.set('role', r)} options={offered.map((r) => ({ value: r.id, label: roleName(r.id), hint: roleHint(r.id), locked: r.may || r.id === seat?.role ? undefined : t('role.not_assignable'), why: roleRight(v.group) }))} />
        <div className="half">
          <Moment form={form} name="from" label={t('given.from')} hint={t('given.from_hint')} />
          <Moment form={form} name="until" label={t('given.until')} hint={t('seat.until_hint')} />
          <Pick form={form} name="presence" label={t('share.presence')} options={shares(['nobody', 'group', 'everyone'])} empty={follow} hint={seat?.no_presence} />
          <Pick form={form} name="calls" label={t('share.calls')} options={shares(['nobody', 'group'])} empty={follow} hint={seat?.no_calls ?? t('share.calls_hint')} />
        </div>
        {seat && v.role === seat.role && <Exceptions seat={seat} form={form} />}
        {seat && v.role !== seat.role && Object.keys(seat.overrides).length > 0 && <div className="note warn"><span>{t('seat.exceptions_go')}</span></div>}
        <DraftFoot form={form} preview={preview} locked={v.group ? undefined : t('membership.choose_group')} onClose={onClose} />
      </form>
    </Dialog>
  );
}

type SeatForm = ReturnType<typeof useForm<{ group: string; role: string; from: string; until: string; presence: string; calls: string; overrides: Record<string, string> }>>;

/** The switches as a draft. */
function Exceptions({ seat, form }: { seat: Seat; form: SeatForm }) {
  const valueOf = (rights: readonly string[]): string => {
    const values = new Set(rights.map((r) => form.values.overrides[r] ?? 'inherit'));
    return values.size === 1 ? ([...values][0] ?? 'inherit') : 'part';
  };
  const set = (rights: readonly string[], value: Value) => form.set('overrides', withValue({ ...seat, overrides: form.values.overrides as Seat['overrides'] }, rights, value));
  return (
    <fieldset className="card">
      <legend className="sr">{t('seat.exceptions')}</legend>
      {seat.switches.map((s) => (
        <div key={s.name} className="list-row">
          <span className="grow">{switchWord(s.name)} <Risky risk={s.risk} /></span>
          <Segment label={switchWord(s.name)} value={valueOf(s.rights)} onChange={(v) => set(s.rights, v as Value)} sides={sidesOf(s, lockIn(seat.group, s.rights[0]))} />
        </div>
      ))}
    </fieldset>
  );
}
