/** A test call over one line: the own phone rings first, then the number is called over this line and no other. */
import { useQuery } from '@tanstack/react-query';
import { Phone } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../api';
import { Button } from '../ui/button';
import { Text, useForm } from '../ui/form';
import { FormError } from '../ui/states';
import { t } from '../words';
import { tones, TrialStep } from './trial';

export function LineCall({ trunk }: { trunk: string }) {
  const [call, setCall] = useState('');
  const form = useForm({ to: '' }, async ({ to }) => {
    setCall('');
    setCall((await api.callTrunk(trunk, { to })).call);
  });
  const test = useQuery({ queryKey: ['trunk-call', trunk, call], queryFn: () => api.trunkCall(trunk, call), enabled: call !== '', retry: 5, refetchInterval: (q) => (q.state.data && !q.state.data.running ? false : 700) }).data;
  const begin = () => void form.submit();
  return (
    <section className="col g8" aria-live="polite" onKeyDown={(e) => { if (e.key === 'Enter') { e.preventDefault(); begin(); } }}>
      <span className="col"><span className="label">{t('linecall.title')}</span><span className="meta">{t('linecall.hint')}</span></span>
      <FormError error={form.error} fields={['to']} />
      <Text form={form} name="to" label={t('linecall.number')} type="tel" auto="off" />
      <div className="row"><Button small icon={Phone} busy={form.busy || (test?.running ?? false)} onClick={begin}>{t('linecall.start')}</Button></div>
      {test && test.steps.length > 0 && <ul className="card">{test.steps.map((s) => <TrialStep key={s.kind} of={s} name={t(`linecall.step.${s.kind}`)} />)}</ul>}
      {test?.verdict && <p className={tones[test.verdict]}>{t(`linecall.${test.verdict}`)} <Link to={`/calls?call=${test.call}`}>{t('linecall.record')}</Link></p>}
    </section>
  );
}
