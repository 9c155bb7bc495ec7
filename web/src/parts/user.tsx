/** Adding a person, and what can be done with one. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Ban, MailPlus, Trash2, Undo2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, type User } from '../api';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Choices, languageOptions, Pick, Text, Toggle, useForm } from '../ui/form';
import { failed, FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { useGroupRoles, useGroups } from './query';
import { CallButton } from './webphone';
import { byName, roleHint, roleName, roleOrder } from './words';

/** Makes everything that shows people be asked for again. */
export function useRefresh() {
  const cache = useQueryClient();
  return () => Promise.all(['users', 'user', 'standing', 'audit', 'deputies', 'groups', 'members', 'overview', 'extension'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
}

export function AddUser({ group, onClose }: { group?: string; onClose: () => void }) {
  const me = useMe();
  const refresh = useRefresh();
  const groups = useGroups();
  const next = useQuery({ queryKey: ['extension'], queryFn: api.nextExtension, staleTime: 0 });
  const standard = groups.data?.items.find((g) => g.default)?.id ?? '';
  const empty = { name: '', email: '', mobile: '', extension: '', group: group ?? '', role: 'user', language: '', invite: true };
  const [again, setAgain] = useState(false);
  const form = useForm(empty, async (v) => {
    const g = v.group || standard;
    const made = await api.addUser({
      name: v.name,
      email: v.email,
      mobile: v.mobile || undefined,
      extension: v.extension || undefined,
      language: v.language || undefined,
      groups: g ? [{ group: g, role: v.role }] : [],
      main: g || undefined,
      invite: v.invite,
    });
    toast({ text: v.invite ? t('user.added_invited', { name: made.name, extension: made.extension ?? '–' }) : t('user.added', { name: made.name, extension: made.extension ?? '–' }) });
    await refresh();
  });
  const fields = ['name', 'email', 'mobile', 'extension', 'group', 'role', 'language'];
  const save = async (e: FormEvent | undefined, repeat: boolean) => {
    setAgain(repeat);
    if (!(await form.submit(e))) return;
    if (!repeat) return onClose();
    form.reset({ ...empty, group: form.values.group, role: form.values.role, language: form.values.language, invite: form.values.invite });
    document.querySelector<HTMLInputElement>('.side input[name="name"]')?.focus();
  };
  const rank = (role: string) => (roleOrder.includes(role) ? roleOrder.indexOf(role) : 99);
  const offered = useGroupRoles(form.values.group || standard).filter((r) => r.may || r.id === 'user').sort((a, b) => rank(a.id) - rank(b.id));
  return (
    <Side
      title={t('user.add')}
      sub={t('user.add_sub', { company: me.office.name })}
      onClose={onClose}
      onSubmit={(e) => void save(e, false)}
      foot={
        <>
          <Button kind="primary" type="submit" busy={form.busy && !again}>{t('user.save')}</Button>
          <Button busy={form.busy && again} onClick={() => void save(undefined, true)}>{t('user.save_again')}</Button>
          <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
        </>
      }
    >
      <div className="col g16">
        <FormError error={form.error} fields={fields} />
        <Text form={form} name="name" label={t('field.name')} auto="off" focus />
        <Text form={form} name="email" label={t('field.email')} type="email" hint={t('user.email_hint')} />
        <div className="half">
          <Text form={form} name="extension" label={t('field.extension')} placeholder={next.data?.extension} hint={next.data ? t('user.extension_hint', { extension: next.data.extension }) : undefined} />
          <Text form={form} name="mobile" label={t('field.mobile')} type="tel" optional hint={t('user.mobile_hint')} />
        </div>
        <Pick form={form} name="group" label={t('field.group')} options={byName(groups.data?.items ?? []).filter((g) => g.can?.people !== false).map((g) => ({ value: g.id, label: g.name }))} empty={group ? undefined : t('group.default_choice')} searchable />
        <div className="col g6">
          <span className="med">{t('field.role')}</span>
          <span className="meta">{t('user.role_hint')}</span>
          <Choices name="role" label={t('field.role')} value={form.values.role} onChange={(v) => form.set('role', v)} options={offered.map((r) => ({ value: r.id, label: roleName(r.id), hint: roleHint(r.id) }))} />
        </div>
        <Pick form={form} name="language" label={t('field.language')} options={languageOptions()} empty={t('user.language_inherit')} />
        <Toggle form={form} name="invite" label={t('user.invite')} hint={t('user.invite_hint')} />
      </div>
    </Side>
  );
}

/** Suspends with an undo; restoring is its own undo. */
export async function suspend(user: User, refresh: () => Promise<unknown>): Promise<void> {
  await api.suspend(user.id);
  await refresh();
  toast({ text: t('user.suspended', { name: user.name }), undo: () => api.restore(user.id).then(refresh) });
}

export function UserActions({ user, after, small }: { user: User; after?: () => void; small?: boolean }) {
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const why = t('user.not_yours');
  const attempt = (work: () => Promise<unknown>) => () => void work().catch((e: unknown) => toast(failed(e)));
  const invite = async () => {
    await api.invite(user.id);
    toast({ text: t('user.invited', { name: user.name }) });
  };
  const restore = async () => {
    await api.restore(user.id);
    await refresh();
    toast({ text: t('user.restored', { name: user.name }), undo: () => api.suspend(user.id).then(refresh) });
  };
  return (
    <>
      <CallButton user={user} small={small} />
      {user.state === 'invited' && <Button small={small} icon={MailPlus} locked={user.can?.invite ? undefined : why} why={{ right: 'login.reset', over: { kind: 'user', id: user.id } }} onClick={attempt(invite)}>{t('user.invite_again')}</Button>}
      {user.state === 'suspended'
        ? <Button small={small} icon={Undo2} locked={user.can?.suspend ? undefined : why} why={{ right: 'user.suspend', over: { kind: 'user', id: user.id } }} onClick={attempt(restore)}>{t('user.restore')}</Button>
        : <Button small={small} icon={Ban} locked={user.can?.suspend ? undefined : why} why={{ right: 'user.suspend', over: { kind: 'user', id: user.id } }} onClick={attempt(() => suspend(user, refresh))}>{t('user.suspend')}</Button>}
      <Button small={small} icon={Trash2} locked={user.can?.delete ? undefined : why} why={{ right: 'user.delete', over: { kind: 'user', id: user.id } }} onClick={() => setAsking(true)}>{t('user.delete')}</Button>
      <Confirm
        open={asking}
        title={t('user.delete_title', { name: user.name })}
        action={t('user.delete_action', { name: user.name })}
        onClose={() => setAsking(false)}
        run={async () => {
          const gone = await api.deleteUser(user.id);
          toast({ text: t('user.deleted', { name: user.name }) });
          for (const p of gone.problems.slice(0, 2)) toast({ text: p.text, lasting: true });
          after?.();
          await refresh();
        }}
      >
        {t('user.delete_consequences', { extension: user.extension ?? '–', n: user.devices?.total ?? 0 })}
      </Confirm>
    </>
  );
}
