/** What people hold beyond their own: one thing of it, when it was used, and what a review says to it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowRight, ClipboardCheck, MessageSquareLock } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, type Act, type Campaign, type CampaignItem, type Holding, type Preview } from '../api';
import { day, typed } from '../format';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Chooser, Line } from '../ui/pick';
import { useSend } from '../ui/send';
import { Card } from '../ui/sheet';
import { failed, FormError, Lines } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { Effects, make } from './change';
import { useGroups } from './query';
import { useWaiting } from './request';
import { useRefresh } from './user';

/** Reviews that this person may look at; nothing is asked for who sees nobody's rights. */
export const useReviews = () => {
  const me = useMe();
  return useQuery({ queryKey: ['reviews'], queryFn: api.reviews, staleTime: 60_000, enabled: can(me, 'right.explain', 'group') });
};

/** How many things wait for this person's decision. */
export const useUndecided = (): number => useReviews().data?.items.reduce((n, r) => n + r.waiting, 0) ?? 0;

/** Fetches again what a decision touches. */
export function useReviewed(): () => Promise<unknown> {
  const cache = useQueryClient();
  const refresh = useRefresh();
  return () => Promise.all([refresh(), ...['reviews', 'review', 'rights-review', 'overview', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] }))]);
}

export const reviewLooks: Record<Campaign['state'], string> = { open: 'acc', overdue: 'danger', done: 'ok', ended: '' };

/** How far a review has come. */
export function Progress({ of }: { of: Campaign }) {
  const decided = of.kept + of.removed;
  const all = Math.max(of.total - of.nobody, decided);
  return (
    <div className="col g4 grow">
      <progress className="progress" max={all || 1} value={decided} aria-label={t('review.progress', { done: decided, total: all })} />
      <p className="meta num">{[t('review.progress', { done: decided, total: all }), decided > 0 && t('review.counts', { kept: of.kept, removed: of.removed }), of.nobody > 0 && t('review.nobody', { n: of.nobody })].filter(Boolean).join(' · ')}</p>
    </div>
  );
}

const lastUse = (last: string | undefined, since: string | undefined): string =>
  last ? t('review.last', { time: day(last) }) : since ? t('review.never', { time: day(since) }) : t('review.no_record');

/** One thing a person holds, with the rights in it that are worth a look. */
export function HoldingLine({ of, since, days = 90 }: { of: Holding; since?: string; days?: number }) {
  const [open, setOpen] = useState(false);
  const idle = of.rights.filter((r) => r.unused && r.risk === 'high').length;
  const single = of.rights.length === 1;
  return (
    <div className="col g4 grow">
      <div className="row w g8">
        <span className="med">{of.name}</span>
        <span className="t3">{t(`review.kind.${of.kind}`)} · {of.where}</span>
        {of.risk === 'high' && <span className="chip small warn">{t('right.risky')}</span>}
        {of.unused ? <span className="chip small danger">{t('review.unused', { n: days })}</span> : idle > 0 && <span className="chip small">{t('review.unused_rights', { n: idle })}</span>}
      </div>
      <p className="meta num">
        {t('review.since', { time: day(of.from) })} · {lastUse(of.last, since)}
        {!single && of.rights.length > 0 && <> · <button type="button" className="linkish" aria-expanded={open} onClick={() => setOpen(!open)}>{t('review.show_rights', { n: of.rights.length })}</button></>}
      </p>
      {of.reason && <p className="t3">“{of.reason}”</p>}
      {open && (
        <ul className="col g4 used">
          {of.rights.map((r) => <li key={r.right} className="row w g8"><span>{r.text}</span>{r.risk === 'high' && <span className="chip small warn">{t('right.risky')}</span>}<span className="meta num">{lastUse(r.last, since)}</span></li>)}
        </ul>
      )}
    </div>
  );
}

/** Takes a thing away as the page of the person does. */
export function takeAway(user: string, h: Holding): Act {
  switch (h.kind) {
    case 'role': return api.seat(h.group ?? '', user, { role: 'user' });
    case 'override': return api.inherit(h.group ?? '', user, h.right ?? '');
    case 'assignment': return api.endAssignment(h.id);
    case 'grant': return api.endGrant(h.id);
  }
}

