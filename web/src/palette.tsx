/** One field for everything: actions, numbers, people, contacts, what can be dialled, pages. Enter does what one wants most, Tab shows what else there is. */
import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { BellRing, BookUser, CircleHelp, Headset, ListTree, Lock, type LucideIcon, Moon, Network, Phone, PhoneOff, Presentation, Search, Smartphone, Sun, UserPlus, UserRound } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import { api, type User } from './api';
import { stamp } from './format';
import { placesFor } from './nav';
import { begin, mayCall } from './phone/place';
import { useSetStatus } from './parts/status';
import { priceWord, useMeaning } from './parts/meaning';
import { said } from './parts/when';
import { can, useMe } from './session';
import { choose, shown } from './theme';
import { Avatar, Presence } from './ui/person';
import { type Key, t } from './words';

type Hit = { id: string; group: Key; label: string; note?: string; icon: ReactNode; run: () => void; more?: User };

/** Letters without accents and case, so that "Zielinska" finds Zielińska and "Mueller" is not needed for Müller. */
export const fold = (s: string): string => s.toLocaleLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ł', 'l').replaceAll('ß', 'ss').replaceAll('ё', 'е');

/** Those whose name or number holds the words come before those who were found by their address. */
const best = (users: User[], q: string): User[] => {
  const rank = (u: User) => (fold(u.name).startsWith(fold(q)) || u.extension.startsWith(q) ? 0 : fold(u.name).includes(fold(q)) ? 1 : 2);
  return [...users].sort((a, b) => rank(a) - rank(b)).slice(0, 6);
};

/** What has a number or a name of its own beside people and groups, as far as its page is open to the reader. */
function useThings(typed: boolean): { id: string; name: string; extension?: string; icon: LucideIcon; to: string }[] {
  const me = useMe();
  const queues = useQuery({ queryKey: ['queues'], queryFn: api.queues, enabled: typed && can(me, 'queue.edit') }).data?.items ?? [];
  const rings = useQuery({ queryKey: ['rings'], queryFn: api.rings, enabled: typed && can(me, 'queue.edit') }).data?.items ?? [];
  const menus = useQuery({ queryKey: ['menus'], queryFn: api.menus, enabled: typed && can(me, 'menu.edit') }).data?.items ?? [];
  const rooms = useQuery({ queryKey: ['rooms'], queryFn: api.rooms, enabled: typed }).data?.items ?? [];
  return [
    ...queues.map((q) => ({ id: q.id, name: q.name, extension: q.extension, icon: Headset, to: `/queues/${q.id}` })),
    ...rings.map((r) => ({ id: r.id, name: r.name, extension: r.extension, icon: BellRing, to: '/rings' })),
    ...menus.map((m) => ({ id: m.id, name: m.name, extension: m.extension, icon: ListTree, to: `/menus/${m.id}` })),
    ...rooms.map((r) => ({ id: r.id, name: r.name, extension: r.extension, icon: Presentation, to: '/rooms' })),
  ];
}

const Icon = ({ of: I }: { of: LucideIcon }) => <I className="icon t3" aria-hidden />;

