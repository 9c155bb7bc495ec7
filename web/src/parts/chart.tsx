/** Where keys and hours lead: the picture of a menu or an entrance, and what is odd about it. */
import { AudioLines, BookUser, CircleAlert, Headset, ListTree, type LucideIcon, Network, PhoneForwarded, PhoneIncoming, PhoneOff, TriangleAlert, Users, Voicemail } from 'lucide-react';
import { Link } from 'react-router';
import type { Branch, Doubt, Place } from '../api';
import { t } from '../words';
import { placeWord } from './forwarding';

export const house = { id: '', name: '', mine: false };
const icons: Partial<Record<Place['kind'], LucideIcon>> = { user: PhoneIncoming, ring: Users, queue: Headset, menu: ListTree, group: Network, mailbox: Voicemail, outside: PhoneForwarded, busy: PhoneOff, fetch: AudioLines, names: BookUser, '': PhoneOff };

/** On which occasion a call comes to a place. */
export function fieldOf(field: string): string {
  if (field.startsWith('keys.')) return t('path.if.key', { key: field.slice(5) });
  return field === '' ? '' : t(`branch.${field as 'silent' | 'wrong' | 'open' | 'break' | 'closed' | 'holiday'}`);
}

function Node({ branch: b }: { branch: Branch }) {
  const Icon = b.to.gone ? CircleAlert : (icons[b.to.kind] ?? PhoneForwarded);
  const name = <span className="grow">{placeWord(b.to, house)}</span>;
  return (
    <li className="branch taken">
      <div className={b.field ? 'branch-line' : 'branch-top'}>
        {b.field && <span className="branch-when">{b.field.startsWith('keys.') ? <><kbd>{b.field.slice(5)}</kbd><span className="sr">{fieldOf(b.field)}</span></> : fieldOf(b.field)}</span>}
        <div className={b.to.gone ? 'branch-node chart gone' : 'branch-node chart'}>
          <Icon className="icon" aria-hidden />
          {b.to.kind === 'menu' && b.field && !b.to.gone && !b.again && b.to.id ? <Link className="grow" to={`/menus/${b.to.id}`}>{placeWord(b.to, house)}</Link> : name}
          {b.again && <span className="meta">{t('menu.again')}</span>}
        </div>
      </div>
      {b.next.length > 0 && <ul className="branches">{b.next.map((n) => <Node key={n.field} branch={n} />)}</ul>}
    </li>
  );
}

/** The whole picture; it is a list too, so that it can be read out. */
export function Chart({ top }: { top: Branch }) {
  return <ul className="branches root" aria-label={t('menu.picture')}><Node branch={top} /></ul>;
}

/** What is wrong, first what keeps it from being saved. */
export function Doubts({ list }: { list: Doubt[] }) {
  const sorted = [...list].sort((a, b) => Number(b.grave) - Number(a.grave));
  if (sorted.length === 0) return null;
  return (
    <ul className="col g8" aria-label={t('menu.doubts')}>
      {sorted.map((d) => (
        <li key={d.text} className={d.grave ? 'note danger' : 'note warn'}>{d.grave ? <CircleAlert className="icon" aria-hidden /> : <TriangleAlert className="icon" aria-hidden />}<span className="grow">{d.text}</span></li>
      ))}
    </ul>
  );
}
