/** A queue at this moment: who waits, what the agents do, and how the day goes. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Headset, LogIn, LogOut, PhoneIncoming, PhoneOutgoing, Star, X } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, type Callback, type LiveAgent, type LiveQueue } from '../api';
import { clock, stamp } from '../format';
import { DutyChip, PauseButton, useDuty, useSetDuty } from '../parts/agent';
import { PartyText } from '../parts/call';
import { useNow } from '../parts/now';
import { Button, ButtonLink, IconButton } from '../ui/button';
import { Confirm } from '../ui/dialog';
import { Avatar } from '../ui/person';
import { Card, Sheet } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { t } from '../words';

type Waiter = LiveQueue['waiting'][number];

function Waiting({ rows, late }: { rows: Waiter[]; late: number }) {
  const now = useNow();
  return (
    <Card title={t('waiting.callers', { n: rows.length })}>
      {rows.length === 0 ? <p className="list-row t3">{t('agent.nobody_waits')}</p> : (
        <ol aria-live="polite">
          {rows.slice(0, 100).map((w, i) => {
            const waited = Math.max(0, (now.getTime() - new Date(w.since).getTime()) / 1000);
            const over = late > 0 && waited >= late && !w.callback;
            return (
              <li key={w.call} className="list-row" data-call={w.call}>
                <span className="chip small num">{i + 1}</span>
                <span className="grow trunc"><PartyText party={w.from} /></span>
                {w.important && <span className="chip warn"><Star className="icon" aria-hidden />{t('waiting.important')}</span>}
                {w.callback && <span className="chip"><PhoneOutgoing className="icon" aria-hidden />{t('waiting.callback')}</span>}
                {w.rings && <span className="chip acc"><PhoneIncoming className="icon" aria-hidden />{t('waiting.rings')}</span>}
                <span className={over ? 'num danger' : 'num t2'} role="timer">{clock(waited)}</span>{over && <span className="sr">{t('waiting.late')}</span>}
              </li>
            );
          })}
          {rows.length > 100 && <li className="list-row t3">{t('waiting.more', { n: rows.length - 100 })}</li>}
        </ol>
      )}
    </Card>
  );
}

const ends: Record<Callback['state'], string> = { waits: 'acc', done: 'ok', again: 'ok', gave_up: 'warn', expired: 'warn', refused: 'danger', dropped: '' };

/** Who is to be called back, and what became of those of the last week. */
function Callbacks({ queue }: { queue: LiveQueue }) {
  const cache = useQueryClient();
  const now = useNow(30_000);
  const [gone, setGone] = useState<Callback>();
  const list = useQuery({ queryKey: ['callbacks', queue.id], queryFn: () => api.callbacks(queue.id) });
  const rows = list.data?.items ?? [];
  if (rows.length === 0) return null;
  const about = (c: Callback) => [
    t('waiting.asked', { at: stamp(c.asked, now) }),
    c.tries > 0 && t('waiting.tries', { n: c.tries }),
    c.state === 'waits' && c.next && new Date(c.next) > now && t('waiting.next', { at: stamp(c.next, now) }),
    c.state === 'waits' && t('waiting.until', { at: stamp(c.until, now) }),
    c.agent?.name && t('waiting.by', { name: c.agent.name }),
    c.reason,
  ].filter(Boolean).join(' · ');
  return (
    <Card title={t('waiting.callbacks')}>
      <ul>
        {rows.map((c) => (
          <li key={c.id} className="list-row wrap" data-callback={c.id}>
            <PhoneOutgoing className="icon t3" aria-hidden />
            <span className="col grow"><PartyText party={c.from} link /><span className="meta">{about(c)}</span></span>
            {c.call && <Link className="meta" to={`/calls/${c.call}`}>{t('waiting.call')}</Link>}
            <span className={`chip small ${ends[c.state]}`}>{t(`waiting.state.${c.state}`)}</span>
            {queue.edit && c.state === 'waits' && <IconButton small icon={X} label={t('waiting.drop_of', { name: c.from.name || c.from.number || '' })} onClick={() => setGone(c)} />}
          </li>
        ))}
      </ul>
      <Confirm open={gone !== undefined} title={t('waiting.drop')} action={t('waiting.drop')} onClose={() => setGone(undefined)} run={async () => { if (gone) await api.dropCallback(queue.id, gone.id); await cache.invalidateQueries({ queryKey: ['callbacks'] }); }}>
        <p>{t('waiting.drop_hint', { name: gone?.from.name || gone?.from.number || '' })}</p>
      </Confirm>
    </Card>
  );
}

