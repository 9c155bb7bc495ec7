/** A price list from a file: first what it would change, line by line what is wrong, then whole or not at all. */
import { useQueryClient } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, type Deck, type DeckImport } from '../api';
import { price } from '../format';
import { Button } from '../ui/button';
import { Side } from '../ui/dialog';
import { instant } from '../ui/form';
import { Chooser, Flip, Line } from '../ui/pick';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { TryFirst } from './draft';

export const deckStates: Record<Deck['state'], string> = { current: 'ok', coming: 'warn', followed: '', over: '' };
const sample = 'prefix;destination;price;connect fee;increment\n49;Germany;0.008;;60/1\n491;Germany mobile;0.049;;60/1\n48;Poland;0.012;0.01;1/1\n';

function Changes({ report, currency }: { report: DeckImport; currency: string }) {
  const money = (n: number | undefined) => (n === undefined ? '–' : price(n, currency));
  return (
    <div className="col g8">
      <p className="med">{t('rate.readable', { n: report.lines })} {report.problems > 0 && <span className="danger">{t('import.problems', { n: report.problems })}</span>}</p>
      {report.same && <p className="note">{t('rate.same')}</p>}
      {report.uncovered.length > 0 && <p className="note warn">{t('rate.uncovered', { what: report.uncovered.join(', ') })}</p>}
      {report.wrong.length > 0 && (
        <div className="import-rows" tabIndex={0} role="region" aria-label={t('import.preview')}>
          <table className="tbl"><thead><tr><th className="r">{t('import.line')}</th><th>{t('import.result')}</th></tr></thead>
            <tbody>{report.wrong.map((w) => <tr key={w.line}><td className="r num t3">{w.line}</td><td className="danger">{w.message}</td></tr>)}</tbody></table>
        </div>
      )}
      {report.follows && report.problems === 0 && !report.same && <p className="t2">{t('rate.follows', { name: report.follows, added: report.added, gone: report.gone, dearer: report.dearer, cheaper: report.cheaper })}</p>}
      {report.problems === 0 && report.changes.length > 0 && (
        <div className="import-rows" tabIndex={0} role="region" aria-label={t('rate.changes')}>
          <table className="tbl"><thead><tr><th>{t('rate.prefix')}</th><th>{t('rate.place')}</th><th className="r">{t('rate.before')}</th><th className="r">{t('rate.after')}</th></tr></thead>
            <tbody>{report.changes.map((c) => <tr key={c.prefix}><td className="num">{c.prefix}</td><td className="trunc">{c.name}</td><td className="r num">{money(c.new ? undefined : (c.before ?? 0))}</td><td className={`r num ${!c.gone && (c.after ?? 0) > (c.before ?? 0) ? 'warn' : ''}`}>{money(c.gone ? undefined : (c.after ?? 0))}</td></tr>)}</tbody></table>
        </div>
      )}
      {report.problems === 0 && report.changes.length === 0 && (
        <table className="tbl"><thead><tr><th>{t('rate.prefix')}</th><th>{t('rate.place')}</th><th className="r">{t('rate.minute')}</th></tr></thead>
          <tbody>{report.sample.map((r) => <tr key={r.prefix}><td className="num">{r.prefix}</td><td className="trunc">{r.name}</td><td className="r num">{price(r.minute, currency)}</td></tr>)}</tbody></table>
      )}
    </div>
  );
}

