/** One's own profile: particulars, password, sessions, phones. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { LogOut, MonitorSmartphone } from 'lucide-react';
import { api } from '../api';
import { ago, agent } from '../format';
import { OwnCalendar } from '../parts/calendar';
import { OwnCodes } from '../parts/code';
import { Deputies } from '../parts/deputy';
import { Reminders } from '../parts/reminder';
import { Devices } from '../parts/device';
import { HoursEditor } from '../parts/hours';
import { MailboxEditor } from '../parts/mailbox';
import { NoticeChoices } from '../parts/notice';
import { PushCard } from '../parts/push';
import { Photo } from '../parts/photo';
import { useAddress, useUser } from '../parts/query';
import { fieldWord } from '../parts/words';
import { OwnTalkLink } from '../parts/talklink';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { before, changed, Conflict, languageOptions, Pick, Text, useForm, zoneOptions } from '../ui/form';
import { Card, Sheet, Tabs } from '../ui/sheet';
import { failed, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { speak, t } from '../words';

function Particulars() {
  const me = useMe();
  const cache = useQueryClient();
  const u = me.user;
  const now = { name: u.name, mobile: u.mobile ?? '', language: u.language ?? '', zone: u.zone ?? '' };
  const form = useForm(now, async (v, base) => {
    const change = changed(v, base);
    const put = async (x: Partial<typeof now>) => {
      await api.profile(x);
      if (x.language) await speak(x.language, true);
      await Promise.all(['session', 'users', 'user'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
    };
    await put(change);
    toast({ text: t('ui.saved'), undo: () => put(before(change, base)) });
  });
  return (
    <form className="form col g20" onSubmit={(e) => void form.submit(e)} noValidate>
      <Photo user={u} may />
      <div className="half">
        <Text form={form} name="name" label={t('field.name')} auto="name" />
        <Text form={form} name="mobile" label={t('field.mobile')} type="tel" auto="tel" optional hint={t('user.mobile_hint')} />
        <Pick form={form} name="language" label={t('field.language')} options={languageOptions()} empty={t('user.language_inherit')} />
        <Pick form={form} name="zone" label={t('field.zone')} options={zoneOptions()} empty={t('user.zone_inherit')} searchable />
      </div>
      <p className="meta">{t('profile.admin_hint', { email: u.email ?? '–', extension: u.extension ?? '–' })}</p>
      <Conflict form={form} label={fieldWord} />
      <FormError error={form.error} fields={Object.keys(now)} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={form.dirty ? undefined : t('ui.nothing_changed')}>{t('ui.save')}</Button></div>
    </form>
  );
}

function Password() {
  const me = useMe();
  const form = useForm({ old: '', new: '' }, async (v) => {
    await api.password(v.old, v.new);
    form.reset({ old: '', new: '' });
    toast({ text: t('profile.password_changed') });
  });
  return (
    <Card title={t('profile.password')} pad>
      <form className="col g16 narrow" onSubmit={(e) => void form.submit(e)} noValidate>
        <input className="sr" type="email" autoComplete="username" value={me.user.email ?? ''} readOnly tabIndex={-1} aria-hidden="true" />
        <Text form={form} name="old" label={t('profile.old_password')} type="password" auto="current-password" />
        <Text form={form} name="new" label={t('field.new_password')} hint={t('password.hint')} type="password" auto="new-password" />
        <FormError error={form.error} fields={['old', 'new']} />
        <div className="row"><Button kind="primary" type="submit" busy={form.busy}>{t('profile.change_password')}</Button></div>
      </form>
    </Card>
  );
}

function Sessions() {
  const cache = useQueryClient();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: api.sessions });
  const run = (work: Promise<unknown>, text: string) => void work.then(() => cache.invalidateQueries({ queryKey: ['sessions'] })).then(() => toast({ text }), (e: unknown) => toast(failed(e)));
  return (
    <Card title={t('profile.sessions')} note={t('profile.sessions_hint')} actions={<Button small icon={LogOut} onClick={() => run(api.endSessions(), t('profile.signed_out_elsewhere'))}>{t('profile.sign_out_everywhere')}</Button>}>
      <Loaded of={sessions}>
        {(list) => list.items.map((s) => (
          <div key={s.id} className="list-row">
            <MonitorSmartphone className="icon l t3" aria-hidden />
            <span className="grow col"><span className="med trunc">{agent(s.agent)}</span><span className="meta num">{[s.addr, t('profile.seen', { ago: ago(s.seen) })].join(' · ')}</span></span>
            {s.current ? <span className="chip small ok">{t('profile.this_one')}</span> : <Button small onClick={() => run(api.endSession(s.id), t('profile.session_ended'))}>{t('profile.end_session')}</Button>}
          </div>
        ))}
      </Loaded>
    </Card>
  );
}

export default function ProfilePage() {
  const me = useMe();
  const { values, set } = useAddress();
  const own = useUser(me.user.id);
  const tab = values.tab ?? 'profile';
  return (
    <Sheet
      title={t('nav.profile')}
      scope={me.user.email}
      tabs={<Tabs label={t('nav.profile')} value={tab} onChange={(x) => set({ tab: x === 'profile' ? undefined : x })} tabs={[{ id: 'profile', label: t('user.tab.profile') }, { id: 'phones', label: t('user.tab.phones') }, { id: 'voicemail', label: t('nav.voicemail') }, { id: 'hours', label: t('nav.hours') }, { id: 'notices', label: t('notice.title') }, { id: 'codes', label: t('code.tab') }, ...(can(me, 'reminder.set') ? [{ id: 'reminders', label: t('reminder.tab') }] : []), ...(can(me, 'delegate.give') ? [{ id: 'deputies', label: t('deputy.tab') }] : []), { id: 'security', label: t('profile.security') }]} />}
    >
      {tab === 'profile' && <div className="col g20 form"><Particulars /><OwnTalkLink /></div>}
      {tab === 'phones' && <Devices user={me.user.id} name={me.user.name} may={own.data?.can?.devices ?? can(me, 'softphone.use')} />}
      {tab === 'voicemail' && <MailboxEditor id={me.user.id} />}
      {tab === 'notices' && <div className="col g20 form"><PushCard /><NoticeChoices /></div>}
      {tab === 'codes' && <OwnCodes />}
      {tab === 'hours' && <div className="col g20"><HoursEditor of={me.user.id} /><OwnCalendar /></div>}
      {tab === 'reminders' && <Reminders user={me.user.id} />}
      {tab === 'deputies' && <Deputies />}
      {tab === 'security' && <div className="col g20 form"><Password /><Sessions /></div>}
    </Sheet>
  );
}
