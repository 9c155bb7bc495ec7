/** Why does a forwarding fail: rule by rule the questions in their order, and what would change it. */
import { useQuery } from '@tanstack/react-query';
import { Check, Info, Minus, X } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, type ForwardWhy } from '../api';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Chooser, Line } from '../ui/pick';
import { Loaded } from '../ui/states';
import { instant } from '../ui/form';
import { t } from '../words';
import { placeWord, useColleagueOptions } from './forwarding';
import { useAddress } from './query';

const marks = { passed: Check, decides: X, would_refuse: Minus, note: Info } as const;
const occasions = ['no_answer', 'busy', 'offline', 'always'] as const;

function RuleWhy({ of, owner }: { of: ForwardWhy; owner: { id: string; name: string; mine: boolean } }) {
  const occasion = occasions.find((o) => o === of.when) ?? 'always';
  return (
    <div className="card"><div className="card-body col g12">
      <div className="col g4">
        <h3 className="med">{of.exception ? `${t('whyforward.exceptions')} ${of.exception}` : t(`forwarding.case.${occasion}`)}{of.field && ` → ${placeWord(of.to, owner)}`}</h3>
        <p className={of.ok ? 't2' : 'warn'}>{of.verdict}</p>
      </div>
      <ol className="col g4">{of.order.map((c) => {
        const Mark = marks[c.state];
        return (
          <li key={c.kind} className="row g8 top"><Mark className="icon t3" aria-hidden />
            <span className="col g4"><span className={c.state === 'decides' ? 'med warn' : 't2'}>{c.text}{c.state === 'note' && ` (${t('whyforward.only')})`}</span>
              {c.change && (c.where ? <Link to={c.where}>{c.change}</Link> : <span>{c.change}</span>)}</span>
          </li>
        );
      })}</ol>
    </div></div>
  );
}

export function WhyForward() {
  const me = useMe();
  const { values, set } = useAddress();
  const [who, setWho] = useState(values.who ?? me.user.id);
  const [rule, setRule] = useState(values.rule ?? '');
  const [at, setAt] = useState(values.at ?? '');
  const people = useColleagueOptions();
  const asked = { user: values.who || undefined, rule: values.rule || undefined, at: instant(values.at ?? '') || undefined };
  const answer = useQuery({ queryKey: ['whyforward', asked], queryFn: () => api.explainForward(asked), retry: false });
  const rules = [{ value: '', label: t('whyforward.all') }, ...occasions.map((o) => ({ value: o as string, label: t(`forwarding.case.${o}`) })), { value: 'exceptions', label: t('whyforward.exceptions') }];
  return (
    <section className="col g12">
      <h2 className="cap">{t('whyforward.title')}</h2>
      <form className="row w g8" onSubmit={(e) => { e.preventDefault(); set({ who: who === me.user.id ? undefined : who, rule: rule || undefined, at: at || undefined }); }}>
        <Chooser label={t('whyforward.who')} options={people} value={who} onChange={setWho} />
        <Chooser label={t('whyforward.rule')} options={rules} value={rule} onChange={setRule} />
        <Line label={t('explain.at')} type="datetime-local" value={at} onChange={setAt} />
        <span className="end"><Button kind="primary" type="submit">{t('explain.ask')}</Button></span>
      </form>
      <Loaded of={answer}>
        {(w) => (
          <div className="col g12">
            <h3 className="verdict">{w.verdict}</h3>
            {w.rules.map((r) => <RuleWhy key={r.field} of={r} owner={{ id: w.user.id ?? '', name: w.user.name ?? '', mine: w.user.id === me.user.id }} />)}
          </div>
        )}
      </Loaded>
    </section>
  );
}
