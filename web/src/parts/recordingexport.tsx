/** Takes what the list of recordings shows with it: as a table, or with its sound. */
import { useQuery } from '@tanstack/react-query';
import { Archive, Table2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api';
import { clock, size } from '../format';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Line } from '../ui/pick';
import { Loaded } from '../ui/states';
import { t } from '../words';
import type { Query } from './query';

const address = (path: string, query: Query) => `${path}?${new URLSearchParams(Object.entries(query).flatMap(([k, v]) => (v ? [[k, v]] : [])))}`;

/** The browser saves the file and shows how far it is; the house says before how long it will be. */
const save = (path: string, query: Query) => window.location.assign(address(path, query));

export function ExportDialog({ query, onClose }: { query: Query; onClose: () => void }) {
  const extent = useQuery({ queryKey: ['recordings', 'extent', query], queryFn: () => api.archiveExtent(query) });
  const [reason, setReason] = useState('');
  return (
    <Dialog open title={t('recording.export_title')} onClose={onClose}>
      <div className="col g16">
        <p className="t2">{t('recording.export_lead')}</p>
        <section className="col g8">
          <p className="meta">{t('recording.table_hint')}</p>
          <span><Button icon={Table2} onClick={() => save('/v1/recordings/table', query)}>{t('recording.table')}</Button></span>
        </section>
        <section className="col g8">
          <Loaded of={extent}>
            {(x) => x.files === 0 ? <p className="note">{t('recording.archive_none')}</p> : !x.fits ? <p className="note">{t('recording.archive_large', { n: x.most })}</p> : (
              <>
                <p className="meta">{t('recording.archive_holds', { n: x.files, time: clock(x.seconds), size: size(x.octets) })}</p>
                {x.reason && <Line label={t('recording.why_listen')} hint={t('recording.why_hint')} value={reason} onChange={setReason} />}
                <span><Button kind="primary" icon={Archive} locked={x.reason && !reason.trim() ? t('recording.why_missing') : undefined} onClick={() => { save('/v1/recordings/archive', { ...query, reason: reason.trim() }); onClose(); }}>{t('recording.archive')}</Button></span>
              </>
            )}
          </Loaded>
        </section>
      </div>
    </Dialog>
  );
}
