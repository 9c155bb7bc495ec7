/** Requests: what one has asked for, and what waits for one's own answer. */
import { useQueryClient } from '@tanstack/react-query';
import { MessageSquareLock } from 'lucide-react';
import { useState } from 'react';
import { api, type Wish } from '../api';
import { day, stamp } from '../format';
import { endAfter, Length, useRequests } from '../parts/request';
import { Button } from '../ui/button';
import { Avatar } from '../ui/person';
import { Line } from '../ui/pick';
import { Sheet } from '../ui/sheet';
import { Empty, failed, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const looks: Record<Wish['state'], string> = { open: 'acc', approved: 'ok', refused: 'danger', withdrawn: '', expired: 'warn' };

/** What is asked for, in words. */
const wanted = (w: Wish): string => w.rights.map((r) => t('explain.lack', { right: r.text, where: r.where }) + (r.since ? ` – ${t('given.past', { at: day(r.since) })}` : '')).join(' · ');

function Decide({ of, onDone }: { of: Wish; onDone: () => void }) {
  const [saying, setSaying] = useState<'yes' | 'no'>();
  const [hours, setHours] = useState('');
  const [words, setWords] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (saying === 'no') await api.refuse(of.id, words);
      else {
        const end = hours === '' ? of.until : endAfter(hours);
        await api.approve(of.id, { until: end < of.until ? end : of.until, words: words || undefined });
      }
      toast({ text: saying === 'no' ? t('request.refused') : t('request.approved', { name: of.user.name ?? '' }) });
      setSaying(undefined);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
      onDone();
    }
  };
  if (!saying) {
    return (
      <div className="row">
        <Button small kind="primary" locked={of.decide ? undefined : of.locked} why={{ right: 'request.approve', over: { kind: 'user', id: of.user.id } }} onClick={() => setSaying('yes')}>{t('request.approve')}</Button>
        <Button small onClick={() => setSaying('no')}>{t('request.refuse')}</Button>
      </div>
    );
  }
  return (
    <form className="col g12 narrow" onSubmit={(e) => { e.preventDefault(); if (saying === 'yes' || words.trim()) void send(); }}>
      {saying === 'yes' && <p className="t2">{t('request.until_asked', { time: stamp(of.until) })}</p>}
      {saying === 'yes' && <Length label={t('request.shorter')} value={hours} onChange={setHours} />}
      <Line label={saying === 'yes' ? t('request.words') : t('request.why_not')} value={words} onChange={setWords} />
      <FormError error={error} fields={[]} />
      <div className="row">
        <Button small kind="primary" type="submit" busy={busy} locked={saying === 'yes' || words.trim() ? undefined : t('request.words_first')}>{saying === 'yes' ? t('request.approve') : t('request.refuse')}</Button>
        <Button small kind="quiet" onClick={() => setSaying(undefined)}>{t('ui.cancel')}</Button>
      </div>
    </form>
  );
}

function Row({ of, onDone }: { of: Wish; onDone: () => void }) {
  const withdraw = () => void api.withdraw(of.id).then(onDone, (e: unknown) => toast(failed(e)));
  const answered = [of.by?.name && t('request.by', { name: of.by.name, time: stamp(of.decided ?? of.asked) }), of.words && `“${of.words}”`].filter(Boolean).join(' · ');
  const end = of.state === 'approved' || of.state === 'expired' ? (of.ends ?? of.until) : of.until;
  return (
    <li className="request">
      <Avatar id={of.user.id} name={of.user.name ?? ''} />
      <div className="col grow g6">
        <div className="row w g8"><span className="med">{of.mine ? t('request.you') : of.user.name}</span><span className={`chip small ${looks[of.state]}`}>{t(`request.state.${of.state}`)}</span><span className="meta num">{of.state === 'expired' ? t('request.ended', { time: stamp(end) }) : t('request.until', { time: stamp(end) })}</span></div>
        <p className={of.state === 'expired' ? 'struck' : undefined}>{wanted(of)}</p>
        <p className="t2">“{of.reason}”</p>
        {answered && <p className="meta">{answered}</p>}
        {of.mine && of.state === 'open' && of.to.length > 0 && <p className="meta">{t('request.told', { names: of.to.map((x) => x.name).join(', ') })}</p>}
        {of.state === 'open' && (of.mine ? <div className="row"><Button small onClick={withdraw}>{t('request.withdraw')}</Button></div> : <Decide of={of} onDone={onDone} />)}
      </div>
    </li>
  );
}

export default function RequestsPage() {
  const cache = useQueryClient();
  const requests = useRequests();
  const refresh = () => void Promise.all(['requests', 'why', 'user', 'standing'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  return (
    <Sheet title={t('nav.requests')} scope={t('request.scope')}>
      <Loaded of={requests}>
        {(page) => {
          const waiting = page.items.filter((w) => w.state === 'open' && !w.mine);
          const rest = page.items.filter((w) => !waiting.includes(w));
          if (page.items.length === 0) return <Empty icon={MessageSquareLock}>{t('request.none')}</Empty>;
          return (
            <div className="col g24">
              {waiting.length > 0 && <section className="col g8"><h2 className="cap">{t('request.waiting')}</h2><ul className="card">{waiting.map((w) => <Row key={w.id} of={w} onDone={refresh} />)}</ul></section>}
              {rest.length > 0 && <section className="col g8"><h2 className="cap">{t('request.others')}</h2><ul className="card">{rest.map((w) => <Row key={w.id} of={w} onDone={refresh} />)}</ul></section>}
            </div>
          );
        }}
      </Loaded>
    </Sheet>
  );
}
