/** Ring groups: extensions behind which several people ring. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { BellRing, Plus, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { api, type Place, type Ring } from '../api';
import { PlaceEditor, placeWord, plain, useColleagueOptions, useRings } from '../parts/forwarding';
import { useAddress, useGroups } from '../parts/query';
import { TalkLinksTo } from '../parts/talklink';
import { byName } from '../parts/words';
import { Button, IconButton } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Choices, Pick, Text, Toggle, useForm } from '../ui/form';
import { Chooser } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const strategies = ['all', 'hunt', 'round_robin', 'longest_idle'] as const;
type Member = NonNullable<Ring['members']>[number];
const house = { id: '', name: '', mine: false };

function Members({ value, onChange }: { value: Member[]; onChange: (m: Member[]) => void }) {
  const people = useColleagueOptions();
  const groups = byName(useGroups().data?.items ?? []);
  const offered = [...groups.map((g) => ({ value: `group:${g.id}`, label: t('ring.all_of', { group: g.name }) })), ...people.map((p) => ({ value: `user:${p.value}`, label: p.label }))]
    .filter((o) => !value.some((m) => `${m.kind}:${m.id}` === o.value));
  const name = (m: Member) => m.name ?? t('place.somebody');
  return (
    <div className="col g8">
      <span className="label">{t('ring.members')}</span>
      <ul className="card">
        {value.map((m, i) => (
          <li key={m.kind + m.id} className="list-row"><span className="chip small num">{i + 1}</span><span className="grow trunc">{m.kind === 'group' ? t('ring.all_of', { group: name(m) }) : name(m)}</span><IconButton small icon={X} label={t('ring.remove', { name: name(m) })} onClick={() => onChange(value.filter((x) => x !== m))} /></li>
        ))}
        {value.length === 0 && <li className="list-row t3">{t('ring.nobody')}</li>}
      </ul>
      <Chooser plain label={t('ring.add_member')} options={offered} value="" empty={t('ring.add_member')} onChange={(v) => { const [kind = '', id = ''] = v.split(':'); if (id) onChange([...value, { kind: kind as Member['kind'], id, name: kind === 'group' ? groups.find((g) => g.id === id)?.name : people.find((p) => p.value === id)?.label }]); }} />
    </div>
  );
}

function Edit({ ring, onClose }: { ring?: Ring; onClose: () => void }) {
  const cache = useQueryClient();
  const groups = byName(useGroups().data?.items ?? []);
  const [members, setMembers] = useState<Member[]>(ring?.members ?? []);
  const [to, setTo] = useState<Place>(ring?.no_answer ?? { kind: '' });
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all([cache.invalidateQueries({ queryKey: ['rings'] }), cache.invalidateQueries({ queryKey: ['audit'] })]);
  const form = useForm({ name: ring?.name ?? '', extension: ring?.extension ?? '', group: ring?.group ?? '', strategy: ring?.strategy ?? 'all', ring: String(ring?.ring ?? 30), escalate: Boolean(ring?.escalate) }, async (v) => {
    const body = { name: v.name, group: v.group, strategy: v.strategy, ring: Number(v.ring), escalate: v.escalate, members: members.map(({ kind, id }) => ({ kind, id })), no_answer: plain(to), extension: !ring && v.extension === '' ? undefined : v.extension };
    if (ring) await api.editRing(ring.id, { ...body, revision: ring.revision });
    else await api.addRing(body);
    await refresh();
    toast({ text: t('ring.saved', { name: v.name }) });
    onClose();
  });
  return (
    <Side title={ring?.name ?? t('ring.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{ring && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('ring.delete')}</Button></span>}</>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'extension', 'group', 'ring']} />
        <Text form={form} name="name" label={t('field.name')} focus />
        <Text form={form} name="extension" label={t('field.extension')} hint={ring ? undefined : t('ring.extension_hint')} />
        <Pick form={form} name="group" label={t('ring.department')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />
        <Members value={members} onChange={setMembers} />
        <Choices name="strategy" label={t('ring.strategy')} value={form.values.strategy} onChange={(v) => form.set('strategy', v as typeof form.values.strategy)} options={strategies.map((s) => ({ value: s, label: t(`ring.strategy.${s}`), hint: t(`ring.strategy_hint.${s}`) }))} />
        <Text form={form} name="ring" label={t('forwarding.ring_time')} hint={t('ring.time_hint')} />
        <Toggle form={form} name="escalate" label={t('ring.escalate')} hint={form.values.group ? t('ring.escalate_hint') : t('ring.escalate_where')} />
        {ring && <TalkLinksTo kind="ring" id={ring.id} group={ring.group} />}
        <div className="col g8"><span className="label">{t('ring.no_answer')}</span><PlaceEditor label={t('ring.no_answer')} value={to} onChange={setTo} /></div>
      </div>
      {ring && (
        <Confirm open={removing} danger title={t('ring.delete_title', { name: ring.name })} action={t('ring.delete')} onClose={() => setRemoving(false)} run={async () => { const gone = await api.deleteRing(ring.id); await refresh(); toast({ text: gone.problems[0]?.text ?? t('ring.deleted', { name: ring.name }), lasting: gone.problems.length > 0 }); onClose(); }}>
          <Fallout ring={ring.id} />
        </Confirm>
      )}
    </Side>
  );
}

/** Whose rules would lead nowhere after the deletion. */
function Fallout({ ring }: { ring: string }) {
  const dry = useQuery({ queryKey: ['rings', 'fallout', ring], queryFn: () => api.deleteRing(ring, true) });
  if (!dry.data) return <p>{t('ring.delete_hint')}</p>;
  return <div className="col g8"><p>{t('ring.delete_hint')}</p>{dry.data.problems.map((p) => <p key={p.owner.id + p.field} className="warn">{p.text}</p>)}{dry.data.hidden > 0 && <p className="warn">{t('ring.hidden', { n: dry.data.hidden })}</p>}</div>;
}

