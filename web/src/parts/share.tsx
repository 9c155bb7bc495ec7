/** Links by which somebody outside listens to a recording: one is made, and all are listed and taken back. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Recording, type RecordingLink } from '../api';
import { day, stamp } from '../format';
import { Button } from '../ui/button';
import { CopyField } from '../ui/copy';
import { Confirm, Dialog } from '../ui/dialog';
import { Pick, Text, useForm } from '../ui/form';
import { FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { partyName } from './call';

const lengths = [1, 3, 7, 14, 30];

function useFresh(r: Recording) {
  const cache = useQueryClient();
  return () => Promise.all([['recordings', 'shares', r.id], ['recordings', 'hearings', r.id], ['audit']].map((queryKey) => cache.invalidateQueries({ queryKey })));
}

function NewShare({ recording: r, done }: { recording: Recording; done: (secret: string) => void }) {
  const fresh = useFresh(r);
  const form = useForm({ for: '', days: '7', password: '' }, async (v) => {
    const made = await api.share(r.id, { for: v.for, days: Number(v.days), password: v.password || undefined });
    await fresh();
    done(made.secret);
  });
  return (
    <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      <p className="t2">{t('share.lead')}</p>
      <Text form={form} name="for" label={t('share.for')} hint={t('share.for_hint')} focus />
      <Pick form={form} name="days" label={t('share.ends')} options={lengths.map((n) => ({ value: String(n), label: t('share.days', { n }) }))} />
      <Text form={form} name="password" label={t('share.password')} hint={t('share.password_hint')} auto="off" />
      <FormError error={form.error} fields={['for', 'days', 'password']} />
      <div className="row"><Button kind="primary" type="submit" busy={form.busy}>{t('share.make')}</Button></div>
    </form>
  );
}

export function ShareDialog({ recording: r, open, onClose }: { recording: Recording; open: boolean; onClose: () => void }) {
  const [secret, setSecret] = useState('');
  const close = () => {
    setSecret('');
    onClose();
  };
  return (
    <Dialog open={open} title={secret ? t('share.made') : t('share.title')} onClose={close}>
      {secret ? (
        <div className="col g16">
          <div className="note warn"><span>{t('share.once')}</span></div>
          <CopyField label={t('share.link')} value={`${location.origin}/shared/${secret}`} />
          <div className="row"><Button kind="primary" onClick={close}>{t('ui.done')}</Button></div>
        </div>
      ) : <NewShare recording={r} done={setSecret} />}
    </Dialog>
  );
}

/** The links of a recording, where there are any. */
export function Shares({ recording: r }: { recording: Recording }) {
  const fresh = useFresh(r);
  const links = useQuery({ queryKey: ['recordings', 'shares', r.id], queryFn: () => api.shares(r.id) });
  const [ending, setEnding] = useState<RecordingLink>();
  if (links.data?.items.length === 0) return null;
  return (
    <section className="col g8">
      <h3 className="label">{t('share.links')}</h3>
      <Loaded of={links}>
        {(l) => (
          <ul className="card">
            {l.items.map((x) => (
              <li key={x.id} className="list-row">
                <span className="grow col">
                  <span className="med">{x.for}</span>
                  <span className="meta">{[t('share.by', { name: partyName(x.by) }), t('share.until', { day: day(x.expires) }), x.password && t('share.with_password')].filter(Boolean).join(' · ')}</span>
                  <span className="meta num">{[t('share.heard', { n: x.heard }), x.last && stamp(x.last)].filter(Boolean).join(' · ')}</span>
                  {x.state !== 'open' && <span className="row"><span className="chip small warn">{t(`share.${x.state}`)}</span></span>}
                </span>
                <Button small onClick={() => setEnding(x)}>{t('share.revoke')}</Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <Confirm open={ending !== undefined} title={t('share.revoke_title', { name: ending?.for ?? '' })} action={t('share.revoke')} onClose={() => setEnding(undefined)} run={async () => {
        if (!ending) return;
        await api.endShare(r.id, ending.id);
        await fresh();
        toast({ text: t('share.revoked', { name: ending.for }) });
      }}>{t('share.revoke_consequences')}</Confirm>
    </section>
  );
}