export function ImportDeck({ trunks, office, onClose }: { trunks: { id: string; name?: string }[]; office?: string; onClose: () => void }) {
  const cache = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<{ name: string; csv: string }>();
  const [v, setV] = useState({ name: '', trunk: '', from: '', currency: office ?? '', exchange: '', over: false });
  const [report, setReport] = useState<DeckImport>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const put = (part: Partial<typeof v>) => { setV({ ...v, ...part }); setReport(undefined); };
  const send = async (dry: boolean, csv: string, name: string, values = v) => {
    setBusy(true);
    setError(undefined);
    try {
      const done = await api.importDeck(csv, { dry, name: values.name || name, trunk: values.trunk || undefined, over: values.over || undefined, currency: values.currency.trim() || undefined, from: values.from ? instant(values.from) : undefined,
        exchange: values.exchange ? Math.round(Number(values.exchange.replace(',', '.')) * 1e6) : undefined });
      setReport(done);
      if (dry) return;
      await Promise.all(['decks', 'quotes', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      toast({ text: done.same ? t('rate.same') : t('rate.done', { n: done.lines }) });
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const read = async (f: File | undefined) => {
    if (!f) return;
    const csv = await f.text(), name = f.name.replace(/\.[^.]+$/, '');
    setFile({ name: f.name, csv });
    const next = { ...v, name: v.name || name };
    setV(next);
    await send(true, csv, name, next);
  };
  const currency = (v.currency || report?.currency || office || 'EUR').toUpperCase();
  const foreign = Boolean(office && currency !== office);
  return (
    <Side title={t('rate.add')} onClose={onClose} foot={<>
      {report && report.problems === 0 ? <Button kind="primary" busy={busy} onClick={() => file && void send(false, file.csv, file.name)}>{t('rate.apply', { n: report.lines })}</Button>
        : <Button kind="primary" busy={busy} locked={file ? undefined : t('import.first_choose')} onClick={() => file && void send(true, file.csv, file.name)}>{t('rate.preview')}</Button>}
      <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
      {file && report?.problems === 0 && <TryFirst part="rates" name={v.name || file.name} body={() => ({ name: v.name || file.name, trunk: v.trunk, currency: v.currency, exchange: v.exchange ? Math.round(Number(v.exchange.replace(',', '.')) * 1e6) : undefined, over: v.over, csv: file.csv })} />}</>}>
      <div className="col g16">
        <p className="t2">{t('rate.file_hint')} <a download="rates.csv" href={`data:text/csv;charset=utf-8,${encodeURIComponent(sample)}`}>{t('import.sample')}</a></p>
        <div className="drop" onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); void read(e.dataTransfer.files[0]); }}>
          <input ref={input} type="file" accept=".csv,.txt,.tsv,text/csv" className="sr" tabIndex={-1} aria-label={t('import.choose')} onChange={(e) => void read(e.currentTarget.files?.[0])} />
          <Button icon={FileUp} onClick={() => input.current?.click()}>{file?.name ?? t('import.choose')}</Button>
          <span className="meta">{t('import.drop')}</span>
        </div>
        <Line label={t('field.name')} value={v.name} onChange={(name) => put({ name })} />
        <Chooser label={t('rate.trunk')} hint={t('rate.trunk_hint')} options={trunks.map((x) => ({ value: x.id, label: x.name ?? x.id }))} empty={t('rate.all_trunks')} value={v.trunk} onChange={(trunk) => put({ trunk })} />
        <Line label={t('rate.from')} hint={t('rate.from_hint')} type="datetime-local" value={v.from} onChange={(from) => put({ from })} />
        <Line label={t('rate.currency')} hint={office ? undefined : t('rate.currency_hint')} value={v.currency} placeholder={report?.currency ?? 'EUR'} onChange={(c) => put({ currency: c.toUpperCase().slice(0, 3) })} />
        {foreign && <Line label={t('rate.exchange', { one: currency, office: office ?? '' })} hint={t('rate.exchange_hint')} value={v.exchange} onChange={(exchange) => put({ exchange })} />}
        <Flip label={t('rate.over')} hint={t('rate.over_hint')} on={v.over} onChange={(over) => put({ over })} />
        <FormError error={error} fields={[]} />
        {report && <Changes report={report} currency={/^[A-Z]{3}$/.test(currency) ? currency : 'EUR'} />}
      </div>
    </Side>
  );
}
