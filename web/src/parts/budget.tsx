/** Pieces of budgets: the gauge, and the form that raises one for a while. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, type Budget } from '../api';
import { hundredths, price, stamp } from '../format';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { instant } from '../ui/form';
import { Chooser, Line } from '../ui/pick';
import { useSend } from '../ui/send';
import { Card } from '../ui/sheet';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

/** What a budget counts, in words: money, or minutes. */
export const amountWord = (b: Pick<Budget, 'measure' | 'currency'>, counted: number): string => (b.measure === 'time' ? t('budget.minutes', { n: Math.ceil(counted / 60) }) : price(Math.ceil(counted / 10_000) * 10_000, b.currency || 'EUR'));
export const limitWord = (b: Pick<Budget, 'measure' | 'currency'>, typed: number): string => amountWord(b, b.measure === 'time' ? typed * 60 : typed * 10_000);

/** What somebody typed as a limit, as the server keeps it. */
export const limitOf = (measure: string, typed: string): number => (measure === 'time' ? Number(typed.replace(/\D/g, '') || 0) : Math.max(0, hundredths(typed)));

export function Gauge({ of: b, spent = b.spent, most = b.most }: { of: Budget; spent?: number; most?: number }) {
  const share = most > 0 ? Math.min(1, spent / most) : spent > 0 ? 1 : 0;
  const warns = b.marks[0] !== undefined && share * 100 >= b.marks[0];
  return (
    <span className={`gauge ${share >= 1 ? 'full' : warns ? 'warns' : ''}`}>
      <meter className="gauge-bar" min={0} max={1} value={share} aria-label={b.name} />
      <span className="row g8 wrap"><span className="num med">{t('budget.used', { spent: amountWord(b, spent), most: amountWord(b, most) })}</span><span className="meta num">{t('budget.left', { left: amountWord(b, Math.max(0, most - spent)) })}</span></span>
    </span>
  );
}

/** The budgets that one's own calls draw on. */
export function MyBudgets() {
  const me = useMe();
  const mine = useQuery({ queryKey: ['budgets', 'mine'], queryFn: () => api.userBudgets(me.user.id), enabled: can(me, 'cost.see'), refetchInterval: 15_000 });
  const all = (mine.data?.items ?? []).filter((b) => b.most > 0);
  if (all.length === 0) return null;
  return (
    <Card title={t('budget.mine')} actions={can(me, 'cost.see', 'group') && <Link className="why" to="/budgets">{t('nav.budgets')}</Link>}>
      {all.map((b) => (
        <div key={b.id} className="list-row">
          <span className="grow col g4"><span className="row g8 wrap"><span className="med">{b.name}</span><span className="meta">{t('budget.renews', { when: stamp(b.renews) })}</span></span><Gauge of={b} /></span>
        </div>
      ))}
    </Card>
  );
}

/** More of a budget until an end, for a reason. */
export function Raise({ of: b, onClose }: { of: Budget; onClose: () => void }) {
  const cache = useQueryClient();
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), enabled: b.each, staleTime: 60_000 });
  const [v, setV] = useState({ user: '', more: '', until: '', reason: '' });
  const send = useSend(async () => {
    await api.raiseBudget(b.id, { user: v.user || undefined, more: limitOf(b.measure, v.more), until: v.until ? instant(v.until) : undefined, reason: v.reason });
    await Promise.all(['budgets', 'whycall', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    toast({ text: t('budget.raised') });
    onClose();
  });
  return (
    <Dialog open title={t('budget.raise_title', { name: b.name })} onClose={onClose} size={460}>
      <form className="col g16" onSubmit={(e) => { e.preventDefault(); send.go(); }}>
        {b.each && <Chooser label={t('budget.raise_who')} empty={t('budget.raise_all')} value={v.user} options={(people.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))} onChange={(user) => setV({ ...v, user })} />}
        <Line label={b.measure === 'time' ? t('budget.raise_more_time') : t('budget.raise_more_money', { currency: b.currency ?? '' })} value={v.more} onChange={(more) => setV({ ...v, more })} />
        <Line label={t('budget.raise_until')} hint={t('budget.raise_until_hint')} type="datetime-local" value={v.until} onChange={(until) => setV({ ...v, until })} />
        <Line label={t('restriction.except_reason')} value={v.reason} onChange={(reason) => setV({ ...v, reason })} />
        <FormError error={send.error} fields={[]} />
        <div className="row"><Button kind="primary" type="submit" busy={send.busy}>{t('budget.raise')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
      </form>
    </Dialog>
  );
}
