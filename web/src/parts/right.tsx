/** The rights of one person: what is written, what comes of it and why, and what of it may be changed. */
import { useQuery } from '@tanstack/react-query';
import { GitCompareArrows, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, type Act, type Assignment, type Grant, type HeldRight, type Level, type PersonRights } from '../api';
import { ago, day, stamp } from '../format';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { SearchField } from '../ui/filter';
import { instant, local, Moment, Pick, useForm } from '../ui/form';
import { Card } from '../ui/sheet';
import { FormError, Loaded } from '../ui/states';
import type { Locked, Question } from '../ui/why';
import { t } from '../words';
import { useChange } from './change';
import { GiveRight, GiveRole } from './given';
import { useRoles } from './query';
import { Result, Risky, SeatCard, SeatDialog, Until } from './seat';
import { areaWord, levelHint, levelWord, rightWord, roleHint, roleName } from './words';

type Ask = (title: string, act: Act, done: string) => void;
type Given = Grant | Assignment;

/** One grant or assignment with its reach, end and reason. */
/** What it takes to give or take single rights, levels and permissions of a person. */
const grantRight = (user: string): Question => ({ right: 'grant.edit', over: { kind: 'user', id: user } });
/** What it takes to give or take roles of the whole office. */
const officeRight: Question = { right: 'role.system', over: { kind: 'system', id: '' } };

function GivenRow({ given, title, hint, lock, onMove, onEnd }: { given: Given; title: string; hint?: string; lock: Locked; onMove: () => void; onEnd: () => void }) {
  const over = given.state === 'over';
  const deny = 'deny' in given && given.deny;
  return (
    <div className="list-row top given">
      <span className="grow col">
        <span className={`row w g6${over ? ' struck' : ''}`}><span className="med">{title}</span>{deny && <span className="chip small danger">{t('right.denied')}</span>}{!over && <Until at={given.until} />}{given.state === 'coming' && <span className="chip small">{t('given.coming', { at: stamp(given.from) })}</span>}</span>
        <span className="meta">{hint ? `${hint} · ` : ''}{given.where}{given.except && given.except.length > 0 ? ` · ${t('given.but', { names: given.except.map((e) => e.name ?? '…').join(', ') })}` : ''}{given.since ? ` · ${t('given.past', { at: day(given.since) })}` : ''}</span>
        {given.reason && <span className="t3">“{given.reason}”</span>}
        {over && given.until && <span className="meta">{t('given.over', { at: ago(given.until) })}</span>}
      </span>
      {!over && <Button small {...lock} onClick={onMove}>{t('given.extend')}</Button>}
      {!over && <Button small kind="quiet" {...lock} onClick={onEnd}>{t('given.end_now')}</Button>}
    </div>
  );
}

