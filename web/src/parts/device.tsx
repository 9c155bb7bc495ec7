/** The phones of a person: list, add, account data, renew, rename, remove. */
import { useQueryClient } from '@tanstack/react-query';
import { Ellipsis, Globe, Headset, MonitorSmartphone, Phone, Plus, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { type Account, api, type Device } from '../api';
import { ago, moment } from '../format';
import { Button, IconButton } from '../ui/button';
import { CopyField } from '../ui/copy';
import { Confirm, Dialog } from '../ui/dialog';
import { Menu } from '../ui/filter';
import { Choices, Text, useForm } from '../ui/form';
import { Presence } from '../ui/person';
import { Tabs } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { type Key, t } from '../words';
import { useDevices } from './query';
import { deviceKinds, deviceWord } from './words';

const icons: Record<string, typeof Phone> = { soft: Headset, desk: Phone, mobile: Smartphone, browser: Globe };

export function DeviceLine({ device }: { device: Device }) {
  const Icon = icons[device.kind] ?? MonitorSmartphone;
  const b = device.bindings?.[0];
  return (
    <div className="row g12 grow device">
      <Icon className="icon l t3" aria-hidden />
      <span className="grow col">
        <span className="med trunc">{device.name}</span>
        <span className="meta trunc num">{b ? [b.transport.toUpperCase(), b.agent, b.source].filter(Boolean).join(' · ') : deviceWord(device.kind)}</span>
      </span>
      <span className="row g6 t2"><Presence state={device.registered ? 'available' : 'offline'} />{device.registered ? t('device.online') : t('device.offline')}</span>
    </div>
  );
}

type Guide = { id: string; name: string; steps: Key[] };
const guides: Guide[] = [
  { id: 'linphone', name: 'Linphone', steps: ['guide.linphone.1', 'guide.linphone.2', 'guide.linphone.3'] },
  { id: 'zoiper', name: 'Zoiper', steps: ['guide.zoiper.1', 'guide.zoiper.2', 'guide.zoiper.3'] },
  { id: 'microsip', name: 'MicroSIP', steps: ['guide.microsip.1', 'guide.microsip.2', 'guide.microsip.3'] },
  { id: 'baresip', name: 'baresip', steps: ['guide.baresip.1', 'guide.baresip.2'] },
  { id: 'desk', name: '', steps: ['guide.desk.1', 'guide.desk.2', 'guide.desk.3'] },
];

/** The account data of a phone. The password is shown here and never again. */
export function AccountCard({ account }: { account: Account }) {
  const [guide, setGuide] = useState('linphone');
  const shown = guides.find((g) => g.id === guide);
  const args = { server: account.server, username: account.username, port: String(account.ports.sip ?? 5060), sips: String(account.ports.sips ?? 5061) };
  return (
    <div className="col g20">
      <div className="note warn"><span>{t('device.once')}</span></div>
      <div className="account">
        <div className="col g8"><img className="qr" src={account.qr} alt={t('device.qr')} /><span className="meta">{t('device.qr_hint')}</span></div>
        <div className="col g12 grow">
          <CopyField label={t('device.username')} value={account.username} />
          <CopyField label={t('field.password')} value={account.secret} secret />
          <CopyField label={t('device.server')} value={account.server} />
          <dl className="dl num">
            <dt>{t('device.ports')}</dt><dd>{[account.ports.sip && `UDP/TCP ${account.ports.sip}`, account.ports.sips && `TLS ${account.ports.sips}`].filter(Boolean).join(' · ')}</dd>
            {account.realm && <><dt>{t('device.realm')}</dt><dd className="mono">{account.realm}</dd></>}
          </dl>
        </div>
      </div>
      <CopyField label={t('device.all_data')} value={account.text} secret />
      <section className="col g12">
        <h3 className="head">{t('guide.title')}</h3>
        <Tabs label={t('guide.title')} value={guide} onChange={setGuide} tabs={guides.map((g) => ({ id: g.id, label: g.name || t('guide.desk') }))} />
        <ol className="chain">{shown?.steps.map((s) => <li key={s}>{t(s, args)}</li>)}</ol>
        {guide === 'baresip' && <CopyField label="~/.baresip/accounts" value={`<sip:${account.username}@${account.server}${account.ports.sip && account.ports.sip !== 5060 ? `:${account.ports.sip}` : ''}>;auth_pass=${account.secret}`} secret />}
      </section>
    </div>
  );
}

export function AddDevice({ user, done }: { user: string; done: (account: Account, device: Device) => void }) {
  const cache = useQueryClient();
  const form = useForm<{ name: string; kind: (typeof deviceKinds)[number] }>({ name: '', kind: 'soft' }, async (v) => {
    const made = await api.addDevice(user, { name: v.name || deviceWord(v.kind), kind: v.kind });
    await cache.invalidateQueries({ queryKey: ['devices', user] });
    done(made.account, made.device);
  });
  return (
    <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <Choices name="kind" label={t('device.kind')} value={form.values.kind} onChange={(v) => form.set('kind', v as (typeof deviceKinds)[number])} options={deviceKinds.map((k) => ({ value: k, label: deviceWord(k), hint: t(`device.kind.${k}.hint`) }))} />
      <Text form={form} name="name" label={t('device.name')} placeholder={deviceWord(form.values.kind)} optional hint={t('device.name_hint')} focus />
      <FormError error={form.error} fields={['name', 'kind']} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy}>{t('device.create')}</Button></div>
    </form>
  );
}

