/** Calls in words: who with whom, how it ended, and why it rang where it rang. */
import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, Lock, Phone, PhoneMissed } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { api, type Call, type LiveCall, type Party } from '../api';
import { mayCall, openDial } from '../phone/place';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { clock, count, moment, price, seconds, stamp } from '../format';
import { Side } from '../ui/dialog';
import { Loaded, NoMatch, Trouble } from '../ui/states';
import { type Column, Table } from '../ui/table';
import { t } from '../words';
import { RecordingsOf, Told } from './recording';
import { Linked } from './linked';
import { usePages } from './query';
import { causeWord } from './words';

export const partyName = (p: Party | undefined): string => p?.name || p?.number || t('call.unknown');

/** How a live call stands. */
export function liveWord(call: LiveCall): string {
  if (call.position) return t('live.parked_at', { position: call.position });
  if (call.menu) return t('live.in_menu', { name: call.menu });
  return call.queue ? t('live.in_queue', { name: call.queue }) : t(`live.phase.${call.phase}`);
}

/** Says that who was called is not heard yet, and what helps: to those who look on and, where it is told who they are, to himself. */
export function OneWay({ call, me }: { call: LiveCall | undefined; me?: string }) {
  if (!call?.one_way) return null;
  return <span className="one-way" role="status">{call.to.user === me ? t('webphone.unheard') : t('live.one_way', { name: partyName(call.to) })}</span>;
}

export function PartyText({ party, link }: { party: Party; link?: boolean }) {
  const name = partyName(party);
  return (
    <span className="row g6">
      {link && party.user ? <Link to={`/people/${party.user}`} className="trunc">{name}</Link> : <span className="med trunc">{name}</span>}
      {party.number && party.number !== name && <span className="t3 num trunc yields">{party.number}</span>}
    </span>
  );
}

/** What went as somebody wanted it to is no danger. */
const tones: Record<string, string> = { hangup: '', elsewhere: '', transferred: '', chosen: '', deflected: '', returned: '', cancelled: 'warn', no_answer: 'warn', busy: 'warn', declined: 'warn', away: 'warn' };
export function Outcome({ call }: { call: Call }) {
  const tone = call.answered && call.cause === 'hangup' ? 'ok' : (tones[call.cause] ?? 'danger');
  return <span className={`chip small ${tone}`}>{call.answered && call.cause === 'hangup' ? t('call.answered') : causeWord(call.cause)}</span>;
}

export function Direction({ call }: { call: Call }) {
  const missed = !call.answered;
  const Icon = call.direction === 'out' ? ArrowUpRight : call.direction === 'internal' ? ArrowLeftRight : missed ? PhoneMissed : ArrowDownLeft;
  const words = call.direction === 'out' ? t('call.outgoing') : call.direction === 'internal' ? t('call.internal') : missed ? t('call.missed') : t('call.incoming');
  return <><Icon className={`icon ${missed && call.direction === 'in' ? 'danger' : 't3'}`} aria-hidden /><span className="sr">{words}</span></>;
}

/** What a call cost; of one that nobody knows the price of, that. */
const costWord = (c: Call): string => (!c.cost ? '' : c.cost.known ? price(c.cost.amount, c.cost.currency || 'EUR') : t('call.cost_unknown'));

function Costs({ cost }: { cost: NonNullable<Call['cost']> }) {
  const money = (n: number) => price(n, cost.currency || 'EUR');
  return (
    <ul className="card">
      {cost.lines.map((l, i) => (
        <li key={i} className="list-row">
          <span className="grow col"><PartyText party={l.payer} link /><span className="meta num">{[l.place, l.trunk, clock(l.seconds), l.known ? t('call.per_minute', { price: money(l.minute ?? 0) }) : undefined, l.setup ? t('call.setup', { price: money(l.setup) }) : undefined].filter(Boolean).join(' · ')}</span></span>
          <span className="num med nowrap">{l.known ? money(l.amount) : t('call.cost_unknown')}</span>
        </li>
      ))}
    </ul>
  );
}

