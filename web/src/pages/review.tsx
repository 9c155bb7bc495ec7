/** Reviews: who holds what beyond his own, when it was used, and what those say to it who could take it away. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Check, ClipboardCheck, Download, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, type Campaign, type CampaignItem } from '../api';
import { day, stamp } from '../format';
import { useChange } from '../parts/change';
import { CloseReview, Decide, HoldingLine, Progress, reviewLooks, StartReview, takeAway, useReviewed, useReviews } from '../parts/review';
import { Button } from '../ui/button';
import { SearchField } from '../ui/filter';
import { Avatar } from '../ui/person';
import { Flip } from '../ui/pick';
import { Sheet, Tabs } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { t } from '../words';

const overWhom = (r: Campaign): string => (r.group ? t('review.below', { group: r.group.name ?? '…' }) : t('review.everybody'));

function Item({ of, review, since, onDecide }: { of: CampaignItem; review: Campaign; since?: string; onDecide: (of: CampaignItem, keep: boolean) => void }) {
  const v = of.verdict;
  const why = { right: of.holding.needs, over: { kind: 'user', id: of.user.id } };
  return (
    <li className="request">
      <Avatar id={of.user.id} name={of.user.name ?? ''} photo={of.photo} />
      <div className="col grow g6">
        <Link className="med" to={`/people/${of.user.id}/rights`}>{of.user.name}</Link>
        <HoldingLine of={of.holding} since={since} />
        {v && <p className="row w g6"><span className={`chip small ${v.keep ? 'ok' : 'danger'}`}>{t(v.keep ? 'review.kept' : 'review.removed')}</span><span className="meta">{[v.by.name, stamp(v.at), `“${v.reason}”`].filter(Boolean).join(' · ')}</span></p>}
        {!v && of.asked.length > 0 && !of.decide && <p className="meta">{t('review.asked', { names: of.asked.map((x) => x.name).join(', ') })}</p>}
        {!v && of.asked.length === 0 && !of.decide && !review.ended && <p className="meta">{t('review.asked_nobody')}</p>}
        {!v && !review.ended && (
          <div className="row">
            <Button small icon={Check} locked={of.decide ? undefined : (of.locked ?? t('review.asked_nobody'))} why={why} onClick={() => onDecide(of, true)}>{t('review.keep')}</Button>
            <Button small kind="quiet" icon={X} locked={of.decide ? undefined : (of.locked ?? t('review.asked_nobody'))} why={why} onClick={() => onDecide(of, false)}>{t('review.remove')}</Button>
          </div>
        )}
      </div>
    </li>
  );
}

/** One review with everything it looks at. */
function Detail({ id }: { id: string }) {
  const asked = useQuery({ queryKey: ['review', id], queryFn: () => api.review(id) });
  const [deciding, setDeciding] = useState<{ of: CampaignItem; keep: boolean }>();
  const [closing, setClosing] = useState(false);
  const r = asked.data;
  return (
    <Sheet
      title={r?.name ?? t('nav.reviews')}
      scope={r && `${overWhom(r)} · ${t('review.by', { name: r.by.name ?? '–', time: day(r.until) })}`}
      crumbs={[{ to: '/reviews', label: t('review.back') }]}
      actions={r && <>{r.manage && <Button onClick={() => setClosing(true)}>{t('review.close')}</Button>}<a className="btn plain" href={`/v1/reviews/${r.id}/table`} download><Download className="icon" aria-hidden />{t('review.table')}</a></>}
    >
      <Loaded of={asked}>
        {(c) => (
          <div className="col g16">
            <div className="row w g12"><span className={`chip ${reviewLooks[c.state]}`}>{t(`review.state.${c.state}`)}</span><Progress of={c} /></div>
            <p className="t2">“{c.reason}”</p>
            <ul className="card">{c.items.map((i) => <Item key={`${i.id} ${i.right ?? ''}`} of={i} review={c} since={c.since} onDecide={(of, keep) => setDeciding({ of, keep })} />)}</ul>
          </div>
        )}
      </Loaded>
      {deciding && <Decide review={id} of={deciding.of} keep={deciding.keep} onClose={() => setDeciding(undefined)} />}
      {closing && r && <CloseReview of={r} onClose={() => setClosing(false)} />}
    </Sheet>
  );
}

