/** Everything that was changed: who, what, before and after, from where; and whether the log is whole. */
import { useMutation } from '@tanstack/react-query';
import { FileClock, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api';
import { count } from '../format';
import { Facts } from '../parts/fact';
import { useAddress, usePages } from '../parts/query';
import { objectWord } from '../parts/words';
import { Button } from '../ui/button';
import { Filters, SearchField } from '../ui/filter';
import { Sheet } from '../ui/sheet';
import { Empty, failed, Lines, NoMatch, Trouble } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const objects = ['user', 'group', 'membership', 'assignment', 'grant', 'device', 'token', 'settings', 'session', 'mail', 'call'] as const;

export default function AuditPage() {
  const { values, set } = useAddress();
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), staleTime: 60_000 });
  const query = { q: values.q, actor: values.actor, object: values.object };
  const { rows, total, answer, more } = usePages(['audit'], api.audit, query, 60);
  const verify = useMutation({ mutationFn: api.verify, onError: (e) => toast(failed(e)) });
  const filtered = Boolean(values.q || values.actor || values.object);
  const v = verify.data;
  return (
    <Sheet
      title={t('nav.audit')}
      scope={total === undefined ? t('audit.lead') : t('audit.scope', { n: total })}
      flush
      actions={
        <>
          {v && (v.ok
            ? <span className="chip ok" role="status"><ShieldCheck className="icon" aria-hidden />{t('audit.whole', { n: v.entries })}</span>
            : <span className="chip danger" role="alert"><ShieldAlert className="icon" aria-hidden />{t('audit.broken', { seq: count(v.first_bad ?? 0) })} {v.problem}</span>)}
          <Button icon={ShieldCheck} busy={verify.isPending} onClick={() => verify.mutate()}>{t('audit.verify')}</Button>
        </>
      }
      bar={
        <>
          <Filters
            values={values}
            set={(id, x) => set({ [id]: x })}
            filters={[
              { id: 'actor', label: t('audit.who'), options: (people.data?.items ?? []).map((u) => ({ value: u.id, label: u.name })) },
              { id: 'object', label: t('audit.what'), options: objects.map((k) => ({ value: k, label: objectWord(k) })) },
            ]}
          />
          <SearchField label={t('audit.search')} value={values.q ?? ''} onChange={(q) => set({ q })} />
        </>
      }
    >
      {answer.error && !answer.data ? <Trouble error={answer.error} retry={() => void answer.refetch()} />
        : answer.isPending ? <Lines n={10} />
          : rows.length === 0 ? (filtered ? <NoMatch clear={() => set({ q: undefined, actor: undefined, object: undefined })} /> : <Empty icon={FileClock}>{t('audit.empty')}</Empty>)
            : (
              <div className="scroll" tabIndex={0} role="region" aria-label={t('nav.audit')} data-list>
                <Facts facts={rows} />
                {answer.hasNextPage && <div className="scroll-end"><Button busy={answer.isFetchingNextPage} onClick={more}>{t('ui.more')}</Button></div>}
              </div>
            )}
    </Sheet>
  );
}