function Rename({ device, onClose }: { device: Device; onClose: () => void }) {
  const cache = useQueryClient();
  const form = useForm({ name: device.name }, async (v) => {
    await api.editDevice(device.id, { name: v.name });
    await cache.invalidateQueries({ queryKey: ['devices'] });
    toast({ text: t('device.renamed', { name: v.name }), undo: () => api.editDevice(device.id, { name: device.name }).then(() => cache.invalidateQueries({ queryKey: ['devices'] })) });
    onClose();
  });
  return (
    <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <Text form={form} name="name" label={t('device.name')} focus />
      <FormError error={form.error} fields={['name']} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
    </form>
  );
}

type Doing = { what: 'add' } | { what: 'account'; account: Account; name: string } | { what: 'rename' | 'renew' | 'remove'; device: Device };

export function Devices({ user, name, may }: { user: string; name: string; may: boolean }) {
  const cache = useQueryClient();
  const devices = useDevices(user);
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const refresh = () => cache.invalidateQueries({ queryKey: ['devices'] });
  const device = doing && 'device' in doing ? doing.device : undefined;
  const add = <Button kind="primary" icon={Plus} locked={may ? undefined : t('device.not_yours')} why={{ right: 'device.edit', over: { kind: 'user', id: user } }} onClick={() => setDoing({ what: 'add' })}>{t('device.add')}</Button>;
  return (
    <div className="col g16">
      <Loaded of={devices}>
        {(list) => list.items.length === 0 ? <Empty icon={Phone} action={add}>{t('device.empty', { name })}</Empty> : (
          <>
            <div className="row">{add}</div>
            <div className="card">
              {list.items.map((d) => (
                <div key={d.id} className="list-row">
                  <DeviceLine device={d} />
                  {d.bindings?.[0] && <span className="meta nowrap wide-only" title={moment(d.bindings[0].since)}>{t('device.since', { ago: ago(d.bindings[0].since) })}</span>}
                  {may && (
                    <Menu withinPortal position="bottom-end">
                      <Menu.Target><IconButton small label={t('device.actions', { name: d.name })} icon={Ellipsis} /></Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item onClick={() => setDoing({ what: 'rename', device: d })}>{t('device.rename')}</Menu.Item>
                        <Menu.Item onClick={() => setDoing({ what: 'renew', device: d })}>{t('device.renew')}</Menu.Item>
                        <Menu.Item onClick={() => setDoing({ what: 'remove', device: d })}>{t('device.remove')}</Menu.Item>
                      </Menu.Dropdown>
                    </Menu>
                  )}
                </div>
              ))}
            </div>
          </>
        )}
      </Loaded>
      <Dialog open={doing?.what === 'add'} title={t('device.add_for', { name })} onClose={close} size={560}>
        <AddDevice user={user} done={(account, made) => setDoing({ what: 'account', account, name: made.name })} />
      </Dialog>
      <Dialog open={doing?.what === 'account'} title={doing?.what === 'account' ? t('device.connect', { name: doing.name }) : ''} onClose={close} size={680}>
        {doing?.what === 'account' && <><AccountCard account={doing.account} /><div className="row dialog-end"><Button kind="primary" onClick={close}>{t('ui.done')}</Button></div></>}
      </Dialog>
      <Dialog open={doing?.what === 'rename'} title={t('device.rename')} onClose={close} size={420}>{device && <Rename device={device} onClose={close} />}</Dialog>
      <Confirm
        open={doing?.what === 'renew'}
        danger={false}
        title={t('device.renew_title', { name: device?.name ?? '' })}
        action={t('device.renew')}
        onClose={() => setDoing((d) => (d?.what === 'renew' ? undefined : d))}
        run={async () => {
          if (!device) return;
          const made = await api.renewDevice(device.id);
          await refresh();
          setDoing({ what: 'account', account: made.account, name: device.name });
        }}
      >
        {t('device.renew_consequences')}
      </Confirm>
      <Confirm
        open={doing?.what === 'remove'}
        title={t('device.remove_title', { name: device?.name ?? '' })}
        action={t('device.remove')}
        onClose={close}
        run={async () => {
          if (!device) return;
          await api.deleteDevice(device.id);
          await refresh();
          toast({ text: t('device.removed', { name: device.name }) });
        }}
      >
        {t('device.remove_consequences')}
      </Confirm>
    </div>
  );
}
