/** The panel of a line to a carrier. */
import { useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Trunk } from '../api';
import { Button } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Choices, Pick, Text, Toggle, useForm } from '../ui/form';
import { Chooser } from '../ui/pick';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { useGroups } from './query';
import { Certificates } from './certificate';
import { LineCall } from './linecall';
import { Trial } from './trial';
import { byName } from './words';

const transports = ['', 'udp', 'tcp', 'tls'] as const;
const forms = ['plus', 'digits', 'abroad', 'national'] as const;
const onwards = ['', 'diversion', 'history'] as const;
const fields = ['name', 'host', 'transport', 'domain', 'username', 'auth_name', 'secret', 'expires', 'ping', 'sources', 'calls', 'prefix', 'shows', 'group', 'encrypt', 'pins', 'authorities'];

/** What lines of a kind have in common, whoever the carrier is. */
const shapes = {
  account: { register: true, transport: '', sends: 'plus', encrypt: false, trusted: false },
  account_secure: { register: true, transport: 'tls', sends: 'plus', encrypt: true, trusted: false },
  account_digits: { register: true, transport: '', sends: 'digits', encrypt: false, trusted: false },
  account_national: { register: true, transport: '', sends: 'national', encrypt: false, trusted: false },
  address: { register: false, transport: 'udp', sends: 'plus', encrypt: false, trusted: false },
  address_secure: { register: false, transport: 'tls', sends: 'plus', encrypt: true, trusted: false },
  system: { register: false, transport: 'tcp', sends: 'plus', encrypt: false, trusted: true },
} as const;

