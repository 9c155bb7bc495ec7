/** Settings of the whole office: who we are, and how mail leaves the house. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { api, type Me, type Settings } from '../api';
import { Costs } from '../parts/billing';
import { Codes } from '../parts/code';
import { Providers } from '../parts/provider';
import { useAddress } from '../parts/query';
import { fieldWord } from '../parts/words';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { before, changed, Conflict, countryOptions, languageOptions, Pick, Text, Toggle, useForm, zoneOptions } from '../ui/form';
import { Sheet, Tabs } from '../ui/sheet';
import { FormError, Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

function useSave() {
  const cache = useQueryClient();
  return async (change: Record<string, unknown>, undo?: Record<string, unknown>) => {
    const put = async (c: Record<string, unknown>) => {
      await api.editSettings(c);
      await Promise.all(['settings', 'session', 'overview'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
    };
    await put(change);
    toast({ text: t('ui.saved'), undo: undo && (() => put(undo)) });
  };
}

function Office({ settings }: { settings: Settings }) {
  const save = useSave();
  const me = useMe();
  const now = { name: settings.name, country: settings.country, zone: settings.zone, language: settings.language, public: settings.public ?? '', digits: String(settings.digits), reasons: settings.reasons, listen_tone: settings.listen_tone, listen_hidden: settings.listen_hidden, council: settings.council, talk: settings.talk };
  const form = useForm(now, (v, base) => {
    const digits = (c: Partial<typeof now>) => ({ ...c, ...(c.digits ? { digits: Number(c.digits) } : {}) });
    const change = changed(v, base);
    return save({ ...digits(change), revision: settings.revision }, digits(before(change, base)));
  });
  return (
    <form className="form col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <div className="half">
        <Text form={form} name="name" label={t('office.name')} hint={t('office.name_hint')} />
        <Pick form={form} name="language" label={t('field.language')} hint={t('office.language_hint')} options={languageOptions()} />
        <Pick form={form} name="country" label={t('field.country')} hint={t('office.country_hint')} options={countryOptions()} searchable />
        <Pick form={form} name="zone" label={t('field.zone')} hint={t('office.zone_hint')} options={zoneOptions()} searchable />
        <Pick form={form} name="digits" label={t('office.digits')} hint={t('office.digits_hint')} options={['2', '3', '4'].map((d) => ({ value: d, label: t('office.digits_n', { n: Number(d) }) }))} />
        <Text form={form} name="public" label={t('office.public')} hint={t('office.public_hint')} placeholder={me.sip.server} optional />
      </div>
      <Toggle form={form} name="reasons" label={t('office.reasons')} hint={t('office.reasons_hint')} />
      <Toggle form={form} name="talk" label={t('office.talk')} hint={t('office.talk_hint')} />
      <Toggle form={form} name="council" label={t('office.council')} hint={t('office.council_hint')} />
      {!form.values.council && <><Toggle form={form} name="listen_tone" label={t('office.listen_tone')} hint={t('office.listen_tone_hint')} />
      <Toggle form={form} name="listen_hidden" label={t('office.listen_hidden')} hint={t('office.listen_hidden_hint')} /></>}
      <Conflict form={form} label={fieldWord} />
      <FormError error={form.error} fields={Object.keys(now)} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={form.dirty ? undefined : t('ui.nothing_changed')}>{t('ui.save')}</Button></div>
    </form>
  );
}

function MailServer({ settings }: { settings: Settings }) {
  const save = useSave();
  const me = useMe();
  const m = settings.mail ?? {};
  const [testing, setTesting] = useState(false);
  const [test, setTest] = useState<{ ok: boolean; text: string }>();
  const form = useForm({ host: m.host ?? '', port: String(m.port || 587), from: m.from ?? '', user: m.user ?? '', password: '', tls: m.tls || 'starttls' }, (v) =>
    save({ mail: { host: v.host, port: Number(v.port) || undefined, from: v.from, user: v.user, tls: v.tls, ...(v.password ? { password: v.password } : {}) } }));
  const run = async () => {
    setTesting(true);
    setTest(undefined);
    try {
      await api.testMail();
      setTest({ ok: true, text: t('mail.test_ok', { to: me.user.email ?? '' }) });
    } catch (e) {
      setTest({ ok: false, text: sentence(e) });
    } finally {
      setTesting(false);
    }
  };
  return (
    <form className="form col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <p className="lead">{t('mail.server_lead')}</p>
      <div className="half">
        <Text form={form} name="host" label={t('mail.host')} placeholder="smtp.example.com" />
        <Text form={form} name="port" label={t('mail.port')} type="number" />
        <Text form={form} name="from" label={t('mail.from')} type="email" placeholder="phone@example.com" />
        <Pick form={form} name="tls" label={t('mail.tls')} options={[{ value: 'starttls', label: 'STARTTLS' }, { value: 'tls', label: 'TLS' }, { value: 'none', label: t('mail.tls_none') }]} />
        <Text form={form} name="user" label={t('mail.user')} optional />
        <Text form={form} name="password" label={t('field.password')} type="password" auto="new-password" placeholder={m.has_password ? '••••••••' : undefined} hint={t('mail.password_hint')} />
      </div>
      <FormError error={form.error} fields={['host', 'port', 'from', 'user', 'password', 'tls']} />
      {test && <div className={`note ${test.ok ? 'ok' : 'danger'}`} role="status"><span>{test.text}</span></div>}
      <div className="row">
        <Button kind="primary" type="submit" busy={form.busy} locked={form.dirty ? undefined : t('ui.nothing_changed')}>{t('ui.save')}</Button>
        <Button icon={Send} busy={testing} locked={m.host ? (form.dirty ? t('mail.save_first') : undefined) : t('mail.no_server')} onClick={() => void run()}>{t('mail.test')}</Button>
      </div>
    </form>
  );
}

/** The tabs that somebody may open: what the office is, how people sign in and what things cost belong to different people. */
function tabsOf(me: Me) {
  return [
    ...(can(me, 'setting.edit', 'all') ? [{ id: 'office', label: t('settings.office') }, { id: 'mail', label: t('settings.mail') }, { id: 'codes', label: t('settings.codes') }] : []),
    ...(can(me, 'setting.edit', 'all') || can(me, 'rate.edit', 'all') ? [{ id: 'costs', label: t('settings.costs') }] : []),
    ...(can(me, 'login.edit', 'all') ? [{ id: 'signin', label: t('settings.signin') }] : []),
  ];
}

function OfficeSettings({ tab }: { tab: string }) {
  const settings = useQuery({ queryKey: ['settings'], queryFn: api.settings });
  return <Loaded of={settings}>{(s) => (tab === 'mail' ? <MailServer settings={s} /> : <Office settings={s} />)}</Loaded>;
}

export default function SettingsPage() {
  const { values, set } = useAddress();
  const me = useMe();
  const tabs = tabsOf(me);
  const tab = values.tab ?? tabs[0]?.id ?? 'office';
  return (
    <Sheet title={t('nav.settings')} scope={t('settings.lead')} tabs={<Tabs label={t('nav.settings')} value={tab} onChange={(x) => set({ tab: x === tabs[0]?.id ? undefined : x })} tabs={tabs} />}>
      {tab === 'signin' ? <Providers /> : tab === 'costs' ? <Costs /> : tab === 'codes' ? <Codes /> : <OfficeSettings tab={tab} />}
    </Sheet>
  );
}
