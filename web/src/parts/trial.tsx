/** The trial of a line, step by step, with what failed and what to do about it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleX, LoaderCircle } from 'lucide-react';
import { api, type TrunkTest } from '../api';
import { Button } from '../ui/button';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { t, type Key } from '../words';

const looks = { running: LoaderCircle, passed: CircleCheck, doubt: CircleAlert, failed: CircleX } as const;
export const tones = { running: 't3', passed: 'ok', doubt: 'warn', failed: 'danger' } as const;

/** One step of a trial: what it was, how it went, and what to do about it. */
export function TrialStep({ of, name }: { of: { state: TrunkTest['steps'][number]['state']; problem?: string; target?: string; detail?: string; took?: number }; name: string }) {
  const Look = looks[of.state];
  return (
    <li className="list-row">
      <Look className={`icon ${tones[of.state]}`} aria-hidden />
      <span className="grow col">
        <span className="row g8 wrap"><span className="med">{name}</span><span className="meta">{[t(`trial.state.${of.state}` as Key), of.took ? t('trunk.latency', { ms: of.took }) : undefined].filter(Boolean).join(' · ')}</span></span>
        {of.problem && <span className={of.state === 'failed' ? 'danger' : 'warn'}>{of.problem}</span>}
        {(of.target || of.detail) && <span className="meta num">{[of.target, of.detail].filter(Boolean).join(' · ')}</span>}
      </span>
    </li>
  );
}

/** While a trial runs it is asked for again and again: it lasts seconds. */
export function Trial({ trunk }: { trunk: string }) {
  const cache = useQueryClient();
  const key = ['trunk-test', trunk];
  const test = useQuery({ queryKey: key, queryFn: () => api.trunkTest(trunk), refetchInterval: (q) => (q.state.data?.running ? 400 : false) }).data;
  const start = () => void api.testTrunk(trunk).then((x) => cache.setQueryData(key, x), (e: unknown) => toast(failed(e)));
  return (
    <section className="col g8" aria-live="polite">
      <div className="row g8"><span className="grow col"><span className="label">{t('trial.title')}</span><span className="meta">{t('trial.hint')}</span></span><Button small busy={test?.running ?? false} onClick={start}>{test?.verdict ? t('trial.again') : t('trial.start')}</Button></div>
      {test && test.steps.length > 0 && <ul className="card">{test.steps.map((s, i) => <TrialStep key={i} of={s} name={t(`trial.step.${s.kind}` as Key)} />)}</ul>}
      {test?.verdict && <p className={tones[test.verdict as keyof typeof tones]}>{t(`trial.${test.verdict}` as Key)}</p>}
    </section>
  );
}
