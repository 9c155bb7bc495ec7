/** Queues: where callers wait until an agent is free. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowUp, Headset, Pencil, Plus, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, type Place, type Queue } from '../api';
import { TalkLinksTo } from '../parts/talklink';
import { PlaceEditor, placeWord, plain, useColleagueOptions, useQueues } from '../parts/forwarding';
import { MusicEditor } from '../parts/music';
import { useAddress, useGroups } from '../parts/query';
import { byName } from '../parts/words';
import { can, useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Pick, Several, Text, Toggle, useForm } from '../ui/form';
import { Chooser, Line } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { type Key, t } from '../words';

const strategies = ['idle', 'all', 'hunt', 'hunt3', 'first3', 'next', 'random', 'least_talk', 'fewest', 'skill_all', 'skill_random', 'skill_next', 'skill_fewest'] as const;
type Agent = NonNullable<Queue['agents']>[number];
const house = { id: '', name: '', mine: false };

function Agents({ value, onChange, skilled }: { value: Agent[]; onChange: (a: Agent[]) => void; skilled: boolean }) {
  const people = useColleagueOptions();
  const name = (a: Agent) => a.name ?? people.find((p) => p.value === a.id)?.label ?? t('place.somebody');
  const put = (i: number, a: Agent) => onChange(value.map((x, j) => (i === j ? a : x)));
  const up = (i: number) => onChange(value.map((x, j) => (j === i - 1 ? (value[i] ?? x) : j === i ? (value[i - 1] ?? x) : x)));
  return (
    <div className="col g8">
      <span className="label">{t('queue.agents')}</span>
      <ul className="card">
        {value.map((a, i) => (
          <li key={a.id} className="list-row">
            <span className="chip small num">{i + 1}</span><span className="grow trunc">{name(a)}</span>
            {skilled && <span className="skill"><Line plain label={t('queue.skill', { name: name(a) })} value={String(a.skill ?? 0)} type="number" onChange={(v) => put(i, { ...a, skill: Number(v) || 0 })} /></span>}
            {i > 0 && <IconButton small icon={ArrowUp} label={t('queue.up', { name: name(a) })} onClick={() => up(i)} />}
            <IconButton small icon={X} label={t('ring.remove', { name: name(a) })} onClick={() => onChange(value.filter((x) => x !== a))} />
          </li>
        ))}
        {value.length === 0 && <li className="list-row t3">{t('queue.no_agents')}</li>}
      </ul>
      {skilled && value.length > 0 && <span className="meta">{t('queue.skill_hint')}</span>}
      <Chooser plain label={t('queue.add_agent')} options={people.filter((p) => !value.some((a) => a.id === p.value))} value="" empty={t('queue.add_agent')} onChange={(id) => { if (id) onChange([...value, { id }]); }} />
    </div>
  );
}

/** The times and figures of a queue, each with what it means. */
const figures: { name: 'ring' | 'wrap_up' | 'misses' | 'escalate' | 'late' | 'max_wait' | 'max_calls' | 'every' | 'tries' | 'pause' | 'keep'; hint: Key }[] = [
  { name: 'ring', hint: 'queue.seconds' }, { name: 'wrap_up', hint: 'queue.wrap_up_hint' }, { name: 'misses', hint: 'queue.misses_hint' },
  { name: 'escalate', hint: 'queue.escalate_hint' }, { name: 'late', hint: 'queue.late_hint' }, { name: 'max_wait', hint: 'queue.max_wait_hint' }, { name: 'max_calls', hint: 'queue.max_calls_hint' }, { name: 'every', hint: 'queue.every_hint' },
  { name: 'tries', hint: 'queue.tries_hint' }, { name: 'pause', hint: 'queue.seconds' }, { name: 'keep', hint: 'queue.keep_hint' },
];

