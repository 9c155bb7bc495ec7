/** Feature codes: what can be dialled, and short numbers (FC-01). */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, Failure, type FeatureCodes, type SpeedDial } from '../api';
import { Button, IconButton } from '../ui/button';
import { Choices } from '../ui/form';
import { Line } from '../ui/pick';
import { Card } from '../ui/sheet';
import { FormError, Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { known, t } from '../words';

const actionWord = (action: string): string => known(`app.code.do.${action}`) ?? action;

/** What was refused about a field, and nothing when it was another. */
const wrong = (error: unknown, field: string): string | undefined => (error instanceof Failure && error.field === field ? sentence(error) : undefined);

/** Keeps a draft beside what the server has, and sends it. */
function useDraft<T>(now: T, send: (draft: T) => Promise<unknown>, keys: string[]) {
  const cache = useQueryClient();
  const [draft, setDraft] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await send(draft ?? now);
      await Promise.all(keys.map((k) => cache.invalidateQueries({ queryKey: [k] })));
      setDraft(undefined);
      toast({ text: t('ui.saved') });
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return { value: draft ?? now, set: (v: T) => { setDraft(v); setError(undefined); }, dirty: draft !== undefined, error, busy, save };
}

/** Short numbers as rows that can be changed. */
function SpeedRows({ value, set, error }: { value: SpeedDial[]; set: (v: SpeedDial[]) => void; error: unknown }) {
  const put = (i: number, part: Partial<SpeedDial>) => set(value.map((d, j) => (j === i ? { ...d, ...part } : d)));
  const free = () => Array.from({ length: 99 }, (_, i) => String(i + 1)).find((n) => !value.some((d) => d.short === n)) ?? '';
  return (
    <div className="col g8">
      {value.length === 0 && <p className="t3">{t('code.empty')}</p>}
      {value.map((d, i) => (
        <div key={i} className="code-speed">
          <Line plain label={t('code.short')} value={d.short} onChange={(short) => put(i, { short })} error={wrong(error, `speed.${i}.short`)} />
          <Line plain label={t('field.name')} placeholder={t('field.name')} value={d.name ?? ''} onChange={(name) => put(i, { name })} error={wrong(error, `speed.${i}.name`)} />
          <Line plain label={t('code.number')} placeholder={t('code.number')} type="tel" value={d.number} onChange={(number) => put(i, { number })} error={wrong(error, `speed.${i}.number`)} />
          <IconButton small label={t('code.remove', { short: d.short })} icon={Trash2} onClick={() => set(value.filter((_, j) => j !== i))} />
        </div>
      ))}
      <div className="row"><Button small icon={Plus} onClick={() => set([...value, { short: free(), name: '', number: '' }])}>{t('code.add')}</Button></div>
    </div>
  );
}

function Save({ draft }: { draft: { dirty: boolean; busy: boolean; save: () => Promise<void> } }) {
  return <div className="row"><Button kind="primary" busy={draft.busy} locked={draft.dirty ? undefined : t('ui.nothing_changed')} onClick={() => void draft.save()}>{t('ui.save')}</Button></div>;
}

function Editor({ codes }: { codes: FeatureCodes }) {
  const [dialect, setDialect] = useState(codes.dialect);
  const other = useQuery({ queryKey: ['codes', dialect], queryFn: () => api.codes(dialect), enabled: dialect !== codes.dialect });
  const shown = dialect === codes.dialect ? codes : (other.data ?? codes);
  const now = Object.fromEntries(codes.codes.map((c) => [c.action, c.code]));
  const [own, setOwn] = useState<Record<string, string>>({});
  const [keys, setKeys] = useState(codes.keys);
  const draft = useDraft<SpeedDial[]>(codes.speed, async (speed) => {
    await api.setCodes({ dialect, codes: own as never, keys, speed, revision: codes.revision });
    setOwn({});
  }, ['codes', 'settings']);
  const kept = (action: string) => codes.codes.find((c) => c.action === action && c.code !== c.usual)?.code;
  const code = (action: string, usual: string) => own[action] ?? kept(action) ?? (dialect === codes.dialect ? now[action] : usual) ?? '';
  const speedCode = shown.codes.find((c) => c.action === 'speed');
  const start = speedCode ? code('speed', speedCode.usual) : '';
  const dirty = draft.dirty || dialect !== codes.dialect || keys !== codes.keys || Object.keys(own).length > 0;
  const line = (c: FeatureCodes['codes'][number]) => (
    <div key={c.action} className="list-row code-row">
      <span className="grow col"><span className="med">{actionWord(c.action)}</span>{code(c.action, c.usual) !== c.usual && <span className="meta">{c.usual ? t('code.usual', { code: c.usual }) : t('code.usually_off')}</span>}</span>
      <span className="code-entry"><Line plain label={`${t('code.code')}: ${actionWord(c.action)}`} placeholder={t('code.off')} value={code(c.action, c.usual)} onChange={(v) => setOwn({ ...own, [c.action]: v.trim() })} error={wrong(draft.error, `codes.${c.action}`)} /></span>
      <span className="code-tail t3">{c.argument ? `+ ${t('code.number')}` : ''}</span>
    </div>
  );
  return (
    <div className="col g20 form">
      <p className="lead">{t('code.lead')}</p>
      <Choices name="dialect" label={t('code.dialect')} value={dialect} onChange={(d) => setDialect(d as FeatureCodes['dialect'])} options={[{ value: 'classic', label: t('code.classic'), hint: t('code.classic_hint') }, { value: 'compact', label: t('code.compact'), hint: t('code.compact_hint') }]} />
      <Card title={t('settings.codes')} note={t('code.dialect_hint')}>{shown.codes.filter((c) => !c.talking).map(line)}</Card>
      <Card title={t('code.talking')} note={t('code.talking_hint')}>
        <div className="card-body"><Choices name="keys" label={t('code.keys')} value={keys} onChange={(k) => setKeys(k as FeatureCodes['keys'])} options={(['called', 'both', 'none'] as const).map((k) => ({ value: k, label: t(`code.keys_${k}`), hint: t(`code.keys_${k}_hint`) }))} /></div>
        {keys !== 'none' && shown.codes.filter((c) => c.talking).map(line)}
      </Card>
      <Card title={t('code.speed')} note={start ? t('code.speed_hint', { code: start }) : t('code.speed_off')} pad><SpeedRows value={draft.value} set={draft.set} error={draft.error} /></Card>
      <FormError error={draft.error} fields={[...codes.codes.map((c) => c.action), 'short', 'number', 'name']} />
      <Save draft={{ ...draft, dirty }} />
    </div>
  );
}

/** The codes of the office, for those who may change them. */
export function Codes() {
  const codes = useQuery({ queryKey: ['codes'], queryFn: () => api.codes() });
  return <Loaded of={codes}>{(c) => <Editor key={c.revision} codes={c} />}</Loaded>;
}

function Own({ codes, speed }: { codes: FeatureCodes; speed: SpeedDial[] }) {
  const draft = useDraft<SpeedDial[]>(speed, (v) => api.setSpeed(v), ['speed']);
  const start = codes.codes.find((c) => c.action === 'speed')?.code ?? '';
  return (
    <div className="col g20 form">
      <Card title={t('code.own')} note={start ? t('code.own_hint', { code: start }) : t('code.speed_off')} pad>
        <div className="col g16"><SpeedRows value={draft.value} set={draft.set} error={draft.error} /><FormError error={draft.error} fields={['short', 'number', 'name']} /><Save draft={draft} /></div>
      </Card>
      {codes.speed.length > 0 && (
        <Card title={t('code.office')}>
          {codes.speed.map((d) => <div key={d.short} className="list-row"><span className="grow med">{d.name || d.number}</span><span className="num t3">{d.number}</span><span className="chip small num">{start}{d.short}</span></div>)}
        </Card>
      )}
      <Card title={t('settings.codes')} note={t('code.lead_own')}>
        {codes.codes.filter((c) => c.code).map((c) => <div key={c.action} className="list-row"><span className="grow">{actionWord(c.action)}</span><span className="chip small num">{c.code}{c.argument ? ` + ${t('code.number')}` : ''}</span></div>)}
      </Card>
    </div>
  );
}

/** What one can dial, and one's own short numbers. */
export function OwnCodes() {
  const codes = useQuery({ queryKey: ['codes'], queryFn: () => api.codes() });
  const speed = useQuery({ queryKey: ['speed'], queryFn: api.speed });
  return <Loaded of={codes}>{(c) => <Loaded of={speed}>{(s) => <Own codes={c} speed={s.speed} />}</Loaded>}</Loaded>;
}
