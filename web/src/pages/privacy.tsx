/** What is kept about one person or number is handed out, or erased. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Eraser, ShieldOff } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, type Erasure } from '../api';
import { moment } from '../format';
import { partyName } from '../parts/call';
import { Button } from '../ui/button';
import { FormDialog } from '../ui/dialog';
import { Chips, Chooser, Line } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

type Whom = 'number' | 'visitor' | 'leaver' | 'colleague';
type Subject = { user?: string; number?: string; visitor?: string };

function EraseDialog({ subject, name, onClose }: { subject: Subject; name: string; onClose: () => void }) {
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (!reason.trim()) return;
    setBusy(true);
    try {
      await api.erase({ ...subject, reason: reason.trim() });
      await cache.invalidateQueries({ queryKey: ['privacy'] });
      toast({ text: t('privacy.ordered') });
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <FormDialog title={t('privacy.erase_title', { name })} onClose={onClose} onSubmit={(e) => void submit(e)} foot={(
      <>
        <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
        <Button kind="danger" type="submit" busy={busy} locked={reason.trim() ? undefined : t('privacy.reason_missing')}>{t('privacy.go')}</Button>
      </>
    )}>
      <div className="col g12">
        <p className="t2">{t('privacy.erase_hint')}</p>
        <Line label={t('privacy.reason')} hint={t('privacy.reason_hint')} value={reason} onChange={setReason} />
        <FormError error={error} fields={[]} />
      </div>
    </FormDialog>
  );
}

function Ask() {
  const [whom, setWhom] = useState<Whom>('number');
  const [number, setNumber] = useState('');
  const [user, setUser] = useState('');
  const [erasing, setErasing] = useState(false);
  const leavers = useQuery({ queryKey: ['privacy', 'leavers'], queryFn: api.leavers, enabled: whom === 'leaver' });
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), staleTime: 60_000, enabled: whom === 'colleague' });
  const listed = (whom === 'leaver' ? leavers.data?.items : people.data?.items) ?? [];
  const typed = whom === 'number' || whom === 'visitor';
  const subject: Subject = typed ? { [whom]: number.trim() } : { user };
  const named = typed ? number.trim() : listed.find((p) => p.id === user)?.name;
  const locked = named ? undefined : t(whom === 'number' ? 'privacy.number_hint' : whom === 'visitor' ? 'privacy.visitor_hint' : 'privacy.choose');
  const choose = (w: string) => {
    setWhom(w as Whom);
    setUser('');
    setNumber('');
  };
  return (
    <Card title={t('privacy.whom')} pad>
      <div className="col g16 narrow">
        <Chips label={t('privacy.whom')} value={whom} onChange={choose} options={(['number', 'visitor', 'leaver', 'colleague'] as const).map((value) => ({ value, label: t(`privacy.${value}`) }))} />
        {whom === 'number' && <Line label={t('privacy.number_field')} hint={t('privacy.number_hint')} type="tel" value={number} onChange={setNumber} />}
        {whom === 'visitor' && <Line label={t('privacy.visitor_field')} hint={t('privacy.visitor_hint')} value={number} onChange={setNumber} />}
        {!typed && (whom === 'leaver' && leavers.data?.items.length === 0 ? <p className="t3">{t('privacy.no_leavers')}</p> : <Chooser key={whom} label={t('privacy.person')} empty={t('privacy.choose')} value={user} onChange={setUser} options={listed.map((p) => ({ value: p.id, label: p.name }))} />)}
        <div className="col g8">
          <p className="meta">{t('privacy.hand_out_hint')}</p>
          <span><Button icon={Download} locked={locked} onClick={() => window.location.assign(`/v1/privacy/export?${new URLSearchParams(subject)}`)}>{t('privacy.hand_out')}</Button></span>
        </div>
        {whom !== 'colleague' && (
          <div className="col g8">
            <p className="meta">{t('privacy.erase_hint')}</p>
            <span><Button kind="danger" icon={Eraser} locked={locked} onClick={() => setErasing(true)}>{t('privacy.erase')}</Button></span>
          </div>
        )}
      </div>
      {erasing && <EraseDialog subject={subject} name={named ?? ''} onClose={() => setErasing(false)} />}
    </Card>
  );
}

function Row({ of: e }: { of: Erasure }) {
  return (
    <li className="list-row">
      <span className="grow col g4">
        <span className="row w g8"><span className="med num">{e.as}</span><span className={`chip small ${e.state === 'done' ? 'ok' : 'acc'}`}>{t(`privacy.state.${e.state}`)}</span></span>
        <span className="t2">{e.reason}</span>
        <span className="meta">{t('privacy.counts', { recordings: e.recordings, messages: e.messages, rows: e.rows, facts: e.facts })}</span>
        <span className="meta">{[partyName(e.by), moment(e.begun)].filter(Boolean).join(' · ')}</span>
      </span>
    </li>
  );
}

export default function PrivacyPage() {
  const erasures = useQuery({ queryKey: ['privacy', 'erasures'], queryFn: api.erasures, refetchInterval: (q) => (q.state.data?.items.some((e) => e.state === 'running') ? 2000 : false) });
  return (
    <Sheet title={t('nav.privacy')} scope={t('privacy.lead')}>
      <div className="col g16">
        <Ask />
        <Card title={t('privacy.done')}>
          <Loaded of={erasures}>{(l) => (l.items.length === 0 ? <Empty icon={ShieldOff}>{t('privacy.none')}</Empty> : <ul>{l.items.map((e) => <Row key={e.id} of={e} />)}</ul>)}</Loaded>
        </Card>
      </div>
    </Sheet>
  );
}
