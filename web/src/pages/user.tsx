/** One person: profile, groups and roles, phones, calls, what happened. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { PhoneCall, Plus, Star, X } from 'lucide-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, type Act, type User } from '../api';
import { make } from '../parts/change';
import { CallPanel, CallTable } from '../parts/call';
import { Devices } from '../parts/device';
import { HoursEditor } from '../parts/hours';
import { Facts } from '../parts/fact';
import { MailboxEditor } from '../parts/mailbox';
import { Photo } from '../parts/photo';
import { useAddress, useUser } from '../parts/query';
import { Reminders } from '../parts/reminder';
import { Rights } from '../parts/right';
import { SeatDialog } from '../parts/seat';
import { UserActions, useRefresh } from '../parts/user';
import { fieldWord, roleHint, roleName, stateWord } from '../parts/words';
import { can, useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { before, changed, Conflict, languageOptions, Pick, Text, useForm, zoneOptions } from '../ui/form';
import { Avatar, presenceName } from '../ui/person';
import { Card, Sheet, Tabs } from '../ui/sheet';
import { Empty, failed, FormError, Lines, Loaded, Trouble } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

function Profile({ user }: { user: User }) {
  const refresh = useRefresh();
  const now = { name: user.name, email: user.email ?? '', mobile: user.mobile ?? '', extension: user.extension ?? '', language: user.language ?? '', zone: user.zone ?? '', networks: (user.networks ?? []).join(', ') };
  const form = useForm(now, async (v, base) => {
    const change = changed(v, base);
    const put = ({ networks, ...c }: Record<string, unknown>) => api.editUser(user.id, { ...c, ...(networks === undefined ? {} : { networks: String(networks).split(/[\s,;]+/).filter(Boolean) }) }).then(refresh);
    await put({ ...change, revision: user.revision });
    toast({ text: t('user.saved', { name: v.name }), undo: () => put(before(change, base)) });
  });
  if (!user.can?.edit && !user.can?.profile) {
    return (
      <div className="col g16">
        <div className="note"><span>{t('user.read_only')}</span></div>
        <Photo user={user} may={false} />
      </div>
    );
  }
  return (
    <form className="form col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <Photo user={user} may />
      <div className="half">
        <Text form={form} name="name" label={t('field.name')} />
        {user.can.edit && <Text form={form} name="email" label={t('field.email')} type="email" />}
        {user.can.edit && <Text form={form} name="extension" label={t('field.extension')} hint={t('user.extension_change_hint')} />}
        {user.can.edit && <Text form={form} name="mobile" label={t('field.mobile')} type="tel" optional />}
        <Pick form={form} name="language" label={t('field.language')} options={languageOptions()} empty={t('user.language_inherit')} />
        <Pick form={form} name="zone" label={t('field.zone')} options={zoneOptions()} empty={t('user.zone_inherit')} searchable />
        {user.can.edit && <Text form={form} name="networks" label={t('field.networks')} hint={t('user.networks_hint')} optional />}
      </div>
      <Conflict form={form} label={fieldWord} />
      <FormError error={form.error} fields={Object.keys(now)} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={form.dirty ? undefined : t('ui.nothing_changed')}>{t('ui.save')}</Button></div>
    </form>
  );
}

function Groups({ user }: { user: User }) {
  const refresh = useRefresh();
  const [editing, setEditing] = useState<true>();
  const several = (user.groups?.length ?? 0) > 1;
  const why = user.can?.role ? undefined : t('user.not_yours');
  const run = (act: Act, text: string) => make(act, text, refresh).catch((e: unknown) => toast(failed(e)));
  return (
    <div className="col g16 form">
      <Card title={t('user.groups')} note={several ? t('membership.main_hint') : undefined} actions={<Button small icon={Plus} locked={why} why={{ right: 'membership.edit', over: { kind: 'user', id: user.id } }} onClick={() => setEditing(true)}>{t('membership.add')}</Button>}>
        {(user.groups ?? []).map((g) => (
          <div key={g.id} className="list-row">
            <span className="grow col"><span className="row"><span className="med">{g.name}</span>{g.main && several && <span className="chip small acc"><Star className="icon" aria-hidden />{t('user.main_group')}</span>}</span><span className="meta">{g.role && `${roleName(g.role)} · ${roleHint(g.role) ?? ''}`}</span></span>
            {several && !g.main && <Button small kind="quiet" locked={why} why={{ right: 'membership.role', over: { kind: 'user', id: user.id } }} onClick={() => void run(api.seat(g.id, user.id, { main: true }), t('membership.main_set', { group: g.name }))}>{t('membership.make_main')}</Button>}
            {several && <IconButton small label={t('membership.remove_from', { group: g.name })} icon={X} onClick={() => void run(api.unseat(g.id, user.id), t('membership.removed', { name: user.name, group: g.name }))} />}
          </div>
        ))}
        {(user.groups ?? []).length === 0 && <p className="list-row t3">{t('membership.none')}</p>}
      </Card>
      {editing && <SeatDialog user={user.id} name={user.name} taken={user.groups?.map((g) => g.id)} onClose={() => setEditing(undefined)} />}
    </div>
  );
}

function Activity({ user }: { user: User }) {
  const facts = useQuery({ queryKey: ['audit', 'of', user.id], queryFn: () => api.audit({ about: user.id, limit: 100 }) });
  return <Loaded of={facts}>{(list) => (list.items.length === 0 ? <Empty icon={PhoneCall}>{t('audit.empty')}</Empty> : <Facts facts={list.items} />)}</Loaded>;
}

export default function PersonPage() {
  const { id = '', view } = useParams();
  const me = useMe();
  const go = useNavigate();
  const cache = useQueryClient();
  const asked = useUser(id);
  const { values, set } = useAddress();
  const user = asked.data;
  if (!user) return <Sheet title={t('nav.people')} crumbs={[{ to: '/people', label: t('nav.people') }]}>{asked.error ? <Trouble error={asked.error} retry={() => void asked.refetch()} /> : <Lines />}</Sheet>;
  const tab = view ?? values.tab ?? 'profile';
  /** Rights have an address of their own; the other tabs are a part of the person's. */
  const show = (x: string) => {
    if (x === 'rights' || x === 'forwarding') void go(`/people/${id}/${x}`);
    else if (view) void go(x === 'profile' ? `/people/${id}` : `/people/${id}?tab=${x}`);
    else set({ tab: x === 'profile' ? undefined : x, call: undefined });
  };
  const tabs = [
    { id: 'profile', label: t('user.tab.profile') },
    { id: 'groups', label: t('user.tab.groups'), count: user.groups?.length },
    ...(user.id === me.user.id || user.can?.rights ? [{ id: 'rights', label: t('user.tab.rights') }] : []),
    { id: 'phones', label: t('user.tab.phones'), count: user.devices?.total },
    ...(user.email !== undefined ? [{ id: 'forwarding', label: t('nav.forwarding') }] : []),
    ...(user.id === me.user.id || can(me, 'hours.edit', 'group') ? [{ id: 'hours', label: t('nav.hours') }] : []),
    ...(user.can?.mailbox ? [{ id: 'voicemail', label: t('nav.voicemail') }] : []),
    ...(user.can?.reminders ? [{ id: 'reminders', label: t('reminder.tab') }] : []),
    ...(can(me, 'call.detail') ? [{ id: 'calls', label: t('user.tab.calls') }] : []),
    ...(can(me, 'audit.read', 'group') ? [{ id: 'activity', label: t('user.tab.activity') }] : []),
  ];
  const state = [
    user.extension,
    user.presence && presenceName(user.presence, user.status),
    user.devices && (user.devices.total === 0 ? t('user.no_phone') : t('user.phones_state', { n: user.devices.total, online: user.devices.online })),
  ].filter(Boolean).join(' · ');
  return (
    <Sheet
      title={user.name}
      crumbs={[{ to: '/people', label: t('nav.people') }]}
      lead={<Avatar id={user.id} name={user.name} photo={user.photo} size="l" presence={user.presence} />}
      scope={<span className="row">{state}{user.state !== 'active' && <span className={`chip small${user.state === 'suspended' ? ' danger' : ''}`}>{stateWord(user.state)}</span>}</span>}
      actions={<UserActions user={user} after={() => { cache.removeQueries({ queryKey: ['user', user.id] }); void go('/people'); }} />}
      tabs={<Tabs label={user.name} tabs={tabs} value={tab} onChange={show} />}
      flush={tab === 'calls' || tab === 'activity'}
      side={values.call ? <CallPanel key={values.call} id={values.call} onClose={() => set({ call: undefined })} /> : undefined}
    >
      {tab === 'profile' && <Profile key={user.id} user={user} />}
      {tab === 'groups' && <Groups user={user} />}
      {tab === 'rights' && <Rights user={user.id} />}
      {tab === 'phones' && <Devices user={user.id} name={user.name} may={Boolean(user.can?.devices)} />}
      {tab === 'hours' && <HoursEditor key={user.id} of={user.id} />}
      {tab === 'reminders' && <Reminders user={user.id} />}
      {tab === 'voicemail' && <MailboxEditor id={user.id} />}
      {tab === 'calls' && <CallTable query={{ user: user.id }} current={values.call} onOpen={(c) => set({ call: c.id })} empty={<Empty icon={PhoneCall}>{t('call.empty_user', { name: user.name })}</Empty>} />}
      {tab === 'activity' && <div className="scroll" tabIndex={0} role="region" aria-label={t('user.tab.activity')}><Activity user={user} /></div>}
    </Sheet>
  );
}
