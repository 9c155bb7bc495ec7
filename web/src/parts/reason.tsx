/** Asks for the reason of a change of rights, wherever it was begun, when the office wants one. */
import { useEffect, useState } from 'react';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Line } from '../ui/pick';
import { onReason } from '../ui/reason';
import { t } from '../words';

export function ReasonBox() {
  const [give, setGive] = useState<{ answer: (reason?: string) => void }>();
  const [reason, setReason] = useState('');
  useEffect(() => onReason(() => new Promise((resolve) => {
    setReason('');
    setGive({ answer: resolve });
  })), []);
  const end = (why?: string) => {
    give?.answer(why);
    setGive(undefined);
  };
  return (
    <Dialog open={give !== undefined} title={t('reason.title')} onClose={() => end()} size={460}>
      <form className="col g16" onSubmit={(e) => { e.preventDefault(); if (reason.trim()) end(reason.trim()); }}>
        <p className="t2">{t('reason.text')}</p>
        <Line label={t('review.reason')} hint={t('review.reason_hint')} value={reason} onChange={setReason} />
        <div className="row">
          <Button kind="primary" type="submit" locked={reason.trim() ? undefined : t('review.reason_first')}>{t('reason.go')}</Button>
          <Button kind="quiet" onClick={() => end()}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
