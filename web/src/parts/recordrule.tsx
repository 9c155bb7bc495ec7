/** Rules about recording: whose calls, what is said before, how long it is kept, and who sees who listened. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Disc3, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, type RecordRule, type RecordSet } from '../api';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Side } from '../ui/dialog';
import { type Option, Pick, Text, Toggle, useForm } from '../ui/form';
import { Chooser } from '../ui/pick';
import { Card } from '../ui/sheet';
import { FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { useGroups } from './query';
import { byName } from './words';

const modes = ['off', 'demand', 'always', 'never'] as const;
const notices = ['tell', 'object', 'ask', 'silent'] as const;

/** A rule as a sentence: what is inherited is said too, because it counts. */
function ruleSentence(c: RecordSet): string {
  const mode = t(`recording.mode.${c.mode ?? 'off'}`);
  if (c.mode !== 'demand' && c.mode !== 'always') return mode;
  return [mode, c.outside ? t('recording.only_outside') : undefined, t(`recording.notice.${c.notice ?? 'tell'}`), t('recording.kept', { n: c.days ?? 90 })].filter(Boolean).join(' · ');
}

const ownPart = (of: RecordRule) => ({ mode: of.own.mode ?? '', outside: of.own.outside ?? false, notice: of.own.notice ?? '', days: of.own.days ? String(of.own.days) : '', pause: of.own.pause ? String(of.own.pause) : '', shown: of.own.shown ?? '', why: of.own.why ?? '' });

export function RuleEditor({ about, onClose }: { about: string; onClose: () => void }) {
  const asked = useQuery({ queryKey: ['recordrules', about], queryFn: () => api.recordRule(about) });
  return asked.data ? <Editor key={about} rule={asked.data} onClose={onClose} /> : <Side title={t('ui.loading')} onClose={onClose}><Loaded of={asked}>{() => null}</Loaded></Side>;
}

function Editor({ rule, onClose }: { rule: RecordRule; onClose: () => void }) {
  const cache = useQueryClient();
  const office = rule.about === 'office';
  const form = useForm(ownPart(rule), async (v) => {
    await api.setRecordRule(rule.about, { mode: v.mode as 'off' | '', outside: v.outside, notice: v.notice as 'tell' | '', days: Number(v.days || 0), pause: Number(v.pause || 0), shown: v.shown as 'open' | '', why: v.why as 'free' | '' });
    await Promise.all(['recordrules', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    toast({ text: t('recording.rule_saved', { name: rule.name }) });
    onClose();
  });
  const inherits = (word: string): string => (office ? t('recording.usual', { word }) : t('recording.inherited', { word }));
  const records = form.values.mode === 'demand' || form.values.mode === 'always';
  return (
    <Side title={rule.name} sub={t('recording.rule_of')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy} locked={rule.edit ? undefined : t('recording.rule_locked')}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['mode', 'notice', 'days', 'pause', 'shown', 'why']} />
        <Pick form={form} name="mode" label={t('recording.mode')} options={modes.map((m) => ({ value: m, label: t(`recording.mode.${m}`) }))} empty={inherits(t(`recording.mode.${rule.counts.mode ?? 'off'}`))} hint={rule.from_who ? t('recording.comes_from', { name: rule.from_who }) : undefined} />
        {records && <Toggle form={form} name="outside" label={t('recording.only_outside')} hint={t('recording.only_outside_hint')} />}
        <Pick form={form} name="notice" label={t('recording.notice')} hint={form.values.notice === 'silent' ? t('recording.silent_warning') : t('recording.notice_hint')} options={notices.map((n) => ({ value: n, label: t(`recording.notice.${n}`) }))} empty={inherits(t(`recording.notice.${rule.counts.notice ?? 'tell'}`))} />
        <Text form={form} name="days" type="number" optional label={t('recording.days')} hint={t('recording.days_hint', { n: rule.counts.days ?? 90 })} />
        <Text form={form} name="pause" type="number" optional label={t('recording.longest_pause')} hint={t('recording.longest_pause_hint', { n: rule.counts.pause ?? 10 })} />
        <Pick form={form} name="shown" label={t('recording.shown')} options={(['open', 'closed'] as const).map((x) => ({ value: x, label: t(`recording.shown.${x}`) }))} empty={inherits(t(`recording.shown.${rule.counts.shown ?? 'open'}`))} />
        <Pick form={form} name="why" label={t('recording.reason')} options={(['free', 'asked'] as const).map((x) => ({ value: x, label: t(`recording.reason.${x}`) }))} empty={inherits(t(`recording.reason.${rule.counts.why ?? 'free'}`))} />
      </div>
    </Side>
  );
}

/** Whom a new rule is about. */
function Whom({ onChoose }: { onChoose: (about: string) => void }) {
  const me = useMe();
  const groups = byName(useGroups().data?.items ?? []);
  const people = useQuery({ queryKey: ['users', 'choice'], queryFn: () => api.users({ limit: 200, sort: 'name' }), staleTime: 60_000 });
  const queues = useQuery({ queryKey: ['queues'], queryFn: api.queues, enabled: can(me, 'queue.edit') });
  const options: Option[] = [
    ...groups.map((g) => ({ value: g.id, label: t('recording.group', { name: g.name }) })),
    ...(queues.data?.items ?? []).map((q) => ({ value: q.id, label: t('recording.queue', { name: q.name }) })),
    ...(people.data?.items ?? []).map((u) => ({ value: u.id, label: u.name })),
  ];
  return <Chooser label={t('recording.about')} hint={t('recording.about_hint')} options={options} value="" empty={t('recording.choose')} onChange={(v) => v && onChoose(v)} />;
}

export function RecordRules({ onOpen }: { onOpen: (about: string) => void }) {
  const rules = useQuery({ queryKey: ['recordrules'], queryFn: api.recordRules });
  const [adding, setAdding] = useState(false);
  return (
    <div className="col g16">
      <p className="t2">{t('recording.rules_lead')}</p>
      <Loaded of={rules}>
        {(list) => (
          <Card>
            {list.items.map((r) => (
              <button key={r.about} type="button" className="list-row" onClick={() => onOpen(r.about)}>
                <Disc3 className="icon t3" aria-hidden />
                <span className="grow col"><span className="med">{r.about === 'office' ? t('recording.office', { name: r.name }) : r.name}</span><span className="meta">{ruleSentence(r.counts)}</span></span>
              </button>
            ))}
          </Card>
        )}
      </Loaded>
      {adding ? <Whom onChoose={(about) => { setAdding(false); onOpen(about); }} /> : <span><Button icon={Plus} onClick={() => setAdding(true)}>{t('recording.add_rule')}</Button></span>}
    </div>
  );
}
