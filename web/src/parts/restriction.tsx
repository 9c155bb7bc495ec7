/** Pieces of a restriction profile: what it is put on, its rules and its exceptions. */
import { Plus, X } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { api, type Restriction } from '../api';
import { country } from '../format';
import { Button, IconButton } from '../ui/button';
import { countries } from '../ui/countries';
import { Chooser, Flip, Line } from '../ui/pick';
import { instant, local } from '../ui/form';
import { t, type Key } from '../words';
import { useColleagueOptions } from './forwarding';
import { useGroups } from './query';
import { useRegions } from './region';
import { byName } from './words';

export type On = Restriction['on'][number];
export type Rule = Restriction['rules'][number];
export type Except = Restriction['except'][number];
type Numbers = Pick<Rule, 'classes' | 'countries' | 'prefixes'>;

const classes = ['local', 'national', 'mobile', 'toll_free', 'international', 'shared_cost', 'premium', 'satellite', 'unassigned'] as const;
const effects = ['allow', 'deny', 'limit', 'pin'] as const;
const moments = ['', 'open', 'closed', 'weekend', 'holiday'] as const;

export const onWord = (o: On): string => (o.kind === 'office' ? t('restriction.on_office') : t(`restriction.on_${o.kind}` as Key, { name: o.name ?? o.id ?? '' }));

function Tags({ values, name, onRemove }: { values: string[]; name: (v: string) => string; onRemove: (v: string) => void }) {
  if (values.length === 0) return null;
  return <ul className="chips">{values.map((v) => <li key={v} className="chip">{name(v)}<IconButton small icon={X} label={t('ring.remove', { name: name(v) })} onClick={() => onRemove(v)} /></li>)}</ul>;
}

/** Which numbers are meant: classes, countries and beginnings. */
function NumbersEditor({ value, onChange }: { value: Numbers; onChange: (n: Numbers) => void }) {
  const kinds: string[] = value.classes ?? [], lands = value.countries ?? [], starts = value.prefixes ?? [];
  const with_ = (part: Partial<Numbers>) => onChange({ ...value, ...part });
  return (
    <div className="col g8">
      <Tags values={kinds} name={(c) => t(`class.${c}` as Key)} onRemove={(c) => with_({ classes: value.classes?.filter((x) => x !== c) })} />
      <Chooser plain label={t('restriction.class')} empty={kinds.length ? t('restriction.class_more') : t('restriction.class_any')} value="" options={classes.filter((c) => !kinds.includes(c)).map((c) => ({ value: c, label: t(`class.${c}`) }))} onChange={(c) => c && with_({ classes: [...(value.classes ?? []), c as (typeof classes)[number]] })} />
      <Tags values={lands} name={country} onRemove={(c) => with_({ countries: lands.filter((x) => x !== c) })} />
      <Chooser plain label={t('restriction.country')} empty={lands.length ? t('restriction.country_more') : t('restriction.country_any')} value="" options={countries.filter((c) => !lands.includes(c)).map((c) => ({ value: c, label: country(c) })).sort((a, b) => a.label.localeCompare(b.label))} onChange={(c) => c && with_({ countries: [...lands, c] })} />
      <Line label={t('restriction.prefixes')} hint={t('restriction.prefixes_hint')} value={starts.join(' ')} onChange={(v) => with_({ prefixes: v === '' ? [] : v.split(/[ ,;]/) })} />
    </div>
  );
}

const hhmm = (m: number) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
const minute = (s: string) => { const [h = '0', m = '0'] = s.split(':'); return Number(h) * 60 + Number(m); };

