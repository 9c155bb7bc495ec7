/** Lists of what happened are narrowed to the last days, in the same words everywhere. */
import type { Filter } from '../ui/filter';
import { t } from '../words';

const periods: Record<string, number> = { today: 0, week: 6, month: 29 };

export const periodFilter = (): Filter => ({ id: 'period', label: t('call.period'), options: [{ value: 'today', label: t('call.today') }, { value: 'week', label: t('call.days', { n: 7 }) }, { value: 'month', label: t('call.days', { n: 30 }) }] });

/** When a period begins: the start of a day in the reader's browser; undefined for none. */
export function since(period: string | undefined): string | undefined {
  const days = period === undefined ? undefined : periods[period];
  if (days === undefined) return undefined;
  const d = new Date();
  d.setHours(0, 0, 0, 0);
  d.setDate(d.getDate() - days);
  return d.toISOString();
}

/** The beginning of a day that was chosen, or of a later one, in the reader's browser. */
export function midnight(date: string, later = 0): Date {
  const [y = 0, m = 1, d = 1] = date.split('-').map(Number);
  return new Date(y, m - 1, d + later);
}
