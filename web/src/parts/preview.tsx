/** What a change would do, before it is done: who gains and who loses which right, and what it costs a month. */
import { CircleMinus, CirclePlus, TriangleAlert } from 'lucide-react';
import type { Preview } from '../api';
import { money } from '../format';
import { Avatar } from '../ui/person';
import { t } from '../words';
import { rightWord } from './words';

type Share = Preview['people'][number];

function Lines({ share, gained }: { share: Share; gained: boolean }) {
  const Icon = gained ? CirclePlus : CircleMinus;
  return (
    <>
      {(gained ? share.gained : share.lost).map((r) => (
        <li key={r.right} className="row g6 top">
          <Icon className={`icon ${gained ? 'ok' : 'danger'}`} aria-hidden />
          <span className="grow"><span className="sr">{gained ? t('preview.gains') : t('preview.loses')} </span>{rightWord(r.right)} <span className="t3">{r.where}</span></span>
          {gained && r.risk === 'high' && <span className="risk" title={t('matrix.risky')}><TriangleAlert className="icon xs" aria-hidden /><span className="sr">{t('matrix.risky')}</span></span>}
        </li>
      ))}
    </>
  );
}

/** What a change costs or saves; nothing where nothing billable changes. */
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

export function Gains({ preview }: { preview: Preview }) {
  return (
    <div className="col g12">
      <p className="t2">{preview.people.length + preview.hidden === 0 ? t('preview.nobody') : t('preview.people', { n: preview.people.length + preview.hidden })}</p>
      <Cost of={preview.cost} />
      {preview.people.length > 0 && (
        <ul className="gains card" tabIndex={0} aria-label={t('preview.who')}>
          {preview.people.map((p) => (
            <li key={p.user} className="gain">
              <Avatar id={p.user} name={p.name} photo={p.photo} />
              <div className="col grow"><span className="med">{p.name}</span><ul className="col g4"><Lines share={p} gained /><Lines share={p} gained={false} /></ul></div>
            </li>
          ))}
        </ul>
      )}
      {preview.hidden > 0 && <p className="meta">{t('preview.hidden', { n: preview.hidden })}</p>}
    </div>
  );
}
