/** Pieces of budgets: the gauge, the form of a budget, and the one that raises it for a while. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, type BodyOf, type Budget } from '../api';
import { hundredths, plainMoney, price, stamp } from '../format';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Confirm, Dialog, Side } from '../ui/dialog';
import { Choices, type Form, instant, Several, Text, Toggle, useForm } from '../ui/form';
import { Chooser, Line } from '../ui/pick';
import { useSend } from '../ui/send';
import { Card } from '../ui/sheet';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { TryFirst } from './draft';
import { useGroups } from './query';
import { byName } from './words';

const periods = ['day', 'week', 'month'] as const;
const classes = ['local', 'national', 'mobile', 'toll_free', 'international', 'shared_cost', 'premium', 'satellite', 'unassigned'] as const;
type On = Budget['on'];

export const onWord = (o: On): string => {
  const name = o.name ?? '';
  switch (o.kind) {
    case 'office': return t('budget.whose_office');
    case 'group': return t('budget.whose_group', { name });
    case 'token': return t('budget.whose_token', { name });
    default: return name;
  }
};
const typed = (b: Budget): string => (b.measure === 'time' ? String(b.limit) : plainMoney(b.limit));

/** What a budget counts, in words: money, or minutes. */
export const amountWord = (b: Pick<Budget, 'measure' | 'currency'>, counted: number): string => (b.measure === 'time' ? t('budget.minutes', { n: Math.ceil(counted / 60) }) : price(Math.ceil(counted / 10_000) * 10_000, b.currency || 'EUR'));
export const limitWord = (b: Pick<Budget, 'measure' | 'currency'>, typed: number): string => amountWord(b, b.measure === 'time' ? typed * 60 : typed * 10_000);

/** What somebody typed as a limit, as the server keeps it. */
export const limitOf = (measure: string, typed: string): number => (measure === 'time' ? Number(typed.replace(/\D/g, '') || 0) : Math.max(0, hundredths(typed)));

/** An amount as it is shown: a begun cent or minute is whole, so that what is used and what is left add up. */
const shown = (b: Pick<Budget, 'measure'>, counted: number): number => { const unit = b.measure === 'time' ? 60 : 10_000; return Math.ceil(counted / unit) * unit; };

export function Gauge({ of: b, spent = b.spent, most = b.most }: { of: Budget; spent?: number; most?: number }) {
  const share = most > 0 ? Math.min(1, spent / most) : spent > 0 ? 1 : 0;
  const warns = b.marks[0] !== undefined && share * 100 >= b.marks[0];
  return (
    <span className={`gauge ${share >= 1 ? 'full' : warns ? 'warns' : ''}`}>
      <meter className="gauge-bar" min={0} max={1} value={share} aria-label={b.name} />
      <span className="row gauge-words"><span className="num med">{t('budget.used', { spent: amountWord(b, spent), most: amountWord(b, most) })}</span><span className="meta num">{t('budget.left', { left: amountWord(b, Math.max(0, most - shown(b, spent))) })}</span></span>
    </span>
  );
}

/** The budgets that one's own calls draw on. */
export function MyBudgets() {
  const me = useMe();
  const mine = useQuery({ queryKey: ['budgets', 'mine'], queryFn: () => api.userBudgets(me.user.id), enabled: can(me, 'cost.see'), refetchInterval: 15_000 });
  const all = (mine.data?.items ?? []).filter((b) => b.most > 0);
  if (all.length === 0) return null;
  return (
    <Card title={t('budget.mine')} actions={can(me, 'cost.see', 'group') && <Link className="why" to="/budgets">{t('nav.budgets')}</Link>}>
      {all.map((b) => (
        <div key={b.id} className="list-row">
          <span className="grow col g4"><span className="row g8 wrap"><span className="med">{b.name}</span><span className="meta">{t('budget.renews', { when: stamp(b.renews) })}</span></span><Gauge of={b} /></span>
        </div>
      ))}
    </Card>
  );
}

/** Whose a budget is: the office, a department, a person. */
function Whose({ value, onChange }: { value: On; onChange: (o: On) => void }) {
  const me = useMe();
  const groups = byName(useGroups().data?.items ?? []);
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), staleTime: 60_000 });
  const options = [...(can(me, 'budget.edit', 'all') ? [{ value: 'office:', label: t('budget.whose_office') }] : []), ...groups.map((g) => ({ value: `group:${g.id}`, label: t('budget.whose_group', { name: g.name }) })), ...(people.data?.items ?? []).map((u) => ({ value: `user:${u.id}`, label: u.name }))];
  return <Chooser label={t('budget.whose')} options={options} value={`${value.kind}:${value.id ?? ''}`} onChange={(v) => { const at = v.indexOf(':'); onChange({ kind: v.slice(0, at) as On['kind'], id: v.slice(at + 1) || undefined }); }} />;
}

/** What is counted, how much of it, and how long it lasts. */
export function LimitFields<T extends { measure: string; limit: string; period: string }>({ form, currency }: { form: Form<T>; currency?: string }) {
  const f = form as unknown as Form<{ measure: string; limit: string; period: string }>;
  return (
    <>
      <div className="col g8"><span className="label" aria-hidden>{t('budget.measure')}</span><Choices name="measure" label={t('budget.measure')} value={f.values.measure} onChange={(v) => f.set('measure', v)} options={[{ value: 'money', label: t('budget.measure.money'), locked: currency ? undefined : t('budget.no_money') }, { value: 'time', label: t('budget.measure.time') }]} /></div>
      <Text form={f} name="limit" label={f.values.measure === 'time' ? t('budget.limit_time') : t('budget.limit_money', { currency: currency ?? '' })} />
      <div className="col g8"><span className="label" aria-hidden>{t('budget.period')}</span><Choices name="period" label={t('budget.period')} value={f.values.period} onChange={(v) => f.set('period', v)} options={periods.map((p) => ({ value: p, label: t(`budget.period.${p}`) }))} /></div>
    </>
  );
}

