/** Why? – the decision behind a control or a refusal, in four parts that always stand in this order: verdict, because, what would change it, who can. */
import { Popover } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Ban, Check, MessageSquarePlus, ShieldCheck, ShieldX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { api, type Thing, type Why } from '../api';
import { Button } from '../ui/button';
import { Avatar } from '../ui/person';
import { Lines, sentence } from '../ui/states';
import { type Asked, closeWhy, type Question, useAsked } from '../ui/why';
import { t } from '../words';
import { AskForm } from './request';

const thingOf = (q: Question): Thing => (q.over ?? { kind: 'system' }) as Thing;

/** Where the whole explanation is, with the same question. */
export function explainAddress(q: Question): string {
  const over = thingOf(q);
  return `/explain?${new URLSearchParams({ right: q.right, kind: over.kind, ...(over.id ? { id: over.id } : {}) }).toString()}`;
}

/** The chain: one line for each hop. */
export function Chain({ of }: { of: Why }) {
  const decides = of.order.find((c) => c.state === 'decides');
  return (
    <ol className="chain">
      {!of.ok && decides && <li className="bad">{decides.text}</li>}
      {of.steps.map((s, i) => <li key={`${s.row?.id ?? ''}${s.text}`} className={of.ok && i === 0 ? 'ok' : undefined}>{s.text}</li>)}
    </ol>
  );
}

/** What would make a yes of a no. */
export function Change({ of }: { of: Why }) {
  return (
    <ul className="col g4">
      {of.lacks.map((l) => <li key={l.right}>{t('explain.lack', { right: l.text, where: l.where })}</li>)}
      {of.lacks.length === 0 && <li className="t2">{t('explain.no_right_helps')}</li>}
    </ul>
  );
}

/** Who could give it, those who hold least first. */
export function Givers({ of, most = 10 }: { of: Why; most?: number }) {
  return (
    <ul className="col g8">
      {of.givers.slice(0, most).map((g) => <li key={g.id} className="row g8"><Avatar id={g.id} name={g.name ?? ''} size="s" /><span className="med trunc">{g.name}</span></li>)}
      {of.more > 0 && <li className="t3">{t('explain.others', { n: of.more })}</li>}
    </ul>
  );
}

/** Asks for what is missing, or says that it has been asked for. */
export function Ask({ of, over, onDone }: { of: Why; over: Thing; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  if (of.asked) return <span className="chip">{t('request.waits')}</span>;
  if (!of.may_ask) return null;
  if (asking) return <AskForm right={of.right.name} over={over} onDone={onDone} onCancel={() => setAsking(false)} />;
  return <Button kind="primary" small icon={MessageSquarePlus} onClick={() => setAsking(true)}>{t('request.ask')}</Button>;
}

function Answer({ asked, of }: { asked: Asked; of: Why }) {
  const go = useNavigate();
  // A closed control whose right is held is closed for the sentence it says: the right alone would not open it.
  const Icon = of.ok && !asked.text ? ShieldCheck : ShieldX;
  return (
    <div className="col g16">
      <div className="row g10 top">
        <Icon className={`icon l ${of.ok && !asked.text ? 'ok-mark' : 'bad-mark'}`} aria-hidden />
        <div className="col grow g4"><h2 className="why-verdict">{of.ok && asked.text ? asked.text : of.verdict}</h2><p className="t2">{[of.right.text, of.target.name].filter(Boolean).join(' · ')}</p></div>
      </div>
      {(of.steps.length > 0 || !of.ok) && <section className="col g6"><h3 className="cap">{t('explain.because')}</h3><Chain of={of} /></section>}
      {!of.ok && <section className="col g6"><h3 className="cap">{t('explain.change')}</h3><Change of={of} /></section>}
      {of.givers.length > 0 && <section className="col g6"><h3 className="cap">{t('explain.who_can')}</h3><Givers of={of} most={4} /></section>}
      <div className="row wrap">
        <Ask of={of} over={thingOf(asked)} onDone={closeWhy} />
        <Button small onClick={() => { closeWhy(); void go(explainAddress(asked)); }}>{t('explain.open')}</Button>
        <span className="mono t3 end">{of.code}</span>
      </div>
    </div>
  );
}

/** The popover; it hangs beside the control that was asked about. */
export function WhyBox() {
  const asked = useAsked();
  const answer = useQuery({
    queryKey: ['why', asked?.right, asked?.over?.kind, asked?.over?.id],
    queryFn: () => api.explainRight({ right: asked?.right ?? '', target: asked ? thingOf(asked) : { kind: 'system' } }),
    enabled: Boolean(asked),
    staleTime: 0,
    retry: false,
  });
  const at = asked?.from;
  // The box may not have the focus yet while its answer is on the way: Escape closes it all the same.
  useEffect(() => {
    if (!asked) return;
    const close = (e: KeyboardEvent) => e.key === 'Escape' && closeWhy();
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, [asked]);
  return (
    <Popover opened={Boolean(asked)} onChange={(open) => !open && closeWhy()} position="bottom-start" width={360} withinPortal trapFocus returnFocus zIndex={400} withRoles={false}>
      <Popover.Target><span aria-hidden style={{ position: 'fixed', pointerEvents: 'none', left: at?.left ?? 0, top: at?.top ?? 0, width: at?.width ?? 0, height: at?.height ?? 0 }} /></Popover.Target>
      <Popover.Dropdown className="why" role="dialog" aria-label={t('explain.why')}>
        {asked && (answer.data ? <Answer asked={asked} of={answer.data} /> : answer.error ? (
          <div className="col g12"><p className="med">{asked.text}</p><p className="t2">{sentence(answer.error)}</p><div className="row"><Button small onClick={closeWhy}>{t('ui.close')}</Button></div></div>
        ) : <Lines n={3} />)}
      </Popover.Dropdown>
    </Popover>
  );
}

/** The questions of the decision, in order: the one that decides stands out, those after it say how they would have answered. */
export function Order({ of }: { of: Why }) {
  return (
    <ol className="order">
      {of.order.map((c, i) => {
        const bad = c.state === 'would_refuse' || (c.state === 'decides' && !of.ok);
        return (
          <li key={`${c.kind}${i}`} className={c.state === 'decides' ? `decides ${of.ok ? 'good' : 'bad'}` : c.state.startsWith('would') ? 't3' : ''}>
            {bad ? <Ban className="icon" aria-hidden /> : <Check className="icon" aria-hidden />}
            <span className="grow">{c.text}</span>
            <span className={`chip small ${c.state === 'decides' ? (of.ok ? 'ok' : 'danger') : ''}`}>{t(`explain.state.${c.state}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}
