/** Recordings: the conversations one may hear, and whose calls are recorded. */
import { useQuery } from '@tanstack/react-query';
import { Disc3, Trash2 } from 'lucide-react';
import { api, type Recording } from '../api';
import { clock, stamp } from '../format';
import { PartyText, partyName } from '../parts/call';
import { RecordingPanel, recordingName } from '../parts/recording';
import { RecordRules, RuleEditor } from '../parts/recordrule';
import { periodFilter, since } from '../parts/period';
import { usePages, useAddress } from '../parts/query';
import { can, useMe } from '../session';
import { Filters, SearchField } from '../ui/filter';
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

function Rows({ bin }: { bin: boolean }) {
  const { values, set } = useAddress();
  const query = { q: values.q, user: values.user, from: since(values.period), deleted: bin ? 'true' : undefined };
  const { rows, answer, more } = usePages(['recordings', 'list'], api.recordingPage, query);
  const filtered = Boolean(values.q || values.user || values.period);
  if (answer.error && !answer.data) return <Trouble error={answer.error} retry={() => void answer.refetch()} />;
  if (!answer.isPending && rows.length === 0) {
    return filtered ? <NoMatch clear={() => set({ q: undefined, user: undefined, period: undefined })} /> : <Empty icon={bin ? Trash2 : Disc3}>{bin ? t('recording.bin_empty') : t('recording.empty')}</Empty>;
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
  const reach = me.rights['recording.list'];
  const side = values.rule ? <RuleEditor key={values.rule} about={values.rule} onClose={() => set({ rule: undefined })} /> : values.recording && one.data ? <RecordingPanel key={one.data.id} recording={one.data} onClose={() => set({ recording: undefined })} /> : undefined;
  const tabs = [{ id: '', label: t('recording.view.all') }, ...(can(me, 'recording.delete') ? [{ id: 'deleted', label: t('recording.view.deleted') }] : []), ...(can(me, 'recording.policy', 'group') ? [{ id: 'rules', label: t('recording.view.rules') }] : [])];
  return (
    <Sheet
      title={t('nav.recordings')}
      scope={reach === 'all' ? t('recording.scope_all') : reach === 'self' || !reach ? t('recording.scope_self') : t('recording.scope_groups')}
      flush={view !== 'rules'}
      tabs={tabs.length > 1 ? <Tabs label={t('recording.views')} value={view} onChange={(v) => set({ view: v || undefined, recording: undefined, rule: undefined })} tabs={tabs} /> : undefined}
      bar={view === 'rules' ? undefined : (
        <>
          <Filters values={values} set={(id, v) => set({ [id]: v })} filters={[
            periodFilter(),
            { id: 'user', label: t('call.person'), options: (people.data?.items ?? []).map((u) => ({ value: u.id, label: u.name })) },
          ]} />
          <SearchField label={t('recording.search')} value={values.q ?? ''} onChange={(q) => set({ q })} />
        </>
      )}
      side={side}
    >
      {view === 'rules' ? <RecordRules onOpen={(about) => set({ rule: about, recording: undefined })} /> : <Rows key={view} bin={view === 'deleted'} />}
    </Sheet>
  );
}