/** Log in, log out and break of an agent whom the viewer may control. */
function Control({ agent, queue }: { agent: LiveAgent; queue: string }) {
  const duty = useDuty(agent.id);
  const set = useSetDuty(agent.id);
  const row = duty.data?.queues.find((q) => q.id === queue);
  if (!duty.data?.edit || !row) return null;
  const label = row.in ? t('waiting.log_out_of', { name: duty.data.name }) : t('waiting.log_in_of', { name: duty.data.name });
  return (
    <span className="row g8">
      <Button small icon={row.in ? LogOut : LogIn} aria-label={label} onClick={() => void set(row.in ? { out: [queue] } : { in: [queue] })}>{row.in ? t('agent.log_out') : t('agent.log_in')}</Button>
      <PauseButton small duty={duty.data} />
    </span>
  );
}

function Agents({ queue }: { queue: LiveQueue }) {
  const now = useNow();
  return (
    <Card title={t('queue.section.people')}>
      {queue.agents.length === 0 ? <p className="list-row t3">{t('queue.no_agents')}</p> : (
        <ul>
          {queue.agents.map((a) => (
            <li key={a.id} className="list-row wrap" data-agent={a.id}>
              <Avatar id={a.id} name={a.name ?? ''} size="s" />
              <span className="col grow"><span className="row g8">{a.name ? <Link className="med trunc" to={`/people/${a.id}`}>{a.name}</Link> : <span className="t3">{t('place.somebody')}</span>}{a.helper && <span className="chip small line">{t('waiting.helper')}</span>}</span><span className="meta num">{a.answered !== undefined && t('agent.done', { n: a.answered, time: clock(a.talked ?? 0) })}</span></span>
              <DutyChip agent={a} /><span className="num t3" role="timer">{clock(Math.max(0, (now.getTime() - new Date(a.since).getTime()) / 1000))}</span>
              {a.control && !a.helper && <Control agent={a} queue={queue.id} />}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Figures({ queue }: { queue: LiveQueue }) {
  const now = useNow();
  const { day, agents, waiting } = queue;
  const longest = waiting.reduce((s, w) => Math.max(s, (now.getTime() - new Date(w.since).getTime()) / 1000), 0);
  const free = agents.filter((a) => a.duty === 'free' && !a.helper).length;
  const staffed = agents.filter((a) => a.duty !== 'out' && !a.helper).length;
  const level = day.answered + day.abandoned > 0 ? Math.round((100 * day.in_time) / (day.answered + day.abandoned)) : undefined;
  const tiles: [string, string, string?][] = [
    [String(waiting.length), t('agent.waiting_now')],
    [clock(Math.max(0, longest)), t('waiting.longest')],
    [`${free}/${staffed}`, t('waiting.free')],
    [level === undefined ? '–' : `${level} %`, t('waiting.level', { seconds: queue.late ?? 0 })],
    [String(day.answered), t('waiting.answered')],
    [String(day.abandoned), t('waiting.abandoned')],
    [String(day.sent), t('waiting.sent')],
    [clock(day.waited), t('waiting.mean')],
  ];
  return <div className="tiles four">{tiles.map(([figure, label]) => <div key={label} className="card tile"><span className="figure num">{figure}</span><span className="t2">{label}</span></div>)}</div>;
}

export default function WaitingPage() {
  const { id = '' } = useParams();
  const queue = useQuery({ queryKey: ['queue', id], queryFn: () => api.liveQueue(id) });
  return (
    <Sheet title={queue.data?.name ?? t('place.queue')} scope={queue.data?.extension} crumbs={[{ to: '/queues', label: t('nav.queues') }]} actions={queue.data?.edit ? <ButtonLink to={`/queues?peek=${id}`}>{t('waiting.settings')}</ButtonLink> : undefined}>
      <Loaded of={queue}>
        {(q) => (q.agents.length === 0 && q.waiting.length === 0 && q.day.answered === 0 ? <Empty icon={Headset}>{t('queue.no_agents')}</Empty> : (
          <div className="col g24"><Figures queue={q} /><Waiting rows={q.waiting} late={q.late ?? 0} /><Callbacks queue={q} /><Agents queue={q} /></div>
        ))}
      </Loaded>
    </Sheet>
  );
}