export function RulesEditor({ value, onChange }: { value: Rule[]; onChange: (r: Rule[]) => void }) {
  const put = (i: number, part: Partial<Rule>) => onChange(value.map((r, n) => (n === i ? { ...r, ...part } : r)));
  return (
    <div className="col g12">
      <span className="label">{t('restriction.rules')}</span>
      {value.map((r, i) => (
        <div key={i} className="card"><div className="card-body col g8">
          <div className="row g8"><span className="grow"><Chooser plain label={t('restriction.effect')} options={effects.map((e) => ({ value: e, label: t(`restriction.effect.${e}`) }))} value={r.effect} onChange={(e) => put(i, { effect: e as Rule['effect'], minutes: e === 'limit' ? r.minutes || 30 : undefined })} /></span><IconButton small icon={X} label={t('restriction.rule_remove')} onClick={() => onChange(value.filter((_, n) => n !== i))} /></div>
          {r.effect === 'limit' && <Line label={t('restriction.minutes')} value={String(r.minutes ?? '')} onChange={(v) => put(i, { minutes: Number(v.replace(/\D/g, '')) })} />}
          {r.effect === 'pin' && <Line label={t('restriction.pin_minutes')} hint={t('restriction.pin_minutes_hint')} value={r.minutes ? String(r.minutes) : ''} onChange={(v) => put(i, { minutes: Number(v.replace(/\D/g, '')) || undefined })} />}
          <NumbersEditor value={r} onChange={(n) => put(i, n)} />
          <Flip label={t('restriction.contacts')} on={Boolean(r.contacts)} onChange={(contacts) => put(i, { contacts: contacts || undefined })} />
          <Chooser plain label={t('restriction.when')} options={moments.map((m) => ({ value: m, label: m === '' ? t('restriction.always') : t(`toll.when.${m}`) }))} value={r.when ?? ''} onChange={(w) => put(i, { when: w as Rule['when'] })} />
          <div className="row g8"><Line label={t('restriction.from')} type="time" value={r.from === r.until ? '' : hhmm(r.from ?? 0)} onChange={(v) => put(i, { from: minute(v), until: r.until || 1440 })} /><Line label={t('restriction.until')} type="time" value={r.from === r.until ? '' : hhmm((r.until ?? 0) % 1440)} onChange={(v) => put(i, { from: r.from ?? 0, until: minute(v) || 1440 })} />{r.from !== r.until && <span className="end"><Button small kind="quiet" onClick={() => put(i, { from: 0, until: 0 })}>{t('restriction.whole_day')}</Button></span>}</div>
        </div></div>
      ))}
      <div><Button small icon={Plus} onClick={() => onChange([...value, { effect: 'allow' }])}>{t('restriction.rule_add')}</Button></div>
      <p className="meta">{t('restriction.order')}</p>
    </div>
  );
}

export function OnEditor({ value, onChange }: { value: On[]; onChange: (o: On[]) => void }) {
  const people = useColleagueOptions();
  const groups = byName(useGroups().data?.items ?? []);
  const regions = useRegions(true).data?.items ?? [];
  const roles = useQuery({ queryKey: ['roles'], queryFn: api.roles }).data?.items ?? [];
  const offered = [{ value: 'office:', label: t('restriction.on_office'), name: '' }, ...groups.map((g) => ({ value: `group:${g.id}`, label: t('restriction.on_group', { name: g.name }), name: g.name })),
    ...regions.map((r) => ({ value: `region:${r.id}`, label: t('restriction.on_region', { name: r.name }), name: r.name })), ...roles.map((r) => ({ value: `role:${r.id}`, label: t('restriction.on_role', { name: r.name }), name: r.name })), ...people.map((p) => ({ value: `user:${p.value}`, label: p.label, name: p.label }))]
    .filter((o) => !value.some((x) => `${x.kind}:${x.id ?? ''}` === o.value));
  return (
    <div className="col g8">
      <span className="label">{t('restriction.on')}</span>
      <ul className="card">
        {value.map((o) => <li key={o.kind + (o.id ?? '')} className="list-row"><span className="grow trunc">{onWord(o)}</span><IconButton small icon={X} label={t('ring.remove', { name: onWord(o) })} onClick={() => onChange(value.filter((x) => x !== o))} /></li>)}
        {value.length === 0 && <li className="list-row t3">{t('restriction.on_nobody')}</li>}
      </ul>
      <Chooser plain label={t('restriction.on_add')} options={offered} value="" empty={t('restriction.on_add')} onChange={(v) => { const at = v.indexOf(':'); if (at > 0) onChange([...value, { kind: v.slice(0, at) as On['kind'], id: v.slice(at + 1) || undefined, name: offered.find((o) => o.value === v)?.name }]); }} />
    </div>
  );
}

export function ExceptEditor({ value, onChange }: { value: Except[]; onChange: (e: Except[]) => void }) {
  const people = useColleagueOptions();
  const put = (i: number, part: Partial<Except>) => onChange(value.map((e, n) => (n === i ? { ...e, ...part } : e)));
  return (
    <div className="col g12">
      <span className="label">{t('restriction.excepts')}</span>
      {value.map((e, i) => (
        <div key={i} className="card"><div className="card-body col g8">
          <div className="row g8"><span className="grow"><Chooser plain label={t('restriction.except_who')} options={people} value={e.user} empty={t('restriction.except_who')} onChange={(user) => put(i, { user })} /></span><IconButton small icon={X} label={t('restriction.except_remove')} onClick={() => onChange(value.filter((_, n) => n !== i))} /></div>
          <NumbersEditor value={e} onChange={(n) => put(i, n)} />
          <Line label={t('restriction.except_until')} type="datetime-local" value={local(e.until)} onChange={(v) => v && put(i, { until: instant(v) })} />
          <Line label={t('restriction.except_reason')} value={e.reason} onChange={(reason) => put(i, { reason })} />
        </div></div>
      ))}
      <div><Button small icon={Plus} onClick={() => onChange([...value, { user: '', until: new Date(Date.now() + 7 * 86400000).toISOString(), reason: '' }])}>{t('restriction.except_add')}</Button></div>
    </div>
  );
}
