/** The panel of a way out: whose calls to which numbers go over which lines. */
import { useQueryClient } from '@tanstack/react-query';
import { ChevronUp, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { api, type OutRoute, type Trunk } from '../api';
import { list } from '../format';
import { Button, IconButton } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Several, Text, Toggle, useForm } from '../ui/form';
import { Chooser } from '../ui/pick';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { TryFirst } from './draft';
import { useGroups } from './query';
import { byName } from './words';

const classes = ['local', 'national', 'mobile', 'international', 'premium'] as const;
type Way = OutRoute['trunks'][number];

/** The conditions of a way out, as a sentence. */
export function outRouteWord(o: OutRoute): string {
  const what = [...o.classes.map((c) => t(`outroute.class.${c as (typeof classes)[number]}`)), ...o.prefixes];
  const whose = o.groups.map((g) => g.name ?? '');
  return [what.length > 0 ? list(what) : t('outroute.every_number'), whose.length > 0 ? t('outroute.of', { groups: list(whose) }) : undefined].filter(Boolean).join(' · ');
}

function Ways({ value, onChange, trunks, weighed }: { value: Way[]; onChange: (w: Way[]) => void; trunks: Trunk[]; weighed: boolean }) {
  const name = (w: Way) => trunks.find((x) => x.id === w.trunk)?.name ?? w.name ?? '';
  const up = (i: number) => onChange(value.map((w, j) => (j === i - 1 ? (value[i] ?? w) : j === i ? (value[i - 1] ?? w) : w)));
  const weigh = (w: Way, weight: number) => onChange(value.map((x) => (x === w ? { ...x, weight } : x)));
  return (
    <div className="col g8">
      <span className="label">{t('outroute.trunks')}</span>
      <ul className="card">
        {value.map((w, i) => (
          <li key={w.trunk} className="list-row">
            <span className="chip small num">{i + 1}</span><span className="grow trunc">{name(w)}</span>
            {weighed && <input className="num short" type="number" min={1} max={1000} aria-label={t('outroute.weight', { name: name(w) })} value={w.weight ?? 1} onChange={(e) => weigh(w, Number(e.target.value))} />}
            {i > 0 && !weighed && <IconButton small icon={ChevronUp} label={t('outroute.up', { name: name(w) })} onClick={() => up(i)} />}
            <IconButton small icon={X} label={t('ring.remove', { name: name(w) })} onClick={() => onChange(value.filter((x) => x !== w))} />
          </li>
        ))}
        {value.length === 0 && <li className="list-row t3">{t('outroute.no_trunk')}</li>}
      </ul>
      <Chooser plain label={t('outroute.add_trunk')} options={trunks.filter((x) => !value.some((w) => w.trunk === x.id)).map((x) => ({ value: x.id, label: x.name }))} value="" empty={t('outroute.add_trunk')} onChange={(id) => id && onChange([...value, { trunk: id }])} />
    </div>
  );
}

export function EditOutRoute({ route, trunks, onClose }: { route?: OutRoute; trunks: Trunk[]; onClose: () => void }) {
  const cache = useQueryClient();
  const groups = byName(useGroups().data?.items ?? []);
  const [ways, setWays] = useState<Way[]>(route?.trunks ?? []);
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['outroutes', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const initial = { name: route?.name ?? '', place: route ? String(route.place) : '', classes: route?.classes ?? [], prefixes: (route?.prefixes ?? []).join(' '), groups: route?.groups.map((g) => g.id) ?? [], spread: route?.spread ?? false, on: !route?.off };
  const bodyOf = ({ on, place, prefixes, ...v }: typeof initial) => ({ ...v, off: !on, place: place === '' ? undefined : Number(place), prefixes: prefixes.split(/[\s,;]+/).filter(Boolean), trunks: ways.map(({ trunk, weight, prefix, shows }) => ({ trunk, weight, prefix, shows })) });
  const form = useForm(initial, async (v) => {
    const body = bodyOf(v);
    if (route) await api.editOutRoute(route.id, { ...body, revision: route.revision });
    else await api.addOutRoute(body);
    await refresh();
    toast({ text: t('outroute.saved', { name: v.name }) });
    onClose();
  });
  return (
    <Side title={route?.name ?? t('outroute.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{route && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('ring.delete')}</Button></span>}<TryFirst part="routes" id={route?.id} name={form.values.name} body={() => ({ ...bodyOf(form.values), revision: route?.revision })} /></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'place', 'prefixes', 'trunks']} />
        <Text form={form} name="name" label={t('field.name')} focus />
        <Several form={form} name="classes" label={t('outroute.classes')} hint={t('outroute.classes_hint')} options={classes.map((c) => ({ value: c, label: t(`outroute.class.${c}`) }))} />
        <Text form={form} name="prefixes" label={t('outroute.prefixes')} hint={t('outroute.prefixes_hint')} optional />
        <Several form={form} name="groups" label={t('outroute.groups')} hint={t('outroute.groups_hint')} options={groups.map((g) => ({ value: g.id, label: g.name }))} />
        <Ways value={ways} onChange={setWays} trunks={trunks} weighed={form.values.spread} />
        <Toggle form={form} name="spread" label={t('outroute.spread')} hint={t('outroute.spread_hint')} />
        <Text form={form} name="place" label={t('outroute.place')} hint={t('outroute.place_hint')} optional />
        <Toggle form={form} name="on" label={t('outroute.on')} />
      </div>
      {route && <Confirm open={removing} danger title={t('outroute.delete_title', { name: route.name })} action={t('ring.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteOutRoute(route.id); await refresh(); onClose(); }}><p>{t('outroute.delete_hint')}</p></Confirm>}
    </Side>
  );
}
