/** The call log added up by day: how many, how long, how much. The day is one of the reader's zone. */
import { useQuery } from '@tanstack/react-query';
import { api, type CallDay } from '../api';
import { clock, count, date, dayKey, ownZone, price } from '../format';
import { CompleteSince, Loaded } from '../ui/states';
import { t } from '../words';
import { since } from './period';

/** Amounts of several currencies are not added up. */
function Costs({ spent, unpriced }: Pick<CallDay, 'spent' | 'unpriced'>) {
  const list = spent.map((s) => price(s.amount, s.currency));
  return <>{list.length > 0 ? list.join(' + ') : unpriced > 0 ? '' : '–'}{unpriced > 0 && <span className="meta block">{t('call.day_unpriced', { n: unpriced })}</span>}</>;
}

const sum = (days: CallDay[]): Pick<CallDay, 'calls' | 'answered' | 'seconds' | 'spent' | 'unpriced'> => {
  const spent = new Map<string, number>();
  for (const s of days.flatMap((d) => d.spent)) spent.set(s.currency, (spent.get(s.currency) ?? 0) + s.amount);
  const add = (of: (d: CallDay) => number) => days.reduce((n, d) => n + of(d), 0);
  return { calls: add((d) => d.calls), answered: add((d) => d.answered), seconds: add((d) => d.seconds), unpriced: add((d) => d.unpriced), spent: [...spent].map(([currency, amount]) => ({ currency, amount })) };
};

export function CallDays({ period, user }: { period?: string; user?: string }) {
  const zone = ownZone();
  const from = dayKey(since(period ?? 'month') ?? new Date());
  const until = dayKey(new Date());
  const days = useQuery({ queryKey: ['calls', 'days', from, until, user ?? '', zone], queryFn: () => api.callDays({ from, until, user, zone }) });
  return (
    <div className="col g16">
      <Loaded of={days}>
        {(d) => {
          const all = sum(d.days);
          const most = Math.max(1, ...d.days.map((x) => x.calls));
          return (
            <>
              <CompleteSince since={d.complete_since} />
              <table className="tbl">
                <thead><tr><th>{t('call.day')}</th><th className="r">{t('call.day_calls')}</th><th className="wide-only" aria-hidden /><th className="r">{t('call.day_answered')}</th><th className="r">{t('call.day_talk')}</th><th className="r">{t('call.day_cost')}</th></tr></thead>
                <tbody>
                  {[...d.days].reverse().map((x) => (
                    <tr key={x.day} className={x.calls ? undefined : 't3'}>
                      <td>{date(`${x.day}T12:00:00Z`, 'UTC')}{x.hours !== 24 && <span className="meta block">{t('call.day_hours', { n: x.hours })}</span>}</td>
                      <td className="r num">{count(x.calls)}</td>
                      <td className="wide-only day-bar" aria-hidden>{x.calls > 0 && <i style={{ width: `${(100 * x.calls) / most}%` }}><b style={{ width: `${x.calls ? (100 * x.answered) / x.calls : 0}%` }} /></i>}</td>
                      <td className="r num">{count(x.answered)}</td>
                      <td className="r num">{x.seconds ? clock(x.seconds) : '–'}</td>
                      <td className="r num"><Costs spent={x.spent} unpriced={x.unpriced} /></td>
                    </tr>
                  ))}
                </tbody>
                <tfoot><tr><th scope="row">{t('call.day_sum')}</th><td className="r num">{count(all.calls)}</td><td className="wide-only" aria-hidden /><td className="r num">{count(all.answered)}</td><td className="r num">{all.seconds ? clock(all.seconds) : '–'}</td><td className="r num"><Costs spent={all.spent} unpriced={all.unpriced} /></td></tr></tfoot>
              </table>
              <p className="meta">{t('call.days_zone', { zone: d.zone })}</p>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
