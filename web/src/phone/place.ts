/** Where a call begins that is made by a click: in this browser, or at a phone of one's own that rings first. */
import { useSyncExternalStore } from 'react';
import { api, type Me } from '../api';
import { can } from '../session';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { dial } from './line';

/** Nobody without an extension has a phone, and nobody without the right uses this one. */
export const hasPhone = (me: Me): boolean => can(me, 'softphone.use') && Boolean(me.user.extension);

/** Calls can begin at one's other phones. */
export const hasOthers = (me: Me): boolean => can(me, 'call.originate') && Boolean(me.user.extension);

export const mayCall = (me: Me): boolean => hasPhone(me) || hasOthers(me);

const kept = 'tandem.call.from';
const watchers = new Set<() => void>();

function read(): string {
  try {
    return localStorage.getItem(kept) ?? '';
  } catch {
    return '';
  }
}

/** "here" is this browser, "all" are all one's phones, everything else is one of them. */
export function fromOf(me: Me): string {
  const [user, from] = read().split(' ');
  if (user === me.user.id && from && (from !== 'here' || hasPhone(me)) && (from === 'here' || hasOthers(me))) return from;
  return hasPhone(me) ? 'here' : 'all';
}

export const useFrom = (me: Me): string =>
  useSyncExternalStore((changed) => {
    watchers.add(changed);
    return () => watchers.delete(changed);
  }, () => fromOf(me));

export function chooseFrom(me: Me, from: string): void {
  try {
    localStorage.setItem(kept, `${me.user.id} ${from}`);
  } catch {
    // Storage may be closed; calls then begin where they usually do.
  }
  for (const w of watchers) w();
}

/** Calls a number from where one's calls begin. */
export function begin(me: Me, number: string, name = ''): void {
  const from = fromOf(me);
  if (from === 'here') {
    dial(me.user.id, number, name);
    return;
  }
  api.originate(me.user.id, { to: number, device: from === 'all' ? undefined : from }).then(
    () => toast({ text: t('webphone.rings_there', { who: name || number }) }),
    (e: unknown) => toast(failed(e)),
  );
}

/** What a link to a telephone says, as one would dial it: what follows the number is left away. */
export function linked(link: string): string {
  let text = link;
  try {
    text = decodeURIComponent(link);
  } catch {
    return '';
  }
  const bare = text.replace(/^(web\+)?(tel|sips?|callto):(\/\/)?/i, '');
  const number = bare.split(/[;?@]/)[0]?.trim() ?? '';
  return /^[+*#\d][\d\s()*#./-]{0,40}$/.test(number) ? number : '';
}

const asking = new Set<(number: string) => void>();

/** Opens the field to call from; a number stands in it already, and what calling it means beside. */
export const openDial = (number = ''): void => { for (const w of asking) w(number); };

export function onDial(open: (number: string) => void): () => void {
  asking.add(open);
  return () => { asking.delete(open); };
}
