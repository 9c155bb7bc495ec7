/** The blocklist: networks that phones are not answered from, with what they did, and those that are never shut out by themselves. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, ShieldBan, ShieldCheck, ShieldX } from 'lucide-react';
import { useState } from 'react';
import { api, type Block } from '../api';
import { count, moment } from '../format';
import { useAddress } from '../parts/query';
import { Button } from '../ui/button';
import { Side } from '../ui/dialog';
import { Choices, Pick, Text, Toggle, useForm } from '../ui/form';
import { Card, Sheet } from '../ui/sheet';
import { Empty, failed, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const lengths = { day: 1, month: 30, ever: 0 } as const;

function Add({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const form = useForm({ network: '', what: 'shut' as 'shut' | 'allow', reason: '', until: 'month' as keyof typeof lengths, confirm: false }, async (v) => {
    const days = lengths[v.until];
    await api.addBlock({ network: v.network, allow: v.what === 'allow', reason: v.reason, until: days ? new Date(Date.now() + days * 86_400_000).toISOString() : undefined, confirm: v.confirm });
    await cache.invalidateQueries({ queryKey: ['blocks'] });
    toast({ text: t('block.saved', { network: v.network }) });
    onClose();
  });
  return (
    <Side title={t('block.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['network', 'reason', 'until']} />
        <Text form={form} name="network" label={t('block.network')} hint={t('block.network_hint')} focus />
        <Choices name="what" label={t('block.what')} value={form.values.what} onChange={(v) => form.set('what', v === 'allow' ? 'allow' : 'shut')} options={[{ value: 'shut', label: t('block.shut') }, { value: 'allow', label: t('block.allow') }]} />
        <Pick form={form} name="until" label={t('block.until')} options={[{ value: 'day', label: t('block.until_day') }, { value: 'month', label: t('block.until_month') }, { value: 'ever', label: t('block.until_ever') }]} />
        <Text form={form} name="reason" label={t('block.reason')} />
        {form.values.what === 'shut' && <Toggle form={form} name="confirm" label={t('block.confirm')} />}
      </div>
    </Side>
  );
}

function Row({ of }: { of: Block }) {
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const release = async () => {
    setBusy(true);
    try {
      await api.releaseBlock(of.id);
      toast({ text: t('block.released', { network: of.network }) });
    } catch (problem) {
      toast(failed(problem));
    } finally {
      await cache.invalidateQueries({ queryKey: ['blocks'] });
      setBusy(false);
    }
  };
  const Icon = of.allow ? ShieldCheck : ShieldX;
  const facts = [
    of.by ? t('block.by', { name: of.by.name ?? '' }) : t('block.house', { n: count(of.failed ?? 0) }),
    of.first && of.last && t('block.seen', { first: moment(of.first), last: moment(of.last) }),
    of.tried.length > 0 && t('block.tried', { names: of.tried.join(', ') }),
    of.agent,
    of.phones > 0 && t('block.phones', { n: count(of.phones) }),
  ];
  return (
    <div className="list-row">
      <Icon className={`icon ${of.allow ? 't3' : 'danger'}`} aria-hidden />
      <span className="grow col g4">
        <span className="row w g8"><span className="med mono">{of.network}</span><span className={`chip small ${of.allow ? 'ok' : 'danger'}`}>{of.allow ? t('block.is_allowed') : t('block.is_shut')}</span><span className="meta num">{of.until ? t('block.ends', { at: moment(of.until) }) : t('block.until_ever')}</span></span>
        {of.reason && <span>{of.reason}</span>}
        <span className="meta num">{facts.filter(Boolean).join(' · ')}</span>
      </span>
      <Button small busy={busy} onClick={() => void release()}>{of.allow ? t('block.remove') : t('block.release')}</Button>
    </div>
  );
}

export default function BlockPage() {
  const list = useQuery({ queryKey: ['blocks'], queryFn: api.blocks });
  const { values, set } = useAddress();
  const add = () => set({ add: '1' });
  return (
    <Sheet title={t('nav.blocks')} scope={t('block.lead')} actions={<Button kind="primary" icon={Plus} onClick={add}>{t('block.add')}</Button>} side={values.add ? <Add onClose={() => set({ add: undefined })} /> : undefined}>
      <Loaded of={list}>
        {(all) => (all.items.length === 0 ? <Empty icon={ShieldBan} action={<Button small icon={Plus} onClick={add}>{t('block.add')}</Button>}>{t('block.empty')}</Empty> : (
          <Card>{[...all.items].reverse().map((b) => <Row key={b.id} of={b} />)}</Card>
        ))}
      </Loaded>
    </Sheet>
  );
}