export function callColumns(money?: boolean): Column<Call>[] {
  return [
    { id: 'direction', head: '', width: '16px', cell: (c) => <Direction call={c} /> },
    { id: 'from', head: t('call.from'), width: 'minmax(150px,1.2fr)', cell: (c) => <PartyText party={c.from} /> },
    { id: 'to', head: t('call.to'), width: 'minmax(150px,1.2fr)', cell: (c) => <PartyText party={c.to.name || c.to.number ? c.to : { number: c.dialled }} /> },
    { id: 'cause', head: t('call.outcome'), width: 'minmax(150px,.8fr)', priority: 2, cell: (c) => <Outcome call={c} /> },
    { id: 'reason', head: t('call.reason'), width: 'minmax(140px,1.6fr)', priority: 3, cell: (c) => <span className="t2" title={c.reason}>{c.reason}</span> },
    { id: 'seconds', head: t('call.length'), width: '64px', priority: 2, right: true, cell: (c) => (c.answered ? clock(c.seconds) : <span className="t3">–</span>) },
    ...(money ? [{ id: 'cost', head: t('call.cost'), width: '84px', priority: 3 as const, right: true, cell: (c: Call) => (c.cost ? <span className={c.cost.known ? '' : 't3'}>{costWord(c)}</span> : <span className="t3">–</span>) }] : []),
    { id: 'started', head: t('call.when'), width: '118px', right: true, sort: 'started', priority: 1, cell: (c) => <span className="t3" title={moment(c.started)}>{stamp(c.started)}</span> },
  ];
}

/** The list of calls; with a user, only those of that person. */
export function CallTable({ query, current, onOpen, empty, filtered, clear, sort, onSort }: { query: Record<string, string | undefined>; current?: string; onOpen: (c: Call) => void; empty: ReactNode; filtered?: boolean; clear?: () => void; sort?: string; onSort?: (s: string) => void }) {
  const { rows, total, answer, more } = usePages(['calls'], api.calls, { ...query, sort: sort ?? '-started' });
  if (answer.error && !answer.data) return <Trouble error={answer.error} retry={() => void answer.refetch()} />;
  if (!answer.isPending && rows.length === 0) return filtered && clear ? <NoMatch clear={clear} /> : empty;
  return (
    <Table
      label={t('nav.call_log')}
      rows={rows}
      columns={callColumns(rows.some((c) => c.cost))}
      id={(c) => c.id}
      name={(c) => `${partyName(c.from)} – ${partyName(c.to)}`}
      small={(c) => (
        <span className="row g12">
          <Direction call={c} />
          <span className="grow col"><span className="trunc med">{partyName(c.from)} → {partyName(c.to)}</span><span className="meta trunc">{[c.answered ? clock(c.seconds) : causeWord(c.cause), stamp(c.started)].join(' · ')}</span></span>
        </span>
      )}
      total={total}
      loading={answer.isFetching}
      more={more}
      hasMore={answer.hasNextPage}
      sort={sort ?? '-started'}
      onSort={onSort}
      current={current}
      onOpen={onOpen}
    />
  );
}

/** What a visitor wrote before his call. Nobody has checked it, so it leads nowhere. */
export function Said({ of }: { of: NonNullable<Call['visitor']> }) {
  return <span className="col said">{of.name && <span>{of.name}</span>}{of.email && <span className="num">{of.email}</span>}{of.words && <q>{of.words}</q>}<span className="meta">{t('call.unchecked')}</span></span>;
}

function Legs({ call }: { call: Call }) {
  return (
    <ul className="card">
      {call.legs?.map((l, i) => (
        <li key={i} className="list-row">
          <span className="grow col">
            <PartyText party={l.party} />
            <span className="meta num">{[l.out ? t('call.leg_called') : t('call.leg_calling'), seconds(l.started), l.codec, l.lost ? t('call.lost', { n: l.lost }) : undefined, l.jitter ? t('call.jitter', { n: l.jitter }) : undefined, l.score ? t('call.score', { n: count(l.score) }) : undefined].filter(Boolean).join(' · ')}</span>
          </span>
          <span className={`chip small ${l.answered ? 'ok' : ''}`} title={l.status ? `SIP ${l.status}` : undefined}>{l.answered ? t('call.answered') : causeWord(l.cause)}</span>
        </li>
      ))}
    </ul>
  );
}

