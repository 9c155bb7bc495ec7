/** One change for many people: who is affected and who is not stands there before it happens. */
import { useState } from 'react';
import { api, Failure, type User } from '../api';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Pick, useForm } from '../ui/form';
import { Avatar } from '../ui/person';
import { FormError, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { type Key, t } from '../words';
import { useGroups, useRoles } from './query';
import { useRefresh } from './user';
import { byName, roleName } from './words';

export type BulkKind = 'group' | 'suspend' | 'restore' | 'invite';

const words: Record<BulkKind, { title: Key; action: Key; done: Key }> = {
  group: { title: 'bulk.group_title', action: 'bulk.group_action', done: 'bulk.group_done' },
  suspend: { title: 'bulk.suspend_title', action: 'bulk.suspend_action', done: 'bulk.suspend_done' },
  restore: { title: 'bulk.restore_title', action: 'bulk.restore_action', done: 'bulk.restore_done' },
  invite: { title: 'bulk.invite_title', action: 'bulk.invite_action', done: 'bulk.invite_done' },
};

/** Why a person is left out; undefined when the change is for him. The server still decides each one. */
function leftOut(kind: BulkKind, u: User): string | undefined {
  if (kind === 'suspend') return u.state === 'suspended' ? t('bulk.already_suspended') : u.can?.suspend === false ? t('user.not_yours') : undefined;
  if (kind === 'restore') return u.state !== 'suspended' ? t('bulk.not_suspended') : u.can?.suspend === false ? t('user.not_yours') : undefined;
  if (kind === 'invite') return u.state !== 'invited' ? t('bulk.has_password') : u.can?.invite === false ? t('user.not_yours') : undefined;
  return undefined;
}

export function Bulk({ kind, users, onClose, done }: { kind: BulkKind; users: User[]; onClose: () => void; done: () => void }) {
  const refresh = useRefresh();
  const groups = useGroups();
  const roles = useRoles();
  const [failed, setFailed] = useState<{ user: User; text: string }[]>([]);
  const inside = users.filter((u) => !leftOut(kind, u));
  const outside = users.filter((u) => leftOut(kind, u));
  const form = useForm({ group: groups.data?.items.find((g) => g.default)?.id ?? '', role: 'user' }, async (v) => {
    const problems: { user: User; text: string }[] = [];
    const changed: User[] = [];
    for (const user of inside) {
      try {
        if (kind === 'group') await api.setMember(v.group, user.id, { role: v.role });
        else await api[kind](user.id);
        changed.push(user);
      } catch (e) {
        if (!(e instanceof Failure)) throw e;
        problems.push({ user, text: sentence(e) });
      }
    }
    await refresh();
    const back = kind === 'suspend' ? api.restore : kind === 'restore' ? (u: string) => api.suspend(u) : kind === 'group' ? (u: string) => api.removeMember(v.group, u) : undefined;
    const fresh = kind === 'group' ? changed.filter((u) => !u.groups?.some((g) => g.id === v.group)) : changed;
    if (changed.length > 0) toast({ text: t(words[kind].done, { n: changed.length }), undo: back && fresh.length > 0 ? () => Promise.all(fresh.map((u) => back(u.id))).then(refresh) : undefined });
    setFailed(problems);
    if (problems.length === 0) {
      done();
      onClose();
    }
  });
  return (
    <Dialog open title={t(words[kind].title, { n: inside.length })} onClose={onClose}>
      <form className="col g16" onSubmit={(e) => void form.submit(e)}>
        {kind === 'group' && (
          <div className="half">
            <Pick form={form} name="group" label={t('field.group')} options={byName(groups.data?.items ?? []).map((g) => ({ value: g.id, label: g.name }))} searchable />
            <Pick form={form} name="role" label={t('field.role')} options={(roles.data?.items ?? []).filter((r) => !r.office && r.assignable !== false).map((r) => ({ value: r.id, label: roleName(r.id) }))} />
          </div>
        )}
        <ul className="import-rows" tabIndex={0} aria-label={t('bulk.affected')}>
          {inside.map((u) => {
            const problem = failed.find((f) => f.user.id === u.id);
            return <li key={u.id} className="list-row"><Avatar id={u.id} name={u.name} photo={u.photo} size="s" /><span className="grow">{u.name}</span>{problem ? <span className="danger">{problem.text}</span> : <span className="meta num">{u.extension}</span>}</li>;
          })}
          {outside.map((u) => <li key={u.id} className="list-row t3"><Avatar id={u.id} name={u.name} photo={u.photo} size="s" /><span className="grow struck">{u.name}</span><span className="meta">{leftOut(kind, u)}</span></li>)}
        </ul>
        <FormError error={form.error} fields={['group', 'role']} />
        <div className="row">
          <Button kind="primary" type="submit" busy={form.busy} locked={inside.length === 0 ? t('bulk.nobody') : undefined}>{t(words[kind].action, { n: inside.length })}</Button>
          <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
