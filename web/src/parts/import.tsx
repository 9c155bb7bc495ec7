/** People from a file: first a dry run that shows every row, then all or nothing. */
import { Switch } from '@mantine/core';
import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, type ImportReport } from '../api';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { useRefresh } from './user';

export const sample = 'name,email,extension,mobile,group,role,language\nMarta Kowalska,marta@example.com,103,+48221234567,Sales,user,pl\n';

/** Invites the people whom an import added; says how many mails are on their way. */
export async function inviteAdded(done: ImportReport): Promise<number> {
  const added = new Set(done.rows.map((r) => r.extension).filter(Boolean));
  const fresh = (await api.users({ state: 'invited', limit: 500, sort: '-created' })).items.filter((u) => added.has(u.extension));
  for (const user of fresh) await api.invite(user.id);
  return fresh.length;
}

export function Preview({ report }: { report: ImportReport }) {
  return (
    <div className="col g8">
      <p className="med">{t('import.summary', { n: report.rows.length - report.problems })} {report.problems > 0 && <span className="danger">{t('import.problems', { n: report.problems })}</span>}</p>
      <div className="import-rows" tabIndex={0} role="region" aria-label={t('import.preview')}>
        <table className="tbl">
          <thead><tr><th className="r">{t('import.line')}</th><th>{t('field.name')}</th><th>{t('import.result')}</th></tr></thead>
          <tbody>
            {report.rows.slice(0, 500).map((r) => (
              <tr key={r.line}>
                <td className="r num t3">{r.line}</td>
                <td>{r.name}</td>
                <td className={r.action === 'problem' ? 'danger' : 'ok'}>{r.problem?.message ?? t('import.create')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

export function ImportUsers({ open, onClose }: { open: boolean; onClose: () => void }) {
  const refresh = useRefresh();
  const input = useRef<HTMLInputElement>(null);
  const [csv, setCsv] = useState('');
  const [invite, setInvite] = useState(true);
  const [name, setName] = useState('');
  const [report, setReport] = useState<ImportReport>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const read = (file: File | undefined) => {
    if (!file) return;
    void run(async () => {
      const text = await file.text();
      setCsv(text);
      setName(file.name);
      setReport(undefined);
      setReport(await api.importUsers(text, true));
    });
  };
  const apply = () =>
    void run(async () => {
      const done = await api.importUsers(csv, false);
      if (invite) await inviteAdded(done);
      toast({ text: t('import.done', { n: done.created }) });
      await refresh();
      setReport(undefined);
      onClose();
    });
  const good = report ? report.rows.length - report.problems : 0;
  return (
    <Dialog open={open} title={t('import.title')} onClose={onClose} size={720}>
      <div className="col g16">
        <p className="t2">{t('import.hint')} <a download="people.csv" href={`data:text/csv;charset=utf-8,${encodeURIComponent(sample)}`}>{t('import.sample')}</a></p>
        <div
          className="drop"
          onDragOver={(e) => e.preventDefault()}
          onDrop={(e) => {
            e.preventDefault();
            read(e.dataTransfer.files[0]);
          }}
        >
          <input ref={input} type="file" accept=".csv,.txt,.tsv,text/csv" className="sr" tabIndex={-1} aria-label={t('import.choose')} onChange={(e) => read(e.currentTarget.files?.[0])} />
          <Button icon={FileUp} busy={busy && !report} onClick={() => input.current?.click()}>{name || t('import.choose')}</Button>
          <span className="meta">{t('import.drop')}</span>
        </div>
        <FormError error={error} fields={[]} />
        {report && <Preview report={report} />}
        <Switch label={t('user.invite')} description={t('user.invite_hint')} checked={invite} onChange={(e) => setInvite(e.currentTarget.checked)} />
        <div className="row">
          <Button kind="primary" busy={busy && Boolean(report)} locked={!report ? t('import.first_choose') : report.problems > 0 ? t('import.all_or_nothing') : undefined} onClick={apply}>{t('import.apply', { n: good })}</Button>
          <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </div>
    </Dialog>
  );
}