export function CallPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const me = useMe();
  const asked = useQuery({ queryKey: ['calls', 'one', id], queryFn: () => api.call(id) });
  const c = asked.data;
  return (
    <Side title={c ? `${partyName(c.from)} → ${partyName(c.to)}` : asked.error ? t('lost.title') : t('ui.loading')} sub={c && moment(c.started)} onClose={onClose}>
      <Loaded of={asked}>
        {(call) => {
          const rows: [string, ReactNode][] = [
            [t('call.from'), <PartyText party={call.from} link />],
            [t('call.visitor'), call.visitor && <Said of={call.visitor} />],
            [t('call.to'), <PartyText party={call.to} link />],
            [t('call.dialled'), call.dialled && <span className="num">{call.dialled}</span>],
            [t('call.started'), <span className="num">{seconds(call.started)}</span>],
            [t('call.answered_at'), call.answered && <span className="num">{seconds(call.answered)}</span>],
            [t('call.ended'), <span className="num">{seconds(call.ended)}{call.by?.name ? ` · ${t('call.by', { name: call.by.name })}` : ''}</span>],
            [t('call.reference'), call.reference && <span className="num">{call.reference}</span>],
            [t('call.length'), call.answered && <span className="num">{clock(call.seconds)}</span>],
            [t('call.cost'), call.cost && <span className="num">{costWord(call)}</span>],
            [t('call.sound'), call.codec && <span className="row g6">{call.codec}{call.secure && <span className="chip small ok"><Lock className="icon" aria-hidden />{t('call.secure')}</span>}</span>],
          ];
          const other = call.from.user && (call.from.user === me.user.id || call.to.user !== me.user.id) ? call.to : call.from;
          const back = mayCall(me) && other.user !== me.user.id ? other.number : undefined;
          return (
            <div className="col g24">
              <div className="col g8"><div className="row"><Outcome call={call} /></div><p>{call.reason}</p></div>
              {back && <div className="row"><Button small icon={Phone} onClick={() => openDial(back)}>{t('webphone.call_back')}</Button></div>}
              <dl className="dl">{rows.filter(([, v]) => v).map(([k, v]) => <Fragment key={k}><dt>{k}</dt><dd>{v}</dd></Fragment>)}</dl>
              {call.ruling && (
                <section className="col g8">
                  <h3 className="label">{t('call.ruling')}</h3>
                  <p>{call.ruling.text}{call.ruling.rule && <><br /><span className="t2">{call.ruling.name ? t('call.ruling_in', { rule: call.ruling.rule, profile: call.ruling.name }) : call.ruling.rule}</span></>} {call.ruling.pin && <><br />{t('call.with_pin')}</>}</p>
                  <div className="row w g12">
                    {call.ruling.profile && <Link to={`/restrictions?peek=${call.ruling.profile}`}>{t('call.ruling_open')}</Link>}
                    {call.dialled && <Link to={`/explain?tab=call&who=${call.ruling.payer.id}&to=${encodeURIComponent(call.dialled)}`}>{t('call.ask_again')}</Link>}
                  </div>
                </section>
              )}
              {call.untraced && <section className="col g8"><h3 className="label">{t('call.why')}</h3><p className="t3">{t('call.untraced')}</p></section>}
              {call.trace && call.trace.length > 0 && (
                <section className="col g8"><h3 className="label">{t('call.why')}</h3><ol className="chain">{call.trace.map((s, i) => <li key={s} className={i === (call.trace?.length ?? 0) - 1 && call.answered ? 'y' : ''}>{s}</li>)}</ol></section>
              )}
              <Linked of={call} />
              {call.cost && call.cost.lines.length > 0 && <section className="col g8"><h3 className="label">{t('call.costs')}</h3><Costs cost={call.cost} /></section>}
              <RecordingsOf call={call.id} talked={Boolean(call.answered)} />
              {call.consents.length > 0 && <section className="col g8"><h3 className="label">{t('recording.told_title')}</h3><ul className="col g8"><Told of={call.consents} /></ul></section>}
              {call.legs && call.legs.length > 0 && <section className="col g8"><h3 className="label">{t('call.legs')}</h3><Legs call={call} /></section>}
              <p className="meta mono">{call.id}</p>
            </div>
          );
        }}
      </Loaded>
    </Side>
  );
}
