/** Where a rule leads: in words, and as something to choose. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Forwarding, type Place, type Profile, type Rule } from '../api';
import type { Locked, Question } from '../ui/why';
import { t } from '../words';
import { Chips, Chooser, Flip, Line } from '../ui/pick';

export const useForwarding = (id: string) => useQuery({ queryKey: ['forwarding', id], queryFn: () => api.forwarding(id), enabled: id !== '' });
export const useRings = () => useQuery({ queryKey: ['rings'], queryFn: api.rings, staleTime: 60_000 });
export const useQueues = () => useQuery({ queryKey: ['queues'], queryFn: api.queues, staleTime: 60_000 });
export const useRooms = (every?: number) => useQuery({ queryKey: ['rooms'], queryFn: api.rooms, staleTime: 10_000, refetchInterval: every });
export const useParks = () => useQuery({ queryKey: ['parks'], queryFn: api.parks, staleTime: 10_000 });
export const useMenus = () => useQuery({ queryKey: ['menus'], queryFn: api.menus, staleTime: 60_000 });
export const useEntrances = () => useQuery({ queryKey: ['entrances'], queryFn: api.entrances, staleTime: 60_000 });
const useColleagues = () => useQuery({ queryKey: ['users', 'colleagues'], queryFn: () => api.users({ limit: 500, sort: 'name' }), staleTime: 60_000 });

/** People to choose from, with their numbers. */
export function useColleagueOptions(except = ''): { value: string; label: string }[] {
  return (useColleagues().data?.items ?? []).filter((u) => u.id !== except).map((u) => ({ value: u.id, label: u.extension ? `${u.name} · ${u.extension}` : u.name }));
}

const nowhere: Place = { kind: '' };

/** A destination as a name or a noun that can stand after a colon. The owner reads "my" where it is his own. */
export function placeWord(p: Place, owner: { id: string; name: string; mine: boolean }): string {
  if (p.gone) return t('place.gone');
  switch (p.kind) {
    case '': return t('place.end');
    case 'user': return p.id === owner.id ? t('place.ring_me') : (p.name ?? t('place.somebody'));
    case 'mobile': return owner.mine ? t('place.my_mobile', { number: p.name ?? '' }) : t('place.mobile_of', { name: owner.name, number: p.name ?? '' });
    case 'outside': return p.number ?? '';
    case 'mailbox': return p.id === owner.id && owner.mine ? t('place.my_voicemail') : t('place.voicemail_of', { name: p.name ?? t('place.somebody') });
    case 'busy': return t('place.busy');
    case 'fetch': return t('place.fetch');
    case 'names': return t('place.names');
    case 'ring': return t('place.ring_group', { name: p.name ?? '' });
    case 'queue': return t('place.queue_of', { name: p.name ?? '' });
    case 'menu': return p.id === 'self' ? t('place.this_menu') : t('place.menu_of', { name: p.name ?? '' });
    case 'park': return t('place.park_of', { name: p.number ?? p.name ?? '' });
    case 'room': return t('place.room_of', { name: p.name ?? '' });
    case 'group': return t('place.group_of', { name: p.name ?? t('place.somebody') });
    default: return p.name ?? p.kind;
  }
}

export const outsideOf = (r: Rule): Place => r.outside ?? r.inside;

/** What callers meet in a status, in one line. */
export function consequence(p: Profile, owner: { id: string; name: string; mine: boolean }): string {
  const rule = p.rings ? p.no_answer : p.always;
  const inside = placeWord(rule.inside, owner);
  const outside = placeWord(outsideOf(rule), owner);
  const args = { seconds: p.ring, inside, outside };
  if (p.rings) return inside === outside ? t('status.rings_same', args) : t('status.rings_both', args);
  return inside === outside ? t('status.away_same', args) : t('status.away_both', args);
}

type Kind = Place['kind'] | 'voicemail_of';

type Named = { value: string; label: string; name: string };
const named = (id: string, name: string, extension: string): Named => ({ value: id, name, label: extension ? `${name} · ${extension}` : name });

/** What has a name and a number besides people, to choose from. */
function useNamed(here?: string): Record<'ring' | 'queue' | 'menu' | 'group' | 'park' | 'room', Named[]> {
  const rings = useRings().data?.items ?? [];
  const queues = useQueues().data?.items ?? [];
  const menus = useMenus().data?.items ?? [];
  const groups = useEntrances().data?.items ?? [];
  const parks = useParks().data?.items ?? [];
  const rooms = useRooms().data?.items ?? [];
  return {
    ring: rings.map((r) => named(r.id, r.name, r.extension)),
    queue: queues.map((q) => named(q.id, q.name, q.extension)),
    menu: [...(here === 'self' ? [named('self', t('place.this_menu'), '')] : []), ...menus.map((m) => named(m.id, m.id === here ? t('place.this_menu') : m.name, m.extension))],
    group: groups.map((g) => named(g.group, g.name, g.extension)),
    park: parks.map((p) => named(p.id, p.name, p.extension)),
    room: rooms.map((r) => named(r.id, r.name, r.extension)),
  };
}

/** What it takes to lead a person's calls out of the house. */
export const outsideRight = (user: string): Question => ({ right: 'forwarding.outside', over: { kind: 'user', id: user } });

/** Why the rules of a person may not be changed; a person whose rules are locked needs more than his own right. */
export const rulesLock = (of: Forwarding): Locked =>
  of.can.edit ? {} : { locked: of.can.why ?? t('user.not_yours'), why: { right: of.locked ? 'user.edit' : 'forwarding.edit', over: { kind: 'user', id: of.user } } };

