/** The people of the office: find, look, add, and change many at once. */
import { useQueries } from '@tanstack/react-query';
import { Ban, Download, ExternalLink, MailPlus, Network, Plus, Smartphone, TriangleAlert, Undo2, Users } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api, type User } from '../api';
import { Bulk, type BulkKind } from '../parts/bulk';
import { ImportUsers } from '../parts/import';
import { Peek } from '../parts/peek';
import { useAddress, useGroups, usePages, useRoles } from '../parts/query';
import { AddUser } from '../parts/user';
import { byName, roleName, stateWord } from '../parts/words';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Filters, SearchField } from '../ui/filter';
import { Avatar, presenceName, PresenceWord } from '../ui/person';
import { Sheet, Tabs } from '../ui/sheet';
import { Empty, NoMatch, Trouble } from '../ui/states';
import { type Column, Table } from '../ui/table';
import { t } from '../words';

const views = ['', 'online', 'invited', 'suspended'] as const;

function Phones({ user }: { user: User }) {
  const d = user.devices;
  if (!d) return <span className="t3">–</span>;
  if (d.total === 0) return <span className="t3">{t('user.no_phone')}</span>;
  if (d.online < d.total) return <span className="row g6 warn"><TriangleAlert className="icon xs" aria-hidden />{t('user.phones_offline', { off: d.total - d.online, total: d.total })}</span>;
  return <span className="row g6 t2"><Smartphone className="icon xs" aria-hidden />{d.total}<span className="sr">{t('user.phones_online')}</span></span>;
}

const mainGroup = (u: User) => u.groups?.find((g) => g.main) ?? u.groups?.[0];

function Role({ user }: { user: User }) {
  const office = user.office_roles?.[0];
  const main = mainGroup(user);
  const more = (user.office_roles?.length ?? 0) + (user.groups?.length ?? 0) - 1;
  const role = office ?? main?.role;
  if (!role) return <span className="t3">–</span>;
  return <span className="row g6"><span className={`trunc ${role === 'user' ? 't2' : 'med'}`}>{roleName(role)}</span>{more > 0 && <span className="chip small">+{more}</span>}</span>;
}

function Name({ user }: { user: User }) {
  return (
    <span className="row g12">
      <Avatar id={user.id} name={user.name} photo={user.photo} />
      <Link to={`/people/${user.id}`} tabIndex={-1} className={`trunc${user.state === 'suspended' ? ' struck' : ''}`}>{user.name}</Link>
      {user.state !== 'active' && <span className={`chip small${user.state === 'suspended' ? ' danger' : ''}`}>{stateWord(user.state)}</span>}
    </span>
  );
}

