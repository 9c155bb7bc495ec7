import type { Presence as State } from '../api';
import { initials, tint } from '../format';
import { t } from '../words';

/** Presence is a shape before it is a colour. */
export function Presence({ state }: { state: State }) {
  return (
    <svg className={`pr pr-${state}`} viewBox="0 0 12 12" aria-hidden="true">
      {state === 'available' && <circle cx="6" cy="6" r="5" fill="currentColor" />}
      {state === 'talking' && <path d="M6 .6 11.4 6 6 11.4.6 6z" fill="currentColor" />}
      {state === 'ringing' && <path d="M6 1.7 10.3 6 6 10.3 1.7 6z" fill="none" stroke="currentColor" strokeWidth="1.7" />}
      {state === 'offline' && <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.7" />}
    </svg>
  );
}

export function PresenceWord({ state }: { state?: State }) {
  if (!state) return <span className="t3">–</span>;
  return <span className="row g6 t2"><Presence state={state} />{t(`presence.${state}`)}</span>;
}

export function Avatar({ id, name, photo, size = '', presence }: { id: string; name: string; photo?: string; size?: '' | 's' | 'm' | 'l' | 'xl'; presence?: State }) {
  return (
    <span className={`av ${size} h${tint(id)}`} aria-hidden="true">
      {photo ? <img src={photo} alt="" /> : initials(name)}
      {presence && <span className="dot"><Presence state={presence} /></span>}
    </span>
  );
}
