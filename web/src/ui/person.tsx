import type { Presence as State, Status } from '../api';
import { initials, stamp, tint } from '../format';
import { t } from '../words';

/** Presence is a shape before it is a colour. */
export function Presence({ state }: { state: State }) {
  return (
    <svg className={`pr pr-${state}`} viewBox="0 0 12 12" aria-hidden="true">
      {state === 'available' && <circle cx="6" cy="6" r="5" fill="currentColor" />}
      {state === 'available2' && <><circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" /><circle cx="6" cy="6" r="2" fill="currentColor" /></>}
      {state === 'away' && <path d="M8.2 1.2A5 5 0 1 0 10.8 7.9 4.2 4.2 0 0 1 8.2 1.2z" fill="currentColor" />}
      {state === 'away2' && <><circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" strokeWidth="1.4" /><path d="M6 1.7a4.3 4.3 0 0 0 0 8.6z" fill="currentColor" /></>}
      {state === 'dnd' && <><circle cx="6" cy="6" r="5" fill="currentColor" /><path d="M3.4 6h5.2" className="bar" /></>}
      {state === 'talking' && <path d="M6 .6 11.4 6 6 11.4.6 6z" fill="currentColor" />}
      {state === 'ringing' && <path d="M6 1.7 10.3 6 6 10.3 1.7 6z" fill="none" stroke="currentColor" strokeWidth="1.7" />}
      {state === 'offline' && <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.7" />}
    </svg>
  );
}

/** What a presence is called: a status that the person named has that name. */
export const presenceName = (state: State, status?: Status): string => (status?.name && status.kind === state ? status.name : t(`presence.${state}`));

/** Presence in words, with its end and what the person wrote beside it. */
export function PresenceWord({ state, status }: { state?: State; status?: Status }) {
  if (!state) return <span className="t3" title={t('presence.hidden')}>–</span>;
  const until = status?.manual && status.until ? t('presence.until', { time: stamp(status.until) }) : '';
  return (
    <span className="row g6 t2" title={[until, status?.message].filter(Boolean).join(' · ') || undefined}>
      <Presence state={state} /><span className="trunc">{presenceName(state, status)}{until && <span className="t3"> {until}</span>}</span>
    </span>
  );
}

export function Avatar({ id, name, photo, size = '', presence }: { id: string; name: string; photo?: string; size?: '' | 's' | 'm' | 'l' | 'xl'; presence?: State }) {
  return (
    <span className={`av ${size} h${tint(id)}`} aria-hidden="true">
      {photo ? <img src={photo} alt="" /> : initials(name)}
      {presence && <span className="dot"><Presence state={presence} /></span>}
    </span>
  );
}
