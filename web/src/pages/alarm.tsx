/** Calls abroad that were stopped because there were too many, one click to open them again, and from when on they are stopped. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { BellOff, Siren, SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { type Alarm, type Alarms, api } from '../api';
import { moment } from '../format';
import { useAddress } from '../parts/query';
import { Button } from '../ui/button';
import { Side } from '../ui/dialog';
import { Text, Toggle, useForm } from '../ui/form';
import { Card, Sheet } from '../ui/sheet';
import { Empty, failed, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const numbers = ['at_once', 'group', 'destinations', 'short', 'short_seconds'] as const;

function Limits({ of, onClose }: { of: Alarms['limits']; onClose: () => void }) {
  const cache = useQueryClient();
  const form = useForm({ at_once: String(of.at_once), group: String(of.group), destinations: String(of.destinations), short: String(of.short), short_seconds: String(of.short_seconds), country: of.country, cut: of.cut }, async (v) => {
    await api.editAlarms({ at_once: Number(v.at_once), group: Number(v.group), destinations: Number(v.destinations), short: Number(v.short), short_seconds: Number(v.short_seconds), country: v.country, cut: v.cut });
    await cache.invalidateQueries({ queryKey: ['alarms'] });
    toast({ text: t('alarm.saved') });
    onClose();
  });
  return (
    <Side title={t('alarm.limits')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <FormError error={form.error} fields={[...numbers]} />
        <p className="meta">{t('alarm.limits_hint')}</p>
        {numbers.map((name) => <Text key={name} form={form} name={name} label={t(`alarm.${name}`)} type="number" />)}
        <Toggle form={form} name="country" label={t('alarm.country')} />
        <Toggle form={form} name="cut" label={t('alarm.cut')} />
      </div>
    </Side>
  );
}

function Row({ of }: { of: Alarm }) {
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const whom = of.on.name ?? '';
  const lift = async () => {
    setBusy(true);
    try {
      await api.liftAlarm(of.id);
      toast({ text: t('alarm.lifted', { name: whom }) });
    } catch (problem) {
      toast(failed(problem));
    } finally {
      await Promise.all(['alarms', 'whycall', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      setBusy(false);
    }
  };
  const facts = [
    moment(of.raised),
    t('alarm.last', { number: of.number }),
    of.on.kind === 'group' && t('alarm.whose', { name: of.user.name ?? '' }),
    of.cut && t('alarm.was_cut'),
    of.lifted && of.by && t('alarm.lifted_by', { name: of.by.name ?? '', at: moment(of.lifted) }),
    of.reason,
  ];
  return (
    <div className="list-row">
      <Siren className={`icon ${of.lifted ? 't3' : 'danger'}`} aria-hidden />
      <span className="grow col g4">
        <span className="row w g8"><span className="med">{whom}</span><span className={`chip small ${of.lifted ? 'ok' : 'danger'}`}>{of.lifted ? t('alarm.is_lifted') : t('alarm.is_held')}</span></span>
        <span>{of.text}</span>
        <span className="meta num">{facts.filter(Boolean).join(' · ')}</span>
      </span>
      {of.edit && !of.lifted && <Button small busy={busy} onClick={() => void lift()}>{t('alarm.lift')}</Button>}
    </div>
  );
}

export default function AlarmPage() {
  const list = useQuery({ queryKey: ['alarms'], queryFn: api.alarms });
  const { values, set } = useAddress();
  const close = () => set({ limits: undefined });
  return (
    <Sheet title={t('nav.alarms')} scope={t('alarm.lead')} actions={list.data?.edit && <Button icon={SlidersHorizontal} onClick={() => set({ limits: '1' })}>{t('alarm.limits')}</Button>} side={values.limits && list.data ? <Limits of={list.data.limits} onClose={close} /> : undefined}>
      <Loaded of={list}>
        {(all) => {
          const held = all.items.filter((a) => !a.lifted);
          const past = all.items.filter((a) => a.lifted);
          return all.items.length === 0 ? <Empty icon={BellOff}>{t('alarm.empty')}</Empty> : (
            <div className="col g16">
              {held.length > 0 && <Card title={t('alarm.holds')}>{held.map((a) => <Row key={a.id} of={a} />)}</Card>}
              {past.length > 0 && <Card title={t('alarm.before')}>{past.map((a) => <Row key={a.id} of={a} />)}</Card>}
            </div>
          );
        }}
      </Loaded>
    </Sheet>
  );
}
