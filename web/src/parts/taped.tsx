/** How the recording of a call or a conference stands. */
import { Circle, CirclePause } from 'lucide-react';
import { time } from '../format';
import { t } from '../words';

export function Taped({ state, resumes }: { state: 'on' | 'paused' | 'asking'; resumes?: string }) {
  const Icon = state === 'paused' ? CirclePause : Circle;
  return (
    <span className={`chip small ${state === 'on' ? 'danger' : ''}`} data-recording={state}>
      <Icon className="icon xs" aria-hidden />{state === 'paused' && resumes ? t('live.recording.until', { at: time(resumes) }) : t(`live.recording.${state}`)}
    </span>
  );
}
