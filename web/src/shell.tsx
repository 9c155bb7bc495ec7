/** The frame around every page: rail, banner, palette, shortcuts. */
import { Menu, Switch } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Check, ChevronsUpDown, Ellipsis, Keyboard, LogOut, Monitor, Moon, Phone, Search, Sun, UserRound } from 'lucide-react';
import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import { Link, NavLink, useLocation, useNavigate } from 'react-router';
import { api, type Scope } from './api';
import { count, time } from './format';
import { setSingleKeys, singleKeys, useShortcuts } from './keys';
import { useLine } from './live';
import { places, placesFor } from './nav';
import { Palette } from './palette';
import { Bell } from './parts/bell';
import { usePushed } from './parts/push';
import { ReasonBox } from './parts/reason';
import { useWaiting } from './parts/request';
import { AgentItems } from './parts/agent';
import { useUndecided } from './parts/review';
import { PhoneDock, PhoneItems } from './parts/webphone';
import { mayCall, openDial } from './phone/place';
import { useForwarding } from './parts/forwarding';
import { StatusItems, statusLine } from './parts/status';
import { WhyBox } from './parts/why';
import { end, reaches, useMe } from './session';
import { choose, type Theme, useTheme } from './theme';
import { Dialog } from './ui/dialog';
import { Avatar } from './ui/person';
import { toast, undoLast } from './ui/toast';
import { askFocused } from './ui/why';
import { current, type Key, languages, speak, t } from './words';

const themes: { id: Theme; label: Key; icon: typeof Sun }[] = [
  { id: 'light', label: 'shell.light', icon: Sun },
  { id: 'dark', label: 'shell.dark', icon: Moon },
  { id: 'auto', label: 'shell.system', icon: Monitor },
];

