/** The agent's own page: his queues, his break, the time after a call, and what he has done today. */
import { useQueryClient } from '@tanstack/react-query';
import { Check, Headset, LogIn, LogOut } from 'lucide-react';
import { Link } from 'react-router';
import { api, type Duty } from '../api';
import { clock, stamp } from '../format';
import { DutyChip, PauseButton, pauseWord, useDuty, useSetDuty } from '../parts/agent';
import { useNow } from '../parts/now';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Card, Sheet } from '../ui/sheet';
import { Empty, failed, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

type Row = Duty['queues'][number];

/** What a queue needs its agent to know at this moment. */
function QueueRow({ row, duty }: { row: Row; duty: Duty }) {
  const now = useNow();
  const set = useSetDuty(duty.user);
  const since = (at: string) => clock(Math.max(0, (now.getTime() - new Date(at).getTime()) / 1000));
  return (
    <li className="list-row wrap" data-queue={row.id}>
      <span className="col grow">
        <span className="row g8"><span className="med">{row.name}</span><span className="num t3">{row.extension}</span></span>
        <span className="meta">{row.waiting > 0 ? `${t('agent.waiting', { n: row.waiting })}${row.longest ? ` · ${t('agent.longest', { time: since(row.longest) })}` : ''}` : t('agent.nobody_waits')}</span>
      </span>
      <DutyChip agent={row.agent} />
      <span className="meta num">{t('agent.done', { n: row.agent.answered ?? 0, time: clock(row.agent.talked ?? 0) })}</span>
      <Button small icon={row.in ? LogOut : LogIn} aria-label={row.in ? t('agent.leave', { queue: row.name }) : t('agent.enter', { queue: row.name })} onClick={() => void set(row.in ? { out: [row.id] } : { in: [row.id] })}>{row.in ? t('agent.log_out') : t('agent.log_in')}</Button>
    </li>
  );
}

/** The time that is left to write down what was said. */
function WrapUp({ duty }: { duty: Duty }) {
  const now = useNow();
  const cache = useQueryClient();
  const wrapping = duty.queues.find((q) => q.agent.duty === 'wrapping' && q.agent.until);
  if (!wrapping?.agent.until) return null;
  const left = Math.max(0, Math.ceil((new Date(wrapping.agent.until).getTime() - now.getTime()) / 1000));
  const ready = () => void api.ready(duty.user).then(() => cache.invalidateQueries({ queryKey: ['duty'] }), (e: unknown) => toast(failed(e)));
  return (
    <div className="note" role="status">
      <span className="grow">{t('agent.wrap_up', { queue: wrapping.name, time: clock(left) })}</span>
      <Button small kind="primary" icon={Check} onClick={ready}>{t('agent.ready')}</Button>
    </div>
  );
}

export default function AgentPage() {
  const me = useMe();
  const duty = useDuty(me.user.id);
  const answered = duty.data?.queues.reduce((n, q) => n + (q.agent.answered ?? 0), 0) ?? 0;
  const talked = duty.data?.queues.reduce((n, q) => n + (q.agent.talked ?? 0), 0) ?? 0;
  return (
    <Sheet title={t('nav.agent')} scope={t('agent.lead')} actions={duty.data && duty.data.queues.length > 0 ? <PauseButton duty={duty.data} /> : undefined}>
      <Loaded of={duty}>
        {(d) => (d.queues.length === 0 ? <Empty icon={Headset}>{t('agent.none')}</Empty> : (
          <div className="col g24">
            {d.pause && <div className="note warn" role="status"><span>{t('agent.on_break_since', { why: pauseWord(d.pause), time: d.since ? stamp(d.since) : '' })}</span></div>}
            <WrapUp duty={d} />
            <div className="tiles">
              <div className="card tile"><span className="figure">{answered}</span><span className="t2">{t('agent.answered_today')}</span></div>
              <div className="card tile"><span className="figure num">{clock(talked)}</span><span className="t2">{t('agent.talked_today')}</span></div>
              <div className="card tile"><span className="figure">{d.queues.reduce((n, q) => n + q.waiting, 0)}</span><span className="t2">{t('agent.waiting_now')}</span></div>
            </div>
            <Card title={t('agent.queues')} actions={<Link className="why" to="/calls">{t('nav.call_log')}</Link>}>
              <ul>{d.queues.map((q) => <QueueRow key={q.id} row={q} duty={d} />)}</ul>
            </Card>
          </div>
        ))}
      </Loaded>
    </Sheet>
  );
}