function Results({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const go = useNavigate();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 120);
  const [at, setAt] = useState(0);
  const people = useQuery({ queryKey: ['users', 'palette', q], queryFn: () => api.users({ q, limit: 40 }), enabled: q.length > 0, placeholderData: (old) => old });
  const contacts = useQuery({ queryKey: ['contacts', 'palette', q], queryFn: () => api.contacts({ q, limit: 5 }), enabled: q.length > 1, placeholderData: (old) => old });
  const things = useThings(typed !== '');
  const [of, setOf] = useState<User>();
  const groups = useQuery({ queryKey: ['groups'], queryFn: api.groups, enabled: Boolean(me.rights['group.see']) });
  const matches = (words: string) => fold(words).includes(fold(typed.trim()));
  const visit = (to: string) => () => {
    onClose();
    void go(to);
  };
  const dark = shown() === 'dark';
  const setStatus = useSetStatus();
  const statuses = me.rights['presence.set'] && typed ? (['available', 'away', 'dnd', 'available2', 'away2'] as const) : [];
  const { words, at: until } = said(typed);
  const named = (label: string) => fold(words).split(/\s+/).some((w) => w.length > 2 && fold(label).includes(w));
  const actions: Hit[] = [
    ...(can(me, 'user.create', 'group') ? [{ id: 'add', group: 'palette.actions' as const, label: t('user.add'), icon: <Icon of={UserPlus} />, run: visit('/people?add=1') }] : []),
    { id: 'phone', group: 'palette.actions', label: t('palette.add_phone'), icon: <Icon of={Smartphone} />, run: visit('/profile?tab=phones') },
    ...statuses.map((s): Hit => ({ id: `status-${s}`, group: 'palette.actions', label: t('status.set', { status: t(`presence.${s}`) }), icon: <Presence state={s} />, run: () => { void setStatus(s); onClose(); } })),
    { id: 'theme', group: 'palette.actions', label: dark ? t('palette.go_light') : t('palette.go_dark'), icon: <Icon of={dark ? Sun : Moon} />, run: () => { choose(dark ? 'light' : 'dark'); onClose(); } },
  ];
  const reference = /^\d{3} ?\d{3}$/.test(typed.trim()) && Boolean(me.rights['call.detail']) ? typed.replaceAll(' ', '').trim() : '';
  const number = mayCall(me) && /^[+*#\d][\d\s()*#./-]*$/.test(typed.trim()) ? typed.trim() : '';
  const asked = number.replace(/\D/g, '').length > 4 ? q : '';
  const about = useMeaning(number && asked).data;
  const verdict = number && about && about.to === number && about.code !== 'inside' ? about : undefined;
  const refused = verdict && !verdict.ok ? verdict.verdict : undefined;
  const call = (number: string, name = '') => () => { begin(me, number, name); onClose(); };
  const ofPerson = (u: User): Hit[] => [
    ...(mayCall(me) && u.extension && u.id !== me.user.id ? [{ id: 'call', group: 'palette.actions' as const, label: t('webphone.call_number', { number: u.name }), note: u.extension, icon: <Icon of={Phone} />, run: call(u.extension, u.name) }] : []),
    { id: 'open', group: 'palette.actions', label: t('palette.open_person', { name: u.name }), icon: <Icon of={UserRound} />, run: visit(`/people/${u.id}`) },
    { id: 'why', group: 'palette.actions', label: t('palette.why_person', { name: u.name }), icon: <Icon of={CircleHelp} />, run: visit(`/explain?who=${u.id}`) },
  ];
  const hits: Hit[] = of ? ofPerson(of) : [
    ...(until ? statuses.filter((s) => named(t(`presence.${s}`))).map((s): Hit => ({ id: `until-${s}`, group: 'palette.actions', label: t('status.set', { status: `${t(`presence.${s}`)} ${t('presence.until', { time: stamp(until) })}` }), icon: <Presence state={s} />, run: () => { void setStatus(s, until); onClose(); } })) : []),
    ...(reference ? [{ id: 'reference', group: 'palette.actions' as const, label: t('palette.reference', { reference }), icon: <Icon of={PhoneOff} />, run: visit(`/calls?q=${reference}`) }] : []),
    ...(number ? [{ id: 'dial', group: 'palette.actions' as const, label: refused ? `${number} – ${refused}` : t('webphone.call_number', { number }), note: verdict && [verdict.where, priceWord(verdict.price)].filter(Boolean).join(' · '), icon: <Icon of={refused ? Lock : Phone} />, run: refused ? visit(`/explain?to=${encodeURIComponent(number)}`) : call(number) }] : []),
    ...actions.filter((h) => matches(h.label)),
    ...(q ? best(people.data?.items ?? [], q) : []).map((u): Hit => ({ id: u.id, group: 'nav.people', label: u.name, note: u.extension, icon: <Avatar id={u.id} name={u.name} photo={u.photo} size="s" />, run: ofPerson(u)[0]?.run ?? onClose, more: u })),
    ...(q.length > 1 ? (contacts.data?.items ?? []) : []).flatMap((c) => c.numbers.map((n): Hit => ({ id: `${c.id} ${n.number}`, group: 'nav.contacts', label: [c.name, c.company].filter(Boolean).join(' · '), note: n.number, icon: <Icon of={BookUser} />, run: mayCall(me) ? call(n.number, c.name) : visit('/contacts') }))),
    ...(typed ? (groups.data?.items ?? []).filter((g) => matches(g.name)).slice(0, 5) : []).map((g): Hit => ({ id: g.id, group: 'nav.groups', label: g.name, icon: <Icon of={Network} />, run: visit(`/groups/${g.id}`) })),
    ...(typed ? things.filter((o) => matches(o.name) || o.extension === typed.trim()).slice(0, 6) : []).map((o): Hit => ({ id: o.id, group: 'palette.things', label: o.name, note: o.extension, icon: <Icon of={o.icon} />, run: visit(o.to) })),
    ...placesFor(me).filter((p) => matches(t(p.label))).map((p): Hit => ({ id: p.to, group: 'palette.pages', label: t(p.label), note: p.key && `g ${p.key}`, icon: <Icon of={p.icon} />, run: visit(p.to) })),
  ];
  useEffect(() => setAt(0), [typed, of]);
  const key = (e: KeyboardEvent) => {
    if (e.key === 'ArrowDown') setAt((n) => Math.min(hits.length - 1, n + 1));
    else if (e.key === 'ArrowUp') setAt((n) => Math.max(0, n - 1));
    else if (e.key === 'Enter') hits[at]?.run();
    else if (e.key === 'Tab' && !e.shiftKey && hits[at]?.more) setOf(hits[at].more);
    else if (of && (e.key === 'Backspace' || e.key === 'Tab')) setOf(undefined);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <>
      <div className="palette-field">
        <Search className="icon l t3" aria-hidden />
        <input autoFocus data-autofocus role="combobox" aria-expanded="true" aria-controls={id} aria-activedescendant={hits[at] ? `${id}-${at}` : undefined} aria-label={t('shell.find')} placeholder={t('palette.hint')} value={typed} onChange={(e) => { setTyped(e.currentTarget.value); setOf(undefined); }} onKeyDown={key} />
        <kbd>Esc</kbd>
      </div>
      <div className="palette-list" id={id} role="listbox" aria-label={t('palette.results')}>
        {hits.map((h, i) => (
          <div key={h.id} role="presentation">
            {hits[i - 1]?.group !== h.group && <div className="label palette-head" role="presentation">{t(h.group)}</div>}
            <div id={`${id}-${i}`} role="option" aria-selected={i === at} className="palette-hit" onClick={h.run} onMouseMove={() => setAt(i)}>
              {h.icon}<span className="grow trunc">{h.label}</span>{h.note && <span className="meta num">{h.note}</span>}{h.more && i === at && <kbd>Tab</kbd>}
            </div>
          </div>
        ))}
      </div>
      {hits.length === 0 && <p className="palette-none t3">{t('ui.no_match')}</p>}
    </>
  );
}

export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal.Root opened={open} onClose={onClose} padding={0} size={600} yOffset="12dvh" lockScroll={false} transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('shell.find')}><Modal.Body className="palette"><Results onClose={onClose} /></Modal.Body></Modal.Content>
    </Modal.Root>
  );
}
