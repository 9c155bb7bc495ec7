/** What a draft would have done to recorded calls: the replay with its progress, and what came out, group by group down to the call. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { api, type Run } from '../api';
import { clock, count, day, price, stamp } from '../format';
import { Button } from '../ui/button';
import { Line } from '../ui/pick';
import { Card, Tabs } from '../ui/sheet';
import { FormError, Loaded } from '../ui/states';
import { t } from '../words';
import type { Draft } from './draft';
import { rightWord } from './words';

const turns = ['closed', 'opened', 'shorter', 'moved'] as const;
const tones = { closed: 'danger', opened: 'ok', shorter: 'warn', moved: '' } as const;
type Group = Run['outcome']['groups'][number];

/** Replays until the end, or until somebody stops it. */
export function useRun() {
  const [run, setRun] = useState<Run>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const stop = useRef<AbortController>(undefined);
  const cancel = () => { stop.current?.abort(); setBusy(false); };
  useEffect(() => () => stop.current?.abort(), []);
  const start = async (draft: Draft, days: number) => {
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    setBusy(true);
    setError(undefined);
    setRun(undefined);
    try {
      const first = await api.startRun({ draft, days }, mine.signal);
      for (let now = first; ; now = await api.run(first.id, mine.signal)) {
        setRun({ ...now, changes: first.changes, people: now.done ? now.people : first.people });
        if (now.done) break;
      }
    } catch (problem) {
      if (!mine.signal.aborted) setError(problem);
    } finally {
      if (stop.current === mine) setBusy(false);
    }
  };
  return { run, error, busy, start, cancel };
}

export function Period({ days, onDays, busy, onRun, onCancel, label }: { days: string; onDays: (v: string) => void; busy: boolean; onRun: () => void; onCancel: () => void; label: string }) {
  return (
    <div className="row w g8">
      <Line label={t('whatif.days')} type="number" value={days} onChange={onDays} />
      <span className="end">{busy ? <Button kind="quiet" onClick={onCancel}>{t('ui.cancel')}</Button> : <Button kind="primary" onClick={onRun}>{label}</Button>}</span>
    </div>
  );
}

export function Progress({ run, busy }: { run?: Run; busy: boolean }) {
  if (!busy) return null;
  return <div className="col g4" role="status"><progress className="progress" max={100} value={run?.share ?? 0} aria-label={t('whatif.running')} /><span className="meta num">{t('whatif.running')} {run ? t('whatif.so_far', { calls: count(run.outcome.calls), share: run.share }) : ''}</span></div>;
}

const Turns = ({ of }: { of: Pick<Group, (typeof turns)[number]> }) => <>{turns.filter((k) => of[k] > 0).map((k) => <span key={k} className={`chip small ${tones[k]}`}>{t(`whatif.${k}`)} <b className="num">{count(of[k])}</b></span>)}</>;

/** What the calls cost and would have cost. */
const Money = ({ cost, would, money }: { cost?: number; would?: number; money: string }) => (cost === undefined || would === undefined || cost + would === 0 ? null : <span className="meta num">{price(cost, money)} → {price(would, money)}</span>);

/** The calls of one group, each of which leads to its record. */
function Calls({ run, of, money }: { run: string; of?: Group; money: string }) {
  const list = useQuery({ queryKey: ['whatif', run, of?.by, of?.key], queryFn: () => api.runCalls(run, { by: of?.by, key: of?.key, limit: '100' }) });
  return (
    <Loaded of={list}>
      {(page) => (page.items.length === 0 ? <p className="t2">{t('whatif.no_calls')}</p> : (
        <ul className="col g4">
          {page.items.map((e) => (
            <li key={e.call + e.number}>
              <Link to={`/calls?call=${e.call}`} className="list-row">
                <span className="grow col"><span className="row w g8"><span>{e.user?.name ?? t('whatif.somebody_outside')} → <span className="num">{e.number}</span></span><span className={`chip small ${tones[e.turn]}`}>{t(`whatif.${e.turn}`)}</span></span><span className="meta">{stamp(e.at)} · {clock(e.seconds)} · {e.text}</span></span>
                <Money cost={e.cost} would={e.would} money={money} />
              </Link>
            </li>
          ))}
          {page.total > page.items.length && <li className="meta num">{t('whatif.more', { n: count(page.total - page.items.length) })}</li>}
        </ul>
      ))}
    </Loaded>
  );
}

