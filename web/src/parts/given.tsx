/** Giving single rights, roles, levels and permissions: how far, for how long, why. */
import { dayKey } from '../format';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, Failure, type GivenScope, type HeldRight, type PersonRights } from '../api';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Choices, instant, type Form, Moment, Pick, Segment, Several, Text, useForm } from '../ui/form';
import { FormError } from '../ui/states';
import type { Locked } from '../ui/why';
import { t } from '../words';
import { Effects, make } from './change';
import { useGroups } from './query';
import { useRefresh } from './user';
import { areaWord, byName, levelHint, levelWord, rightWord } from './words';
import type { Act, Preview } from '../api';

type Bounds = { kind: string; group: string; listed: string[]; except: string[]; from: string; until: string; since: string; reason: string };
export const unbounded: Bounds = { kind: '', group: '', listed: [], except: [], from: '', until: '', since: '', reason: '' };

const refOf = (id: string) => ({ kind: id.startsWith('grp_') ? 'group' : 'user', id });

/** What the server takes for the bounds of a form. */
export const boundsOf = (v: Bounds) => ({
  scope: { kind: v.kind as GivenScope['kind'], group: v.kind === 'group' || v.kind === 'tree' ? v.group : undefined, listed: v.kind === 'listed' ? v.listed.map(refOf) : undefined },
  except: v.except.length > 0 ? v.except.map(refOf) : undefined,
  from: instant(v.from) || undefined,
  until: instant(v.until) || undefined,
  since: instant(v.since) || undefined,
  reason: v.reason || undefined,
});

/** People and groups, to be named in a scope or an exclusion. */
function useNames() {
  const groups = useGroups().data?.items ?? [];
  const people = useQuery({ queryKey: ['users', 'names'], queryFn: () => api.users({ limit: 500, sort: 'name' }) }).data?.items ?? [];
  return { groups: byName(groups).map((g) => ({ value: g.id, label: g.name })), people: people.map((u) => ({ value: u.id, label: u.extension ? `${u.name} · ${u.extension}` : u.name })) };
}

const inDays = (n: number) => `${dayKey(new Date(Date.now() + n * 86_400_000))}T18:00`;

/** Scope, exclusions, beginning, end and reason. */
export function BoundsFields<T extends Bounds>({ form, scopes }: { form: Form<T>; scopes: readonly string[] }) {
  const { groups, people } = useNames();
  const [more, setMore] = useState(false);
  const v = form.values;
  const wide = v.kind !== 'self' && v.kind !== '';
  const quick: [string, string][] = [[t('given.no_end'), ''], [t('given.today'), inDays(0)], [t('given.week'), inDays(7)], [t('given.month'), inDays(30)]];
  return (
    <>
      <Pick form={form} name="kind" label={t('given.scope')} options={scopes.map((s) => ({ value: s, label: t(`scope.${s}` as never) }))} />
      {(v.kind === 'group' || v.kind === 'tree') && <Pick form={form} name="group" label={t('field.group')} options={groups} searchable />}
      {v.kind === 'listed' && <Several form={form} name="listed" label={t('given.listed')} options={[...people, ...groups]} />}
      {wide && v.kind !== 'listed' && <Several form={form} name="except" label={t('given.except')} hint={t('given.except_hint')} options={[...people, ...groups]} />}
      <div className="col g6">
        <Moment form={form} name="until" label={t('given.until')} />
        <div className="row w">{quick.map(([label, at]) => <button key={label} type="button" className={`chip${v.until === at ? ' acc' : ''}`} onClick={() => form.set('until', at as never)}>{label}</button>)}</div>
      </div>
      {more ? (
        <div className="half">
          <Moment form={form} name="from" label={t('given.from')} hint={t('given.from_hint')} />
          {wide && <Moment form={form} name="since" label={t('given.since')} hint={t('given.since_hint')} />}
        </div>
      ) : <div><button type="button" className="linkish" onClick={() => setMore(true)}>{t('given.more')}</button></div>}
      <Text form={form} name="reason" label={t('given.reason')} area={2} hint={t('given.reason_hint')} />
    </>
  );
}

