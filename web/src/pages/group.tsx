/** Groups as a tree, and one group with its members. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Network, Plus, Trash2, UserPlus, X } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api, type Act, type Group, type User } from '../api';
import { make } from '../parts/change';
import { EntranceEditor } from '../parts/entrance';
import { MailboxEditor } from '../parts/mailbox';
import { MusicEditor } from '../parts/music';
import { useAddress, useGroupRoles, useGroups } from '../parts/query';
import { AddUser, useRefresh } from '../parts/user';
import { byName, fieldWord, roleName } from '../parts/words';
import { can, useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { Confirm, Dialog, Side } from '../ui/dialog';
import { before, changed, Conflict, languageOptions, Pick, Text, Toggle, useForm, zoneOptions } from '../ui/form';
import { Avatar, PresenceWord } from '../ui/person';
import { Card, Sheet, Tabs } from '../ui/sheet';
import { Empty, failed, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { Menu } from '../ui/filter';
import { t } from '../words';

function Tree({ groups, parent, current }: { groups: Group[]; parent: string; current?: string }) {
  const ids = new Set(groups.map((g) => g.id));
  const here = byName(groups.filter((g) => (parent ? g.parent === parent : !g.parent || !ids.has(g.parent))));
  if (here.length === 0) return null;
  return (
    <ul>
      {here.map((g) => (
        <li key={g.id}>
          <Link className="tree-row" to={`/groups/${g.id}`} aria-current={g.id === current ? 'page' : undefined}>
            <Network className="icon t3" aria-hidden /><span className="grow trunc">{g.name}</span>
            {g.default && <span className="chip small">{t('group.default')}</span>}
            <span className="t3 num">{g.members ?? ''}</span>
          </Link>
          <Tree groups={groups} parent={g.id} current={current} />
        </li>
      ))}
    </ul>
  );
}

function useParents(except?: string) {
  const groups = useGroups().data?.items ?? [];
  const below = (g: Group): boolean => g.id === except || Boolean(g.parent && groups.some((x) => x.id === g.parent && below(x)));
  return byName(groups.filter((g) => !except || !below(g))).map((g) => ({ value: g.id, label: g.name }));
}

function AddGroup({ parent, onClose }: { parent?: string; onClose: () => void }) {
  const go = useNavigate();
  const refresh = useRefresh();
  const parents = useParents();
  const form = useForm({ name: '', parent: parent ?? '', language: '', zone: '' }, async (v) => {
    const made = await api.addGroup({ name: v.name, parent: v.parent || undefined, language: v.language || undefined, zone: v.zone || undefined, members: [] });
    await refresh();
    toast({ text: t('group.added', { name: v.name }) });
    await go(`/groups/${made.id}`);
  });
  return (
    <Side title={t('group.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('group.create')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <p className="t2">{t('group.purpose')}</p>
        <FormError error={form.error} fields={['name', 'parent', 'language', 'zone']} />
        <Text form={form} name="name" label={t('field.name')} focus />
        <Pick form={form} name="parent" label={t('group.parent')} options={parents} empty={t('group.top')} searchable />
        <Pick form={form} name="language" label={t('field.language')} options={languageOptions()} empty={t('group.inherit')} />
        <Pick form={form} name="zone" label={t('field.zone')} options={zoneOptions()} empty={t('group.inherit')} searchable />
      </div>
    </Side>
  );
}

function Properties({ group }: { group: Group }) {
  const refresh = useRefresh();
  const parents = useParents(group.id);
  const now = { name: group.name, parent: group.parent ?? '', language: group.language ?? '', zone: group.zone ?? '', published: Boolean(group.published), ceiling: group.ceiling };
  const heights = ['user', 'receptionist', 'manager', 'group_admin'].filter((r) => r === group.ceiling || group.can.ceiling.includes(r));
  const form = useForm(now, async (v, base) => {
    const change = changed(v, base);
    const put = (c: Record<string, unknown>) => api.editGroup(group.id, c).then(refresh);
    await put({ ...change, revision: group.revision });
    toast({ text: t('group.saved', { name: v.name }), undo: () => put(before(change, base)) });
  });
  return (
    <form className="form col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <div className="half">
        <Text form={form} name="name" label={t('field.name')} />
        <Pick form={form} name="parent" label={t('group.parent')} options={parents} empty={t('group.top')} searchable />
        <Pick form={form} name="language" label={t('field.language')} options={languageOptions()} empty={t('group.inherit')} />
        <Pick form={form} name="zone" label={t('field.zone')} options={zoneOptions()} empty={t('group.inherit')} searchable />
      </div>
      {group.can.publish ? <Toggle form={form} name="published" label={t('group.published')} hint={t('group.published_hint')} /> : <p className="meta">{t(group.published ? 'group.is_published' : 'group.not_published')}</p>}
      {!group.default && (heights.length > 1
        ? <Pick form={form} name="ceiling" label={t('group.ceiling')} hint={t('group.ceiling_hint')} options={heights.map((r) => ({ value: r, label: roleName(r) }))} />
        : <p className="meta">{t('group.ceiling_is', { role: roleName(group.ceiling) })}</p>)}
      {group.can.edit && (
        <div className="col g4">
          <MusicEditor title={t('group.music')} music={group.music} without={t('group.no_music')} put={(file) => api.setGroupMusic(group.id, file).then(refresh)} remove={() => api.removeGroupMusic(group.id).then(refresh)} />
          <span className="meta">{t('group.music_hint')}</span>
        </div>
      )}
      <Conflict form={form} label={fieldWord} />
      <FormError error={form.error} fields={Object.keys(now)} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={group.can?.edit === false ? t('group.not_yours') : form.dirty ? undefined : t('ui.nothing_changed')} why={group.can?.edit === false ? { right: 'group.edit', over: { kind: 'group', id: group.id } } : undefined}>{t('ui.save')}</Button></div>
    </form>
  );
}

function Joining({ group, members, onClose }: { group: Group; members: User[]; onClose: () => void }) {
  const refresh = useRefresh();
  const roles = useGroupRoles(group.id).filter((r) => r.may);
  const people = useQuery({ queryKey: ['users', 'joining'], queryFn: () => api.users({ limit: 500, sort: 'name' }) });
  const form = useForm({ user: '', role: 'user' }, async (v) => {
    await make(api.seat(group.id, v.user, { role: v.role }), t('membership.joined', { group: group.name }), refresh);
    onClose();
  });
  const free = (people.data?.items ?? []).filter((u) => !members.some((m) => m.id === u.id));
  return (
    <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <Pick form={form} name="user" label={t('membership.person')} options={free.map((u) => ({ value: u.id, label: u.extension ? `${u.name} · ${u.extension}` : u.name }))} searchable />
      <Pick form={form} name="role" label={t('field.role')} options={roles.map((r) => ({ value: r.id, label: roleName(r.id) }))} />
      <FormError error={form.error} fields={['user', 'role']} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={form.values.user ? undefined : t('membership.choose_person')}>{t('membership.add_member')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
    </form>
  );
}

function Members({ group }: { group: Group }) {
  const refresh = useRefresh();
  const roles = useGroupRoles(group.id).filter((r) => r.may);
  const members = useQuery({ queryKey: ['members', group.id], queryFn: () => api.members(group.id) });
  const [joining, setJoining] = useState(false);
  const [adding, setAdding] = useState(false);
  const run = (act: Act, text: string) => void make(act, text, refresh).catch((e: unknown) => toast(failed(e)));
  const roleHere = (u: User) => u.groups?.find((g) => g.id === group.id)?.role ?? 'user';
  const why = group.can?.members === false ? t('group.not_yours') : undefined;
  const buttons = (
    <div className="row w">
      <Button icon={UserPlus} locked={why} why={{ right: 'membership.edit', over: { kind: 'group', id: group.id } }} onClick={() => setJoining(true)}>{t('membership.add_member')}</Button>
      <Button kind="quiet" icon={Plus} locked={group.can?.people === false ? t('user.cannot_create') : undefined} why={{ right: 'user.create', over: { kind: 'group', id: group.id } }} onClick={() => setAdding(true)}>{t('group.new_person')}</Button>
    </div>
  );
  return (
    <div className="col g16">
      {buttons}
      <Loaded of={members}>
        {(list) => list.items.length === 0 ? <Empty icon={Network}>{t('group.no_members')}</Empty> : (
          <div className="card">
            {list.items.map((u) => (
              <div key={u.id} className="list-row">
                <Avatar id={u.id} name={u.name} photo={u.photo} />
                <span className="grow col"><Link to={`/people/${u.id}`} className="trunc">{u.name}</Link><span className="meta num">{u.extension}</span></span>
                <span className="wide-only"><PresenceWord state={u.presence} status={u.status} /></span>
                <Menu withinPortal position="bottom-end">
                  <Menu.Target><Button small locked={u.can?.role === false ? t('user.not_yours') : undefined} why={{ right: 'membership.role', over: { kind: 'group', id: group.id } }}>{roleName(roleHere(u))}</Button></Menu.Target>
                  <Menu.Dropdown>
                    {roles.map((r) => (
                      <Menu.Item key={r.id} onClick={() => run(api.seat(group.id, u.id, { role: r.id }), t('membership.saved', { name: u.name }))}>{roleName(r.id)}</Menu.Item>
                    ))}
                  </Menu.Dropdown>
                </Menu>
                {!why && <IconButton small icon={X} label={t('membership.remove', { name: u.name })} onClick={() => run(api.unseat(group.id, u.id), t('membership.removed', { name: u.name, group: group.name }))} />}
              </div>
            ))}
          </div>
        )}
      </Loaded>
      <Dialog open={joining} title={t('membership.add_to', { group: group.name })} onClose={() => setJoining(false)} size={440}>
        <Joining group={group} members={members.data?.items ?? []} onClose={() => setJoining(false)} />
      </Dialog>
      {adding && <AddUser group={group.id} onClose={() => setAdding(false)} />}
    </div>
  );
}

function Detail({ group }: { group: Group }) {
  const go = useNavigate();
  const cache = useQueryClient();
  const { values, set } = useAddress();
  const [asking, setAsking] = useState(false);
  const tab = values.tab ?? 'members';
  const why = group.default ? t('group.default_stays') : (group.members ?? 0) > 0 ? t('group.move_first', { n: group.members ?? 0 }) : group.can?.delete === false ? t('group.not_yours') : undefined;
  return (
    <div className="col g16">
      <div className="row">
        <h2 className="display-2 grow trunc">{group.name}</h2>
        <Button small icon={Plus} locked={group.can?.create === false ? t('group.cannot_create') : undefined} why={{ right: 'group.create', over: { kind: 'group', id: group.id } }} onClick={() => set({ add: group.id })}>{t('group.add_below')}</Button>
        <Button small icon={Trash2} locked={why} why={{ right: 'group.create', over: { kind: 'group', id: group.id } }} onClick={() => setAsking(true)}>{t('group.delete')}</Button>
      </div>
      <Tabs label={group.name} value={tab} onChange={(x) => set({ tab: x === 'members' ? undefined : x })} tabs={[{ id: 'members', label: t('group.tab.members'), count: group.members }, { id: 'calls', label: t('group.tab.calls') }, ...(group.can?.mailbox ? [{ id: 'voicemail', label: t('nav.voicemail') }] : []), { id: 'properties', label: t('group.tab.properties') }]} />
      {tab === 'members' ? <Members group={group} /> : tab === 'calls' ? <EntranceEditor key={group.id} group={group.id} /> : tab === 'voicemail' ? <MailboxEditor key={group.id} id={group.id} /> : <Properties key={group.id} group={group} />}
      <Confirm open={asking} title={t('group.delete_title', { name: group.name })} action={t('group.delete')} onClose={() => setAsking(false)} run={async () => {
        await api.deleteGroup(group.id);
        toast({ text: t('group.deleted', { name: group.name }) });
        await go('/groups');
        await cache.invalidateQueries({ queryKey: ['groups'] });
      }}>{t('group.delete_consequences')}</Confirm>
    </div>
  );
}

export default function GroupsPage() {
  const { id } = useParams();
  const me = useMe();
  const groups = useGroups();
  const { values, set } = useAddress();
  const all = groups.data?.items ?? [];
  const current = all.find((g) => g.id === id) ?? (id ? undefined : all.find((g) => g.default) ?? all[0]);
  return (
    <Sheet
      title={t('nav.groups')}
      scope={groups.data && t('group.scope', { n: all.length })}
      actions={<Button kind="primary" icon={Plus} locked={can(me, 'group.create', 'tree') ? undefined : t('group.cannot_create')} why={{ right: 'group.create', over: { kind: 'system', id: '' } }} onClick={() => set({ add: 'top' })}>{t('group.add')}</Button>}
      side={values.add ? <AddGroup key={values.add} parent={values.add === 'top' ? undefined : values.add} onClose={() => set({ add: undefined })} /> : undefined}
    >
      <Loaded of={groups}>
        {() => (
          <div className="split">
            <Card title={t('group.tree')}><nav className="tree" aria-label={t('group.tree')}><Tree groups={all} parent="" current={current?.id} /></nav></Card>
            {current ? <Detail key={current.id} group={current} /> : <Empty icon={Network}>{t('ui.error.missing')}</Empty>}
          </div>
        )}
      </Loaded>
    </Sheet>
  );
}
