/** Whether this browser is told of calls and notices while no page is open, and the click that asks for it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { BellOff, BellRing } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { api } from '../api';
import { isWanted, onTurn, take } from '../phone/line';
import { ability, clear, register, renew, turnOff, turnOn } from '../phone/push';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Card } from '../ui/sheet';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const usePush = () => useQuery({ queryKey: ['push'], queryFn: api.push, staleTime: 60_000 });

/** Runs beside every page: installs the service worker, follows clicks on notifications, keeps the subscription true. */
export function usePushed(): void {
  const me = useMe();
  const go = useNavigate();
  useEffect(() => register((to) => void go(to)), [go]);
  const { pathname, search, hash } = useLocation();
  useEffect(() => {
    const asked = new URLSearchParams(search);
    if (!asked.has('ring')) return;
    take(me.user.id, asked.has('answer'));
    void clear();
    asked.delete('ring');
    asked.delete('answer');
    void go({ pathname, search: asked.toString(), hash }, { replace: true });
  }, [pathname, search, hash, go, me.user.id]);
  useEffect(() => {
    const work = () => void renew(me.user.id).catch(() => undefined);
    work();
    return onTurn(work);
  }, [me.user.id]);
}

export function PushCard() {
  const me = useMe();
  const cache = useQueryClient();
  const state = usePush();
  const [busy, setBusy] = useState(false);
  if (!state.data) return null;
  const able = ability(state.data.on);
  const run = async (work: () => Promise<string>) => {
    setBusy(true);
    try {
      const said = await work();
      if (said) toast({ text: said });
    } catch (e) {
      toast(failed(e));
    }
    await cache.invalidateQueries({ queryKey: ['push'] });
    setBusy(false);
  };
  const on = able === 'on';
  const Icon = on ? BellRing : BellOff;
  return (
    <Card title={t('push.title')} note={t('push.note')} pad>
      <div className="col g12">
        <p className="row top" role="status"><Icon className={`icon l ${on ? 'ok' : 't3'}`} aria-hidden /><span>{on ? t(isWanted(me.user.id) ? 'push.on_calls' : 'push.on') : t(`push.${able}`)}</span></p>
        <div className="row w">
          {able === 'ask' && <Button kind="primary" busy={busy} onClick={() => void run(async () => (await turnOn(me.user.id)) ? t('push.is_on') : t('push.denied'))}>{t('push.turn_on')}</Button>}
          {on && <Button busy={busy} onClick={() => void run(async () => { await api.tryPush(); return ''; })}>{t('push.try')}</Button>}
          {state.data.on && <Button busy={busy} onClick={() => void run(async () => { await turnOff(); return t('push.is_off'); })}>{t('push.turn_off')}</Button>}
        </div>
      </div>
    </Card>
  );
}
