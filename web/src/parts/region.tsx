/** A place of the office: how numbers are completed there, emergency calls, lines, calls to other places, and what all places keep. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { MapPin, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { api, type Region, type Trunk } from '../api';
import { country } from '../format';
import { useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { countryOptions, Pick, Several, Text, Toggle, useForm } from '../ui/form';
import { Chooser } from '../ui/pick';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { useColleagueOptions } from './forwarding';
import { useGroups } from './query';
import { byName } from './words';

type Member = Region['members'][number];
type Crossing = 'inside' | 'outside' | 'never';
const crossings: Crossing[] = ['inside', 'outside', 'never'];
const office = 'office';

export const useRegions = (enabled: boolean) => useQuery({ queryKey: ['regions'], queryFn: api.regions, enabled, retry: false });

/** A place in the list: where it is, what it has, and what it does otherwise than all should. */
export function RegionLine({ of, onOpen }: { of: Region; onOpen: () => void }) {
  const facts = [country(of.country) + (of.area ? ` ${of.area}` : ''), t('region.people', { n: of.people }), of.group_name, ...of.trunks.map((x) => x.name), ...of.numbers];
  return (
    <button type="button" className="list-row" onClick={onOpen}>
      <MapPin className="icon t3" aria-hidden />
      <span className="grow col">
        <span className="med">{of.name}</span>
        <span className="meta">{facts.filter(Boolean).join(' · ')}</span>
        {of.deviations.length > 0 && <span className="warn">{t('region.deviates', { what: of.deviations.join(' · ') })}</span>}
      </span>
    </button>
  );
}

function Members({ value, onChange }: { value: Member[]; onChange: (m: Member[]) => void }) {
  const people = useColleagueOptions();
  const groups = byName(useGroups().data?.items ?? []);
  const offered = [...groups.map((g) => ({ value: `group:${g.id}`, label: t('restriction.on_group', { name: g.name }), name: g.name })), ...people.map((p) => ({ value: `user:${p.value}`, label: p.label, name: p.label }))]
    .filter((o) => !value.some((m) => `${m.kind}:${m.id}` === o.value));
  const word = (m: Member) => (m.kind === 'group' ? t('restriction.on_group', { name: m.name ?? m.id }) : m.kind === 'device' ? t('restriction.on_device', { name: m.name ?? m.id }) : (m.name ?? m.id));
  return (
    <div className="col g8">
      <span className="label">{t('region.members')}</span>
      <span className="meta">{t('region.members_hint')}</span>
      <ul className="card">
        {value.map((m) => <li key={m.kind + m.id} className="list-row"><span className="grow trunc">{word(m)}</span><IconButton small icon={X} label={t('ring.remove', { name: word(m) })} onClick={() => onChange(value.filter((x) => x !== m))} /></li>)}
        {value.length === 0 && <li className="list-row t3">{t('region.nobody')}</li>}
      </ul>
      <Chooser plain label={t('region.member_add')} options={offered} value="" empty={t('region.member_add')} onChange={(v) => { const at = v.indexOf(':'); if (at > 0) onChange([...value, { kind: v.slice(0, at) as Member['kind'], id: v.slice(at + 1), name: offered.find((o) => o.value === v)?.name }]); }} />
    </div>
  );
}