/** A form whose change is shown before it is made: the first press asks, the second makes. */
export function useDraft<T extends object>(empty: T, actOf: (v: T) => Act, done: (v: T) => string, onClose: () => void) {
  const refresh = useRefresh();
  const [preview, setPreview] = useState<{ of: string; is: Preview }>();
  const form = useForm(empty, async (v) => {
    const of = JSON.stringify(v);
    if (preview?.of !== of) return setPreview({ of, is: await actOf(v).dry() });
    await make(actOf(v), done(v), refresh);
    onClose();
  });
  const current = preview?.of === JSON.stringify(form.values) ? preview.is : undefined;
  return { form, preview: current };
}

const fields = ['right', 'role', 'scope', 'except', 'until', 'from', 'since', 'reason'];

/** What ends a draft: its effects once they are known, and the buttons. */
export function DraftFoot<T extends object>({ form, preview, locked, onClose }: { form: Form<T>; preview?: Preview; locked?: string; onClose: () => void }) {
  const scope = form.error instanceof Failure && ['scope', 'overrides', 'presence', 'calls', 'role', 'right'].includes(form.error.field ?? '');
  return (
    <>
      {preview && <Effects preview={preview} />}
      <FormError error={form.error} fields={scope ? [] : fields} />
      <div className="row">
        <Button kind="primary" type="submit" busy={form.busy} locked={locked}>{preview ? t('preview.apply') : t('preview.show')}</Button>
        <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
      </div>
    </>
  );
}

/** Gives or denies one right. */
export function GiveRight({ rights, right, onClose }: { rights: PersonRights; right?: string; onClose: () => void }) {
  const { form, preview } = useDraft({ ...unbounded, right: right ?? '', deny: 'no' }, (v) => api.giveGrant(rights.user, { right: v.right, deny: v.deny === 'yes', ...boundsOf(v) }), () => t('given.done', { name: rights.name }), onClose);
  const chosen: HeldRight | undefined = rights.rights.find((r) => r.right === form.values.right);
  const choose = (kind: string) => (chosen?.scopes.includes(kind as never) ? kind : '');
  return (
    <Dialog open title={t('given.title', { name: rights.name })} onClose={onClose} size={600}>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        <Pick form={form} name="right" label={t('given.right')} options={rights.rights.map((r) => ({ value: r.right, label: `${rightWord(r.right)} · ${areaWord(r.area)}` }))} searchable />
        <div className="row"><Segment label={t('given.effect')} value={form.values.deny} onChange={(v) => form.set('deny', v)} sides={[{ value: 'no', label: t('right.allow'), tone: 'ok' }, { value: 'yes', label: t('right.deny'), tone: 'danger' }]} />{chosen?.risk === 'high' && <span className="chip small warn">{t('right.risky')}</span>}{chosen?.billable && <span className="chip small">{t('right.billable')}</span>}</div>
        {chosen && <BoundsFields form={form} scopes={chosen.scopes} />}
        <DraftFoot form={form} preview={preview} locked={!chosen ? t('given.choose_right') : choose(form.values.kind) === '' ? t('given.choose_scope') : undefined} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Gives a role of the whole office, a level or a permission. */
export function GiveRole({ user, name, role, options, scope, except, instead, onClose }: { user: string; name: string; role?: string; options?: ({ id: string } & Locked)[]; scope?: GivenScope; except?: string[]; instead?: string; onClose: () => void }) {
  const start = { ...unbounded, role: role ?? '', kind: scope?.kind ?? 'all', group: scope?.group ?? '', listed: (scope?.listed ?? []).map((r) => r.id), except: except ?? [] };
  const { form, preview } = useDraft(start, (v) => api.assign(user, { role: v.role, instead, ...boundsOf(v) }), (v) => t('role.given', { role: levelWord(v.role), name }), onClose);
  return (
    <Dialog open title={role ? t('level.give', { role: levelWord(role), name }) : t('role.give')} onClose={onClose} size={600}>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        {role ? <p className="t2">{levelHint(role)}</p> : <Choices name="role" label={t('field.role')} value={form.values.role} onChange={(v) => form.set('role', v)} options={(options ?? []).map((o) => ({ value: o.id, label: levelWord(o.id), hint: levelHint(o.id), locked: o.locked, why: o.why }))} />}
        <BoundsFields form={form} scopes={['all', 'group', 'tree', 'listed']} />
        <DraftFoot form={form} preview={preview} locked={form.values.role ? undefined : t('level.choose')} onClose={onClose} />
      </form>
    </Dialog>
  );
}
