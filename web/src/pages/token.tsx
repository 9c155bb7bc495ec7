/** API tokens: a program acts for its owner, never with more than the owner's rights. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, type Budget, type Token } from '../api';
import { ago, day, stamp } from '../format';
import { EditBudget, Gauge, LimitFields, limitOf } from '../parts/budget';
import { useGroups } from '../parts/query';
import { rightWord } from '../parts/words';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { CopyField } from '../ui/copy';
import { Confirm, Dialog } from '../ui/dialog';
import { Choices, Pick, Text, Toggle, useForm } from '../ui/form';
import { Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const lengths = ['7', '30', '90', '365'] as const;

const useCurrency = () => useQuery({ queryKey: ['budgets'], queryFn: api.budgets }).data?.currency;

function AddToken({ done }: { done: (secret: string) => void }) {
  const me = useMe();
  const cache = useQueryClient();
  const [rights, setRights] = useState<string[]>([]);
  const groups = useGroups().data?.items ?? [];
  const catalogue = useQuery({ queryKey: ['rights'], queryFn: api.rights, staleTime: 300_000 });
  const reachesGroups = (right: string) => catalogue.data?.items.some((r) => r.name === right && (r.group.includes('group') || r.level.includes('group'))) ?? false;
  const currency = useCurrency();
  const form = useForm({ name: '', days: '90', reach: 'all', networks: '', within: '', measure: currency ? 'money' : 'time', limited: false, limit: '', period: 'day' }, async (v) => {
    const expires = new Date(Date.now() + Number(v.days) * 86_400_000 - 60_000).toISOString(); // a minute less, so that a slow line does not pass a limit
    const narrow = v.reach === 'some' && v.within ? Object.fromEntries(rights.filter(reachesGroups).map((r) => [r, { kind: 'group' as const, group: v.within }])) : undefined;
    const made = await api.addToken({ name: v.name, expires, rights: v.reach === 'some' ? rights : undefined, networks: v.networks.split(/[\s,;]+/).filter(Boolean), narrow, budget: v.limited ? { measure: v.measure as Budget['measure'], period: v.period as Budget['period'], limit: limitOf(v.measure, v.limit) } : undefined });
    await cache.invalidateQueries({ queryKey: ['tokens'] });
    done(made.secret);
  });
  return (
    <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <Text form={form} name="name" label={t('token.name')} hint={t('token.name_hint')} focus />
      <Pick form={form} name="days" label={t('token.expires')} options={lengths.map((d) => ({ value: d, label: t('token.days', { n: Number(d) }) }))} />
      <Choices name="reach" label={t('token.rights')} value={form.values.reach} onChange={(v) => form.set('reach', v)} options={[{ value: 'all', label: t('token.all_mine'), hint: t('token.all_hint') }, { value: 'some', label: t('token.only_some'), hint: t('token.some_hint') }]} />
      {form.values.reach === 'some' && (
        <fieldset className="rights" tabIndex={0}>
          <legend className="sr">{t('token.rights')}</legend>
          {Object.keys(me.rights).sort().map((r) => (
            <label key={r} className="row right-row"><input type="checkbox" checked={rights.includes(r)} onChange={(e) => setRights(e.currentTarget.checked ? [...rights, r] : rights.filter((x) => x !== r))} /><span className="grow">{rightWord(r)}</span><span className="mono t3">{r}</span></label>
          ))}
        </fieldset>
      )}
      {form.values.reach === 'some' && rights.some(reachesGroups) && <Pick form={form} name="within" label={t('token.within')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('token.within_all')} searchable />}
      <Text form={form} name="networks" label={t('token.networks')} hint={t('token.networks_hint')} />
      <Toggle form={form} name="limited" label={t('token.budget')} hint={t('token.budget_hint')} />
      {form.values.limited && <LimitFields form={form} currency={currency} />}
      <FormError error={form.error} fields={['name', 'networks', 'limit', 'measure']} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy}>{t('token.create')}</Button></div>
    </form>
  );
}

export default function TokensPage() {
  const cache = useQueryClient();
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: api.tokens, refetchInterval: 15_000 });
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState('');
  const [revoking, setRevoking] = useState<Token>();
  const [limiting, setLimiting] = useState<{ token: Token; of?: Budget }>();
  const currency = useCurrency();
  const add = <Button kind="primary" icon={Plus} onClick={() => setAdding(true)}>{t('token.add')}</Button>;
  return (
    <Sheet title={t('nav.tokens')} scope={<>{t('token.lead')} <a href="/v1/docs">{t('token.docs')}</a></>} actions={add} side={limiting && <EditBudget key={limiting.token.id + (limiting.of?.revision ?? '')} of={limiting.of} fixed={{ kind: 'token', id: limiting.token.id, name: limiting.token.name }} currency={currency} onClose={() => setLimiting(undefined)} />}>
      <Loaded of={tokens}>
        {(list) => list.items.length === 0 ? <Empty icon={KeyRound} action={add}>{t('token.empty')}</Empty> : (
          <div className="card form">
            {list.items.map((k) => {
              const end = k.expires;
              return (
                <div key={k.id} className="list-row given">
                  <KeyRound className="icon l t3" aria-hidden />
                  <span className="grow col"><span className="med">{k.name}</span><span className="meta num">{[k.prefix && `${k.prefix}…`, k.rights?.length ? t('token.n_rights', { n: k.rights.length }) : t('token.all_mine'), k.narrow?.[0] && t('token.only_over', { group: k.narrow[0].where }), k.networks.length > 0 && t('token.only_from', { networks: k.networks.join(', ') }), t('token.created', { when: ago(k.created) })].filter(Boolean).join(' · ')}</span><span className="meta num">{k.used ? t('token.used', { when: ago(k.used), address: k.from ?? '' }) : t('token.unused')}</span>{k.budgets.map((b) => <button key={b.id} type="button" className="plain col g4 start" onClick={() => setLimiting({ token: k, of: b })}><Gauge of={b} /><span className="meta">{[b.name !== k.name && b.name, t(`budget.period.${b.period}`), b.report && t('budget.then.report'), b.off ? t('budget.off') : t('budget.renews', { when: stamp(b.renews) })].filter(Boolean).join(' · ')}</span></button>)}</span>
                  <span className="chip small">{end ? t('token.until', { date: day(end) }) : t('token.never')}</span>
                  {k.budgets.length === 0 && <Button small onClick={() => setLimiting({ token: k })}>{t('token.budget_add')}</Button>}
                  <Button small onClick={() => setRevoking(k)}>{t('token.revoke')}</Button>
                </div>
              );
            })}
          </div>
        )}
      </Loaded>
      <Dialog open={adding} title={t('token.add')} onClose={() => setAdding(false)}><AddToken done={(s) => { setAdding(false); setSecret(s); }} /></Dialog>
      <Dialog open={secret !== ''} title={t('token.made')} onClose={() => setSecret('')}>
        <div className="col g16">
          <div className="note warn"><span>{t('token.once')}</span></div>
          <CopyField label={t('token.secret')} value={secret} />
          <CopyField label={t('token.example')} value={`curl -H "Authorization: Bearer ${secret}" ${location.origin}/v1/users`} />
          <div className="row"><Button kind="primary" onClick={() => setSecret('')}>{t('ui.done')}</Button></div>
        </div>
      </Dialog>
      <Confirm open={revoking !== undefined} title={t('token.revoke_title', { name: revoking?.name ?? '' })} action={t('token.revoke')} onClose={() => setRevoking(undefined)} run={async () => {
        if (!revoking) return;
        await api.revokeToken(revoking.id);
        await cache.invalidateQueries({ queryKey: ['tokens'] });
        toast({ text: t('token.revoked', { name: revoking.name }) });
      }}>{t('token.revoke_consequences')}</Confirm>
    </Sheet>
  );
}
