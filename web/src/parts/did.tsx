/** The panel of a number of the office. */
import { useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type DID, type Place, type Region, type Trunk } from '../api';
import { Button } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Pick, Text, Toggle, useForm } from '../ui/form';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { PlaceEditor, plain } from './forwarding';
import { TryFirst } from './draft';
import { useGroups } from './query';
import { byName } from './words';

export function EditDID({ did, trunks, regions, onClose }: { did?: DID; trunks: Trunk[]; regions: Region[]; onClose: () => void }) {
  const cache = useQueryClient();
  const groups = byName(useGroups().data?.items ?? []);
  const [to, setTo] = useState<Place>(did?.to ?? { kind: '' });
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['numbers', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const initial = { number: did?.number ?? '', name: did?.name ?? '', trunk: did?.trunk ?? '', group: did?.group ?? '', region: did?.region ?? '', shown: did?.shown ?? true };
  const bodyOf = (v: typeof initial) => ({ ...(!did || did.edit ? v : {}), to: !did || did.lead ? plain(to) : undefined, revision: did?.revision });
  const form = useForm(initial, async (v) => {
    if (did) await api.editNumber(did.id, bodyOf(v));
    else await api.addNumber(bodyOf(v));
    await refresh();
    toast({ text: t('did.saved', { number: v.number }) });
    onClose();
  });
  const edit = !did || did.edit;
  return (
    <Side title={did?.number ?? t('did.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{did?.edit && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('ring.delete')}</Button></span>}<TryFirst part="numbers" id={did?.id} name={form.values.number} body={() => bodyOf(form.values)} /></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['number', 'name', 'trunk', 'group']} />
        {edit && <Text form={form} name="number" label={t('did.number')} hint={t('did.number_hint')} focus />}
        {edit && <Text form={form} name="name" label={t('did.name')} hint={t('did.name_hint')} optional />}
        {(!did || did.lead) && <div className="col g8"><span className="label">{t('did.to')}</span><PlaceEditor label={t('did.to')} value={to} onChange={setTo} /></div>}
        {edit && <Pick form={form} name="group" label={t('did.group')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />}
        {edit && regions.length > 0 && <Pick form={form} name="region" label={t('did.region')} hint={t('did.region_hint')} options={regions.map((r) => ({ value: r.id, label: r.name }))} empty="–" />}
        {edit && trunks.length > 0 && <Pick form={form} name="trunk" label={t('did.trunk')} options={trunks.map((x) => ({ value: x.id, label: x.name }))} empty={t('did.any_trunk')} />}
        {edit && <Toggle form={form} name="shown" label={t('did.shown')} hint={t('did.shown_hint')} />}
      </div>
      {did && <Confirm open={removing} danger title={t('did.delete_title', { number: did.number })} action={t('ring.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteNumber(did.id); await refresh(); onClose(); }}><p>{t('did.delete_hint')}</p></Confirm>}
    </Side>
  );
}
