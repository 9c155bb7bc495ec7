/** Recordings: the conversations one may hear, and whose calls are recorded. */
import { useQuery } from '@tanstack/react-query';
import { Disc3, Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Recording } from '../api';
import { clock, day, midnight, stamp } from '../format';
import { PartyText, partyName } from '../parts/call';
import { RecordingPanel, recordingName } from '../parts/recording';
import { ExportDialog } from '../parts/recordingexport';
import { RecordRules, RuleEditor } from '../parts/recordrule';
import { periodFilter, since } from '../parts/period';
import { type Query, useAddress, useGroups, usePages } from '../parts/query';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { type Filter, Filters, SearchField } from '../ui/filter';
import type { Option } from '../ui/form';
import { Sheet, Tabs } from '../ui/sheet';
import { Empty, NoMatch, Trouble } from '../ui/states';
import { type Column, Table } from '../ui/table';
import { t } from '../words';

const columns = (): Column<Recording>[] => [
  { id: 'from', head: t('call.from'), width: 'minmax(150px,1.2fr)', cell: (r) => <PartyText party={r.from} /> },
  { id: 'to', head: t('call.to'), width: 'minmax(150px,1.2fr)', cell: (r) => <PartyText party={r.to} /> },
  { id: 'state', head: t('recording.state'), width: 'minmax(120px,.8fr)', priority: 2, cell: (r) => <span className="row g4">{r.running && <span className="chip small acc">{t('recording.now')}</span>}{r.hold && <span className="chip small warn">{t('recording.hold_chip')}</span>}{r.mine && <span className="chip small">{t('recording.mine')}</span>}</span> },
  { id: 'seconds', head: t('call.length'), width: '72px', right: true, priority: 2, cell: (r) => <span className="num">{clock(r.seconds)}</span> },
  { id: 'started', head: t('call.when'), width: '118px', right: true, cell: (r) => <span className="t3">{stamp(r.started)}</span> },
];

const lengths = ['1', '5', '15', '30', '60'];
const minutes = () => lengths.map((n) => ({ value: n, label: t('recording.minutes', { n: Number(n) }) }));

/** What the list can be narrowed to; all of it stands in the address. */
const filters = (people: Option[], groups: Option[]): Filter[] => [
  periodFilter(),
  { id: 'from', label: t('recording.from'), type: 'date', shown: (v) => day(midnight(v)) },
  { id: 'until', label: t('recording.until'), type: 'date', shown: (v) => day(midnight(v)) },
  { id: 'user', label: t('call.person'), options: people },
  { id: 'number', label: t('recording.number'), type: 'tel', hint: t('recording.number_hint') },
  { id: 'group', label: t('recording.group'), options: groups },
  { id: 'direction', label: t('recording.direction'), options: (['in', 'out', 'internal'] as const).map((value) => ({ value, label: t(`recording.direction.${value}`) })) },
  { id: 'kind', label: t('recording.kind'), options: (['always', 'demand', 'room'] as const).map((value) => ({ value, label: t(`recording.kind.${value}`) })) },
  { id: 'shortest', label: t('recording.shortest'), options: minutes() },
  { id: 'longest', label: t('recording.longest'), options: minutes() },
  { id: 'held', label: t('recording.held_filter'), options: [{ value: 'true', label: t('recording.yes') }] },
];

const narrowing = ['q', 'period', 'from', 'until', 'user', 'number', 'group', 'direction', 'kind', 'shortest', 'longest', 'held'];

/** The address as the question to the house. */
function asked(values: Record<string, string>): Query {
  const seconds = (v: string | undefined) => (v ? String(Number(v) * 60) : undefined);
  return {
    q: values.q, user: values.user, number: values.number, group: values.group, direction: values.direction, kind: values.kind, held: values.held,
    from: values.from ? midnight(values.from).toISOString() : since(values.period), until: values.until ? midnight(values.until, 1).toISOString() : undefined,
    shortest: seconds(values.shortest), longest: seconds(values.longest),
  };
}

