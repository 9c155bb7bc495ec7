/** Home: what is going on now, and what a new office still lacks. */
import { useQuery } from '@tanstack/react-query';
import { ArrowRight, Check, Circle, MoveRight, PhoneCall, Plus, TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { api, type Overview } from '../api';
import { clock, count, stamp, weekday } from '../format';
import { Direction, liveWord, Outcome, partyName } from '../parts/call';
import { MyBudgets } from '../parts/budget';
import { useNow } from '../parts/now';
import { WaitingForMe } from '../parts/review';
import { can, useMe } from '../session';
import { ButtonLink } from '../ui/button';
import { Presence } from '../ui/person';
import { Card, Sheet } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { type Key, known, t } from '../words';

const ways: Record<string, string> = { people: '/people?add=1', phone: '/profile?tab=phones', online: '/profile?tab=phones', call: '/live', mail: '/settings?tab=mail', public: '/settings' };

function Checklist({ items }: { items: Overview['checklist'] }) {
  const open = items.filter((i) => !i.done).length;
  return (
    <Card title={t('home.checklist')} note={open === 0 ? t('home.checklist_done') : t('home.checklist_open', { n: open })}>
      <ul>
        {items.map((i) => (
          <li key={i.id}>
            <Link className="list-row" to={ways[i.id] ?? '/settings'}>
              {i.done ? <Check className="icon l ok" aria-label={t('home.done')} /> : <Circle className="icon l t3" aria-label={t('home.open')} />}
              <span className="grow col"><span className={i.done ? 't3' : 'med'}>{known(`app.checklist.${i.id}`) ?? i.id}</span>{!i.done && <span className="meta">{known(`app.checklist.${i.id}.hint`)}</span>}</span>
              {!i.done && <ArrowRight className="icon t3" aria-hidden />}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What is wrong: the clock of the server, and rules that lead nowhere, with the way to mend them. */
function Attention({ clock: set, items }: { clock: Overview['clock']; items: Overview['problems'] }) {
  return (
    <Card title={t('home.attention')}>
      <ul>
        {set && (
          <li className="list-row">
            <TriangleAlert className="icon l warn" aria-hidden />
            <span className="grow col"><span>{set.text} <span className="meta num nowrap">{stamp(set.at)}</span></span><span className="meta wrap">{t('home.clock_hint')}</span></span>
          </li>
        )}
        {items.map((p) => (
          <li key={p.owner.id + p.field}>
            <Link className="list-row" to={p.owner.kind === 'ring' ? `/rings?peek=${p.owner.id}` : p.owner.kind === 'queue' ? `/queues?peek=${p.owner.id}` : `/people/${p.owner.id}/forwarding`}>
              <TriangleAlert className="icon l warn" aria-hidden /><span className="grow wrap">{p.text}</span><ArrowRight className="icon t3" aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Tile({ to, figure, label, of }: { to: string; figure: number; label: Key; of?: number }) {
  return <Link className="card tile" to={to}><span className="figure">{count(figure)}{of !== undefined && <span className="t3 tile-of">/{count(of)}</span>}</span><span className="t2">{t(label, { n: figure })}</span></Link>;
}

function Now() {
  const now = useNow();
  const live = useQuery({ queryKey: ['live'], queryFn: api.live });
  return (
    <Card title={t('home.now')} actions={<Link className="why" to="/live">{t('nav.live')}</Link>}>
      <Loaded of={live}>
        {(list) => list.items.length === 0 ? <p className="list-row t3">{t('live.empty')}</p> : (
          <ul>
            {list.items.slice(0, 6).map((c) => (
              <li key={c.id} className="list-row">
                <Presence state={c.phase === 'ringing' ? 'ringing' : 'talking'} />
                <span className="grow trunc"><span className="med">{partyName(c.from)}</span> <MoveRight className="icon xs t3" aria-label={t('live.calls')} /> <span className="med">{partyName(c.to)}</span></span>
                <span className="meta">{liveWord(c)}</span>
                <span className="num t2">{clock((now.getTime() - new Date(c.answered ?? c.started).getTime()) / 1000)}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

function Latest() {
  const calls = useQuery({ queryKey: ['calls', 'latest'], queryFn: () => api.calls({ limit: 6, sort: '-started' }) });
  return (
    <Card title={t('home.latest')} actions={<Link className="why" to="/calls">{t('nav.call_log')}</Link>}>
      <Loaded of={calls}>
        {(list) => list.items.length === 0 ? <Empty icon={PhoneCall}>{t('call.empty')}</Empty> : (
          <ul>
            {list.items.map((c) => (
              <li key={c.id}>
                <Link className="list-row" to={`/calls?call=${c.id}`}>
                  <Direction call={c} />
                  <span className="grow trunc"><span className="med">{partyName(c.from)}</span> <MoveRight className="icon xs t3" aria-hidden /> <span className="med">{partyName(c.to)}</span></span>
                  <Outcome call={c} /><span className="meta num nowrap">{stamp(c.started)}</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

export default function HomePage() {
  const me = useMe();
  const asked = useQuery({ queryKey: ['overview'], queryFn: api.overview, refetchInterval: (q) => q.state.data?.clock ? 60_000 : false });
  const first = me.user.name.split(' ')[0] ?? me.user.name;
  return (
    <Sheet title={t('home.hello', { name: first })} scope={weekday(new Date())} actions={can(me, 'user.create', 'group') && <ButtonLink kind="primary" icon={Plus} to="/people?add=1">{t('user.add')}</ButtonLink>}>
      <div className="col g24">
        <Loaded of={asked}>
          {(o) => (
            <div className="tiles">
              <Tile to="/live" figure={o.calls_live} label="home.calls_live" />
              <Tile to="/calls?period=today" figure={o.calls_today} label="home.calls_today" />
              <Tile to="/calls?period=today&result=missed" figure={o.missed_today} label="home.missed_today" />
              <Tile to="/people" figure={o.registered} of={o.devices} label="home.registered" />
              <Tile to="/people" figure={o.people} label="home.people" />
            </div>
          )}
        </Loaded>
        <div className="home">
          <div className="col g20">{asked.data && (asked.data.clock || asked.data.problems.length > 0) && <Attention clock={asked.data.clock} items={asked.data.problems} />}{asked.data && <WaitingForMe reviews={asked.data.reviews} />}<MyBudgets /><Now /><Latest /></div>
          {asked.data && (asked.data.checklist?.length ?? 0) > 0 && <Checklist items={asked.data.checklist} />}
        </div>
      </div>
    </Sheet>
  );
}
