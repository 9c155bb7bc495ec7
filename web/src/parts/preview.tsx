/** What a change costs or saves a month. */
import type { Preview } from '../api';
import { money } from '../format';
import { t } from '../words';
import { rightWord } from './words';

/** Nothing where nothing billable changes, or it is not the reader's to know. */
export function Cost({ of }: { of: Preview['cost'] }) {
  if (!of) return null;
  const people = (n: number) => (n > 0 ? t('preview.more_people', { n }) : t('preview.fewer_people', { n: -n }));
  return (
    <div className="note warn">
      <span className="col g4">
        <span className="med">{of.currency ? t('preview.cost', { amount: money(of.month, of.currency, true) }) : t('preview.cost_unknown')}</span>
        {of.items.map((i) => <span key={i.right}>{rightWord(i.right)} {people(i.people)}{of.currency && ` · ${money(i.month, of.currency, true)}`}</span>)}
      </span>
    </div>
  );
}
