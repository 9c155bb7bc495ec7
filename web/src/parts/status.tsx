/** The statuses of the person who is signed in, with what each of them means for callers. */
import { useQueryClient } from '@tanstack/react-query';
import { Check, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { api, type Me, type Profile, type Status } from '../api';
import { ownZone, stamp, typed } from '../format';
import { useMe } from '../session';
import { Menu } from '../ui/filter';
import { Presence, presenceName } from '../ui/person';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { consequence, useForwarding } from './forwarding';

/** The end of the day in the reader's own zone: the same clock, at the next midnight. */
export function endOfDay(now: Date, zone: string): Date {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(now).map((p) => [p.type, Number(p.value)]));
  return new Date(now.getTime() + (86_400 - (parts.hour ?? 0) * 3600 - (parts.minute ?? 0) * 60 - (parts.second ?? 0)) * 1000 - now.getMilliseconds());
}

/** "Away until 14:00": the status as the rail shows it. */
export function statusLine(status: Status | undefined): string {
  if (!status) return '';
  const name = presenceName(status.kind, status);
  return status.manual && status.until ? `${name} ${t('presence.until', { time: stamp(status.until) })}` : name;
}

export function useSetStatus() {
  const me = useMe();
  const cache = useQueryClient();
  return async (status: Status['kind'] | 'auto', until?: Date) => {
    try {
      const now = await api.setStatus(me.user.id, { status, until: until?.toISOString() });
      cache.setQueryData<Me | null>(['session'], (old) => (old ? { ...old, user: { ...old.user, status: now } } : old));
      void cache.invalidateQueries({ queryKey: ['forwarding', me.user.id] });
      toast({ text: t('status.set', { status: statusLine(now) }) });
    } catch (e) {
      toast(failed(e));
    }
  };
}

/** The part of a menu in which a status is chosen, and until when it holds. */
export function StatusItems() {
  const me = useMe();
  const set = useSetStatus();
  const rules = useForwarding(me.user.id);
  const [picking, setPicking] = useState(false);
  const status = me.user.status;
  const owner = { id: me.user.id, name: me.user.name, mine: true };
  if (!status || !me.rights['presence.set']) return null;
  const shown = (p: Profile) => ({ kind: p.status, name: p.name, message: p.message, manual: true, rings: p.rings }) as Status;
  const ends: { label: string; at?: () => Date }[] = [
    { label: t('status.until_hours') },
    { label: t('status.half_hour'), at: () => new Date(Date.now() + 30 * 60_000) },
    { label: t('status.hour'), at: () => new Date(Date.now() + 60 * 60_000) },
    { label: t('status.today'), at: () => endOfDay(new Date(), ownZone()) },
  ];
  return (
    <>
      <Menu.Label>{t('status.title')}</Menu.Label>
      <Menu.RadioGroup value={status.kind} onChange={(kind) => void set(kind as Status['kind'])}>
        {(rules.data?.profiles ?? []).map((p) => (
          <Menu.RadioItem key={p.status} value={p.status} checkIcon={<Check className="icon xs" />} rightSection={<Presence state={p.status} />}>
            <span className="col"><span className="med">{presenceName(p.status, shown(p))}</span><span className="meta status-says">{consequence(p, owner)}</span></span>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
      {status.manual && (
        <>
          <Menu.Label>{t('status.until')}</Menu.Label>
          {ends.map((e) => <Menu.Item key={e.label} closeMenuOnClick={false} rightSection={!status.until && !e.at ? <Check className="icon xs" /> : undefined} onClick={() => void set(status.kind, e.at?.())}>{e.label}</Menu.Item>)}
          {picking ? (
            <div className="menu-field">
              <input className="field" type="datetime-local" aria-label={t('status.pick')} data-autofocus onKeyDown={(e) => e.stopPropagation()} onChange={(e) => { const at = typed(e.currentTarget.value); if (at.getTime() > Date.now()) void set(status.kind, at); }} />
            </div>
          ) : <Menu.Item closeMenuOnClick={false} onClick={() => setPicking(true)}>{t('status.pick')}</Menu.Item>}
          <Menu.Item leftSection={<RotateCcw className="icon" />} onClick={() => void set('auto')}>{t('status.auto')}</Menu.Item>
        </>
      )}
      <Menu.Divider />
    </>
  );
}