export default function PeoplePage() {
  const me = useMe();
  const go = useNavigate();
  const { values, set } = useAddress();
  const groups = useGroups();
  const roles = useRoles();
  const [importing, setImporting] = useState(false);
  const [selected, setSelected] = useState(new Set<string>());
  const [bulk, setBulk] = useState<BulkKind>();
  const query = { q: values.q, group: values.group, role: values.role, state: values.state, sort: values.sort ?? 'name' };
  const { rows, total, answer, more } = usePages(['users', 'list'], api.users, query);
  const tabs = useQueries({ queries: views.map((state) => ({ queryKey: ['users', 'tab', state], queryFn: () => api.users({ state, limit: 1 }), staleTime: 30_000 })) });
  const filtered = Boolean(values.q || values.group || values.role || values.state);
  const clear = () => set({ q: undefined, group: undefined, role: undefined, state: undefined });
  const creates = can(me, 'user.create', 'group');
  const chosen = rows.filter((u) => selected.has(u.id));

  const columns: Column<User>[] = [
    { id: 'name', head: t('field.name'), width: 'minmax(220px,1.6fr)', sort: 'name', cell: (u) => <Name user={u} /> },
    { id: 'extension', head: t('field.extension'), width: '84px', sort: 'extension', cell: (u) => u.extension ?? <span className="t3">–</span> },
    { id: 'group', head: t('user.main_group'), width: 'minmax(100px,.8fr)', priority: 2, cell: (u) => <span className="t2">{mainGroup(u)?.name ?? '–'}</span> },
    { id: 'role', head: t('field.role'), width: 'minmax(130px,1fr)', priority: 2, cell: (u) => <Role user={u} /> },
    { id: 'presence', head: t('user.presence'), width: 'minmax(160px,.9fr)', cell: (u) => <PresenceWord state={u.presence} status={u.status} /> },
    { id: 'phones', head: t('user.phones'), width: 'minmax(110px,.8fr)', priority: 2, cell: (u) => <Phones user={u} /> },
    { id: 'email', head: t('field.email'), width: 'minmax(120px,1fr)', priority: 3, sort: 'email', cell: (u) => <span className="t2">{u.email ?? '–'}</span> },
  ];
  const peek = values.peek;
  const scope = total === undefined ? ' ' : filtered
    ? t('user.scope_filtered', { n: total, total: tabs[0]?.data?.total ?? total })
    : t('user.scope', { n: total, groups: groups.data?.items.length ?? 0 });
  return (
    <Sheet
      title={t('nav.people')}
      scope={scope}
      flush
      actions={
        <>
          {can(me, 'user.import', 'group') && <Button icon={Download} onClick={() => setImporting(true)}>{t('user.import')}</Button>}
          <Button kind="primary" icon={Plus} locked={creates ? undefined : t('user.cannot_create')} why={{ right: 'user.create', over: { kind: 'group', id: mainGroup(me.user)?.id ?? '' } }} onClick={() => set({ add: '1', peek: undefined })}>{t('user.add')}</Button>
        </>
      }
      tabs={<Tabs label={t('user.views')} value={values.state ?? ''} onChange={(state) => set({ state: state || undefined })} tabs={views.map((v, i) => ({ id: v, label: t(`user.view.${v || 'all'}`), count: tabs[i]?.data?.total }))} />}
      bar={
        selected.size > 0 ? (
          <div className="bulk" role="toolbar" aria-label={t('bulk.label')}>
            <span>{t('bulk.selected', { n: selected.size })}</span>
            <Button small icon={Network} onClick={() => setBulk('group')}>{t('bulk.group')}</Button>
            <Button small icon={MailPlus} onClick={() => setBulk('invite')}>{t('bulk.invite')}</Button>
            <Button small icon={Ban} onClick={() => setBulk('suspend')}>{t('user.suspend')}</Button>
            <Button small icon={Undo2} onClick={() => setBulk('restore')}>{t('user.restore')}</Button>
            <button type="button" className="linkish end" onClick={() => setSelected(new Set())}>{t('bulk.clear')}</button>
          </div>
        ) : (
          <>
            <Filters
              values={values}
              set={(id, v) => set({ [id]: v })}
              filters={[
                { id: 'group', label: t('field.group'), options: byName(groups.data?.items ?? []).map((g) => ({ value: g.id, label: g.name })) },
                { id: 'role', label: t('field.role'), options: (roles.data?.items ?? []).map((r) => ({ value: r.id, label: roleName(r.id) })) },
              ]}
            />
            <SearchField label={t('user.search')} value={values.q ?? ''} onChange={(q) => set({ q })} />
          </>
        )
      }
      foot={<><kbd>j</kbd><kbd>k</kbd>{t('keys.move')}<kbd>x</kbd>{t('keys.select')}<kbd>Enter</kbd>{t('keys.peek')}<kbd>o</kbd>{t('keys.open')}</>}
      side={
        values.add ? <AddUser group={values.group} onClose={() => set({ add: undefined })} />
          : peek ? <Peek key={peek} id={peek} onClose={() => set({ peek: undefined })} actions={<Link className="btn small" to={`/people/${peek}`}><ExternalLink className="icon" aria-hidden />{t('user.open')}</Link>} /> : undefined
      }
    >
      {answer.error && !answer.data ? <Trouble error={answer.error} retry={() => void answer.refetch()} />
        : !answer.isPending && rows.length === 0 ? (filtered ? <NoMatch clear={clear} /> : <Empty icon={Users} action={creates && <Button kind="primary" icon={Plus} onClick={() => set({ add: '1' })}>{t('user.add')}</Button>}>{t('user.empty')}</Empty>)
          : (
            <Table
              label={t('nav.people')}
              rows={rows}
              columns={columns}
              id={(u) => u.id}
              name={(u) => u.name}
              small={(u) => (
                <span className="row g12">
                  <Avatar id={u.id} name={u.name} photo={u.photo} size="m" presence={u.presence} />
                  <span className="grow col"><Link to={`/people/${u.id}`} tabIndex={-1} className="trunc">{u.name}</Link><span className="meta trunc">{[u.extension, mainGroup(u)?.name, u.presence && presenceName(u.presence, u.status)].filter(Boolean).join(' · ')}</span></span>
                  {u.state !== 'active' && <span className={`chip small${u.state === 'suspended' ? ' danger' : ''}`}>{stateWord(u.state)}</span>}
                </span>
              )}
              total={total}
              loading={answer.isFetching}
              more={more}
              hasMore={answer.hasNextPage}
              sort={query.sort}
              onSort={(sort) => set({ sort })}
              current={peek}
              onOpen={(u) => set({ peek: u.id, add: undefined })}
              onVisit={(u) => void go(`/people/${u.id}`)}
              selected={creates || can(me, 'user.suspend', 'group') ? selected : undefined}
              onSelect={setSelected}
            />
          )}
      <ImportUsers open={importing} onClose={() => setImporting(false)} />
      {bulk && <Bulk kind={bulk} users={chosen} onClose={() => setBulk(undefined)} done={() => setSelected(new Set())} />}
    </Sheet>
  );
}
