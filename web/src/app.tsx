/** The providers, the routes, and who may come in. */
import { createTheme, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { BrowserRouter, Navigate, Outlet, Route, Routes, useLocation } from 'react-router';
import { follow } from './live';
import { client, useSession } from './session';
import { Shell } from './shell';
import { useTheme } from './theme';
import { Lines, Trouble } from './ui/states';
import { Toasts } from './ui/toast';
import { useLanguage } from './words';

const SetupPage = lazy(() => import('./pages/setup'));
const SignInPage = lazy(() => import('./pages/login'));
const LinkPage = lazy(() => import('./pages/link'));
const SharedPage = lazy(() => import('./pages/share'));
const HomePage = lazy(() => import('./pages/home'));
const PeoplePage = lazy(() => import('./pages/users'));
const PersonPage = lazy(() => import('./pages/user'));
const GroupsPage = lazy(() => import('./pages/group'));
const RolesPage = lazy(() => import('./pages/role'));
const LivePage = lazy(() => import('./pages/live'));
const SwitchboardPage = lazy(() => import('./pages/switchboard'));
const CallsPage = lazy(() => import('./pages/call'));
const AuditPage = lazy(() => import('./pages/audit'));
const OutboxPage = lazy(() => import('./pages/mail'));
const TokensPage = lazy(() => import('./pages/token'));
const SettingsPage = lazy(() => import('./pages/settings'));
const ForwardingPage = lazy(() => import('./pages/forwarding'));
const TrunkPage = lazy(() => import('./pages/trunk'));
const FindingPage = lazy(() => import('./pages/finding'));
const ExplainPage = lazy(() => import('./pages/explain'));
const RequestsPage = lazy(() => import('./pages/request'));
const ReviewPage = lazy(() => import('./pages/review'));
const PathPage = lazy(() => import('./pages/path'));
const AgentPage = lazy(() => import('./pages/agent'));
const WaitingPage = lazy(() => import('./pages/waiting'));
const QueuePage = lazy(() => import('./pages/queue'));
const WhatIfPage = lazy(() => import('./pages/whatif'));
const RestrictionPage = lazy(() => import('./pages/restriction'));
const RecordingPage = lazy(() => import('./pages/recording'));
const RatePage = lazy(() => import('./pages/rate'));
const ContactPage = lazy(() => import('./pages/contact'));
const PrivacyPage = lazy(() => import('./pages/privacy'));
const RetentionPage = lazy(() => import('./pages/retention'));
const CompliancePage = lazy(() => import('./pages/compliance'));
const AlarmPage = lazy(() => import('./pages/alarm'));
const BudgetPage = lazy(() => import('./pages/budget'));
const ParkPage = lazy(() => import('./pages/park'));
const RoomPage = lazy(() => import('./pages/room'));
const TalkLinkPage = lazy(() => import('./pages/talklink'));
const RingPage = lazy(() => import('./pages/ring'));
const PromptPage = lazy(() => import('./pages/prompt'));
const MenuPage = lazy(() => import('./pages/menu'));
const ReceptionPage = lazy(() => import('./pages/reception'));
const BlockPage = lazy(() => import('./pages/block'));
const HoursPage = lazy(() => import('./pages/hours'));
const NoticesPage = lazy(() => import('./pages/notices'));
const VoicemailPage = lazy(() => import('./pages/voicemail'));
const ProfilePage = lazy(() => import('./pages/profile'));
const LostPage = lazy(() => import('./pages/lost'));

const theme = createTheme({ cursorType: 'pointer', focusRing: 'auto', components: {
  Tooltip: { defaultProps: { openDelay: 300, withinPortal: true } },
  Menu: { defaultProps: { withInitialFocusPlaceholder: false } }, // which is no child that a menu may have; the first item is where one begins
} });

/** Lets in who is signed in, and remembers where the others wanted to go. */
function Inside() {
  const session = useSession();
  const place = useLocation();
  const signedIn = Boolean(session.data);
  useEffect(() => (signedIn ? follow(client) : undefined), [signedIn]);
  if (session.isPending) return <div className="door"><Lines n={4} /></div>;
  if (session.error && !session.data) return <div className="door"><Trouble error={session.error} retry={() => void session.refetch()} /></div>;
  if (!session.data) {
    const to = place.pathname === '/' ? '' : `?to=${encodeURIComponent(place.pathname + place.search)}`;
    return <Navigate to={`/sign-in${to}`} replace />;
  }
  return (
    <Shell>
      <Suspense fallback={<main className="sheet" id="content"><Lines n={8} /></main>}><Outlet /></Suspense>
    </Shell>
  );
}

function Pages() {
  return (
    <Suspense fallback={<div className="door" />}>
      <Routes>
        <Route path="/setup" element={<SetupPage />} />
        <Route path="/sign-in" element={<SignInPage />} />
        <Route path="/link/:token" element={<LinkPage />} />
        <Route path="/shared/:token" element={<SharedPage />} />
        <Route element={<Inside />}>
          <Route path="/" element={<HomePage />} />
          <Route path="/people" element={<PeoplePage />} />
          <Route path="/people/:id" element={<PersonPage />} />
          <Route path="/people/:id/forwarding" element={<ForwardingPage />} />
          <Route path="/me/forwarding" element={<ForwardingPage />} />
          <Route path="/explain" element={<ExplainPage />} />
          <Route path="/trunks" element={<TrunkPage />} />
          <Route path="/findings" element={<FindingPage />} />
          <Route path="/requests" element={<RequestsPage />} />
          <Route path="/reviews" element={<ReviewPage />} />
          <Route path="/paths" element={<PathPage />} />
          <Route path="/agent" element={<AgentPage />} />
          <Route path="/queues" element={<QueuePage />} />
          <Route path="/queues/:id" element={<WaitingPage />} />
          <Route path="/whatif" element={<WhatIfPage />} />
          <Route path="/restrictions" element={<RestrictionPage />} />
          <Route path="/recordings" element={<RecordingPage />} />
          <Route path="/rates" element={<RatePage />} />
          <Route path="/contacts" element={<ContactPage />} />
          <Route path="/privacy" element={<PrivacyPage />} />
          <Route path="/retention" element={<RetentionPage />} />
          <Route path="/compliance" element={<CompliancePage />} />
          <Route path="/alarms" element={<AlarmPage />} />
          <Route path="/budgets" element={<BudgetPage />} />
          <Route path="/parks" element={<ParkPage />} />
          <Route path="/rooms" element={<RoomPage />} />
          <Route path="/talk-links" element={<TalkLinkPage />} />
          <Route path="/rings" element={<RingPage />} />
          <Route path="/people/:id/:view" element={<PersonPage />} />
          <Route path="/prompts" element={<PromptPage />} />
          <Route path="/menus" element={<MenuPage />} />
          <Route path="/menus/:id" element={<MenuPage />} />
          <Route path="/reception" element={<ReceptionPage />} />
          <Route path="/blocks" element={<BlockPage />} />
          <Route path="/hours" element={<HoursPage />} />
          <Route path="/hours/:id" element={<HoursPage />} />
          <Route path="/groups" element={<GroupsPage />} />
          <Route path="/groups/:id" element={<GroupsPage />} />
          <Route path="/roles" element={<RolesPage />} />
          <Route path="/roles/:id" element={<RolesPage />} />
          <Route path="/notices" element={<NoticesPage />} />
          <Route path="/voicemail" element={<VoicemailPage />} />
          <Route path="/switchboard" element={<SwitchboardPage />} />
          <Route path="/live" element={<LivePage />} />
          <Route path="/calls" element={<CallsPage />} />
          <Route path="/audit" element={<AuditPage />} />
          <Route path="/outbox" element={<OutboxPage />} />
          <Route path="/tokens" element={<TokensPage />} />
          <Route path="/settings" element={<SettingsPage />} />
          <Route path="/profile" element={<ProfilePage />} />
          <Route path="*" element={<LostPage />} />
        </Route>
      </Routes>
    </Suspense>
  );
}

export function App() {
  const { shown } = useTheme();
  useLanguage();
  return (
    <MantineProvider theme={theme} forceColorScheme={shown} withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <BrowserRouter><Pages /></BrowserRouter>
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  );
}
