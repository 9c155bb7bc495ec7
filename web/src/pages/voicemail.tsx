/** Voicemail: what was said to the mailboxes one may hear, to be found, heard, marked, forwarded, deleted and taken back. */
import { Trash2, Voicemail } from 'lucide-react';
import { api, type MessagePage, type VoiceMessage } from '../api';
import { clock, stamp } from '../format';
import { caller, Player, whose } from '../parts/message';
import { periodFilter, since } from '../parts/period';
import { useAddress, usePages } from '../parts/query';
import { Button } from '../ui/button';
import { Filters, SearchField } from '../ui/filter';
import { Sheet, Tabs } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { type Column, Table } from '../ui/table';
import { t } from '../words';

const columns: Column<VoiceMessage>[] = [
  { id: 'from', head: 'from', width: 'minmax(180px,2fr)', cell: (m) => <span className={m.new ? 'med' : 't2'}>{caller(m)}{m.from.name && m.from.number && <span className="t3"> {m.from.number}</span>}</span> },
  { id: 'state', head: 'state', width: '110px', cell: (m) => m.new ? <span className="chip small acc">{t('voicemail.new')}</span> : <span className="t3">{t('voicemail.heard')}</span> },
  { id: 'box', head: 'box', width: 'minmax(140px,1fr)', priority: 2, cell: (m) => <span className="t2 trunc">{m.mine ? t('voicemail.own') : m.box.name}{m.by && <span className="t3"> · {t('voicemail.sent_by', { name: m.by.name ?? '' })}</span>}</span> },
  { id: 'length', head: 'length', width: '80px', right: true, priority: 3, cell: (m) => <span className="num t2">{clock(m.seconds)}</span> },
  { id: 'at', head: 'at', width: '130px', right: true, cell: (m) => <span className="t3">{stamp(m.at)}</span> },
];

export default function VoicemailPage() {
  const { values, set } = useAddress();
  const bin = values.show === 'deleted';
  const list = usePages<VoiceMessage>(['voicemail', 'list'], (q) => api.messages(q), { deleted: bin ? 'true' : undefined, q: values.q, box: values.box, state: bin ? undefined : values.state, from: since(values.period) });
  const open = list.rows.find((m) => m.id === values.message);
  const first = list.answer.data?.pages[0] as MessagePage | undefined;
  const filtered = Boolean(values.q || values.box || values.state || values.period);
  const clear = () => set({ q: undefined, box: undefined, state: undefined, period: undefined });
  return (
    <Sheet
      title={t('nav.voicemail')}
      scope={t('voicemail.lead')}
      actions={<Button icon={bin ? Voicemail : Trash2} onClick={() => set({ show: bin ? undefined : 'deleted', message: undefined })}>{bin ? t('voicemail.show_all') : t('voicemail.show_deleted')}</Button>}
      flush
      tabs={bin ? undefined : <Tabs label={t('voicemail.state')} value={values.state ?? ''} onChange={(state) => set({ state: state || undefined, message: undefined })} tabs={[{ id: '', label: t('voicemail.all') }, { id: 'new', label: t('voicemail.new') }, { id: 'heard', label: t('voicemail.heard') }]} />}
      bar={
        <>
          <Filters
            values={values}
            set={(id, v) => set({ [id]: v })}
            filters={[
              { id: 'box', label: t('voicemail.box'), options: (first?.boxes ?? []).map((b) => ({ value: b.id, label: b.mine ? t('voicemail.own') : b.name })) },
              periodFilter(),
            ]}
          />
          <SearchField label={t('voicemail.search')} value={values.q ?? ''} onChange={(q) => set({ q })} />
        </>
      }
      side={open ? <Player key={open.id} message={open} onClose={() => set({ message: undefined })} /> : undefined}
    >
      <Loaded of={list.answer}>
        {() => list.rows.length === 0 ? (
          filtered ? <Empty icon={Voicemail} action={<Button onClick={clear}>{t('ui.clear_filters')}</Button>}>{t('ui.no_match')}</Empty> : <Empty icon={bin ? Trash2 : Voicemail}>{bin ? t('voicemail.bin_empty') : t('voicemail.empty')}</Empty>
        ) : (
          <Table label={t('nav.voicemail')} rows={list.rows} columns={columns.map((c) => ({ ...c, head: t(`voicemail.${c.head as 'from'}`) }))} id={(m) => m.id} name={caller} current={values.message} onOpen={(m) => set({ message: m.id })}
            more={list.more} hasMore={list.answer.hasNextPage} loading={list.answer.isFetchingNextPage}
            small={(m) => <span className="row g12"><span className="grow col"><span className={m.new ? 'med trunc' : 'trunc'}>{caller(m)}</span><span className="meta trunc">{[stamp(m.at), clock(m.seconds), whose(m)].filter(Boolean).join(' · ')}</span></span>{m.new && <span className="chip small acc">{t('voicemail.new')}</span>}</span>} />
        )}
      </Loaded>
    </Sheet>
  );
}
