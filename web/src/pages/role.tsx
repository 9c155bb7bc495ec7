/** Roles: what each may, beside each other; one role with its single rights, copied and changed as a template. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Copy, Pencil, Plus, ShieldCheck, Trash2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api, type Preview, type Right, type Role, type RoleDetail, type Scope } from '../api';
import { Effects } from '../parts/change';
import { Costs, levelWord, Matrix, Risk } from '../parts/matrix';
import { useAddress, useRoles } from '../parts/query';
import { type Area, areas, type Cells, choices, copyOf, difference, ofKind, setArea, storable, summary } from '../parts/role';
import { areaWord, cellWord, rightWord, roleHint, roleName } from '../parts/words';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Confirm, Dialog } from '../ui/dialog';
import { Menu } from '../ui/filter';
import { Choices, Pick, Text, useForm } from '../ui/form';
import { Avatar } from '../ui/person';
import { Card, Sheet, Tabs } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const useRights = () => useQuery({ queryKey: ['rights'], queryFn: api.rights, staleTime: 300_000 });

function useFresh() {
  const cache = useQueryClient();
  return () => Promise.all(['roles', 'role', 'groups', 'session'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
}

function NewRole({ roles, rights, base, onClose }: { roles: Role[]; rights: Right[]; base?: Role; onClose: () => void }) {
  const go = useNavigate();
  const fresh = useFresh();
  const kindOf = (id: string) => (roles.find((r) => r.id === id)?.class === 'group' || !id ? 'group' : 'level');
  const form = useForm({ name: base ? t('role.copy_name', { role: roleName(base.id) }) : '', base: base?.id ?? '', kind: kindOf(base?.id ?? '') }, async (v) => {
    const made = await api.addRole({ name: v.name, class: v.kind as 'group' | 'level', base: v.base || undefined, rights: plan.cells });
    await fresh();
    toast({ text: t('role.made', { name: made.name }), undo: () => api.deleteRole(made.id).then(fresh).then(() => go('/roles')) });
    onClose();
    await go(`/roles/${made.id}`);
  });
  const { base: from } = form.values;
  const fits = kindOf(from);
  useEffect(() => form.set('kind', fits), [from, fits]);
  const plan = copyOf(roles.find((r) => r.id === form.values.base), rights, form.values.kind);
  return (
    <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <Text form={form} name="name" label={t('field.name')} hint={t('role.name_hint')} focus />
      <Pick form={form} name="base" label={t('role.base')} hint={t('role.base_hint')} options={roles.map((r) => ({ value: r.id, label: roleName(r.id) }))} empty={t('role.base_none')} searchable />
      <Choices name="kind" label={t('role.kind')} value={form.values.kind} onChange={(v) => form.set('kind', v)} options={[{ value: 'group', label: t('role.kind_group'), hint: t('role.kind_group_hint') }, { value: 'level', label: t('role.kind_level'), hint: t('role.kind_level_hint') }]} />
      {plan.left.length > 0 && <div className="note warn"><span>{t('role.left_out', { n: plan.left.length })} {plan.left.map(rightWord).join(' ')}</span></div>}
      <FormError error={form.error} fields={['name', 'base']} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={form.values.name.trim() ? undefined : t('role.name_first')}>{t('role.create')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
    </form>
  );
}

/** One right of a role: words where nothing can be changed, a choice of reach where it can. */
function Line({ right, said, was, role, set }: { right: Right; said: Scope; was: Scope; role: RoleDetail; set?: (to: Scope) => void }) {
  const able = choices(right, role.class);
  const word = (c: Scope) => (c ? cellWord(c, role.class) : t('cell.none'));
  const why = able.length === 0 ? t('role.not_in_kind') : !right.held && !said ? t('role.not_held') : undefined;
  return (
    <div className={`list-row right-line${said !== was ? ' draft' : ''}`}>
      <span className="grow col"><span>{right.text} <Risk right={right} /> <Costs right={right} /></span><span className="meta mono">{right.name}{right.needs.length > 0 && ` · ${t('role.needs', { rights: right.needs.join(', ') })}`}</span></span>
      {set ? (
        <Menu withinPortal position="bottom-end">
          <Menu.Target><Button small locked={why} why={able.length > 0 ? { right: right.name, over: { kind: 'system', id: '' } } : undefined} aria-label={t('role.reach_of', { right: right.name, reach: word(said) })}>{word(said)}</Button></Menu.Target>
          {!why && <Menu.Dropdown>{['' as Scope, ...able.filter((c) => right.held || c === was)].map((c) => <Menu.Item key={c || 'none'} onClick={() => set(c)}>{word(c)}</Menu.Item>)}</Menu.Dropdown>}
        </Menu>
      ) : <span className={said ? 'med' : 't3'}>{said ? word(said) : '–'}</span>}
    </div>
  );
}