/** What came of a replay. The lines of the log read as if all were done: beside each stands whether it is only drafted, or was applied. */
export function Outcome({ run, applied }: { run: Run; applied?: string[] }) {
  const o = run.outcome, money = o.currency ?? 'EUR';
  const bys = (['reason', 'person', 'class', 'country', 'line'] as const).filter((by) => o.groups.some((g) => g.by === by));
  const [by, setBy] = useState<string>();
  const [open, setOpen] = useState<string>();
  const shown = bys.find((b) => b === by) ?? bys[0];
  const turned = o.closed + o.opened + o.shorter + o.moved;
  return (
    <div className="col g16">
      <Card pad>
        <div className="col g12">
          <p className="meta num">{t('whatif.looked', { calls: count(o.calls), outside: count(o.outside), from: day(run.from) })}</p>
          {turned === 0 ? <p>{t('whatif.none')}</p> : <div className="row w g8">{turns.filter((k) => o[k] > 0).map((k) => <span key={k} className={`chip ${tones[k]}`}>{t(`whatif.${k}`)} <b className="num">{count(o[k])}</b></span>)}</div>}
          {o.cost !== undefined && o.would !== undefined && (
            <dl className="row w g24">
              <div className="col"><dt className="meta">{t('whatif.cost')}</dt><dd className="num med">{price(o.cost, money)}</dd></div>
              <div className="col"><dt className="meta">{t('whatif.would')}</dt><dd className="num med">{price(o.would, money)}</dd></div>
              {o.saved !== undefined && o.closed > 0 && <div className="col"><dt className="meta">{t('whatif.saved')}</dt><dd className="num med">{price(o.saved, money)}</dd></div>}
            </dl>
          )}
          {o.cost !== undefined && o.unknown > 0 && <p className="note warn">{t('whatif.unknown', { n: o.unknown })}</p>}
        </div>
      </Card>
      {(run.changes.length > 0 || run.people.length > 0) && (
        <Card title={t(applied ? 'whatif.did' : 'whatif.would_do')} pad>
          <ul className="col g4">{(applied ?? run.changes).map((c, i) => <li key={i} className="row w g8"><span className={`chip small${applied ? ' ok' : ''}`}>{t(applied ? 'whatif.is_applied' : 'whatif.is_drafted')}</span>{c}</li>)}</ul>
          {run.people.length > 0 && <ul className="col g4">{run.people.slice(0, 12).map((p) => <li key={p.user} className="row w g8"><span className="med">{p.name}</span>{p.gained.map((r) => <span key={r.right + r.where} className="chip small ok">+ {rightWord(r.right)} · {r.where}</span>)}{p.lost.map((r) => <span key={r.right + r.where} className="chip small danger">− {rightWord(r.right)} · {r.where}</span>)}</li>)}</ul>}
        </Card>
      )}
      {shown && (
        <Card>
          <Tabs label={t('whatif.by')} tabs={bys.map((b) => ({ id: b, label: t(`whatif.by.${b}`), count: o.groups.filter((g) => g.by === b).length }))} value={shown} onChange={(b) => { setBy(b); setOpen(undefined); }} />
          {o.groups.filter((g) => g.by === shown).map((g) => (
            <div key={g.key} className="col">
              <button type="button" className="list-row" aria-expanded={open === g.key} onClick={() => setOpen(open === g.key ? undefined : g.key)}>
                <span className="grow row w g8"><span className="med">{g.name}</span><span className="meta num">{t('whatif.n_calls', { n: g.calls })}</span></span><Turns of={g} /><Money cost={g.cost} would={g.would} money={money} />
              </button>
              {open === g.key && run.done && <div className="card-body"><Calls run={run.id} of={g} money={money} /></div>}
            </div>
          ))}
        </Card>
      )}
    </div>
  );
}

/** The same in an editor, about what is typed there. */
export function WhatIf({ draft }: { draft: () => Draft }) {
  const [days, setDays] = useState('30');
  const { run, error, busy, start, cancel } = useRun();
  return (
    <section className="col g12">
      <h3 className="label">{t('whatif.title')}</h3>
      <Period days={days} onDays={setDays} busy={busy} onCancel={cancel} onRun={() => void start(draft(), Number(days) || 30)} label={t('whatif.show')} />
      <Progress run={run} busy={busy} />
      <FormError error={error} fields={[]} />
      {run?.done && <Outcome run={run} />}
    </section>
  );
}
