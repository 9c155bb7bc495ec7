/** What calls over the lines were like: figures, and a picture of the time. */
import { useQuery } from '@tanstack/react-query';
import { Activity, BellRing } from 'lucide-react';
import { useState } from 'react';
import { api, type Trunk } from '../api';
import { clock, count, stamp } from '../format';
import { Button } from '../ui/button';
import { Chips } from '../ui/pick';
import { Card } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { t } from '../words';

const periods = { '24': 'quality.day', '168': 'quality.week', '720': 'quality.month' } as const;
type Hours = keyof typeof periods;
type Part = Awaited<ReturnType<typeof api.trunkQuality>>['whole'];
const looks: Record<Part['verdict'], string> = { good: 'ok', fair: 'warn', poor: 'danger', none: '' };

const percent = (n: number) => t('quality.percent', { n: count(n) });
const score = (p: Part) => (p.score ? count(p.score) : '–');

/** One bar for each part of the time, as high as there were calls. */
function Bars({ parts }: { parts: Part[] }) {
  const most = Math.max(1, ...parts.map((p) => p.calls));
  const wide = 10;
  return (
    <svg className="bars" viewBox={`0 0 ${parts.length * wide} 48`} preserveAspectRatio="none" role="img" aria-label={t('quality.graph')}>
      {parts.map((p, i) => {
        const high = p.calls ? Math.max(3, (44 * p.calls) / most) : 1;
        return (
          <rect key={p.from} className={`bar ${p.calls ? p.verdict : 'empty'}`} x={i * wide + 1.5} y={48 - high} width={wide - 3} height={high} rx={1}>
            <title>{t('quality.part', { at: stamp(p.from), calls: count(p.calls), verdict: t(`quality.verdict.${p.verdict}`), score: score(p) })}</title>
          </rect>
        );
      })}
    </svg>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return <div className="col"><span className="meta">{label}</span><span className="med num">{value}</span></div>;
}

/** What is wrong with the calls over a line, since when. */
export function QualityAlert({ trunk }: { trunk: Trunk }) {
  const a = trunk.state.alert;
  if (!a) return null;
  return <span className="col"><span className="warn">{t('quality.alert_since', { at: stamp(a.since) })}</span>{a.faults.map((f) => <span key={f.measure} className="meta">{f.text}</span>)}</span>;
}

function Line({ trunk, hours, onLimits }: { trunk: Trunk; hours: Hours; onLimits: () => void }) {
  const asked = useQuery({ queryKey: ['trunks', trunk.id, 'quality', hours], queryFn: () => api.trunkQuality(trunk.id, Number(hours)), refetchInterval: 60_000 });
  return (
    <Card title={<span className="row g8 wrap">{trunk.name}{asked.data && <span className={`chip small ${looks[asked.data.whole.verdict]}`}>{t(`quality.verdict.${asked.data.whole.verdict}`)}</span>}</span>} actions={<Button small kind="quiet" icon={BellRing} onClick={onLimits}>{t('quality.limits')}</Button>} pad>
      <Loaded of={asked}>
        {({ whole: q, parts }) => (
          <div className="col g16">
            <QualityAlert trunk={trunk} />
            <Bars parts={parts} />
            <div className="figures">
              <Figure label={t('quality.calls')} value={count(q.calls)} />
              <Figure label={t('quality.answers')} value={q.out ? percent(q.answers) : '–'} />
              <Figure label={t('quality.failed')} value={q.out ? count(q.failed) : '–'} />
              <Figure label={t('quality.duration')} value={q.duration ? clock(q.duration) : '–'} />
              <Figure label={t('quality.wait')} value={q.wait ? t('quality.ms', { n: count(q.wait) }) : '–'} />
              <Figure label={t('quality.loss')} value={q.score ? percent(q.loss) : '–'} />
              <Figure label={t('quality.jitter')} value={q.score ? t('quality.ms', { n: count(q.jitter) }) : '–'} />
              <Figure label={t('quality.score')} value={score(q)} />
            </div>
          </div>
        )}
      </Loaded>
    </Card>
  );
}

/** All lines that the visitor may see, over the same time. */
export function QualityOfTrunks({ trunks, onLimits }: { trunks: Trunk[]; onLimits: (id: string) => void }) {
  const [hours, setHours] = useState<Hours>('24');
  if (trunks.length === 0) return <Empty icon={Activity}>{t('trunk.empty')}</Empty>;
  return (
    <div className="col g16">
      <Chips label={t('quality.period')} value={hours} onChange={(v) => setHours(v as Hours)} options={(['24', '168', '720'] as const).map((value) => ({ value, label: t(periods[value]) }))} />
      {trunks.map((x) => <Line key={x.id} trunk={x} hours={hours} onLimits={() => onLimits(x.id)} />)}
    </div>
  );
}
