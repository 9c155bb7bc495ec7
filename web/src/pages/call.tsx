/** The call log: who, when, how long, and the reason of every end in words. */
import { Download, PhoneCall } from 'lucide-react';
import { api } from '../api';
import { CallPanel, CallTable } from '../parts/call';
import { CallDays } from '../parts/callday';
import { periodFilter, since } from '../parts/period';
import { useAddress } from '../parts/query';
import { useMe } from '../session';
import { Filters, SearchField } from '../ui/filter';
import { Sheet, Tabs } from '../ui/sheet';
import { Empty } from '../ui/states';
import { t } from '../words';
import { useQuery } from '@tanstack/react-query';

export default function CallsPage() {
  const me = useMe();
  const { values, set } = useAddress();
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), staleTime: 60_000, enabled: me.rights['call.detail'] !== 'self' });
  const links = useQuery({ queryKey: ['talklinks'], queryFn: () => api.talkLinks({}), staleTime: 60_000, enabled: Boolean(me.rights['link.edit']) });
  const days = values.result === 'days';
  const query = { q: values.q, result: days ? undefined : values.result, user: values.user, link: values.link, from: since(values.period) };
  const filtered = Boolean(values.q || values.result || values.user || values.link || values.period);
  const reach = me.rights['call.detail'];
  return (
    <Sheet
      title={t('nav.call_log')}
      scope={reach === 'all' ? t('call.scope_all') : reach === 'self' ? t('call.scope_self') : t('call.scope_groups')}
      flush={!days}
      actions={<a className="btn plain" href={`/v1/calls/table?${new URLSearchParams(Object.entries(query).flatMap(([k, v]) => (v ? [[k, v]] : [])))}`} download title={t('call.export_hint')}><Download className="icon" aria-hidden />{t('call.export')}</a>}
      tabs={<Tabs label={t('call.views')} value={values.result ?? ''} onChange={(result) => set({ result: result || undefined })} tabs={[{ id: '', label: t('call.view.all') }, { id: 'answered', label: t('call.view.answered') }, { id: 'missed', label: t('call.view.missed') }, { id: 'days', label: t('call.view.days') }]} />}
      bar={
        <>
          <Filters
            values={values}
            set={(id, v) => set({ [id]: v })}
            filters={[
              periodFilter(),
              { id: 'user', label: t('call.person'), options: (people.data?.items ?? []).map((u) => ({ value: u.id, label: u.name })) },
              ...(!days && (values.link || links.data?.items.length) ? [{ id: 'link', label: t('call.link'), options: (links.data?.items ?? []).map((l) => ({ value: l.id, label: l.name })) }] : []),
            ]}
          />
          {!days && <SearchField label={t('call.search')} value={values.q ?? ''} onChange={(q) => set({ q })} />}
        </>
      }
      side={values.call ? <CallPanel key={values.call} id={values.call} onClose={() => set({ call: undefined })} /> : undefined}
    >
      {days ? <CallDays period={values.period} user={values.user} /> : <CallTable
        query={query}
        current={values.call}
        onOpen={(c) => set({ call: c.id })}
        filtered={filtered}
        clear={() => set({ q: undefined, result: undefined, user: undefined, link: undefined, period: undefined })}
        sort={values.sort}
        onSort={(sort) => set({ sort })}
        empty={<Empty icon={PhoneCall}>{t('call.empty')}</Empty>}
      />}
    </Sheet>
  );
}