export default function RingPage() {
  const rings = useRings();
  const { values, set } = useAddress();
  const close = () => set({ peek: undefined, add: undefined });
  const open = useQuery({ queryKey: ['rings', values.peek], queryFn: () => api.ring(values.peek ?? ''), enabled: Boolean(values.peek) });
  const side = values.add ? <Edit key="new" onClose={close} /> : values.peek && open.data ? <Edit key={open.data.id + open.data.revision} ring={open.data} onClose={close} /> : undefined;
  const add = () => set({ add: '1', peek: undefined });
  return (
    <Sheet title={t('nav.rings')} scope={t('ring.lead')} actions={<Button kind="primary" icon={Plus} onClick={add}>{t('ring.add')}</Button>} side={side}>
      <Loaded of={rings}>
        {(list) => (list.items.length === 0 ? <Empty icon={BellRing} action={<Button small icon={Plus} onClick={add}>{t('ring.add')}</Button>}>{t('ring.empty')}</Empty> : (
          <Card>
            {list.items.map((r) => (r.edit ? (
              <button key={r.id} type="button" className="list-row" onClick={() => set({ peek: r.id, add: undefined })}>
                <BellRing className="icon t3" aria-hidden /><span className="grow col"><span className="med">{r.name}</span><span className="meta">{[r.group_name, t(`ring.strategy.${r.strategy ?? 'all'}`), t('ring.people', { n: r.people }), r.no_answer && t('ring.then', { to: placeWord(r.no_answer, house) })].filter(Boolean).join(' · ')}</span></span><span className="num t2">{r.extension}</span>
              </button>
            ) : <div key={r.id} className="list-row"><BellRing className="icon t3" aria-hidden /><span className="grow med">{r.name}</span><span className="num t2">{r.extension}</span></div>))}
          </Card>
        ))}
      </Loaded>
    </Sheet>
  );
}
