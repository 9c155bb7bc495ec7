/** Signing in with the account of another house: the buttons, and who may change them. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Pencil, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { api, type ProviderSettings } from '../api';
import { Button, IconButton } from '../ui/button';
import { CopyField } from '../ui/copy';
import { Dialog } from '../ui/dialog';
import { Pick, Text, useForm } from '../ui/form';
import { Card } from '../ui/sheet';
import { failed, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const kinds = ['microsoft', 'google', 'other'] as const;
const kindWord = (kind: string) => (kind === 'microsoft' ? 'Microsoft' : kind === 'google' ? 'Google' : t('provider.other'));
const usual: Record<string, { id: string; name: string; issuer: string }> = {
  microsoft: { id: 'microsoft', name: 'Microsoft', issuer: '' },
  google: { id: 'google', name: 'Google', issuer: '' },
  other: { id: '', name: '', issuer: '' },
};

/** The buttons under the sign-in form; nothing where only passwords count. */
export function ProviderButtons({ to }: { to: string }) {
  const buttons = useQuery({ queryKey: ['providers'], queryFn: api.providerButtons, retry: false });
  const list = buttons.data?.items ?? [];
  if (list.length === 0) return null;
  return (
    <div className="col g12">
      <div className="or" aria-hidden><span>{t('login.or')}</span></div>
      {list.map((p) => (
        <Button key={p.id} large full icon={KeyRound} onClick={() => location.assign(`/v1/session/with/${encodeURIComponent(p.id)}?to=${encodeURIComponent(to)}`)}>{t('login.with', { provider: p.name })}</Button>
      ))}
    </div>
  );
}

function Editor({ provider, callback, onClose }: { provider?: ProviderSettings; callback: string; onClose: () => void }) {
  const cache = useQueryClient();
  const now = provider ? { kind: provider.kind as string, id: provider.id, name: provider.name, issuer: provider.issuer, client: provider.client, secret: '' } : { kind: 'microsoft', ...usual.microsoft, client: '', secret: '' };
  const form = useForm(now, async (v) => {
    await api.setProvider(v.id ?? '', { kind: v.kind as 'other', name: v.name ?? '', issuer: v.issuer ?? '', client: v.client, ...(v.secret ? { secret: v.secret } : {}) });
    await cache.invalidateQueries({ queryKey: ['providers'] });
    toast({ text: t('provider.saved', { provider: v.name ?? '' }) });
    onClose();
  });
  const choose = (kind: string) => form.reset({ ...form.values, ...usual[kind], kind });
  return (
    <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      {!provider && <Pick form={{ ...form, set: (_, v) => choose(String(v)) }} name="kind" label={t('provider.kind')} options={kinds.map((k) => ({ value: k, label: kindWord(k) }))} />}
      <Text form={form} name="name" label={t('provider.name')} />
      {!provider && <Text form={form} name="id" label={t('provider.id')} />}
      {form.values.kind !== 'google' && <Text form={form} name="issuer" label={t('provider.issuer')} hint={form.values.kind === 'microsoft' ? t('provider.issuer_hint') : undefined} />}
      <Text form={form} name="client" label={t('provider.client')} />
      <Text form={form} name="secret" label={t('provider.secret')} type="password" auto="new-password" placeholder={provider ? '••••••••' : undefined} />
      <CopyField label={t('provider.callback')} value={callback} />
      <FormError error={form.error} fields={['kind', 'name', 'id', 'issuer', 'client', 'secret']} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={form.values.id && form.values.client ? undefined : t('provider.client_missing')}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
    </form>
  );
}

/** The settings of sign-in. */
export function Providers() {
  const cache = useQueryClient();
  const providers = useQuery({ queryKey: ['providers', 'settings'], queryFn: api.providers });
  const [editing, setEditing] = useState<ProviderSettings | true>();
  const callback = `${location.origin}/v1/session/callback`;
  const remove = (p: ProviderSettings) =>
    api.removeProvider(p.id).then(() => cache.invalidateQueries({ queryKey: ['providers'] })).then(() => toast({ text: t('provider.removed', { provider: p.name }) }), (e: unknown) => toast(failed(e)));
  return (
    <div className="form col g16">
      <Card title={t('provider.title')} note={t('provider.lead')} actions={<Button small icon={Plus} onClick={() => setEditing(true)}>{t('provider.add')}</Button>}>
        <Loaded of={providers}>
          {(list) => (
            <>
              {list.items.map((p) => (
                <div key={p.id} className="list-row">
                  <span className="grow col"><span className="med">{p.name}</span><span className="meta trunc">{kindWord(p.kind)} · {p.issuer}</span></span>
                  <IconButton small icon={Pencil} label={t('provider.edit', { provider: p.name })} onClick={() => setEditing(p)} />
                  <IconButton small icon={X} label={t('provider.remove', { provider: p.name })} onClick={() => void remove(p)} />
                </div>
              ))}
              {list.items.length === 0 && <p className="list-row t3">{t('provider.none')}</p>}
            </>
          )}
        </Loaded>
      </Card>
      <Dialog open={editing !== undefined} title={editing === true || !editing ? t('provider.add') : t('provider.edit', { provider: editing.name })} onClose={() => setEditing(undefined)}>
        {editing && <Editor provider={editing === true ? undefined : editing} callback={callback} onClose={() => setEditing(undefined)} />}
      </Dialog>
    </div>
  );
}