function AreaCard({ area, role, cells, was, open, flip, set }: { area: Area; role: RoleDetail; cells: Cells; was: Cells; open: boolean; flip: () => void; set?: (cells: Cells) => void }) {
  const s = summary(area, cells, role.class);
  const lines = set ? area.rights : storable(area, role.class);
  const id = `area-${area.id.replaceAll(' ', '-')}`;
  return (
    <Card
      title={<button type="button" className="area-head" aria-expanded={open} aria-controls={id} onClick={flip}>{areaWord(area.id)}</button>}
      actions={set ? (
        <Menu withinPortal position="bottom-end">
          <Menu.Target><Button small aria-label={t('matrix.cell', { area: areaWord(area.id), role: role.name, level: levelWord(s) })}>{levelWord(s)}</Button></Menu.Target>
          <Menu.Dropdown>{(['none', 'view', 'manage'] as const).map((level) => <Menu.Item key={level} onClick={() => set(setArea(area, cells, role.class, level))}>{t(`matrix.${level}`)}</Menu.Item>)}</Menu.Dropdown>
        </Menu>
      ) : <span className={`level ${s.level}`}>{levelWord(s)}</span>}
    >
      {open && <div id={id}>{lines.map((r) => <Line key={r.name} right={r} role={role} said={cells[r.name] ?? ''} was={was[r.name] ?? ''} set={set && ((to) => { const next = { ...cells }; if (to) next[r.name] = to; else delete next[r.name]; set(next); })} />)}</div>}
    </Card>
  );
}

