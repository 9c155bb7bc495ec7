/** What an agent does: in words, and as something to change. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, Coffee, LogIn, LogOut } from 'lucide-react';
import { useState } from 'react';
import { api, type Duty, type LiveAgent } from '../api';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Menu } from '../ui/filter';
import { Choices } from '../ui/form';
import { Confirm } from '../ui/dialog';
import { Line } from '../ui/pick';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { type Key, t } from '../words';

export const useDuty = (user: string, on = true) => useQuery({ queryKey: ['duty', user], queryFn: () => api.duty(user), enabled: on });

const tones: Record<string, string> = { free: ' ok', talking: ' acc', asked: ' acc', wrapping: ' warn' };
const pauses = ['break', 'lunch', 'meeting', 'training', 'paperwork'];

/** The words of a break: one of the usual reasons, or the person's own. */
export const pauseWord = (pause: string): string => (pauses.includes(pause) ? t(`agent.pause.${pause}` as Key) : pause);

/** Why somebody is away or out, else what he does. */
export function dutyWord(a: LiveAgent): string {
  if (a.reason === 'break') return t('agent.on_break', { why: pauseWord(a.pause ?? '') });
  return a.reason ? t(`agent.reason.${a.reason}` as Key) : t(`agent.duty.${a.duty}` as Key);
}

export function DutyChip({ agent }: { agent: LiveAgent }) {
  return <span className={`chip${tones[agent.duty] ?? ' line'}`} data-duty={agent.duty}>{dutyWord(agent)}</span>;
}

/** Changes what an agent does, and says so. */
export function useSetDuty(user: string) {
  const cache = useQueryClient();
  return async (change: { in?: string[]; out?: string[]; pause?: string }) => {
    try {
      const now = await api.setDuty(user, change);
      cache.setQueryData<Duty>(['duty', user], now);
      await Promise.all([cache.invalidateQueries({ queryKey: ['queue'] }), cache.invalidateQueries({ queryKey: ['audit'] })]);
      toast({ text: now.pause ? t('agent.paused', { name: now.name, why: pauseWord(now.pause) }) : t('agent.changed', { name: now.name }) });
    } catch (e) {
      toast(failed(e));
    }
  };
}

/** Asks why somebody takes no calls. */
export function PauseDialog({ name, onClose, onPause }: { name: string; onClose: () => void; onPause: (why: string) => Promise<void> }) {
  const [why, setWhy] = useState('break');
  const [own, setOwn] = useState('');
  return (
    <Confirm open title={t('agent.pause_title', { name })} action={t('agent.pause')} onClose={onClose} run={async () => { await onPause(why === 'own' ? own : why); onClose(); }}>
      <div className="col g12">
        <Choices name="pause" label={t('agent.pause')} value={why} onChange={setWhy} options={[...pauses.map((p) => ({ value: p, label: pauseWord(p) })), { value: 'own', label: t('agent.pause.own') }]} />
        {why === 'own' && <Line label={t('agent.pause.own')} value={own} onChange={setOwn} />}
      </div>
    </Confirm>
  );
}

/** Break and return, for oneself or for an agent one may control. */
export function PauseButton({ duty, small }: { duty: Duty; small?: boolean }) {
  const [asking, setAsking] = useState(false);
  const set = useSetDuty(duty.user);
  if (duty.pause) return <Button small={small} kind="primary" icon={Check} onClick={() => void set({ pause: '' })}>{t('agent.resume')}</Button>;
  return (
    <>
      <Button small={small} icon={Coffee} onClick={() => setAsking(true)}>{t('agent.pause')}</Button>
      {asking && <PauseDialog name={duty.name} onClose={() => setAsking(false)} onPause={(why) => set({ pause: why })} />}
    </>
  );
}

/** The part of the status menu for people who serve queues: in or out of each, and the break. */
export function AgentItems() {
  const me = useMe();
  const duty = useDuty(me.user.id, me.agent);
  const set = useSetDuty(me.user.id);
  if (!duty.data || duty.data.queues.length === 0 || !duty.data.edit) return null;
  const { pause, queues } = duty.data;
  return (
    <>
      <Menu.Label>{t('agent.queues')}</Menu.Label>
      {queues.map((q) => (
        <Menu.Item key={q.id} closeMenuOnClick={false} leftSection={q.in ? <LogOut className="icon" /> : <LogIn className="icon" />} rightSection={<span className="meta num">{q.waiting > 0 ? t('agent.waiting', { n: q.waiting }) : ''}</span>} onClick={() => void set(q.in ? { out: [q.id] } : { in: [q.id] })}>
          {q.in ? t('agent.leave', { queue: q.name }) : t('agent.enter', { queue: q.name })}
        </Menu.Item>
      ))}
      <Menu.Item leftSection={<Coffee className="icon" />} onClick={() => void set({ pause: pause ? '' : 'break' })}>{pause ? t('agent.resume') : t('agent.pause')}</Menu.Item>
      <Menu.Divider />
    </>
  );
}
