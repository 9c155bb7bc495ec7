/** What billable rights cost a month, who holds them now, and whether holders of billing.assign may hand it on. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Billing } from '../api';
import { hundredths, money, plainMoney } from '../format';
import { Button } from '../ui/button';
import { changed, Conflict, Pick, Text, Toggle, useForm } from '../ui/form';
import { Card } from '../ui/sheet';
import { FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { current, t } from '../words';

const currencies = () => {
  const names = new Intl.DisplayNames([current()], { type: 'currency' });
  return Intl.supportedValuesOf('currency').map((c) => ({ value: c, label: `${c} · ${names.of(c) ?? c}` }));
};

/** A price as it is shown: what was typed with a comma is the same with a point. */
const tidy = (typed: string): string => {
  const n = hundredths(typed);
  return n > 0 ? plainMoney(n) : n === 0 ? '' : typed;
};

/** What the office pays for at present. */
function Paid({ billing }: { billing: Billing }) {
  const amount = (n: number) => (billing.currency ? money(n, billing.currency) : '–');
  return (
    <Card title={t('billing.now')} note={t('billing.now_note')}>
      {billing.items.map((i) => (
        <div key={i.right} className="list-row"><span className="grow">{i.text}</span><span className="t3 num nowrap">{t('billing.people', { n: i.people })}</span><span className="num nowrap med">{amount(i.month)}</span></div>
      ))}
      <div className="list-row"><span className="grow semi">{t('billing.month')}</span><span className="num semi">{amount(billing.month)}</span></div>
    </Card>
  );
}

function Prices({ billing }: { billing: Billing }) {
  const cache = useQueryClient();
  const now: Record<string, string | boolean> = { currency: billing.currency, spread: billing.spread };
  for (const i of billing.items) now[i.right] = i.price > 0 ? plainMoney(i.price) : '';
  const body = (v: Record<string, string | boolean>) => {
    const prices: Record<string, number> = {};
    for (const [k, x] of Object.entries(v)) if (k !== 'currency' && k !== 'spread') prices[k] = hundredths(String(x));
    return { ...(v.currency !== undefined && { currency: String(v.currency) }), ...(v.spread !== undefined && { spread: Boolean(v.spread) }), ...(Object.keys(prices).length > 0 && { prices }) };
  };
  const form = useForm(now, async (v, base) => {
    const change = changed(v, base);
    const put = async (c: Record<string, string | boolean>, revision?: string) => {
      await api.editBilling({ ...body(c), revision });
      await cache.invalidateQueries({ queryKey: ['billing'] });
    };
    form.reset(Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k === 'currency' || k === 'spread' ? x : tidy(String(x))])));
    await put(change as Record<string, string | boolean>, billing.revision);
    toast({ text: t('ui.saved'), undo: () => put(Object.fromEntries(Object.keys(change).map((k) => [k, base[k] ?? '']))) });
  });
  return (
    <form className="form col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      {billing.can.prices && (
        <>
          <Pick form={form} name="currency" label={t('billing.currency')} options={currencies()} empty={t('billing.no_currency')} searchable />
          {billing.items.map((i) => <Text key={i.right} form={form} name={i.right} label={i.text} placeholder="0" optional hint={t('billing.price_hint')} />)}
        </>
      )}
      {billing.can.spread && <Toggle form={form} name="spread" label={t('billing.spread')} hint={t('billing.spread_hint')} />}
      <Conflict form={form} label={(f) => billing.items.find((i) => i.right === f)?.text ?? f} />
      <FormError error={form.error} fields={['currency']} />
      {(billing.can.prices || billing.can.spread) && <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={form.dirty ? undefined : t('ui.nothing_changed')}>{t('ui.save')}</Button></div>}
    </form>
  );
}

export function Costs() {
  const billing = useQuery({ queryKey: ['billing'], queryFn: api.billing });
  return (
    <Loaded of={billing}>
      {(b) => <div className="two"><div className="col g16"><p className="lead">{t('billing.lead')}</p><Prices billing={b} /></div><Paid billing={b} /></div>}
    </Loaded>
  );
}
