/** Why can somebody not call a number: the question, the verdict, the order of the questions, the profiles and what would change it. */
import { useQuery } from '@tanstack/react-query';
import { Check, Minus, X } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../api';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Chooser, Line } from '../ui/pick';
import { Loaded } from '../ui/states';
import { instant } from '../ui/form';
import { t } from '../words';
import { useColleagueOptions } from './forwarding';
import { useAddress } from './query';
import { priceWord } from './meaning';
import { onWord } from './restriction';

const marks = { passed: Check, decides: X, would_refuse: Minus } as const;

export function WhyCall() {
  const me = useMe();
  const { values, set } = useAddress();
  const [from, setFrom] = useState(values.who ?? me.user.id);
  const [to, setTo] = useState(values.to ?? '');
  const [at, setAt] = useState(values.at ?? '');
  const [token, setToken] = useState(values.token ?? '');
  const people = useColleagueOptions();
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: api.tokens, enabled: can(me, 'token.create'), staleTime: 60_000 }).data?.items ?? [];
  const byProgram = from === me.user.id && tokens.length > 0;
  const asked = { from: values.who || undefined, to: values.to ?? '', token: values.token || undefined, at: instant(values.at ?? '') || undefined };
  const answer = useQuery({ queryKey: ['whycall', asked], queryFn: () => api.explainCall(asked), enabled: asked.to !== '', retry: false });
  return (
    <section className="col g12">
      <h2 className="cap">{t('whycall.title')}</h2>
      <form className="row w g8" onSubmit={(e) => { e.preventDefault(); set({ who: from === me.user.id ? undefined : from, to, at: at || undefined, token: (byProgram && token) || undefined }); }}>
        <Chooser label={t('whycall.from')} options={people} value={from} onChange={setFrom} />
        <Line label={t('whycall.to')} value={to} placeholder="+1 876 926 1234" onChange={setTo} />
        {byProgram && <Chooser label={t('whycall.token')} empty={t('whycall.by_hand')} options={tokens.map((k) => ({ value: k.id, label: k.name }))} value={token} onChange={setToken} />}
        <Line label={t('explain.at')} type="datetime-local" value={at} onChange={setAt} />
        <span className="end"><Button kind="primary" type="submit" locked={to ? undefined : t('whycall.to_missing')}>{t('explain.ask')}</Button></span>
      </form>
      {asked.to !== '' && (
        <Loaded of={answer}>
          {(w) => (
            <div className="card"><div className="card-body col g12">
              <div className="col g4"><h3 className="verdict">{w.ok ? t('whycall.yes', { name: w.from.name ?? '' }) : t('whycall.no', { name: w.from.name ?? '' })}</h3><p>{w.verdict}</p><p className="meta num">{[w.where, w.number, priceWord(w.price), w.region && t('whycall.place', { name: w.region }), w.most ? t('whycall.most', { n: Math.round(w.most / 60) }) : ''].filter(Boolean).join(' · ')}</p></div>
              <ol className="col g4">{w.order.map((c) => { const Mark = marks[c.state]; return <li key={c.kind} className="row g8"><Mark className="icon t3" aria-hidden /><span className={c.state === 'decides' ? 'med warn' : 't2'}>{c.text}</span>{c.state === 'decides' && c.kind === 'right' && <Link to={`/explain?who=${w.from.id}&right=call.out&kind=user&id=${w.from.id}`}>{t('whycall.right')}</Link>}</li>; })}</ol>
              {w.profiles.length > 0 && <ul className="col g8">{w.profiles.map((p) => <li key={p.name + p.through.kind + (p.through.id ?? '')} className="col g4"><span className={p.decides ? 'med' : ''}>{p.id ? <Link to={`/restrictions?peek=${p.id}`}>{p.name}</Link> : p.name} <span className="meta">{onWord(p.through)}</span></span>{p.rules.map((r) => <span key={r} className="t2">{r}</span>)}</li>)}</ul>}
              {w.change && <p><span className="med">{t('whycall.change')}</span> {w.change}</p>}
            </div></div>
          )}
        </Loaded>
      )}
    </section>
  );
}