function Edit({ queue, onClose }: { queue?: Queue; onClose: () => void }) {
  const cache = useQueryClient();
  const groups = byName(useGroups().data?.items ?? []);
  const people = useColleagueOptions();
  const [agents, setAgents] = useState<Agent[]>(queue?.agents ?? []);
  const [full, setFull] = useState<Place>(queue?.full ?? { kind: '' });
  const [nobody, setNobody] = useState<Place>(queue?.nobody ?? { kind: '' });
  const [revision, setRevision] = useState(queue?.revision);
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all([cache.invalidateQueries({ queryKey: ['queues'] }), cache.invalidateQueries({ queryKey: ['audit'] })]);
  /** Music is changed at once; what is typed stays, and is saved onto it. */
  const heard = (now: Queue) => { setRevision(now.revision); return refresh(); };
  const number = (n: number | undefined, usual: number) => String(queue ? (n ?? 0) : usual);
  const form = useForm({
    name: queue?.name ?? '', extension: queue?.extension ?? '', group: queue?.group ?? '', strategy: queue?.strategy ?? 'idle', ring: number(queue?.ring, 20), wrap_up: number(queue?.wrap_up, 0), misses: number(queue?.misses, 0), escalate: number(queue?.escalate, 0), important: (queue?.important ?? []).join('\n'), notify: (queue?.notify ?? []).map((n) => n.id),
    late: number(queue?.late, 60), max_wait: number(queue?.max_wait, 0), max_calls: number(queue?.max_calls, 0), every: number(queue?.every, 60), tell: Boolean(queue?.tell ?? true),
    callback: Boolean(queue?.callback), tries: String(queue?.tries || 3), pause: String(queue?.callback ? (queue.pause ?? 0) : 600), keep: String(queue?.keep || 86_400), payer: queue?.payer?.id ?? '',
  }, async (v) => {
    const numbers = Object.fromEntries(figures.map((f) => [f.name, Number(v[f.name])]));
    const body = { ...numbers, name: v.name, group: v.group, strategy: v.strategy, important: v.important.split(/[\s,;]+/).filter(Boolean), notify: v.notify, tell: v.tell, callback: v.callback, payer: v.payer, agents: agents.map(({ id, skill }) => ({ id, skill })), full: plain(full), nobody: plain(nobody), extension: !queue && v.extension === '' ? undefined : v.extension };
    if (queue) await api.editQueue(queue.id, { ...body, revision });
    else await api.addQueue(body);
    await refresh();
    toast({ text: t('queue.saved', { name: v.name }) });
    onClose();
  });
  const figure = (name: (typeof figures)[number]['name']) => { const f = figures.find((x) => x.name === name); return <Text key={name} form={form} name={name} type="number" label={t(`queue.${name}` as Key)} hint={f && t(f.hint)} />; };
  return (
    <Side title={queue?.name ?? t('queue.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{queue && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('queue.delete')}</Button></span>}</>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'extension', 'group', 'strategy', 'important', 'notify', 'callback', 'payer', ...figures.map((f) => f.name)]} />
        <Text form={form} name="name" label={t('field.name')} focus />
        <Text form={form} name="extension" label={t('field.extension')} hint={queue ? undefined : t('ring.extension_hint')} />
        <Pick form={form} name="group" label={t('ring.department')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />
        <h3>{t('queue.section.people')}</h3>
        <Agents value={agents} onChange={setAgents} skilled={form.values.strategy.startsWith('skill')} />
        <Pick form={form} name="strategy" label={t('queue.strategy')} options={strategies.map((s) => ({ value: s, label: t(`queue.strategy.${s}`) }))} />
        {figure('ring')}{figure('wrap_up')}{figure('misses')}{form.values.group !== '' && figure('escalate')}
        <h3>{t('queue.section.waiting')}</h3>
        {figure('late')}{figure('max_wait')}{figure('max_calls')}{figure('every')}
        <Toggle form={form} name="tell" label={t('queue.tell')} />
        {queue && <MusicEditor music={queue.music} without={t('queue.no_music')} put={(file) => api.setQueueMusic(queue.id, file).then(heard)} remove={() => api.removeQueueMusic(queue.id).then(heard)} />}
        <h3>{t('queue.section.callback')}</h3>
        <Toggle form={form} name="callback" label={t('queue.callback')} hint={t('queue.callback_hint')} />
        {form.values.callback && <>{figure('tries')}{figure('pause')}{figure('keep')}<Pick form={form} name="payer" label={t('queue.payer')} hint={t('queue.payer_hint')} options={people} empty={t('queue.payer_nobody')} searchable /></>}
        <h3>{t('queue.section.important')}</h3>
        <Text form={form} name="important" label={t('queue.important')} hint={t('queue.important_hint')} area={3} />
        <Several form={form} name="notify" label={t('queue.notify')} hint={t('queue.notify_hint')} options={people} />
        <h3>{t('queue.section.onward')}</h3>
        {queue && <TalkLinksTo kind="queue" id={queue.id} group={queue.group} />}
        <div className="col g8"><span className="label">{t('queue.full')}</span><PlaceEditor label={t('queue.full')} value={full} onChange={setFull} /></div>
        <div className="col g8"><span className="label">{t('queue.nobody')}</span><span className="meta">{t('queue.nobody_hint')}</span><PlaceEditor label={t('queue.nobody')} value={nobody} onChange={setNobody} /></div>
      </div>
      {queue && (
        <Confirm open={removing} danger title={t('queue.delete_title', { name: queue.name })} action={t('queue.delete')} onClose={() => setRemoving(false)} run={async () => { const gone = await api.deleteQueue(queue.id); await refresh(); toast({ text: gone.problems[0]?.text ?? t('queue.deleted', { name: queue.name }), lasting: gone.problems.length > 0 }); onClose(); }}>
          <Fallout queue={queue.id} />
        </Confirm>
      )}
    </Side>
  );
}

/** Whose rules would lead nowhere after the deletion. */
function Fallout({ queue }: { queue: string }) {
  const dry = useQuery({ queryKey: ['queues', 'fallout', queue], queryFn: () => api.deleteQueue(queue, true) });
  if (!dry.data) return <p>{t('queue.delete_hint')}</p>;
  return <div className="col g8"><p>{t('queue.delete_hint')}</p>{dry.data.problems.map((p) => <p key={p.owner.id + p.field} className="warn">{p.text}</p>)}{dry.data.hidden > 0 && <p className="warn">{t('ring.hidden', { n: dry.data.hidden })}</p>}</div>;
}

export default function QueuePage() {
  const queues = useQueues();
  const may = can(useMe(), 'queue.edit');
  const { values, set } = useAddress();
  const close = () => set({ peek: undefined, add: undefined });
  const open = useQuery({ queryKey: ['queues', values.peek], queryFn: () => api.queue(values.peek ?? ''), enabled: Boolean(values.peek), gcTime: 0 });
  const side = values.add ? <Edit key="new" onClose={close} /> : values.peek && open.data ? <Edit key={open.data.id} queue={open.data} onClose={close} /> : undefined;
  const add = () => set({ add: '1', peek: undefined });
  return (
    <Sheet title={t('nav.queues')} scope={t('queue.lead')} actions={may ? <Button kind="primary" icon={Plus} onClick={add}>{t('queue.add')}</Button> : undefined} side={side}>
      <Loaded of={queues}>
        {(list) => (list.items.length === 0 ? <Empty icon={Headset} action={may ? <Button small icon={Plus} onClick={add}>{t('queue.add')}</Button> : undefined}>{t('queue.empty')}</Empty> : (
          <Card>
            {list.items.map((q) => (
              <div key={q.id} className="list-row">
                <Headset className="icon t3" aria-hidden />
                <span className="grow col">
                  {q.live ? <Link className="med" to={`/queues/${q.id}`}>{q.name}</Link> : <span className="med">{q.name}</span>}
                  {q.edit && <span className="meta">{[q.group_name, t(`queue.strategy.${q.strategy ?? 'idle'}`), t('queue.agents_n', { n: q.agents?.length ?? 0 }), q.full?.kind && t('ring.then', { to: placeWord(q.full, house) })].filter(Boolean).join(' · ')}</span>}
                </span>
                <span className="num t2">{q.extension}</span>
                {q.edit && !q.live && <Button small kind="quiet" locked={t('queue.not_live')} why={{ right: 'agent.data', over: { kind: 'queue', id: q.id } }} onClick={() => undefined}>{t('queue.watch')}</Button>}
                {q.edit && <Button small icon={Pencil} aria-label={t('queue.edit_of', { name: q.name })} onClick={() => set({ peek: q.id, add: undefined })}>{t('ui.edit')}</Button>}
              </div>
            ))}
          </Card>
        ))}
      </Loaded>
    </Sheet>
  );
}
