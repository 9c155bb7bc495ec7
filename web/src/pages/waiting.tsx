/** A queue at this moment: who waits, what the agents do, and how the day goes. */
import { useQuery } from '@tanstack/react-query';
import { Headset, LogIn, LogOut, PhoneIncoming, Star } from 'lucide-react';
import { Link, useParams } from 'react-router';
import { api, type LiveAgent, type LiveQueue } from '../api';
import { clock } from '../format';
import { DutyChip, PauseButton, useDuty, useSetDuty } from '../parts/agent';
import { PartyText } from '../parts/call';
import { useNow } from '../parts/now';
import { Button, ButtonLink } from '../ui/button';
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
            const over = late > 0 && waited >= late;
            return (
              <li key={w.call} className="list-row" data-call={w.call}>
                <span className="chip small num">{i + 1}</span>
                <span className="grow trunc"><PartyText party={w.from} /></span>
                {w.important && <span className="chip warn"><Star className="icon" aria-hidden />{t('waiting.important')}</span>}
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
              <span className="col grow"><span className="row g8">{a.name ? <Link className="med trunc" to={`/people/${a.id}`}>{a.name}</Link> : <span className="t3">{t('place.somebody')}</span>}{a.helper && <span className="chip small line">{t('waiting.helper')}</span>}</span><span className="meta num">{t('agent.done', { n: a.answered, time: clock(a.talked) })}</span></span>
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
          <div className="col g24"><Figures queue={q} /><Waiting rows={q.waiting} late={q.late ?? 0} /><Agents queue={q} /></div>
        ))}
      </Loaded>
    </Sheet>
  );
}