const which = { ring: 'place.which_ring', queue: 'place.which_queue', menu: 'place.which_menu', group: 'place.which_group', park: 'place.which_park', room: 'place.which_room' } as const;

/** Chooses a destination: the kind as buttons, then what belongs to it. In a menu, "here" is the menu's own id. */
export function PlaceEditor({ label, value, onChange, of, self, here, none, only }: { only?: Kind[]; label: string; value: Place; onChange: (p: Place) => void; of?: Forwarding; self?: boolean; here?: string; none?: string }) {
  const people = useColleagueOptions(of?.user);
  const there = useNamed(here);
  const own = of?.user ?? '';
  const first: Kind = value.kind === 'mailbox' && value.id !== own ? 'voicemail_of' : value.kind === 'user' && value.id === own && self ? 'user' : value.kind;
  const [kind, setKind] = useState<Kind>(first);
  const outside: Locked = of && !of.can.outside ? { locked: t('forwarding.no_outside'), why: outsideRight(of.user) } : {};
  const all: ({ value: Kind; label: string } & Locked)[] = [
    { value: '', label: none ?? t('place.end') },
    ...(own ? [{ value: 'mailbox' as const, label: t('place.voicemail') }] : []),
    { value: 'voicemail_of', label: t('place.voicemail_other') },
    { value: 'user', label: self ? t('place.person') : t('place.colleague') },
    ...(own ? [{ value: 'mobile' as const, label: t('place.mobile'), ...(of?.mobile ? outside : { locked: t('forwarding.no_mobile') }) }] : []),
    ...(['ring', 'queue', 'menu', 'group', 'park', 'room'] as const).filter((k) => there[k].length > 0 || value.kind === k).map((k) => ({ value: k, label: t(`place.${k}`) })),
    { value: 'outside', label: t('place.number'), ...outside },
    ...(here !== undefined || value.kind === 'fetch' ? [{ value: 'fetch' as const, label: t('place.fetch') }] : []),
    ...(here !== undefined || value.kind === 'names' ? [{ value: 'names' as const, label: t('place.names') }] : []),
    { value: 'busy', label: t('place.busy') },
  ];
  const options = only ? all.filter((o) => only.includes(o.value)) : all;
  const choose = (next: Kind) => {
    setKind(next);
    if (next === '') onChange(nowhere);
    else if (next === 'mailbox') onChange({ kind: 'mailbox', id: own });
    else if (next === 'mobile') onChange({ kind: 'mobile', name: of?.mobile });
    else if (next === 'busy' || next === 'fetch' || next === 'names') onChange({ kind: next });
    else if (next === 'outside') onChange({ kind: 'outside', number: '' });
    else if (next === 'voicemail_of') onChange({ kind: 'mailbox', id: '' });
    else onChange({ kind: next, id: '' });
  };
  const leadsOut = kind === 'mobile' || kind === 'outside';
  return (
    <div className="col g12">
      <Chips label={label} options={options} value={kind} onChange={(v) => choose(v as Kind)} />
      {(kind === 'user' || kind === 'voicemail_of') && (
        <Chooser label={t('place.which_person')} options={self && kind === 'user' && own ? [{ value: own, label: t('place.ring_me') }, ...people] : people} value={value.id ?? ''} onChange={(id) => onChange({ ...value, id, name: people.find((p) => p.value === id)?.label })} />
      )}
      {(kind === 'ring' || kind === 'queue' || kind === 'menu' || kind === 'group' || kind === 'park' || kind === 'room') && (
        <Chooser label={t(which[kind])} options={there[kind]} value={value.id ?? ''} onChange={(id) => onChange({ ...value, id, name: there[kind].find((x) => x.value === id)?.name })} />
      )}
      {kind === 'outside' && <Line label={t('field.number')} type="tel" value={value.number ?? ''} onChange={(number) => onChange({ ...value, number })} />}
      {kind === 'mobile' && <p className="meta num">{of?.mobile}</p>}
      {leadsOut && !only && (
        <>
          <div className="note"><span>{t('forwarding.no_line')}</span></div>
          <Flip label={t('forwarding.screen')} hint={t('forwarding.screen_hint')} on={Boolean(value.screen)} onChange={(screen) => onChange({ ...value, screen })} />
          <Flip label={t('forwarding.divert')} hint={t('forwarding.divert_hint')} on={Boolean(value.divert)} onChange={(divert) => onChange({ ...value, divert })} />
        </>
      )}
    </div>
  );
}

/** Whether everything that a destination needs has been chosen. */
export const isWhole = (p: Place): boolean => !(['user', 'ring', 'park', 'room', 'queue', 'menu', 'group', 'mailbox'].includes(p.kind) && !p.id) && !(p.kind === 'outside' && !p.number);

/** A destination as it is sent: without what the server adds. */
export const plain = (p: Place): Place => ({ kind: p.kind, id: p.id, number: p.number, screen: p.screen, divert: p.divert });
export const plainRule = (r: Rule): Rule => ({ inside: plain(r.inside), outside: r.outside && plain(r.outside) });
export const plainProfile = (p: Profile): Profile => ({ ...p, no_answer: plainRule(p.no_answer), busy: plainRule(p.busy), offline: plainRule(p.offline), always: plainRule(p.always) });