function Rows({ bin }: { bin: boolean }) {
  const { values, set } = useAddress();
  const query = { ...asked(values), deleted: bin ? 'true' : undefined };
  const { rows, answer, more } = usePages(['recordings', 'list'], api.recordingPage, query);
  const filtered = narrowing.some((id) => values[id]);
  if (answer.error && !answer.data) return <Trouble error={answer.error} retry={() => void answer.refetch()} />;
  if (!answer.isPending && rows.length === 0) {
    return filtered ? <NoMatch clear={() => set(Object.fromEntries(narrowing.map((id) => [id, undefined])))} /> : <Empty icon={bin ? Trash2 : Disc3}>{bin ? t('recording.bin_empty') : t('recording.empty')}</Empty>;
  }
  return (
    <Table label={t('nav.recordings')} rows={rows} columns={columns()} id={(r) => r.id} name={recordingName} current={values.recording} loading={answer.isFetching} more={more} hasMore={answer.hasNextPage}
      onOpen={(r) => set({ recording: r.id, rule: undefined })}
      small={(r) => <span className="row g12"><span className="grow col"><span className="trunc med">{partyName(r.from)} → {partyName(r.to)}</span><span className="meta trunc">{[clock(r.seconds), stamp(r.started)].join(' · ')}</span></span>{r.hold && <span className="chip small warn">{t('recording.hold_chip')}</span>}</span>} />
  );
}

export default function RecordingPage() {
  const me = useMe();
  const { values, set } = useAddress();
  const view = values.view ?? '';
  const one = useQuery({ queryKey: ['recordings', 'one', values.recording], queryFn: () => api.recording(values.recording ?? ''), enabled: Boolean(values.recording) });
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), staleTime: 60_000, enabled: me.rights['recording.list'] !== 'self' });
  const groups = useGroups();
  const [exporting, setExporting] = useState(false);
  const reach = me.rights['recording.list'];
  const side = values.rule ? <RuleEditor key={values.rule} about={values.rule} onClose={() => set({ rule: undefined })} /> : values.recording && one.data ? <RecordingPanel key={one.data.id} recording={one.data} onClose={() => set({ recording: undefined })} /> : undefined;
  const tabs = [{ id: '', label: t('recording.view.all') }, ...(can(me, 'recording.delete') ? [{ id: 'deleted', label: t('recording.view.deleted') }] : []), ...(can(me, 'recording.policy', 'group') ? [{ id: 'rules', label: t('recording.view.rules') }] : [])];
  return (
    <Sheet
      title={t('nav.recordings')}
      scope={reach === 'all' ? t('recording.scope_all') : reach === 'self' || !reach ? t('recording.scope_self') : t('recording.scope_groups')}
      flush={view !== 'rules'}
      actions={view === '' ? <Button icon={Download} onClick={() => setExporting(true)}>{t('recording.export')}</Button>
        : view === 'rules' ? <a className="btn plain" href="/v1/calls/consents" download title={t('recording.consents_hint')}><Download className="icon" aria-hidden />{t('recording.consents')}</a> : undefined}
      tabs={tabs.length > 1 ? <Tabs label={t('recording.views')} value={view} onChange={(v) => set({ view: v || undefined, recording: undefined, rule: undefined })} tabs={tabs} /> : undefined}
      bar={view === 'rules' ? undefined : (
        <>
          <Filters values={values} set={(id, v) => set({ [id]: v })} filters={filters((people.data?.items ?? []).map((u) => ({ value: u.id, label: u.name })), (groups.data?.items ?? []).map((g) => ({ value: g.id, label: g.name })))} />
          <SearchField label={t('recording.search')} value={values.q ?? ''} onChange={(q) => set({ q })} />
        </>
      )}
      side={side}
    >
      {view === 'rules' ? <RecordRules onOpen={(about) => set({ rule: about, recording: undefined })} /> : <Rows key={view} bin={view === 'deleted'} />}
      {exporting && <ExportDialog query={asked(values)} onClose={() => setExporting(false)} />}
    </Sheet>
  );
}
