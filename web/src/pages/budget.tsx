/** Budgets: how much may be spent or talked outside, what is left of it at this moment, and more of it for today. */
import { useQuery } from '@tanstack/react-query';
import { PiggyBank, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, type Budget } from '../api';
import { stamp } from '../format';
import { EditBudget, Gauge, limitWord, onWord, Raise } from '../parts/budget';
import { useAddress } from '../parts/query';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Card, Sheet } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { t } from '../words';

/** A budget with its gauge; of one that each has for himself, those who used most. */
function Row({ of: b, open, onRaise }: { of: Budget; open?: () => void; onRaise: () => void }) {
  const about = [onWord(b.on), t(`budget.period.${b.period}`), b.classes.length > 0 ? b.classes.map((c) => t(`class.${c}` as 'class.mobile')).join(', ') : undefined, b.report ? t('budget.then.report') : undefined, t('budget.renews', { when: stamp(b.renews) })].filter(Boolean).join(' · ');
  const head = <><span className="row g8 wrap"><span className="med">{b.name}</span>{b.each && <span className="chip small">{t('budget.each_chip')}</span>}{b.off && <span className="chip small">{t('budget.off')}</span>}</span><span className="meta">{about}</span></>;
  return (
    <div className="list-row top">
      <PiggyBank className="icon t3" aria-hidden />
      <span className="grow col g8">
        {open ? <button type="button" className="plain col start" onClick={open}>{head}</button> : <span className="col">{head}</span>}
        {!b.each && <Gauge of={b} />}
        {b.each && b.people.length === 0 && <span className="meta num">{limitWord(b, b.limit)} · {t('budget.nobody')}</span>}
        {b.each && b.people.slice(0, 5).map((p) => <span key={p.user} className="col g4"><span className="t2">{p.name}</span><Gauge of={b} spent={p.spent} most={p.most} /></span>)}
        {b.raises.map((r, i) => <span key={i} className="meta">{t('budget.raise_line', { more: limitWord(b, r.more), when: stamp(r.until), who: r.name ? ` (${r.name})` : '', reason: r.reason })}{r.by ? ` · ${r.by}` : ''}</span>)}
      </span>
      {b.edit && !b.off && <Button small onClick={onRaise}>{t('budget.raise')}</Button>}
    </div>
  );
}

export default function BudgetPage() {
  const me = useMe();
  const list = useQuery({ queryKey: ['budgets'], queryFn: api.budgets, refetchInterval: 10_000 });
  const { values, set } = useAddress();
  const [raising, setRaising] = useState<Budget>();
  const close = () => set({ peek: undefined, add: undefined });
  const add = () => set({ add: '1', peek: undefined });
  const may = can(me, 'budget.edit', 'group');
  const open = list.data?.items.find((b) => b.id === values.peek && b.edit);
  const side = values.add && list.data ? <EditBudget key="new" currency={list.data.currency} onClose={close} /> : open ? <EditBudget key={open.id + (open.revision ?? '')} of={open} currency={list.data?.currency} onClose={close} /> : undefined;
  return (
    <Sheet title={t('nav.budgets')} scope={t('budget.lead')} actions={may && <Button kind="primary" icon={Plus} onClick={add}>{t('budget.add')}</Button>} side={side}>
      <Loaded of={list}>
        {(all) => (
          <div className="col g16">
            {!all.priced && all.items.some((b) => b.measure === 'money' && !b.off && !b.report) && <p className="note warn">{t('budget.unpriced')}</p>}
            {all.items.length === 0 ? <Empty icon={PiggyBank} action={may && <Button small icon={Plus} onClick={add}>{t('budget.add')}</Button>}>{t('budget.empty')}</Empty>
              : <Card>{all.items.map((b) => <Row key={b.id} of={b} open={b.edit ? () => set({ peek: b.id, add: undefined }) : undefined} onRaise={() => setRaising(b)} />)}</Card>}
          </div>
        )}
      </Loaded>
      {raising && <Raise of={raising} onClose={() => setRaising(undefined)} />}
    </Sheet>
  );
}
