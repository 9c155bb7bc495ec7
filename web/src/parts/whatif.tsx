/** What a draft of a profile would have done to the calls of the last days, before it is saved. */
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { api, type BodyOf } from '../api';
import { count, day, price, stamp } from '../format';
import { Button } from '../ui/button';
import { Line } from '../ui/pick';
import { FormError } from '../ui/states';
import { t } from '../words';

type Draft = BodyOf<'/v1/whatif/restriction', 'post'>;
const tones = { closed: 'danger', opened: 'ok', shorter: 'warn' } as const;

export function WhatIf({ draft }: { draft: () => Draft }) {
  const [days, setDays] = useState('30');
  const stop = useRef<AbortController>(undefined);
  const run = useMutation({
    mutationFn: () => {
      stop.current = new AbortController();
      return api.tryRestriction({ ...draft(), days: Number(days) || 30 }, stop.current.signal);
    },
  });
  const cancel = () => { stop.current?.abort(); run.reset(); };
  const out = run.data;
  const quiet = out && out.closed + out.opened + out.shorter === 0;
  return (
    <section className="col g12">
      <h3 className="label">{t('whatif.title')}</h3>
      <div className="row w g8">
        <Line label={t('whatif.days')} type="number" value={days} onChange={setDays} />
        <span className="end">{run.isPending ? <Button kind="quiet" onClick={cancel}>{t('ui.cancel')}</Button> : <Button onClick={() => run.mutate()}>{t('whatif.show')}</Button>}</span>
      </div>
      {run.isPending && <p className="t2" role="status">{t('whatif.running')}</p>}
      {!run.isPending && <FormError error={run.error} fields={[]} />}
      {out && !run.isPending && (
        <div className="card"><div className="card-body col g12">
          <p className="meta num">{t('whatif.looked', { calls: count(out.calls), outside: count(out.outside), from: day(out.from) })}</p>
          {quiet ? <p>{t('whatif.none')}</p> : (
            <div className="row w g8">
              {(['closed', 'opened', 'shorter'] as const).filter((k) => out[k] > 0).map((k) => <span key={k} className={`chip ${tones[k]}`}>{t(`whatif.${k}`)} <b className="num">{count(out[k])}</b></span>)}
              {out.saved !== undefined && out.closed > 0 && <span className="chip">{t('whatif.saved')} <b className="num">{price(out.saved, out.currency ?? '')}</b></span>}
            </div>
          )}
          {out.people.length > 0 && <div className="col g4"><h4 className="cap">{t('whatif.people')}</h4>{out.people.slice(0, 12).map((p) => <span key={p.user.id} className="row g8"><span className="grow trunc">{p.user.name}</span>{(['closed', 'opened', 'shorter'] as const).filter((k) => p[k] > 0).map((k) => <span key={k} className={`chip small ${tones[k]}`} title={t(`whatif.${k}`)}>{t(`whatif.${k}`)} {count(p[k])}</span>)}</span>)}</div>}
          {out.effects.length > 0 && <div className="col g4"><h4 className="cap">{t('whatif.calls')}</h4>{out.effects.slice(0, 20).map((e) => <Link key={e.call} to={`/calls?call=${e.call}`} className="col"><span className="row g8"><span className="grow trunc">{e.user.name} → <span className="num">{e.number}</span></span><span className={`chip small ${tones[e.turn]}`}>{t(`whatif.${e.turn}`)}</span></span><span className="meta">{stamp(e.at)} · {e.text}</span></Link>)}</div>}
          {out.hidden > 0 && <p className="meta num">{t('whatif.hidden', { n: out.hidden })}</p>}
        </div></div>
      )}
    </section>
  );
}
