/** Recording with a phone: the house calls, one speaks after the tone, hears it, and keeps it by key. */
import { useQuery } from '@tanstack/react-query';
import { PhoneCall, PhoneOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, type Dictation } from '../api';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Chooser } from '../ui/pick';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { useDevices } from './query';

const isOver = (d?: Dictation) => d?.state === 'kept' || d?.state === 'ended';

export function Dictate({ call, onKept }: { call: (device: string) => Promise<Dictation>; onKept: () => void }) {
  const me = useMe();
  const phones = (useDevices(me.user.id).data?.items ?? []).filter((d) => d.registered);
  const [device, setDevice] = useState('');
  const [begun, setBegun] = useState<Dictation>();
  const asked = useQuery({ queryKey: ['dictation', begun?.id], queryFn: () => api.dictation(begun?.id ?? ''), enabled: Boolean(begun), initialData: begun, refetchInterval: (q) => (isOver(q.state.data) ? false : 1000) });
  const now = begun && asked.data;
  const kept = now?.state === 'kept';
  useEffect(() => {
    if (!kept) return;
    setBegun(undefined);
    onKept();
    // The page may hand in a new function each time; that something was kept is told once.
  }, [kept]);
  const start = () => void call(device).then(setBegun, (e: unknown) => toast(failed(e)));
  if (now && !isOver(now)) {
    return <div className="note grow" role="status"><span className="grow">{now.text}</span><Button small icon={PhoneOff} onClick={() => void api.endDictation(now.id).catch((e: unknown) => toast(failed(e)))}>{t('dictate.hang_up')}</Button></div>;
  }
  return (
    <>
      {phones.length > 1 && <Chooser plain label={t('dictate.which')} options={phones.map((d) => ({ value: d.id, label: d.name }))} value={device || (phones[0]?.id ?? '')} onChange={setDevice} />}
      <Button small icon={PhoneCall} locked={phones.length === 0 ? t('dictate.offline') : undefined} onClick={start}>{t('dictate.call_me')}</Button>
      {now?.state === 'ended' && <span className="meta" role="status">{now.text}</span>}
    </>
  );
}