export function EditTrunk({ trunk, onClose }: { trunk?: Trunk; onClose: () => void }) {
  const cache = useQueryClient();
  const groups = byName(useGroups().data?.items ?? []);
  const [removing, setRemoving] = useState(false);
  const [more, setMore] = useState(Boolean(trunk?.state.refused));
  const [shape, setShape] = useState('');
  const refresh = () => Promise.all(['trunks', 'numbers', 'outroutes', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const form = useForm({
    name: trunk?.name ?? '', group: trunk?.group ?? '', host: trunk?.host ?? '', transport: trunk?.transport ?? '', register: trunk?.register ?? true, username: trunk?.username ?? '', secret: '',
    auth_name: trunk?.auth_name ?? '', domain: trunk?.domain ?? '', sends: trunk?.sends ?? 'plus', prefix: trunk?.prefix ?? '', shows: trunk?.shows ?? '', calls: trunk?.calls ? String(trunk.calls) : '',
    sources: (trunk?.sources ?? []).join('\n'), trusted: trunk?.trusted ?? false, account: trunk?.account ?? false, deflects: trunk?.deflects ?? false, onward: trunk?.onward ?? '', encrypt: trunk?.encrypt ?? false, expires: trunk?.expires ? String(trunk.expires) : '', ping: trunk?.ping ? String(trunk.ping) : '', on: !trunk?.off,
    pins: (trunk?.pins ?? []).join('\n'), authorities: trunk?.authorities ?? '',
  }, async ({ on, secret, calls, expires, ping, sources, pins, ...v }) => {
    const body = { ...v, off: !on, secret: secret === '' && trunk ? undefined : secret, calls: Number(calls || 0), expires: Number(expires || 0), ping: Number(ping || 0), sources: sources.split(/[\s,]+/).filter(Boolean), pins: [pins] };
    if (trunk) await api.editTrunk(trunk.id, { ...body, revision: trunk.revision });
    else await api.addTrunk(body);
    await refresh();
    toast({ text: t('trunk.saved', { name: v.name }) });
    onClose();
  });
  const take = (x: string) => {
    setShape(x);
    const of = shapes[x as keyof typeof shapes];
    if (!of) return;
    for (const [name, v] of Object.entries(of)) form.set(name as keyof typeof of, v);
    if (of.encrypt || of.trusted) setMore(true);
  };
  return (
    <Side title={trunk?.name ?? t('trunk.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{trunk && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('ring.delete')}</Button></span>}</>}>
      <div className="col g16">
        <FormError error={form.error} fields={fields} />
        {trunk && <Trial trunk={trunk.id} />}
        {trunk && !trunk.off && <LineCall trunk={trunk.id} />}
        {!trunk && <Chooser label={t('shape.title')} hint={t('shape.hint')} value={shape} empty={t('shape.own')} options={Object.keys(shapes).map((x) => ({ value: x, label: t(`shape.${x as keyof typeof shapes}`) }))} onChange={take} />}
        <Text form={form} name="name" label={t('field.name')} focus />
        <Text form={form} name="host" label={t('trunk.host')} hint={t('trunk.host_hint')} placeholder="sip.carrier.example" />
        <Toggle form={form} name="register" label={t('trunk.register')} hint={t('trunk.register_hint')} />
        <Text form={form} name="username" label={t('trunk.username')} auto="off" />
        <Text form={form} name="secret" type="password" label={t('trunk.secret')} hint={trunk?.has_secret ? t('trunk.secret_kept') : undefined} auto="new-password" />
        <div className="col g8"><span className="label" aria-hidden>{t('trunk.transport')}</span><Choices name="transport" label={t('trunk.transport')} value={form.values.transport} onChange={(v) => form.set('transport', v as typeof form.values.transport)} options={transports.map((x) => ({ value: x, label: x === '' ? t('trunk.transport_auto') : x.toUpperCase() }))} /></div>
        <div className="col g8"><span className="label" aria-hidden>{t('trunk.sends')}</span><Choices name="sends" label={t('trunk.sends')} value={form.values.sends} onChange={(v) => form.set('sends', v as typeof form.values.sends)} options={forms.map((x) => ({ value: x, label: t(`trunk.form.${x}`) }))} /></div>
        <Text form={form} name="shows" label={t('trunk.shows')} hint={t('trunk.shows_hint')} />
        <Toggle form={form} name="on" label={t('trunk.on')} />
        {!more && <div className="row"><Button small kind="quiet" onClick={() => setMore(true)}>{t('trunk.more')}</Button></div>}
        {more && (
          <>
            <Pick form={form} name="group" label={t('trunk.group')} hint={t('trunk.group_hint')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />
            <Text form={form} name="auth_name" label={t('trunk.auth_name')} hint={t('trunk.auth_name_hint')} optional />
            <Text form={form} name="domain" label={t('trunk.domain')} hint={t('trunk.domain_hint')} optional />
            <Text form={form} name="calls" label={t('trunk.calls')} hint={t('trunk.calls_hint')} optional />
            <Text form={form} name="prefix" label={t('trunk.prefix')} hint={t('trunk.prefix_hint')} optional />
            <Text form={form} name="sources" label={t('trunk.sources')} hint={t('trunk.sources_hint')} optional area={3} />
            {(form.values.transport === 'tls' || form.values.pins || form.values.authorities) && <Certificates form={form} trunk={trunk} />}
            <Toggle form={form} name="encrypt" label={t('trunk.encrypt')} hint={t('trunk.encrypt_hint')} />
            <Toggle form={form} name="trusted" label={t('trunk.trusted')} hint={t('trunk.trusted_hint')} />
            <Toggle form={form} name="account" label={t('trunk.account')} hint={t('trunk.account_hint')} />
            <Toggle form={form} name="deflects" label={t('trunk.deflects')} hint={t('trunk.deflects_hint')} />
            <div className="col g8"><span className="label" aria-hidden>{t('trunk.onward')}</span><Choices name="onward" label={t('trunk.onward')} value={form.values.onward} onChange={(v) => form.set('onward', v as typeof form.values.onward)} options={onwards.map((x) => ({ value: x, label: x === '' ? t('trunk.onward_none') : x === 'diversion' ? 'Diversion' : 'History-Info' }))} /><span className="meta">{t('trunk.onward_hint')}</span></div>
            <Text form={form} name="expires" label={t('trunk.expires')} hint={t('trunk.expires_hint')} optional />
            <Text form={form} name="ping" label={t('trunk.ping')} hint={t('trunk.ping_hint')} optional />
          </>
        )}
      </div>
      {trunk && <Confirm open={removing} danger title={t('trunk.delete_title', { name: trunk.name })} action={t('ring.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteTrunk(trunk.id); await refresh(); onClose(); }}><p>{t('trunk.delete_hint')}</p></Confirm>}
    </Side>
  );
}
