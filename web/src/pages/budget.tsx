/** Budgets: how much may be spent or talked outside, what is left of it at this moment, and more of it for today. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { PiggyBank, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Budget } from '../api';
import { plainMoney, stamp } from '../format';
import { Gauge, limitOf, limitWord, Raise } from '../parts/budget';
import { TryFirst } from '../parts/draft';
import { useAddress, useGroups } from '../parts/query';
import { byName } from '../parts/words';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Choices, Several, Text, Toggle, useForm } from '../ui/form';
import { Chooser } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const periods = ['day', 'week', 'month'] as const;
const classes = ['local', 'national', 'mobile', 'toll_free', 'international', 'shared_cost', 'premium', 'satellite', 'unassigned'] as const;
type On = Budget['on'];

const onWord = (o: On): string => (o.kind === 'office' ? t('budget.whose_office') : o.kind === 'group' ? t('budget.whose_group', { name: o.name ?? '' }) : (o.name ?? ''));
const typed = (b: Budget): string => (b.measure === 'time' ? String(b.limit) : plainMoney(b.limit));

/** Whose a budget is: the office, a department, a person. */
function Whose({ value, onChange }: { value: On; onChange: (o: On) => void }) {
  const me = useMe();
  const groups = byName(useGroups().data?.items ?? []);
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), staleTime: 60_000 });
  const options = [...(can(me, 'budget.edit', 'all') ? [{ value: 'office:', label: t('budget.whose_office') }] : []), ...groups.map((g) => ({ value: `group:${g.id}`, label: t('budget.whose_group', { name: g.name }) })), ...(people.data?.items ?? []).map((u) => ({ value: `user:${u.id}`, label: u.name }))];
  return <Chooser label={t('budget.whose')} options={options} value={`${value.kind}:${value.id ?? ''}`} onChange={(v) => { const at = v.indexOf(':'); onChange({ kind: v.slice(0, at) as On['kind'], id: v.slice(at + 1) || undefined }); }} />;
}