/** Moves an end. */
function MoveEnd({ title, until, actOf, done, ask, onClose }: { title: string; until?: string; actOf: (until: string) => Act; done: string; ask: Ask; onClose: () => void }) {
  const form = useForm({ until: local(until ?? '') }, async (v) => {
    onClose();
    ask(title, actOf(instant(v.until)), done);
  });
  return (
    <Dialog open title={title} onClose={onClose} size={420}>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        <Moment form={form} name="until" label={t('given.until')} hint={t('given.until_hint')} />
        <div className="row"><Button kind="primary" type="submit" busy={form.busy}>{t('preview.show')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
      </form>
    </Dialog>
  );
}

function Grants({ rights, ask }: { rights: PersonRights; ask: Ask }) {
  const [giving, setGiving] = useState(false);
  const [moving, setMoving] = useState<Grant>();
  return (
    <Card title={t('right.single')} note={t('right.single_hint')} actions={<Button small icon={Plus} locked={rights.no_grant} why={grantRight(rights.user)} onClick={() => setGiving(true)}>{t('right.give')}</Button>}>
      {rights.grants.map((g) => (
        <GivenRow key={g.id} given={g} title={rightWord(g.right)} lock={{ locked: g.locked, why: grantRight(rights.user) }} onMove={() => setMoving(g)} onEnd={() => ask(t('given.end_title', { right: rightWord(g.right) }), api.endGrant(g.id), t('given.ended', { name: rights.name }))} />
      ))}
      {rights.grants.length === 0 && <p className="list-row t3">{t('right.single_none')}</p>}
      {giving && <GiveRight rights={rights} onClose={() => setGiving(false)} />}
      {moving && <MoveEnd title={rightWord(moving.right)} until={moving.until} actOf={(until) => api.editGrant(moving.id, { until })} done={t('given.moved', { name: rights.name })} ask={ask} onClose={() => setMoving(undefined)} />}
    </Card>
  );
}

const sections = ['supervisor', 'access', 'permission', 'own'] as const;

/** Roles of the whole office, supervisor levels, access types and permissions. */
function Levels({ rights, ask }: { rights: PersonRights; ask: Ask }) {
  const [giving, setGiving] = useState<Level | true>();
  const [moving, setMoving] = useState<Assignment>();
  const roles = useRoles().data?.items ?? [];
  const office = rights.assignments.filter((a) => !rights.levels.some((l) => l.role === a.role));
  const given = (role: string) => rights.assignments.filter((a) => a.role === role);
  const row = (a: Assignment) => (
    <GivenRow key={a.id} given={a} title={levelWord(a.role)} hint={roleHint(a.role) ?? made(a.role)} lock={{ locked: a.locked, why: office.includes(a) ? officeRight : grantRight(rights.user) }} onMove={() => setMoving(a)} onEnd={() => ask(t('role.take', { role: levelWord(a.role) }), api.endAssignment(a.id), t('role.taken', { role: levelWord(a.role), name: rights.name }))} />
  );
  const made = (role: string) => {
    const of = roles.find((r) => r.id === role && r.custom);
    return of && t('level.made_here', { n: Object.keys(of.rights).length });
  };
  const supervisor = rights.levels.find((l) => l.kind === 'supervisor' && l.held.length > 0);
  return (
    <>
      <Card title={t('user.whole_office')} note={t('role.office_hint')} actions={<Button small icon={Plus} locked={rights.no_role} why={officeRight} onClick={() => setGiving(true)}>{t('role.give')}</Button>}>
        {office.map(row)}
        {office.length === 0 && <p className="list-row t3">{t('role.none')}</p>}
      </Card>
      <Card title={t('level.title')} note={t('level.hint')}>
        {sections.filter((kind) => rights.levels.some((l) => l.kind === kind)).map((kind) => (
          <div key={kind} role="group" aria-label={t(`level.${kind}` as never)}>
            <div className="rarea">{t(`level.${kind}` as never)}</div>
            {kind === 'supervisor' && !supervisor && <p className="list-row t3">{t('level.no_supervisor')}</p>}
            {rights.levels.filter((l) => l.kind === kind).map((l) => {
              const has = given(l.role);
              if (has.length > 0) return has.map(row);
              return (
                <div key={l.role} className="list-row">
                  <span className="grow col"><span className="row w g6"><span className="med">{levelWord(l.role)}</span>{l.billable && <span className="chip small">{t('right.billable')}</span>}{(l.automatic || l.implied) && <span className="chip small ok">{l.automatic ? t('level.automatic_chip') : t('level.implied_chip')}</span>}</span><span className="meta">{l.implied || (levelHint(l.role) ?? made(l.role))}</span>{l.locked && <span className="meta">{l.locked}</span>}</span>
                  {!l.automatic && <Button small locked={l.locked} why={grantRight(rights.user)} onClick={() => setGiving(l)}>{t('level.assign')}</Button>}
                </div>
              );
            })}
          </div>
        ))}
      </Card>
      {giving === true && <GiveRole user={rights.user} name={rights.name} options={roles.filter((r) => r.office && !rights.levels.some((l) => l.role === r.id)).map((r) => ({ id: r.id, locked: r.assignable ? undefined : t('role.not_assignable'), why: officeRight }))} onClose={() => setGiving(undefined)} />}
      {giving && giving !== true && <GiveRole user={rights.user} name={rights.name} role={giving.role} scope={giving.scope} except={giving.except?.map((r) => r.id)} instead={giving.kind === 'supervisor' ? supervisor?.held[0] : undefined} onClose={() => setGiving(undefined)} />}
      {moving && <MoveEnd title={levelWord(moving.role)} until={moving.until} actOf={(until) => api.editAssignment(moving.id, { until })} done={t('given.moved', { name: rights.name })} ask={ask} onClose={() => setMoving(undefined)} />}
    </>
  );
}

function Held({ right }: { right: HeldRight }) {
  const first = right.sources.find((s) => s.deny === (right.state === 'deny')) ?? right.sources[0];
  return (
    <div className="rrow reach">
      <span className="med">{rightWord(right.right)} <Risky risk={right.risk} /></span>
      <span className="row w g6">{right.state === 'allow' ? <span className="ok med">{right.where}</span> : <Result result={right.state} />}<Until at={right.until} /></span>
      <span className="t2 wrap" title={right.sources.map((s) => s.text).join('\n')}>{first?.text ?? t('right.nothing')}{right.sources.length > 1 && <span className="t3"> {t('right.more_sources', { n: right.sources.length - 1 })}</span>}</span>
    </div>
  );
}

/** The whole catalogue as it comes out for the person. */
function Catalogue({ rights }: { rights: PersonRights }) {
  const [word, setWord] = useState('');
  const [all, setAll] = useState(false);
  const shown = rights.rights.filter((r) => (all || r.state !== 'none') && `${rightWord(r.right)} ${r.right}`.toLowerCase().includes(word.toLowerCase()));
  return (
    <Card title={t('right.all')} note={t('right.all_hint')} actions={<div className="row w"><SearchField value={word} onChange={setWord} label={t('right.search')} /><Button small onClick={() => setAll(!all)}>{all ? t('right.only_held') : t('right.show_all')}</Button></div>}>
      {[...new Set(shown.map((r) => r.area))].map((area) => (
        <div key={area} role="group" aria-label={areaWord(area)}><div className="rarea">{areaWord(area)}</div>{shown.filter((r) => r.area === area).map((r) => <Held key={r.right} right={r} />)}</div>
      ))}
    </Card>
  );
}

/** Two people, a person and a role, or now and then. */
function Compare({ rights, onClose }: { rights: PersonRights; onClose: () => void }) {
  const people = useQuery({ queryKey: ['users', 'names'], queryFn: () => api.users({ limit: 500, sort: 'name' }) }).data?.items ?? [];
  const roles = useRoles().data?.items ?? [];
  const form = useForm({ with: '', at: '' }, () => Promise.resolve());
  const v = form.values;
  const asked = useQuery({ queryKey: ['standing', rights.user, 'compare', v], queryFn: () => api.compare(rights.user, { with: v.with || undefined, at: instant(v.at) || undefined }), enabled: v.with !== '' || v.at !== '' });
  const options = [...people.filter((u) => u.id !== rights.user).map((u) => ({ value: u.id, label: u.name })), ...roles.map((r) => ({ value: `role:${r.id}`, label: `${t('field.role')}: ${roleName(r.id)}` }))];
  return (
    <Dialog open title={t('compare.title', { name: rights.name })} onClose={onClose} size={760}>
      <div className="col g16">
        <div className="half"><Pick form={form} name="with" label={t('compare.with')} options={options} empty={t('compare.himself', { name: rights.name })} searchable /><Moment form={form} name="at" label={t('compare.at')} hint={t('compare.at_hint')} /></div>
        <FormError error={asked.error} fields={[]} />
        {asked.data && (asked.data.rows.length === 0 ? <div className="note ok"><span>{t('compare.same')}</span></div> : (
          <div className="effects" tabIndex={0} role="group" aria-label={t('compare.title', { name: rights.name })}>
            <div className="rrow reach label"><span>{t('given.right')}</span><span>{asked.data.left.name}</span><span>{asked.data.right.name}</span></div>
            {asked.data.rows.map((r) => <div key={r.right} className="rrow reach"><span className="med">{rightWord(r.right)} <Risky risk={r.risk} /></span><span className={r.left ? 'ok' : 't3'}>{r.left || '–'}</span><span className={r.other ? 'ok' : 't3'}>{r.other || '–'}</span></div>)}
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function Aside({ rights, onCompare }: { rights: PersonRights; onCompare: () => void }) {
  const c = rights.console;
  const ends = [...rights.grants.filter((g) => g.until && g.state !== 'over').map((g) => ({ id: g.id as string, what: rightWord(g.right), at: g.until ?? '', where: g.where, reason: g.reason })), ...rights.assignments.filter((a) => a.until && a.state !== 'over').map((a) => ({ id: a.id as string, what: levelWord(a.role), at: a.until ?? '', where: a.where, reason: a.reason })), ...rights.places.filter((p) => p.until).map((p) => ({ id: p.membership as string, what: roleName(p.role), at: p.until ?? '', where: p.name, reason: undefined }))].sort((a, b) => a.at.localeCompare(b.at));
  const lines: [string, string][] = [
    [t('console.people'), c.people === 'group' ? c.groups.join(', ') || t('console.some') : t(`console.${c.people}` as never)],
    ...(['trunks', 'phones', 'system', 'monitors', 'download'] as const).map((k): [string, string] => [t(`console.${k}` as never), c[k] ? t('ui.yes') : t('ui.no')]),
  ];
  return (
    <aside className="col g20" aria-label={t('right.summary')}>
      <div className="col g8"><h2 className="label">{t('console.title')}</h2><dl className="facts">{lines.map(([k, v]) => <div key={k} className="row top"><dt className="grow t3">{k}</dt><dd className="med">{v}</dd></div>)}</dl></div>
      {ends.length > 0 && <div className="col g8"><h2 className="label">{t('right.ends')}</h2>{ends.map((e) => <div key={e.id} className="col"><span className="med">{e.what}</span><span className="t2">{e.where}</span><span className="t2">{stamp(e.at)}</span>{e.reason && <span className="t3">“{e.reason}”</span>}</div>)}</div>}
      <div><Button small icon={GitCompareArrows} onClick={onCompare}>{t('compare.open')}</Button></div>
    </aside>
  );
}

export function Rights({ user }: { user: string }) {
  const asked = useQuery({ queryKey: ['standing', user], queryFn: () => api.standing(user) });
  useRoles(); // roles made here have their names from it
  const change = useChange();
  const [joining, setJoining] = useState(false);
  const [comparing, setComparing] = useState(false);
  return (
    <Loaded of={asked}>
      {(rights) => (
        <div className="standing">
          <div className="col g16">
            {rights.places.map((p) => <SeatCard key={p.membership} seat={p} rights={rights} ask={change.ask} />)}
            <div><Button kind="quiet" icon={Plus} locked={rights.places[0]?.no_role} why={{ right: 'membership.role', over: { kind: 'group', id: rights.places[0]?.group ?? '' } }} onClick={() => setJoining(true)}>{t('membership.add')}</Button></div>
            <Grants rights={rights} ask={change.ask} />
            <Levels rights={rights} ask={change.ask} />
            <Catalogue rights={rights} />
          </div>
          <Aside rights={rights} onCompare={() => setComparing(true)} />
          {joining && <SeatDialog user={rights.user} name={rights.name} taken={rights.places.map((p) => p.group)} onClose={() => setJoining(false)} />}
          {comparing && <Compare rights={rights} onClose={() => setComparing(false)} />}
          {change.dialog}
        </div>
      )}
    </Loaded>
  );
}