/** Confirms one thing or takes it away, for a reason; what taking it away does is shown before. */
export function Decide({ review, of, keep, onClose }: { review: string; of: CampaignItem; keep: boolean; onClose: () => void }) {
  const refresh = useReviewed();
  const [reason, setReason] = useState('');
  const verdict = (why: string): Act => api.decide(review, { kind: of.kind, id: of.id, right: of.right, keep, reason: why });
  const effects = useQuery<Preview>({ queryKey: ['review', review, of.id, of.right, 'effects'], queryFn: () => verdict('–').dry(), enabled: !keep, gcTime: 0 });
  const what = { name: of.user.name ?? '', what: of.holding.name };
  const send = useSend(async () => {
    await make(verdict(reason), t(keep ? 'review.done_kept' : 'review.done_removed', what), refresh);
    onClose();
  });
  return (
    <Dialog open title={t(keep ? 'review.keep_title' : 'review.remove_title', what)} onClose={onClose} size={keep ? 520 : 640}>
      <form className="col g16" onSubmit={(e) => { e.preventDefault(); if (reason.trim()) send.go(); }}>
        {!keep && (effects.data ? <Effects preview={effects.data} /> : !effects.error && <Lines n={3} />)}
        <Line label={t('review.reason')} hint={t('review.reason_hint')} value={reason} onChange={setReason} />
        <FormError error={send.error ?? effects.error} fields={[]} />
        <div className="row">
          <Button kind={keep ? 'primary' : 'danger'} type="submit" busy={send.busy} locked={reason.trim() ? undefined : t('review.reason_first')}>{t(keep ? 'review.keep' : 'review.remove_now')}</Button>
          <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Starts a review over a group or everybody. */
export function StartReview({ onClose, onStarted }: { onClose: () => void; onStarted: (id: string) => void }) {
  const me = useMe();
  const refresh = useReviewed();
  const groups = useGroups().data?.items ?? [];
  const everybody = can(me, 'right.explain', 'all');
  const [name, setName] = useState('');
  const [group, setGroup] = useState('');
  const [until, setUntil] = useState(new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10));
  const [reason, setReason] = useState('');
  const over = group || (everybody ? '' : (groups[0]?.id ?? ''));
  const send = useSend(async () => {
    const started = await api.startReview({ name, group: over || undefined, until: typed(`${until}T18:00`).toISOString(), reason });
    await refresh();
    toast({ text: t('review.started') });
    onStarted(started.id);
  });
  return (
    <Dialog open title={t('review.start')} onClose={onClose}>
      <form className="col g16" onSubmit={(e) => { e.preventDefault(); if (reason.trim()) send.go(); }}>
        <Line label={t('review.name')} value={name} onChange={setName} />
        <Chooser label={t('review.over')} value={over} onChange={setGroup} empty={everybody ? t('review.everybody') : undefined} options={groups.map((g) => ({ value: g.id, label: t('review.below', { group: g.name }) }))} />
        <Line label={t('review.until')} type="date" value={until} onChange={setUntil} />
        <Line label={t('review.reason')} hint={t('review.reason_hint')} value={reason} onChange={setReason} />
        <FormError error={send.error} fields={[]} />
        <div className="row">
          <Button kind="primary" type="submit" busy={send.busy} locked={reason.trim() ? undefined : t('review.reason_first')}>{t('review.start')}</Button>
          <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Closes a review; what is open stays as it is. */
export function CloseReview({ of, onClose }: { of: Campaign; onClose: () => void }) {
  const refresh = useReviewed();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const send = () => {
    setBusy(true);
    void api.closeReview(of.id, reason).then(refresh).then(() => { toast({ text: t('review.closed') }); onClose(); }, (e: unknown) => toast(failed(e))).finally(() => setBusy(false));
  };
  return (
    <Dialog open title={t('review.close_title', { name: of.name })} onClose={onClose}>
      <form className="col g16" onSubmit={(e) => { e.preventDefault(); if (reason.trim()) send(); }}>
        <p className="t2">{t('review.close_text')}</p>
        <Line label={t('review.reason')} hint={t('review.reason_hint')} value={reason} onChange={setReason} />
        <div className="row">
          <Button kind="primary" type="submit" busy={busy} locked={reason.trim() ? undefined : t('review.reason_first')}>{t('review.close')}</Button>
          <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** On the first page: what waits for one's own answer. */
export function WaitingForMe({ reviews }: { reviews: Campaign[] }) {
  const requests = useWaiting();
  if (reviews.length === 0 && requests === 0) return null;
  return (
    <Card title={t('home.waiting')}>
      <ul>
        {requests > 0 && <li><Link className="list-row" to="/requests"><MessageSquareLock className="icon l t3" aria-hidden /><span className="grow">{t('nav.requests')}</span><span className="chip small acc">{t('review.waiting', { n: requests })}</span><ArrowRight className="icon t3" aria-hidden /></Link></li>}
        {reviews.map((r) => (
          <li key={r.id}>
            <Link className="list-row" to={`/reviews?review=${r.id}`}>
              <ClipboardCheck className={`icon l ${r.state === 'overdue' ? 'danger' : 't3'}`} aria-hidden />
              <span className="grow col"><span className="wrap">{r.name}</span><span className="meta num">{t('review.until_day', { time: day(r.until) })}</span></span>
              <span className={`chip small ${r.state === 'overdue' ? 'danger' : 'acc'}`}>{t('review.waiting', { n: r.waiting })}</span>
              <ArrowRight className="icon t3" aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