function MeMenu({ keys, small, open, onOpen }: { keys: () => void; small?: boolean; open?: boolean; onOpen?: (open: boolean) => void }) {
  const me = useMe();
  const go = useNavigate();
  const { chosen } = useTheme();
  useForwarding(me.rights['presence.set'] ? me.user.id : ''); // the statuses stand in the menu when it opens, so that nothing moves under the pointer
  return (
    <Menu withinPortal position="top-start" width={300} opened={open} onChange={onOpen}>
      <Menu.Target>
        {small ? (
          <button type="button"><Ellipsis className="icon l" aria-hidden /><span>{t('nav.more')}</span></button>
        ) : (
          <button type="button" className="mebox">
            <Avatar id={me.user.id} name={me.user.name} photo={me.user.photo} presence={me.user.presence} />
            <span className="grow wide col"><span className="n trunc">{me.user.name}</span><span className="meta num trunc">{[me.user.extension, statusLine(me.user.status)].filter(Boolean).join(' · ')}</span></span>
            <ChevronsUpDown className="icon t3 wide" aria-hidden />
          </button>
        )}
      </Menu.Target>
      <Menu.Dropdown className="me-menu">
        <StatusItems />
        <AgentItems />
        <PhoneItems />
        {small && placesFor(me).slice(4).map((p) => <Menu.Item key={p.to} leftSection={<p.icon className="icon" />} onClick={() => go(p.to)}>{t(p.label)}</Menu.Item>)}
        {small && <Menu.Divider />}
        <Menu.Item leftSection={<UserRound className="icon" />} onClick={() => go('/profile')}>{t('nav.profile')}</Menu.Item>
        <Menu.Item leftSection={<Keyboard className="icon" />} rightSection={<kbd>?</kbd>} onClick={keys}>{t('shell.shortcuts')}</Menu.Item>
        <Menu.Label>{t('shell.appearance')}</Menu.Label>
        {themes.map((x) => (
          <Menu.Item key={x.id} leftSection={<x.icon className="icon" />} rightSection={x.id === chosen ? <Check className="icon xs" /> : undefined} onClick={() => choose(x.id)}>{t(x.label)}</Menu.Item>
        ))}
        <Menu.Label>{t('shell.language')}</Menu.Label>
        {languages.map((l) => (
          <Menu.Item key={l.code} lang={l.code} rightSection={l.code === current() ? <Check className="icon xs" /> : undefined} onClick={() => void speak(l.code, true)}>{l.name}</Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut className="icon" />} onClick={() => void end().then(() => go('/sign-in'))}>{t('shell.sign_out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Rail({ find, keys, open, onOpen }: { find: () => void; keys: () => void; open: boolean; onOpen: (open: boolean) => void }) {
  const me = useMe();
  const people = useQuery({ queryKey: ['users', 'count'], queryFn: () => api.users({ limit: 1 }), staleTime: 60_000 });
  const live = useQuery({ queryKey: ['live'], queryFn: api.live, enabled: Boolean(me.rights['call.see']) });
  const counts: Record<string, number | undefined> = { '/people': people.data?.total, '/live': live.data?.items.length || undefined, '/requests': useWaiting() || undefined, '/reviews': useUndecided() || undefined };
  const shown = placesFor(me);
  const sections = [...new Set(shown.map((p) => p.section))];
  return (
    <div className="rail">
      <Link to="/" className="brand"><img src="/favicon.svg" alt="" /><span className="trunc wide">{me.office.name || 'Tandem'}</span></Link>
      <button type="button" className="find" onClick={find}>
        <Search className="icon" aria-hidden /><span>{t('shell.find')}</span><kbd>Ctrl K</kbd>
      </button>
      {mayCall(me) && <button type="button" className="find call" onClick={() => openDial()}><Phone className="icon" aria-hidden /><span>{t('webphone.call')}</span><kbd>c</kbd></button>}
      <nav className="nav" aria-label={t('shell.main')}>
        {sections.map((s) => (
          <section key={s ?? ''}>
            {s && <h2>{t(s)}</h2>}
            {shown.filter((p) => p.section === s).map((p) => (
              <NavLink key={p.to} to={p.to} end={p.to === '/'} title={t(p.label)}>
                <p.icon className="icon" aria-hidden /><span>{t(p.label)}</span>
                {counts[p.to] !== undefined && <em>{count(counts[p.to] ?? 0)}</em>}
              </NavLink>
            ))}
          </section>
        ))}
      </nav>
      <MeMenu keys={keys} open={open} onOpen={onOpen} />
    </div>
  );
}

function Bottom({ keys }: { keys: () => void }) {
  const me = useMe();
  return (
    <nav className="bottom" aria-label={t('shell.main')}>
      {placesFor(me).slice(0, 4).map((p) => (
        <NavLink key={p.to} to={p.to} end={p.to === '/'}><p.icon className="icon l" aria-hidden /><span>{t(p.label)}</span></NavLink>
      ))}
      <MeMenu keys={keys} small />
    </nav>
  );
}

/** Says it when controls fold because a right was taken away while the page was open. */
function useRightsGone(): void {
  const { rights } = useMe();
  const before = useRef(rights);
  useEffect(() => {
    const gone = Object.entries(before.current).filter(([r, far]) => !reaches(rights[r] as Scope | undefined, far as Scope));
    before.current = rights;
    if (gone.length > 0) toast({ text: t('explain.rights_gone'), lasting: true });
  }, [rights]);
}

/** Says that the screen shows the past, once that lasts longer than a hiccup. */
function Offline() {
  const line = useLine();
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (line.state !== 'lost') return;
    const timer = setTimeout(() => setLate(true), 2500);
    return () => clearTimeout(timer);
  }, [line]);
  if (!late) return null;
  return <div className="banner" role="status">{t('shell.offline', { time: time(line.since) })}</div>;
}

function Shortcuts({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [on, setOn] = useState(singleKeys());
  const rows: [string, string][] = [
    ['Ctrl K', t('shell.find')],
    ['Ctrl .', t('status.title')],
    ['/', t('keys.search')],
    ...places.filter((p) => p.key).map((p): [string, string] => [`g ${p.key}`, t('keys.go', { place: t(p.label) })]),
    ['c', t('webphone.call')],
    ['j k', t('keys.move')],
    ['x', t('keys.select')],
    ['Enter', t('keys.peek')],
    ['o', t('keys.open')],
    ['[', t('keys.fold')],
    ['Ctrl Z', t('keys.undo')],
    ['Esc', t('keys.close')],
    ['?', t('keys.why')],
  ];
  return (
    <Dialog open={open} title={t('shell.shortcuts')} onClose={onClose}>
      <div className="col g16">
        <dl className="dl">{rows.map(([k, v]) => <Fragment key={k}><dt><kbd>{k}</kbd></dt><dd>{v}</dd></Fragment>)}</dl>
        <Switch label={t('keys.single')} checked={on} onChange={(e) => { setOn(e.currentTarget.checked); setSingleKeys(e.currentTarget.checked); }} />
      </div>
    </Dialog>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const go = useNavigate();
  const place = useLocation();
  const narrow = useMediaQuery('(max-width: 1199px)', false);
  const [folded, setFolded] = useState(false);
  const [finding, setFinding] = useState(false);
  const [helping, setHelping] = useState(false);
  const [choosing, setChoosing] = useState(false);
  useRightsGone();
  usePushed();
  const me = useMe();
  const jumps = Object.fromEntries(places.filter((p) => p.key).map((p) => [`g ${p.key}`, () => void go(p.to)]));
  useShortcuts({
    ...jumps,
    'ctrl+k': () => setFinding(true),
    'ctrl+.': () => setChoosing(true),
    'ctrl+z': () => void undoLast(),
    '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
    '?': () => { if (!askFocused()) setHelping(true); },
    '[': () => setFolded((f) => !f),
    c: () => { if (mayCall(me)) openDial(); },
    j: () => document.querySelector<HTMLElement>('[data-list]')?.focus(),
  });
  useEffect(() => {
    setFinding(false);
  }, [place.pathname]);
  return (
    <>
      <a className="skip" href="#content" onClick={(e) => { e.preventDefault(); document.getElementById('content')?.focus(); }}>{t('shell.skip')}</a>
      <Offline />
      <div className={folded !== narrow ? 'bell folded' : 'bell'}><Bell /></div>
      <div className={`app${folded !== narrow ? ' folded' : ''}`}>
        <Rail find={() => setFinding(true)} keys={() => setHelping(true)} open={choosing} onOpen={setChoosing} />
        <div className="main">{children}</div>
        <PhoneDock />
        <Bottom keys={() => setHelping(true)} />
      </div>
      <WhyBox />
      <ReasonBox />
      <Palette open={finding} onClose={() => setFinding(false)} />
      <Shortcuts open={helping} onClose={() => setHelping(false)} />
    </>
  );
}