export function EditRegion({ region, regions, trunks, onClose }: { region?: Region; regions: Region[]; trunks: Trunk[]; onClose: () => void }) {
  const cache = useQueryClient();
  const me = useMe();
  const groups = byName(useGroups().data?.items ?? []);
  const profiles = useQuery({ queryKey: ['restrictions'], queryFn: api.restrictions, retry: false }).data?.items ?? [];
  const [whole, setWhole] = useState(region?.id === office);
  const [members, setMembers] = useState<Member[]>(region?.members ?? []);
  const [calls, setCalls] = useState<Record<string, Crossing>>(Object.fromEntries((region?.calls ?? []).map((c) => [c.to, c.crossing as Crossing])));
  const [removing, setRemoving] = useState(false);
  const home = regions.find((r) => r.id === office);
  const usual = (home?.standard?.crossing || 'inside') as Crossing;
  const others = [...(region?.id === office || whole || home ? [] : [{ id: office, name: t('region.office_name') }]), ...regions].filter((r) => r.id !== (whole ? office : region?.id));
  const standard = region?.standard;
  const refresh = () => Promise.all(['regions', 'numbers', 'audit', 'path', 'whycall'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const form = useForm({
    name: region?.name ?? '', group: region?.group ?? '', country: region && region.country !== me.office.country ? region.country : '', area: region?.area ?? '', emergency: (region?.emergency ?? []).join(' '), shows: region?.shows ?? '',
    trunks: region?.trunks.map((x) => x.id) ?? [], lends: region?.lends.map((x) => x.id) ?? [],
    crossing: standard?.crossing ?? '', number: standard?.number ?? false, callback: standard?.callback ?? false, lines: standard?.trunks ? String(standard.trunks) : '', profiles: standard?.profiles ?? [],
  }, async ({ emergency, crossing, number, callback, lines, profiles: kept, group, country: land, ...v }) => {
    const rules = Object.entries(calls).map(([to, how]) => ({ to, crossing: how }));
    const body = { ...v, emergency: emergency.split(/[\s,;]+/).filter(Boolean), calls: rules,
      ...(whole ? { standard: { crossing: crossing as Crossing | '', number, callback, trunks: Number(lines || 0), profiles: kept } } : { group, country: land, members: members.map(({ kind, id }) => ({ kind, id })) }) };
    if (region) await api.editRegion(region.id, { ...body, revision: region.revision });
    else await api.addRegion({ ...body, office: whole });
    await refresh();
    toast({ text: t('region.saved', { name: v.name }) });
    onClose();
  });
  const foot = <><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{region && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('ring.delete')}</Button></span>}</>;
  return (
    <Side title={region?.name ?? t('region.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={foot}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'group', 'country', 'area', 'shows']} />
        {!region && !home && !whole && <div className="col g4"><div className="row"><Button small onClick={() => { setWhole(true); form.set('name', form.values.name || me.office.name); }}>{t('region.office_add')}</Button></div><span className="meta">{t('region.office_hint')}</span></div>}
        {whole && <p className="meta">{t('region.office_hint')}</p>}
        <Text form={form} name="name" label={t('field.name')} focus />
        {!whole && <Pick form={form} name="country" label={t('field.country')} options={countryOptions()} empty={t('region.country_office', { name: country(me.office.country) })} searchable />}
        <Text form={form} name="area" label={t('region.area')} hint={t('region.area_hint')} optional />
        {!whole && <Members value={members} onChange={setMembers} />}
        {!whole && <Pick form={form} name="group" label={t('did.group')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />}
        <span className="label">{t('region.emergency')}</span>
        <Text form={form} name="shows" label={t('region.shows')} hint={t('region.shows_hint')} optional />
        <Text form={form} name="emergency" label={t('region.emergency_numbers')} hint={t('region.emergency_hint')} optional />
        <Several form={form} name="trunks" label={t('region.trunks')} hint={t('region.trunks_hint')} options={trunks.map((x) => ({ value: x.id, label: x.name }))} />
        {others.length > 0 && <Several form={form} name="lends" label={t('region.lends')} hint={t('region.lends_hint')} options={others.map((r) => ({ value: r.id, label: r.name }))} />}
        {others.length > 0 && (
          <div className="col g8">
            <span className="label">{t('region.calls')}</span>
            {others.map((r) => <Chooser key={r.id} label={r.name} value={calls[r.id] ?? ''} empty={t('region.calls_usual', { how: t(`region.crossing.${usual}`) })} options={crossings.map((c) => ({ value: c, label: t(`region.crossing.${c}`) }))} onChange={(c) => setCalls(({ [r.id]: _, ...rest }) => (c ? { ...rest, [r.id]: c as Crossing } : rest))} />)}
          </div>
        )}
        {whole && (
          <>
            <div className="col g4"><span className="label">{t('region.standard')}</span><span className="meta">{t('region.standard_hint')}</span></div>
            <Pick form={form} name="crossing" label={t('region.calls')} options={crossings.map((c) => ({ value: c === 'inside' ? '' : c, label: t(`region.crossing.${c}`) }))} />
            <Toggle form={form} name="number" label={t('region.standard_number')} />
            <Toggle form={form} name="callback" label={t('region.standard_callback')} />
            <Text form={form} name="lines" label={t('region.standard_trunks')} optional />
            <Several form={form} name="profiles" label={t('region.standard_profiles')} options={profiles.map((p) => ({ value: p.id, label: p.name }))} />
          </>
        )}
      </div>
      {region && <Confirm open={removing} danger title={t('region.delete_title', { name: region.name })} action={t('ring.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteRegion(region.id); await refresh(); onClose(); }}><p>{t('region.delete_hint')}</p></Confirm>}
    </Side>
  );
}