/** The form of a budget; with fixed, of one whose place is known and not chosen. */
export function EditBudget({ of, fixed, currency, onClose }: { of?: Budget; fixed?: On; currency?: string; onClose: () => void }) {
  const cache = useQueryClient();
  const me = useMe();
  const [on, setOn] = useState<On>(of?.on ?? fixed ?? (can(me, 'budget.edit', 'all') ? { kind: 'office' } : { kind: 'group', id: me.user.groups?.[0]?.id }));
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['budgets', 'tokens', 'whycall', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const shared = on.kind === 'office' || on.kind === 'group';
  const initial = { name: of?.name ?? fixed?.name ?? '', each: Boolean(of?.each), measure: of?.measure ?? (currency ? 'money' : 'time'), period: of?.period ?? 'month', limit: of ? typed(of) : '', classes: of?.classes ?? [], marks: (of?.marks ?? [80, 100]).join(' '), then: of?.report ? 'report' : 'stop', off: Boolean(of?.off) };
  const bodyOf = (v: typeof initial): BodyOf<'/v1/budgets', 'post'> => ({ name: v.name, on: { kind: on.kind, id: on.id }, each: v.each && shared, measure: v.measure, period: v.period, limit: limitOf(v.measure, v.limit), classes: v.classes, marks: v.marks.split(/[^0-9]+/).filter(Boolean).map(Number), report: v.then === 'report', off: v.off });
  const form = useForm(initial, async (v) => {
    const body = bodyOf(v);
    if (of) await api.editBudget(of.id, { ...body, revision: of.revision });
    else await api.addBudget(body);
    await refresh();
    toast({ text: t('budget.saved', { name: v.name }) });
    onClose();
  });
  const options = classes.map((c) => ({ value: c, label: t(`class.${c}`) }));
  return (
    <Side title={of?.name ?? t('budget.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{of && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('ring.delete')}</Button></span>}<TryFirst part="budgets" id={of?.id} name={form.values.name} body={() => ({ ...bodyOf(form.values), revision: of?.revision })} /></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'limit', 'marks', 'measure']} />
        <Text form={form} name="name" label={t('field.name')} focus={!of} />
        {on.kind === 'token' ? <p className="t2">{onWord(on)}</p> : <Whose value={on} onChange={setOn} />}
        {shared && <Toggle form={form} name="each" label={t('budget.each')} hint={t('budget.each_hint')} />}
        <LimitFields form={form} currency={currency} />
        <Several form={form} name="classes" label={t('budget.classes')} hint={form.values.classes.length === 0 ? t('budget.all_numbers') : undefined} options={options} />
        <Text form={form} name="marks" label={t('budget.marks')} hint={t('budget.marks_hint')} />
        <div className="col g8"><span className="label" aria-hidden>{t('budget.then')}</span><Choices name="then" label={t('budget.then')} value={form.values.then} onChange={(v) => form.set('then', v)} options={[{ value: 'stop', label: t('budget.then.stop') }, { value: 'report', label: t('budget.then.report') }]} /></div>
        <Toggle form={form} name="off" label={t('budget.off')} />
      </div>
      {of && <Confirm open={removing} danger title={t('budget.delete_title', { name: of.name })} action={t('ring.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteBudget(of.id); await refresh(); onClose(); }}><p>{t('budget.delete_hint')}</p></Confirm>}
    </Side>
  );
}

/** More of a budget until an end, for a reason. */
export function Raise({ of: b, onClose }: { of: Budget; onClose: () => void }) {
  const cache = useQueryClient();
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), enabled: b.each, staleTime: 60_000 });
  const [v, setV] = useState({ user: '', more: '', until: '', reason: '' });
  const send = useSend(async () => {
    await api.raiseBudget(b.id, { user: v.user || undefined, more: limitOf(b.measure, v.more), until: v.until ? instant(v.until) : undefined, reason: v.reason });
    await Promise.all(['budgets', 'whycall', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    toast({ text: t('budget.raised') });
    onClose();
  });
  return (
    <Dialog open title={t('budget.raise_title', { name: b.name })} onClose={onClose} size={460}>
      <form className="col g16" onSubmit={(e) => { e.preventDefault(); send.go(); }}>
        {b.each && <Chooser label={t('budget.raise_who')} empty={t('budget.raise_all')} value={v.user} options={(people.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))} onChange={(user) => setV({ ...v, user })} />}
        <Line label={b.measure === 'time' ? t('budget.raise_more_time') : t('budget.raise_more_money', { currency: b.currency ?? '' })} value={v.more} onChange={(more) => setV({ ...v, more })} />
        <Line label={t('budget.raise_until')} hint={t('budget.raise_until_hint')} type="datetime-local" value={v.until} onChange={(until) => setV({ ...v, until })} />
        <Line label={t('restriction.except_reason')} value={v.reason} onChange={(reason) => setV({ ...v, reason })} />
        <FormError error={send.error} fields={[]} />
        <div className="row"><Button kind="primary" type="submit" busy={send.busy}>{t('budget.raise')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
      </form>
    </Dialog>
  );
}