/** Looks at what a draft does before it counts. */
function Review({ role, change, onClose, done }: { role: RoleDetail; change: Cells; onClose: () => void; done: () => void }) {
  const fresh = useFresh();
  const [preview, setPreview] = useState<Preview>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const said = JSON.stringify(change);
  useEffect(() => {
    api.tryRole(role.id, { rights: JSON.parse(said) as Cells }).then(setPreview, setError);
  }, [role.id, said]);
  const apply = async () => {
    setBusy(true);
    try {
      await api.editRole(role.id, { rights: change, revision: role.revision });
      const back = Object.fromEntries(Object.keys(change).map((k) => [k, (role.rights[k] ?? '') as Scope]));
      await fresh();
      toast({ text: t('role.changed', { name: role.name }), undo: () => api.editRole(role.id, { rights: back }).then(fresh) });
      done();
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  const people = preview ? preview.people.length + preview.hidden : 0;
  return (
    <div className="col g16">
      <div className="review">
        <section className="col g8">
          <h3 className="label">{t('role.changes')}</h3>
          <ul className="col g6">
            {Object.entries(change).map(([name, to]) => (
              <li key={name} className="col"><span>{rightWord(name)}</span><span className="meta">{role.rights[name] ? cellWord(role.rights[name], role.class) : t('cell.none')} → {to ? cellWord(to, role.class) : t('cell.none')}</span></li>
            ))}
          </ul>
        </section>
        <section className="col g8"><h3 className="label">{t('role.effect')}</h3>{preview ? <Effects preview={preview} /> : !error && <p className="meta">{t('ui.loading')}</p>}</section>
      </div>
      <FormError error={error} fields={[]} />
      <div className="row">
        <Button kind="primary" busy={busy || (!preview && !error)} locked={error ? t('role.cannot_apply') : undefined} onClick={() => void apply()}>{people > 0 ? t('role.apply', { n: people }) : t('ui.save')}</Button>
        <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
      </div>
    </div>
  );
}

function Rename({ role, onClose }: { role: RoleDetail; onClose: () => void }) {
  const fresh = useFresh();
  const form = useForm({ name: role.name }, async (v) => {
    await api.editRole(role.id, { name: v.name, revision: role.revision });
    await fresh();
    toast({ text: t('ui.saved'), undo: () => api.editRole(role.id, { name: role.name }).then(fresh) });
    onClose();
  });
  return (
    <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <Text form={form} name="name" label={t('field.name')} focus />
      <FormError error={form.error} fields={['name']} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
    </form>
  );
}

function Detail({ role, all, rights, copy }: { role: RoleDetail; all: Area[]; rights: Right[]; copy: () => void }) {
  const go = useNavigate();
  const fresh = useFresh();
  const { values } = useAddress();
  const was = role.rights as Cells;
  const [draft, setDraft] = useState<Cells>();
  const [open, setOpen] = useState<string[]>(values.area ? [values.area] : []);
  const [asking, setAsking] = useState<'review' | 'rename' | 'delete'>();
  const cells = draft ?? was;
  const change = difference(was, cells);
  const n = Object.keys(change).length;
  const close = () => setAsking(undefined);
  const waiting = Object.keys(was).filter((name) => rights.find((r) => r.name === name)?.awaited).length;
  const kind = role.custom ? t(role.class === 'group' ? 'role.kind_group' : 'role.kind_level') : t(`role.class.${role.class}`);
  return (
    <Sheet
      title={role.custom ? role.name : roleName(role.id)}
      crumbs={[{ to: '/roles', label: t('nav.roles') }]}
      scope={<>{kind}{role.base && ` · ${t('role.copied_from', { role: roleName(role.base) })}`}{roleHint(role.id) && ` · ${roleHint(role.id)}`}</>}
      actions={<>
        {role.can.copy && <Button kind={role.can.edit ? 'plain' : 'primary'} icon={Copy} onClick={copy}>{t('role.copy')}</Button>}
        {role.custom && role.can.copy && <><Button icon={Pencil} locked={role.can.why} why={{ right: 'role.edit', over: { kind: 'system', id: '' } }} onClick={() => setAsking('rename')}>{t('role.rename')}</Button><Button icon={Trash2} locked={role.can.why} why={{ right: 'role.edit', over: { kind: 'system', id: '' } }} onClick={() => setAsking('delete')}>{t('role.delete')}</Button></>}
      </>}
      bar={n > 0 ? (
        <div className="bulk" role="status"><span className="grow">{t('role.draft', { n })}</span><Button small onClick={() => setDraft(undefined)}>{t('role.discard')}</Button><Button small kind="primary" onClick={() => setAsking('review')}>{t('role.review')}</Button></div>
      ) : undefined}
    >
      <div className="two">
        <div className="col g12">
          {!role.custom && <p className="meta">{t('role.built_in')}</p>}
          {role.can.why && <div className="note warn"><span>{role.can.why}</span></div>}
          {all.map((a) => <AreaCard key={a.id} area={a} role={role} cells={cells} was={was} open={open.includes(a.id)} flip={() => setOpen((old) => (old.includes(a.id) ? old.filter((x) => x !== a.id) : [...old, a.id]))} set={role.can.edit ? setDraft : undefined} />)}
          {waiting > 0 && <p className="meta">{t('role.awaited', { n: waiting })}</p>}
        </div>
        <Card title={t('role.holders')} note={role.people > 0 && t('role.holders_note', { n: role.people })}>
          {role.holders.length === 0 ? <p className="meta card-body">{t('role.nobody')}</p> : role.holders.map((h) => <div key={h.user} className="list-row"><Avatar id={h.user} name={h.name} photo={h.photo} /><span className="grow trunc"><Link to={`/people/${h.user}`}>{h.name}</Link></span></div>)}
        </Card>
      </div>
      <Dialog open={asking === 'review'} title={t('role.review_title', { n })} onClose={close} size={760}><Review role={role} change={change} onClose={close} done={() => { setDraft(undefined); close(); }} /></Dialog>
      <Dialog open={asking === 'rename'} title={t('role.rename')} onClose={close} size={440}><Rename role={role} onClose={close} /></Dialog>
      <Confirm open={asking === 'delete'} title={t('role.delete_title', { name: role.name })} action={t('role.delete')} onClose={close} run={async () => {
        await api.deleteRole(role.id);
        await go('/roles');
        toast({ text: t('role.deleted', { name: role.name }) });
        await fresh();
      }}>{t('role.delete_consequences')}</Confirm>
    </Sheet>
  );
}

const kinds = ['group', 'office', 'level', 'custom'] as const;

/** The matrix, by kind of role, or of the roles that were picked to be compared. */
function All({ roles, all, add }: { roles: Role[]; all: Area[]; add: () => void }) {
  const me = useMe();
  const { values, set } = useAddress();
  const picked = (values.compare ?? '').split(',').filter((id) => roles.some((r) => r.id === id));
  const kind = kinds.find((k) => k === values.kind) ?? 'group';
  const shown = picked.length > 0 ? picked.flatMap((id) => roles.filter((r) => r.id === id)) : ofKind(roles, kind).filter((r) => kind === 'custom' || kind === 'group' || !r.custom);
  const compare = (ids: string[]) => set({ compare: ids.join(',') || undefined });
  return (
    <Sheet
      title={t('nav.roles')}
      scope={t('role.lead')}
      actions={<Button kind="primary" icon={Plus} locked={can(me, 'role.edit', 'all') ? undefined : t('role.cannot_edit')} why={{ right: 'role.edit', over: { kind: 'system', id: '' } }} onClick={add}>{t('role.add')}</Button>}
      tabs={<Tabs label={t('nav.roles')} value={picked.length > 0 ? '' : kind} onChange={(k) => set({ kind: k === 'group' ? undefined : k, compare: undefined })} tabs={kinds.map((k) => ({ id: k, label: t(`role.class.${k}`), count: ofKind(roles, k).length }))} />}
      bar={
        <>
          {picked.map((id) => <span key={id} className="fchip on"><span>{roleName(id)}</span><button type="button" aria-label={t('ui.remove_filter', { name: roleName(id) })} onClick={() => compare(picked.filter((x) => x !== id))}><X className="icon xs" aria-hidden /></button></span>)}
          <Menu withinPortal position="bottom-start">
            <Menu.Target><Button small kind="quiet" icon={Plus}>{t('role.compare')}</Button></Menu.Target>
            <Menu.Dropdown mah={320} className="scroll">{roles.filter((r) => !picked.includes(r.id)).map((r) => <Menu.Item key={r.id} onClick={() => compare([...picked, r.id])}>{roleName(r.id)}</Menu.Item>)}</Menu.Dropdown>
          </Menu>
        </>
      }
    >
      {shown.length === 0 ? <Empty icon={ShieldCheck} action={<Button icon={Plus} locked={can(me, 'role.edit', 'all') ? undefined : t('role.cannot_edit')} why={{ right: 'role.edit', over: { kind: 'system', id: '' } }} onClick={add}>{t('role.add')}</Button>}>{t('role.none_custom')}</Empty> : <Matrix areas={all} roles={shown} label={t('nav.roles')} />}
    </Sheet>
  );
}

export default function RolesPage() {
  const { id } = useParams();
  const roles = useRoles();
  const rights = useRights();
  const one = useQuery({ queryKey: ['role', id], queryFn: () => api.role(id ?? ''), enabled: Boolean(id) });
  const [adding, setAdding] = useState<Role | 'empty'>();
  const list = roles.data?.items ?? [];
  const catalogue = rights.data?.items ?? [];
  const all = areas(catalogue);
  const waits = !roles.data ? roles : !rights.data ? rights : id ? one : undefined;
  return (
    <>
      {waits && !waits.data
        ? <Sheet title={t('nav.roles')}><Loaded of={waits as typeof roles}>{() => null}</Loaded></Sheet>
        : id && one.data ? <Detail key={id} role={one.data} all={all} rights={catalogue} copy={() => setAdding(one.data)} /> : <All roles={list} all={all} add={() => setAdding('empty')} />}
      <Dialog open={adding !== undefined} title={t('role.add')} onClose={() => setAdding(undefined)} size={520}>
        {adding && <NewRole roles={list} rights={catalogue} base={adding === 'empty' ? undefined : adding} onClose={() => setAdding(undefined)} />}
      </Dialog>
    </>
  );
}
