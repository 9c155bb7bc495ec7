/** What is kept for how long: chosen here, with what would go at once. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, Failure, type KeepIn, type Kept, type Retention } from '../api';
import { day } from '../format';
import { useGroups } from '../parts/query';
import { byName } from '../parts/words';
import { Button, IconButton } from '../ui/button';
import { Confirm } from '../ui/dialog';
import { Chooser, Line } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const kinds = ['calls', 'traces', 'audit'] as const;
type Kind = (typeof kinds)[number];
type Draft = { own: Partial<Record<Kind, number>>; groups: Record<string, number> };

const days = (n: number): string => (n < 0 ? t('retention.forever') : t('retention.n_days', { n }));
const body = (d: Draft): KeepIn => ({ ...d.own, groups: d.groups });

/** As usual, for ever, or a number of days. */
function Days({ label, value, usual, fewest, onChange, error }: { label: string; value: number; usual: number; fewest: number; onChange: (n: number) => void; error?: string }) {
  const [typed, setTyped] = useState(String(value > 0 ? value : Math.max(fewest, usual)));
  const [own, setOwn] = useState(value > 0 && value !== usual);
  const choice = own ? 'own' : value < 0 && usual >= 0 ? 'forever' : 'usual';
  const choose = (c: string) => {
    setOwn(c === 'own');
    onChange(c === 'own' ? Number(typed) : c === 'forever' ? -1 : 0);
  };
  const type = (v: string) => {
    const n = v.replace(/\D/g, '').slice(0, 4);
    setTyped(n);
    if (Number(n) > 0) onChange(Number(n));
  };
  const options = [{ value: 'usual', label: t('retention.usual', { word: days(usual) }) }, { value: 'own', label: t('retention.chosen') }, ...(usual < 0 ? [] : [{ value: 'forever', label: t('retention.forever') }])];
  return (
    <div className="col g8">
      <Chooser plain label={label} options={options} value={choice} onChange={choose} />
      {choice === 'own' && <Line label={t('retention.days')} value={typed} error={error} onChange={type} />}
    </div>
  );
}

function What({ kind, now, then, draft, onChange, error }: { kind: Kind; now: Kept; then: Kept; draft: Draft; onChange: (n: number) => void; error: unknown }) {
  return (
    <Card title={t(`retention.${kind}`)} pad>
      <div className="col g12 narrow">
        <p className="t2">{t(`retention.${kind}_hint`)}</p>
        <Days label={t(`retention.${kind}`)} value={draft.own[kind] ?? now.days} usual={now.usual} fewest={now.fewest} onChange={onChange} error={error instanceof Failure && error.field === kind ? error.message : undefined} />
        <p className="meta">{then.due > 0 && then.oldest ? t('retention.due', { n: then.due, date: day(then.oldest) }) : t('retention.due_none')}</p>
        {now.since && <p className="meta">{t('retention.since', { date: day(now.since) })}</p>}
      </div>
    </Card>
  );
}

/** Groups whose calls are kept for another time. */
function Groups({ of, draft, set }: { of: Retention; draft: Draft; set: (g: string, n: number) => void }) {
  const groups = byName(useGroups().data?.items ?? []);
  const own = new Map(of.groups.map((g) => [g.group, g.days]));
  for (const [g, n] of Object.entries(draft.groups)) own.set(g, n);
  const rows = groups.filter((g) => own.get(g.id));
  const free = groups.filter((g) => !own.get(g.id));
  return (
    <Card title={t('retention.groups')} pad>
      <div className="col g12 narrow">
        <p className="t2">{t('retention.groups_hint')}</p>
        {rows.length === 0 && <p className="t3">{t('retention.groups_none')}</p>}
        {rows.map((g) => (
          <div key={g.id} className="row g8">
            <span className="grow med trunc">{g.name}</span>
            <span className="meta" aria-hidden>{t('retention.days')}</span>
            <span className="days"><Line plain label={`${g.name}: ${t('retention.days')}`} value={String(own.get(g.id))} onChange={(v) => Number(v.replace(/\D/g, '')) > 0 && set(g.id, Number(v.replace(/\D/g, '').slice(0, 4)))} /></span>
            <IconButton label={t('retention.remove_group', { name: g.name })} icon={X} small onClick={() => set(g.id, 0)} />
          </div>
        ))}
        {free.length > 0 && <Chooser plain label={t('retention.add_group')} empty={t('retention.add_group')} options={free.map((g) => ({ value: g.id, label: g.name }))} value="" onChange={(g) => g && set(g, Math.max(of.calls.fewest, of.calls.days))} />}
      </div>
    </Card>
  );
}

