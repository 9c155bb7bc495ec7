/** Lists of what happened are narrowed to the last days, in the same words everywhere. */
import { dayKey, midnight } from '../format';
import type { Filter } from '../ui/filter';
import { t } from '../words';

const periods: Record<string, number> = { today: 0, week: 6, month: 29 };

export const periodFilter = (): Filter => ({ id: 'period', label: t('call.period'), options: [{ value: 'today', label: t('call.today') }, { value: 'week', label: t('call.days', { n: 7 }) }, { value: 'month', label: t('call.days', { n: 30 }) }] });

/** When a period begins: the start of a day by the reader's clock; undefined for none. */
export function since(period: string | undefined): string | undefined {
  const days = period === undefined ? undefined : periods[period];
  return days === undefined ? undefined : midnight(dayKey(new Date()), -days).toISOString();
}
