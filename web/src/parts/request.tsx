/** Asking for a right one lacks, and how many wait for one's own answer. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Thing } from '../api';
import { Button } from '../ui/button';
import { Chooser, Line } from '../ui/pick';
import { useSend } from '../ui/send';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

export const useRequests = () => useQuery({ queryKey: ['requests'], queryFn: api.requests, staleTime: 60_000 });

/** How many requests this person can decide now. */
export const useWaiting = (): number => useRequests().data?.items.filter((r) => r.decide).length ?? 0;

const hour = 3_600_000;
const lengths = (): { value: string; label: string }[] => [
  { value: '1', label: t('request.hour') },
  { value: '24', label: t('request.day') },
  { value: '168', label: t('request.week') },
  { value: '720', label: t('request.month') },
];

/** The end that a chosen length gives. */
export const endAfter = (hours: string): string => new Date(Date.now() + Number(hours) * hour).toISOString();

export function Length({ value, onChange, label }: { value: string; onChange: (v: string) => void; label: string }) {
  return <Chooser label={label} options={lengths()} value={value} onChange={onChange} />;
}

/** What is asked for is fixed; how long and what for is said here. */
export function AskForm({ right, over, onDone, onCancel }: { right: string; over: Thing; onDone: () => void; onCancel: () => void }) {
  const cache = useQueryClient();
  const [hours, setHours] = useState('24');
  const [reason, setReason] = useState('');
  const send = useSend(async () => {
    const wish = await api.askAccess({ right, target: over, until: endAfter(hours), reason });
    await Promise.all([cache.invalidateQueries({ queryKey: ['requests'] }), cache.invalidateQueries({ queryKey: ['why'] })]);
    toast({ text: wish.to[0]?.name ? t('request.sent_to', { name: wish.to[0].name }) : t('request.sent') });
    onDone();
  });
  return (
    <form className="col g12" onSubmit={(e) => { e.preventDefault(); if (reason.trim()) send.go(); }}>
      <Length label={t('request.how_long')} value={hours} onChange={setHours} />
      <Line label={t('request.reason')} value={reason} onChange={setReason} />
      <FormError error={send.error} fields={[]} />
      <div className="row">
        <Button kind="primary" small type="submit" busy={send.busy} locked={reason.trim() ? undefined : t('request.reason_first')}>{t('request.send')}</Button>
        <Button kind="quiet" small onClick={onCancel}>{t('ui.cancel')}</Button>
      </div>
    </form>
  );
}