function Edit({ of, currency, onClose }: { of?: Budget; currency?: string; onClose: () => void }) {
  const cache = useQueryClient();
  const me = useMe();
  const [on, setOn] = useState<On>(of?.on ?? (can(me, 'budget.edit', 'all') ? { kind: 'office' } : { kind: 'group', id: me.user.groups?.[0]?.id }));
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['budgets', 'whycall', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const initial = { name: of?.name ?? '', each: Boolean(of?.each), measure: of?.measure ?? (currency ? 'money' : 'time'), period: of?.period ?? 'month', limit: of ? typed(of) : '', classes: of?.classes ?? [], marks: (of?.marks ?? [80, 100]).join(' '), then: of?.report ? 'report' : 'stop', off: Boolean(of?.off) };
  const bodyOf = (v: typeof initial) => ({ name: v.name, on: { kind: on.kind, id: on.id }, each: v.each && on.kind !== 'user', measure: v.measure, period: v.period, limit: limitOf(v.measure, v.limit), classes: v.classes, marks: v.marks.split(/[^0-9]+/).filter(Boolean).map(Number), report: v.then === 'report', off: v.off });
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
        <Whose value={on} onChange={setOn} />
        {on.kind !== 'user' && <Toggle form={form} name="each" label={t('budget.each')} hint={t('budget.each_hint')} />}
        <div className="col g8"><span className="label" aria-hidden>{t('budget.measure')}</span><Choices name="measure" label={t('budget.measure')} value={form.values.measure} onChange={(v) => form.set('measure', v as Budget['measure'])} options={[{ value: 'money', label: t('budget.measure.money'), locked: currency ? undefined : t('budget.no_money') }, { value: 'time', label: t('budget.measure.time') }]} /></div>
        <Text form={form} name="limit" label={form.values.measure === 'time' ? t('budget.limit_time') : t('budget.limit_money', { currency: currency ?? '' })} />
        <div className="col g8"><span className="label" aria-hidden>{t('budget.period')}</span><Choices name="period" label={t('budget.period')} value={form.values.period} onChange={(v) => form.set('period', v as Budget['period'])} options={periods.map((p) => ({ value: p, label: t(`budget.period.${p}`) }))} /></div>
        <Several form={form} name="classes" label={t('budget.classes')} hint={form.values.classes.length === 0 ? t('budget.all_numbers') : undefined} options={options} />
        <Text form={form} name="marks" label={t('budget.marks')} hint={t('budget.marks_hint')} />
        <div className="col g8"><span className="label" aria-hidden>{t('budget.then')}</span><Choices name="then" label={t('budget.then')} value={form.values.then} onChange={(v) => form.set('then', v)} options={[{ value: 'stop', label: t('budget.then.stop') }, { value: 'report', label: t('budget.then.report') }]} /></div>
        <Toggle form={form} name="off" label={t('budget.off')} />
      </div>
      {of && <Confirm open={removing} danger title={t('budget.delete_title', { name: of.name })} action={t('ring.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteBudget(of.id); await refresh(); onClose(); }}><p>{t('budget.delete_hint')}</p></Confirm>}
    </Side>
  );
}

/** A budget with its gauge; of one that each has for himself, those who used most. */
function Row({ of: b, open, onRaise }: { of: Budget; open?: () => void; onRaise: () => void }) {
  const about = [onWord(b.on), t(`budget.period.${b.period}`), b.classes.length > 0 ? b.classes.map((c) => t(`class.${c}` as 'class.mobile')).join(', ') : undefined, b.report ? t('budget.then.report') : undefined, t('budget.renews', { when: stamp(b.renews) })].filter(Boolean).join(' · ');
  const head = <><span className="row g8 wrap"><span className="med">{b.name}</span>{b.each && <span className="chip small">{t('budget.each_chip')}</span>}{b.off && <span className="chip small">{t('budget.off')}</span>}</span><span className="meta">{about}</span></>;
  return (
    <div className="list-row top">
      <PiggyBank className="icon t3" aria-hidden />
      <span className="grow col g8">
        {open ? <button type="button" className="plain col start" onClick={open}>{head}</button> : <span className="col">{head}</span>}
        {!b.each && <Gauge of={b} />}
        {b.each && b.people.length === 0 && <span className="meta num">{limitWord(b, b.limit)} · {t('budget.nobody')}</span>}
        {b.each && b.people.slice(0, 5).map((p) => <span key={p.user} className="col g4"><span className="t2">{p.name}</span><Gauge of={b} spent={p.spent} most={p.most} /></span>)}
        {b.raises.map((r, i) => <span key={i} className="meta">{t('budget.raise_line', { more: limitWord(b, r.more), when: stamp(r.until), who: r.name ? ` (${r.name})` : '', reason: r.reason })}{r.by ? ` · ${r.by}` : ''}</span>)}
      </span>
      {b.edit && !b.off && <Button small onClick={onRaise}>{t('budget.raise')}</Button>}
    </div>
  );
}

export default function BudgetPage() {
  const me = useMe();
  const list = useQuery({ queryKey: ['budgets'], queryFn: api.budgets, refetchInterval: 10_000 });
  const { values, set } = useAddress();
  const [raising, setRaising] = useState<Budget>();
  const close = () => set({ peek: undefined, add: undefined });
  const add = () => set({ add: '1', peek: undefined });
  const may = can(me, 'budget.edit', 'group');
  const open = list.data?.items.find((b) => b.id === values.peek && b.edit);
  const side = values.add && list.data ? <Edit key="new" currency={list.data.currency} onClose={close} /> : open ? <Edit key={open.id + (open.revision ?? '')} of={open} currency={list.data?.currency} onClose={close} /> : undefined;
  return (
    <Sheet title={t('nav.budgets')} scope={t('budget.lead')} actions={may && <Button kind="primary" icon={Plus} onClick={add}>{t('budget.add')}</Button>} side={side}>
      <Loaded of={list}>
        {(all) => (
          <div className="col g16">
            {!all.priced && all.items.some((b) => b.measure === 'money' && !b.off && !b.report) && <p className="note warn">{t('budget.unpriced')}</p>}
            {all.items.length === 0 ? <Empty icon={PiggyBank} action={may && <Button small icon={Plus} onClick={add}>{t('budget.add')}</Button>}>{t('budget.empty')}</Empty>
              : <Card>{all.items.map((b) => <Row key={b.id} of={b} open={b.edit ? () => set({ peek: b.id, add: undefined }) : undefined} onRaise={() => setRaising(b)} />)}</Card>}
          </div>
        )}
      </Loaded>
      {raising && <Raise of={raising} onClose={() => setRaising(undefined)} />}
    </Sheet>
  );
}
