/** Why is there no recording of a call: the questions in their order, and what would change it. */
import { useQuery } from '@tanstack/react-query';
import { Check, CircleHelp, Minus, X } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api';
import { Button } from '../ui/button';
import { Loaded } from '../ui/states';
import { t } from '../words';

const marks = { passed: Check, decides: X, would_refuse: Minus } as const;

export function WhyRecording({ call }: { call: string }) {
  const [asked, setAsked] = useState(false);
  const answer = useQuery({ queryKey: ['calls', 'recording', call], queryFn: () => api.explainRecording({ call }), enabled: asked, retry: false });
  if (!asked) return <div><Button kind="quiet" small icon={CircleHelp} onClick={() => setAsked(true)}>{t('recording.why_none')}</Button></div>;
  return (
    <section className="col g8">
      <h3 className="label">{t('recording.why_none')}</h3>
      <Loaded of={answer}>
        {(w) => (
          <div className="col g8">
            <p className="med">{w.verdict}</p>
            <ol className="col g4">{w.order.map((c) => { const Mark = marks[c.state]; return <li key={c.kind} className="row g8"><Mark className="icon t3" aria-hidden /><span className={c.state === 'decides' ? 'med warn' : 't2'}>{c.text}</span></li>; })}</ol>
            {w.change && <p className="t2">{w.change}</p>}
          </div>
        )}
      </Loaded>
    </section>
  );
}