function Form({ of }: { of: Retention }) {
  const cache = useQueryClient();
  const [draft, setDraft] = useState<Draft>({ own: {}, groups: {} });
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  const reset = () => {
    setDraft({ own: {}, groups: {} });
    setRound((n) => n + 1);
  };
  const touched = Object.keys(draft.own).length + Object.keys(draft.groups).length > 0;
  const preview = useQuery({ queryKey: ['retention', 'preview', draft], queryFn: () => api.previewRetention(body(draft)), enabled: touched, placeholderData: keepPreviousData, retry: false });
  const then = touched && !preview.isError ? (preview.data ?? of) : of;
  const problem = preview.error ?? error;
  const more = then.calls.due > of.calls.due || then.traces.due > of.traces.due || then.audit.due > of.audit.due;
  const save = async () => {
    setBusy(true);
    setError(undefined);
    try {
      cache.setQueryData(['retention'], await api.setRetention(body(draft)));
      await cache.invalidateQueries({ queryKey: ['audit'] });
      reset();
      toast({ text: t('retention.saved') });
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="col g16">
      {kinds.map((kind) => <What key={`${kind}${round}`} kind={kind} now={of[kind]} then={then[kind]} draft={draft} error={problem} onChange={(n) => setDraft((d) => ({ ...d, own: { ...d.own, [kind]: n } }))} />)}
      <Groups of={of} draft={draft} set={(g, n) => setDraft((d) => ({ ...d, groups: { ...d.groups, [g]: n } }))} />
      <FormError error={problem} fields={[...kinds]} />
      <span className="row g8">
        <Button kind="primary" busy={busy} locked={!touched ? t('ui.nothing_changed') : preview.isFetching ? t('ui.loading') : undefined} onClick={() => (more ? setAsking(true) : void save())}>{t('ui.save')}</Button>
        {touched && <Button kind="quiet" onClick={reset}>{t('ui.cancel')}</Button>}
      </span>
      <Card title={t('retention.else')} pad>
        <ul className="col g8 t2">
          <li><Link className="linkish" to="/recordings?view=rules">{t('retention.recordings', { days: days(of.recordings.days) })}</Link></li>
          {of.recordings.held > 0 && <li><Link className="linkish" to="/recordings?held=true">{t('retention.held', { n: of.recordings.held })}</Link></li>}
          <li>{t('retention.voicemail')}</li>
          {(['bin', 'notices', 'callbacks', 'spent', 'copies'] as const).map((k) => <li key={k}>{t(`retention.${k}`, { days: days(of[k]) })}</li>)}
        </ul>
      </Card>
      <Confirm open={asking} title={t('retention.sure')} action={t('retention.go')} onClose={() => setAsking(false)} run={save}>{t('retention.sure_text', { calls: then.calls.due, traces: then.traces.due, audit: then.audit.due })}</Confirm>
    </div>
  );
}

export default function RetentionPage() {
  const kept = useQuery({ queryKey: ['retention'], queryFn: api.retention });
  return (
    <Sheet title={t('nav.retention')} scope={t('retention.lead')}>
      <Loaded of={kept}>{(k) => <Form of={k} />}</Loaded>
    </Sheet>
  );
}
