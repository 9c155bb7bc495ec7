/** Why somebody can or cannot do something – the question as a sentence, the verdict, the order of the decision, what would change it, who can. */
import { useQuery } from '@tanstack/react-query';
import { CircleHelp } from 'lucide-react';
import { useState } from 'react';
import { api, type Thing } from '../api';
import { moment } from '../format';
import { useAddress } from './query';
import { thingOf, thingValue, useThings } from './thing';
import { Ask, Chain, Change, Givers, Order } from './why';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Chooser, Line } from '../ui/pick';
import { Empty, Loaded } from '../ui/states';
import { instant } from '../ui/form';
import { rich, t } from '../words';

export function WhyRight() {
  const me = useMe();
  const others = can(me, 'right.explain', 'group');
  const { values, set } = useAddress();
  const [who, setWho] = useState(values.who ?? me.user.id);
  const [right, setRight] = useState(values.right ?? '');
  const [over, setOver] = useState(thingValue(values.kind ?? 'system', values.id));
  const [at, setAt] = useState(values.at ?? '');
  const people = useQuery({ queryKey: ['users', 'all'], queryFn: () => api.users({ limit: 500 }) });
  const rights = useQuery({ queryKey: ['rights'], queryFn: api.rights, staleTime: Infinity });
  const target = { kind: values.kind ?? 'system', ...(values.id ? { id: values.id } : {}) } as Thing;
  const question = { user: values.who || undefined, right: values.right ?? '', target, at: instant(values.at ?? '') || undefined };
  const answer = useQuery({ queryKey: ['why', question], queryFn: () => api.explainRight(question), enabled: question.right !== '', retry: false });
  const persons = (people.data?.items ?? []).map((u) => ({ value: u.id, label: [u.name, u.extension].filter(Boolean).join(' · ') }));
  const askers = others ? persons : [{ value: me.user.id, label: t('explain.myself') }];
  const things = useThings(who, persons);
  if (over && !things.some((x) => x.value === over)) things.push({ value: over, label: t('explain.that_thing') });
  const verbs = (rights.data?.items ?? []).map((r) => ({ value: r.name, label: r.text }));
  const slots: Record<string, { slot: 'who' | 'right' | 'over' | 'at' }> = { who: { slot: 'who' }, right: { slot: 'right' }, over: { slot: 'over' }, at: { slot: 'at' } };
  const ask = () => {
    set({ who: who === me.user.id ? undefined : who, right, ...thingOf(over), at: at || undefined });
  };
  return (
    <div className="col g24">
        <form className="ask-sentence" onSubmit={(e) => { e.preventDefault(); ask(); }}>
          <div className="ask-words">
            {rich('explain.sentence', slots).map((w, i, all) => {
              const next = all[i + 1];
              if (typeof w === 'string') return typeof next === 'object' && next.slot === 'at' ? null : <span key={i}>{w}</span>;
              if (w.slot === 'who') return <Chooser key={i} plain label={t('explain.who')} options={askers} value={who} onChange={setWho} />;
              if (w.slot === 'right') return <Chooser key={i} plain label={t('explain.right')} options={verbs} value={right} onChange={setRight} empty={t('explain.choose_right')} />;
              if (w.slot === 'over') return <Chooser key={i} plain label={t('explain.over')} options={things} value={over} onChange={setOver} />;
              const before = all[i - 1]; // its word stays with it when the sentence breaks
              return <span key={i} className="ask-at">{typeof before === 'string' && <span>{before}</span>}<Line plain label={t('explain.at')} type="datetime-local" value={at} onChange={setAt} /></span>;
            })}
          </div>
          <Button kind="primary" type="submit" locked={right ? undefined : t('explain.choose_right')}>{t('explain.ask')}</Button>
        </form>
        {question.right === '' ? <Empty icon={CircleHelp}>{t('explain.empty')}</Empty> : (
          <Loaded of={answer}>
            {(of) => (
              <div className="two">
                <div className="col g20">
                  <div className="col g6"><h2 className="verdict">{of.ok ? t('explain.yes', { name: of.user.name ?? '' }) : t('explain.no', { name: of.user.name ?? '' })}</h2><p className="t2">{[of.right.text, of.target.name].filter(Boolean).join(' · ')}</p></div>
                  <section className="col g8"><h3 className="cap">{t('explain.order')}</h3><Order of={of} /></section>
                  {of.steps.length > 0 && <section className="col g8"><h3 className="cap">{t('explain.because')}</h3><Chain of={of} /></section>}
                  <p className="meta num">{t('explain.as_of', { version: of.revision, time: moment(of.at) })} <span className="mono">{of.right.name} · {of.code}</span></p>
                </div>
                {!of.ok && (
                  <div className="col g20">
                    <div className="card"><div className="card-head"><h3 className="grow">{t('explain.change')}</h3></div><div className="card-body col g12"><Change of={of} /><div className="row"><Ask of={of} over={target} onDone={() => void answer.refetch()} /></div></div></div>
                    {of.givers.length > 0 && <section className="col g8"><h3 className="cap">{t('explain.who_can')}</h3><Givers of={of} /></section>}
                  </div>
                )}
              </div>
            )}
          </Loaded>
        )}
    </div>
  );
}
