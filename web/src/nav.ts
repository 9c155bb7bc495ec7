/** The places of the app, in their fixed order, and the right that makes each of them appear. */
import { AudioLines, BellRing, Cable, Eraser, FileClock, Headphones, Headset, House, KeyRound, LayoutGrid, ListTree, MessageSquareLock, CircleHelp, ClipboardCheck, type LucideIcon, MailOpen, Network, PhoneCall, PhoneForwarded, PhoneOff, Settings, ScanSearch, ShieldBan, ShieldCheck, Split, SquareParking, Users, Clock4, Voicemail } from 'lucide-react';
import type { Me, Scope } from './api';
import { BookUser, Coins, ConciergeBell, Disc3, FlaskConical, Gauge, Hourglass, Megaphone, PiggyBank, MessageCircle, Presentation, Siren } from 'lucide-react';
import { can } from './session';
import type { Key } from './words';

export type Place = { to: string; label: Key; icon: LucideIcon; right?: string; also?: string; least?: Scope; agent?: boolean; /** … or somebody who looks after guest rooms */ rooms?: boolean; key?: string; section?: Key };

export const places: Place[] = [
  { to: '/', label: 'nav.home', icon: House, key: 'h' },
  { to: '/switchboard', label: 'nav.switchboard', icon: LayoutGrid, right: 'call.see', least: 'listed', key: 'd', section: 'nav.calls' },
  { to: '/live', label: 'nav.live', icon: AudioLines, right: 'call.see', key: 'l', section: 'nav.calls' },
  { to: '/calls', label: 'nav.call_log', icon: PhoneCall, right: 'call.detail', key: 'c', section: 'nav.calls' },
  { to: '/recordings', label: 'nav.recordings', icon: Disc3, right: 'recording.list', also: 'recording.policy', section: 'nav.calls' },
  { to: '/agent', label: 'nav.agent', icon: Headphones, agent: true, section: 'nav.calls' },
  { to: '/voicemail', label: 'nav.voicemail', icon: Voicemail, right: 'voicemail.play', key: 'v', section: 'nav.calls' },
  { to: '/me/forwarding', label: 'nav.forwarding', icon: PhoneForwarded, right: 'forwarding.edit', key: 'f', section: 'nav.calls' },
  { to: '/people', label: 'nav.people', icon: Users, right: 'user.see', key: 'p', section: 'nav.company' },
  { to: '/contacts', label: 'nav.contacts', icon: BookUser, section: 'nav.company' },
  { to: '/groups', label: 'nav.groups', icon: Network, right: 'group.see', key: 'r', section: 'nav.company' },
  { to: '/rings', label: 'nav.rings', icon: BellRing, right: 'queue.edit', section: 'nav.company' },
  { to: '/parks', label: 'nav.parks', icon: SquareParking, section: 'nav.company' },
  { to: '/rooms', label: 'nav.rooms', icon: Presentation, section: 'nav.company' },
  { to: '/talk-links', label: 'nav.talk_links', icon: MessageCircle, right: 'link.edit', section: 'nav.company' },
  { to: '/queues', label: 'nav.queues', icon: Headset, right: 'queue.edit', also: 'agent.data', section: 'nav.company' },
  { to: '/menus', label: 'nav.menus', icon: ListTree, right: 'menu.edit', section: 'nav.company' },
  { to: '/reception', label: 'nav.reception', icon: ConciergeBell, right: 'user.edit', least: 'all', rooms: true, section: 'nav.company' },
  { to: '/hours', label: 'nav.hours', icon: Clock4, section: 'nav.company' },
  { to: '/paths', label: 'nav.paths', icon: Split, section: 'nav.company' },
  { to: '/restrictions', label: 'nav.restrictions', icon: PhoneOff, right: 'restriction.edit', section: 'nav.rules' },
  { to: '/budgets', label: 'nav.budgets', icon: PiggyBank, right: 'budget.edit', also: 'cost.see', least: 'group', section: 'nav.rules' },
  { to: '/alarms', label: 'nav.alarms', icon: Siren, right: 'restriction.edit', section: 'nav.rules' },
  { to: '/rates', label: 'nav.rates', icon: Coins, right: 'rate.edit', least: 'all', section: 'nav.rules' },
  { to: '/whatif', label: 'nav.whatif', icon: FlaskConical, right: 'restriction.edit', also: 'trunk.edit', least: 'group', section: 'nav.rules' },
  { to: '/explain', label: 'nav.explain', icon: CircleHelp, section: 'nav.rules' },
  { to: '/requests', label: 'nav.requests', icon: MessageSquareLock, key: 'q', section: 'nav.rules' },
  { to: '/reviews', label: 'nav.reviews', icon: ClipboardCheck, right: 'right.explain', least: 'group', section: 'nav.rules' },
  { to: '/roles', label: 'nav.roles', icon: ShieldCheck, right: 'right.explain', least: 'group', key: 'o', section: 'nav.rules' },
  { to: '/findings', label: 'nav.findings', icon: ScanSearch, right: 'right.explain', least: 'group', section: 'nav.rules' },
  { to: '/audit', label: 'nav.audit', icon: FileClock, right: 'audit.read', least: 'group', key: 'a', section: 'nav.records' },
  { to: '/compliance', label: 'nav.compliance', icon: Gauge, right: 'report.view', section: 'nav.records' },
  { to: '/retention', label: 'nav.retention', icon: Hourglass, right: 'retention.edit', least: 'all', section: 'nav.records' },
  { to: '/privacy', label: 'nav.privacy', icon: Eraser, right: 'privacy.run', section: 'nav.records' },
  { to: '/outbox', label: 'nav.outbox', icon: MailOpen, right: 'setting.edit', least: 'all', section: 'nav.records' },
  { to: '/prompts', label: 'nav.prompts', icon: Megaphone, right: 'menu.edit', least: 'all', section: 'nav.system' },
  { to: '/trunks', label: 'nav.trunks', icon: Cable, right: 'trunk.edit', also: 'number.edit', least: 'group', section: 'nav.system' },
  { to: '/blocks', label: 'nav.blocks', icon: ShieldBan, right: 'setting.edit', least: 'all', section: 'nav.system' },
  { to: '/tokens', label: 'nav.tokens', icon: KeyRound, right: 'token.create', key: 't', section: 'nav.system' },
  { to: '/settings', label: 'nav.settings', icon: Settings, right: 'setting.edit', also: 'rate.edit', least: 'all', key: 's', section: 'nav.system' },
];

export const placesFor = (me: Me): Place[] => places.filter((p) => (!p.agent || me.agent) && (!p.right || (p.rooms && me.rooms) || can(me, p.right, p.least) || Boolean(p.also && can(me, p.also, p.least))));