function Campaigns({ onStart }: { onStart: () => void }) {
  return (
    <Loaded of={useReviews()}>
      {(page) => page.items.length === 0 ? <Empty icon={ClipboardCheck} action={<Button icon={Plus} onClick={onStart}>{t('review.start')}</Button>}>{t('review.none')}</Empty> : (
        <ul className="card">
          {page.items.map((r) => (
            <li key={r.id}>
              <Link className="list-row top" to={`/reviews?review=${r.id}`}>
                <span className="col grow g6">
                  <span className="row w g8"><span className="med">{r.name}</span><span className={`chip small ${reviewLooks[r.state]}`}>{t(`review.state.${r.state}`)}</span>{r.waiting > 0 && <span className="chip small acc">{t('review.waiting', { n: r.waiting })}</span>}</span>
                  <span className="meta num">{overWhom(r)} · {t('review.by', { name: r.by.name ?? '–', time: day(r.until) })}</span>
                  <Progress of={r} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

/** What people hold and when they last used it, with the way to take it away. */
function LastUse() {
  const [unused, setUnused] = useState(false);
  const [risky, setRisky] = useState(false);
  const [q, setQ] = useState('');
  const asked = useQuery({ queryKey: ['rights-review', unused, risky, q], queryFn: () => api.rightsReview({ unused: unused || undefined, risky: risky || undefined, q, limit: 200 }), placeholderData: keepPreviousData });
  const refresh = useReviewed();
  const { ask, dialog } = useChange();
  return (
    <div className="col g16">
      <div className="row w g16"><SearchField value={q} onChange={setQ} label={t('nav.people')} /><Flip label={t('review.only_unused')} on={unused} onChange={setUnused} /><Flip label={t('review.only_risky')} on={risky} onChange={setRisky} /></div>
      <Loaded of={asked}>
        {(page) => page.items.length === 0 ? <Empty icon={ClipboardCheck}>{t('review.nothing_unused')}</Empty> : (
          <ul className="card">
            {page.items.map((p) => (
              <li key={p.user.id} className="request">
                <Avatar id={p.user.id} name={p.user.name ?? ''} photo={p.photo} />
                <div className="col grow g12">
                  <Link className="med" to={`/people/${p.user.id}/rights`}>{p.user.name}</Link>
                  {p.holdings.map((h) => (
                    <div key={`${h.id} ${h.right ?? ''}`} className="row w g12 top">
                      <HoldingLine of={h} since={page.since} days={page.days} />
                      <Button small locked={h.locked} why={{ right: h.needs, over: { kind: 'user', id: p.user.id } }} onClick={() => ask(t('review.remove_title', { name: p.user.name ?? '', what: h.name }), takeAway(p.user.id, h), t('review.done_removed', { name: p.user.name ?? '' }), () => void refresh())}>{t('review.remove')}</Button>
                    </div>
                  ))}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {dialog}
    </div>
  );
}

export default function ReviewPage() {
  const [query, setQuery] = useSearchParams();
  const [starting, setStarting] = useState(false);
  const tab = query.get('tab') === 'use' ? 'use' : 'reviews';
  const id = query.get('review');
  if (id) return <Detail id={id} />;
  return (
    <Sheet
      title={t('nav.reviews')}
      scope={t('review.scope')}
      actions={<Button kind="primary" icon={Plus} onClick={() => setStarting(true)}>{t('review.start')}</Button>}
      tabs={<Tabs label={t('nav.reviews')} value={tab} onChange={(x) => setQuery(x === 'use' ? { tab: x } : {})} tabs={[{ id: 'reviews', label: t('review.tab_campaigns') }, { id: 'use', label: t('review.tab_use') }]} />}
    >
      {tab === 'use' ? <LastUse /> : <Campaigns onStart={() => setStarting(true)} />}
      {starting && <StartReview onClose={() => setStarting(false)} onStarted={(x) => { setStarting(false); setQuery({ review: x }); }} />}
    </Sheet>
  );
}
