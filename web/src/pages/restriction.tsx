/** Restrictions: who may call which numbers outside, as sentences, and a question to the decision: why can somebody not call? */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { PhoneOff, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, type Restriction } from '../api';
import { ExceptEditor, OnEditor, RulesEditor, onWord } from '../parts/restriction';
import { TryFirst } from '../parts/draft';
import { useAddress, useGroups } from '../parts/query';
import { WhatIf } from '../parts/whatif';
import { byName } from '../parts/words';
import { Button } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Pick, Text, Toggle, useForm } from '../ui/form';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

function Edit({ of, onClose }: { of?: Restriction; onClose: () => void }) {
  const cache = useQueryClient();
  const groups = byName(useGroups().data?.items ?? []);
  const [on, setOn] = useState(of?.on ?? [{ kind: 'office' as const }]);
  const [rules, setRules] = useState(of?.rules ?? [{ effect: 'allow' as const, classes: ['local', 'national', 'mobile', 'toll_free'] as NonNullable<Restriction['rules'][number]['classes']> }]);
  const [except, setExcept] = useState(of?.except ?? []);
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all([cache.invalidateQueries({ queryKey: ['restrictions'] }), cache.invalidateQueries({ queryKey: ['whycall'] }), cache.invalidateQueries({ queryKey: ['audit'] })]);
  const typed = (v: { name: string; group: string; off: boolean }) => ({ name: v.name, group: v.group, off: v.off, on: on.map(({ kind, id }) => ({ kind, id })), rules: rules.map(({ text: _, ...r }) => r), except: except.map(({ text: _, name: __, ...e }) => e) });
  const form = useForm({ name: of?.name ?? '', group: of?.group ?? '', off: Boolean(of?.off) }, async (v) => {
    const body = typed(v);
    if (of) await api.editRestriction(of.id, { ...body, revision: of.revision });
    else await api.addRestriction(body);
    await refresh();
    toast({ text: t('restriction.saved', { name: v.name }) });
    onClose();
  });
  return (
    <Side title={of?.name ?? t('restriction.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{of && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('restriction.delete')}</Button></span>}<TryFirst part="restrictions" id={of?.id} name={form.values.name} body={() => ({ ...typed(form.values), revision: of?.revision })} /></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'group']} />
        <Text form={form} name="name" label={t('field.name')} focus />
        <OnEditor value={on} onChange={setOn} />
        <RulesEditor value={rules} onChange={setRules} />
        <ExceptEditor value={except} onChange={setExcept} />
        <Pick form={form} name="group" label={t('restriction.owner')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />
        <Toggle form={form} name="off" label={t('restriction.off')} hint={t('restriction.off_hint')} />
        <WhatIf draft={() => ({ restrictions: [{ id: of?.id, set: typed(form.values) }] })} />
      </div>
      {of && <Confirm open={removing} danger title={t('restriction.delete_title', { name: of.name })} action={t('restriction.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteRestriction(of.id); await refresh(); toast({ text: t('restriction.deleted', { name: of.name }) }); onClose(); }}><p>{t('restriction.delete_hint')}</p></Confirm>}
    </Side>
  );
}

/** A profile as it reads. */
function Profile({ of, open }: { of: Restriction; open?: () => void }) {
  const inside = (
    <span className="grow col g4">
      <span className="row g8"><span className="med">{of.name}</span>{of.off && <span className="chip small">{t('restriction.is_off')}</span>}</span>
      <span className="meta">{[...of.on.map(onWord), of.hidden > 0 && t('restriction.hidden', { n: of.hidden })].filter(Boolean).join(' · ') || t('restriction.on_nobody')}</span>
      {of.rules.map((r, i) => <span key={i} className={r.effect === 'deny' ? 'warn' : 't2'}>{r.text}</span>)}
      {of.except.map((e, i) => <span key={i} className="meta">{t('restriction.except_line', { name: e.name ?? t('place.somebody'), what: e.text ?? '', reason: e.reason })}</span>)}
    </span>
  );
  return open ? <button type="button" className="list-row" onClick={open}><PhoneOff className="icon t3" aria-hidden />{inside}</button> : <div className="list-row"><PhoneOff className="icon t3" aria-hidden />{inside}</div>;
}

export default function RestrictionPage() {
  const list = useQuery({ queryKey: ['restrictions'], queryFn: api.restrictions });
  const { values, set } = useAddress();
  const close = () => set({ peek: undefined, add: undefined });
  const add = () => set({ add: '1', peek: undefined });
  const open = list.data?.items.find((r) => r.id === values.peek && r.edit);
  const side = values.add ? <Edit key="new" onClose={close} /> : open ? <Edit key={open.id + (open.revision ?? '')} of={open} onClose={close} /> : undefined;
  return (
    <Sheet title={t('nav.restrictions')} scope={t('restriction.lead')} actions={<Button kind="primary" icon={Plus} onClick={add}>{t('restriction.add')}</Button>} side={side}>
      <div className="col g24">
        <Loaded of={list}>
          {(all) => (all.items.length === 0 ? <Empty icon={PhoneOff} action={<Button small icon={Plus} onClick={add}>{t('restriction.add')}</Button>}>{t('restriction.empty')}</Empty> : (
            <Card>{all.items.map((r) => <Profile key={r.id} of={r} open={r.edit ? () => set({ peek: r.id, add: undefined }) : undefined} />)}</Card>
          ))}
        </Loaded>
        <p><Link to="/explain?tab=call">{t('whycall.title')}</Link></p>
      </div>
    </Sheet>
  );
}
