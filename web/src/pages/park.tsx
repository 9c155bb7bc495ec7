/** Park positions: where calls wait to be fetched, and who waits there now. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { PhoneIncoming, Plus, Settings2, SquareParking, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Park, type Place } from '../api';
import { clock } from '../format';
import { PartyText } from '../parts/call';
import { PlaceEditor, placeWord, plain, useParks } from '../parts/forwarding';
import { useNow } from '../parts/now';
import { MusicEditor } from '../parts/music';
import { useAddress, useGroups } from '../parts/query';
import { takeHere } from '../parts/webphone';
import { byName } from '../parts/words';
import { can, useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { Pick, Text, useForm } from '../ui/form';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const house = { id: '', name: '', mine: false };

function Edit({ park, onClose }: { park?: Park; onClose: () => void }) {
  const cache = useQueryClient();
  const groups = byName(useGroups().data?.items ?? []);
  const [then, setThen] = useState<Place>(park?.then ?? { kind: '' });
  const [revision, setRevision] = useState(park?.revision);
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['parks', 'audit'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
  /** Music is changed at once; what is typed stays, and is saved onto it. */
  const heard = (now: Park) => { setRevision(now.revision); return refresh(); };
  const form = useForm({ name: park?.name ?? '', extension: park?.extension ?? '', group: park?.group ?? '', slots: String(park?.slots ?? 8), wait: String(park?.wait || 120) }, async (v) => {
    const body = { name: v.name, group: v.group, slots: Number(v.slots), wait: Number(v.wait), then: plain(then), extension: !park && v.extension === '' ? undefined : v.extension };
    if (park) await api.editPark(park.id, { ...body, revision });
    else await api.addPark(body);
    await refresh();
    toast({ text: t('park.saved', { name: v.name }) });
    onClose();
  });
  return (
    <Side title={park?.name ?? t('park.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{park && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('park.delete')}</Button></span>}</>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'extension', 'group', 'slots', 'wait']} />
        <Text form={form} name="name" label={t('field.name')} focus />
        <Text form={form} name="extension" label={t('field.extension')} hint={t('park.extension_hint')} />
        <Text form={form} name="slots" type="number" label={t('park.slots')} hint={t('park.slots_hint')} />
        <Pick form={form} name="group" label={t('ring.department')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />
        <Text form={form} name="wait" type="number" label={t('park.wait')} hint={t('park.wait_hint')} />
        <div className="col g8"><span className="label">{t('park.then')}</span><PlaceEditor label={t('park.then')} value={then} onChange={setThen} none={t('park.again')} /></div>
        {park && <MusicEditor music={park.music} without={t('park.no_music')} put={(file) => api.setParkMusic(park.id, file).then(heard)} remove={() => api.removeParkMusic(park.id).then(heard)} />}
      </div>
      {park && (
        <Confirm open={removing} danger title={t('park.delete_title', { name: park.name })} action={t('park.delete')} onClose={() => setRemoving(false)} run={async () => { const gone = await api.deletePark(park.id); await refresh(); toast({ text: gone.problems[0]?.text ?? t('park.deleted', { name: park.name }), lasting: gone.problems.length > 0 }); onClose(); }}>
          <p>{t('park.delete_hint')}</p>
        </Confirm>
      )}
    </Side>
  );
}

/** The positions of a row, each free or with the call that waits there. */
function Positions({ park }: { park: Park }) {
  const now = useNow();
  const fetch = (call: string) => takeHere(api.fetchCall(call), t('live.fetched'));
  return (
    <ul>
      {park.positions.map((position) => {
        const call = park.parked.find((p) => p.position === position)?.call;
        return (
          <li key={position} className="list-row" data-position={position}>
            <span className={`chip num${call ? ' acc' : ''}`}>{position}</span>
            {call ? (
              <>
                <span className="grow col"><span className="med"><PartyText party={call.from} /></span>{call.parked_by && <span className="meta">{t('park.by', { name: call.parked_by.name ?? t('place.somebody') })}</span>}</span>
                <span className="timer" role="timer">{clock((now.getTime() - new Date(call.answered ?? call.started).getTime()) / 1000)}</span>
                <Button small icon={PhoneIncoming} locked={call.can.fetch ? undefined : t('live.not_yours')} why={{ right: 'call.park', over: { kind: 'call', id: call.id } }} onClick={() => fetch(call.id)}>{t('live.fetch')}</Button>
              </>
            ) : <span className="grow t3">{t('park.free')}</span>}
          </li>
        );
      })}
    </ul>
  );
}

export default function ParkPage() {
  const me = useMe();
  const parks = useParks();
  const live = useQuery({ queryKey: ['live'], queryFn: api.live });
  const { values, set } = useAddress();
  const close = () => set({ peek: undefined, add: undefined });
  const open = useQuery({ queryKey: ['parks', values.peek], queryFn: () => api.park(values.peek ?? ''), enabled: Boolean(values.peek), gcTime: 0 });
  const side = values.add ? <Edit key="new" onClose={close} /> : values.peek && open.data ? <Edit key={open.data.id} park={open.data} onClose={close} /> : undefined;
  const add = can(me, 'queue.edit') ? <Button kind="primary" icon={Plus} onClick={() => set({ add: '1', peek: undefined })}>{t('park.add')}</Button> : undefined;
  // Who is parked comes with the live calls, so that the page follows without asking again.
  const parked = (p: Park): Park => ({ ...p, parked: (live.data?.items ?? []).filter((c) => c.position && p.positions.includes(c.position)).map((call) => ({ position: call.position ?? '', call })) });
  return (
    <Sheet title={t('nav.parks')} scope={t('park.lead')} actions={add} side={side}>
      <Loaded of={parks}>
        {(list) => (list.items.length === 0 ? <Empty icon={SquareParking} action={add}>{t('park.empty')}</Empty> : (
          <div className="col g16">
            {list.items.map((p) => (
              <Card key={p.id} title={`${p.name} · ${p.extension}`} actions={p.edit && <IconButton small icon={Settings2} label={t('park.edit', { name: p.name })} onClick={() => set({ peek: p.id, add: undefined })} />}>
                <Positions park={parked(p)} />
                {p.edit && <p className="meta card-foot">{[p.group_name, t('park.back_after', { seconds: p.wait || 120 }), p.then?.kind && t('ring.then', { to: placeWord(p.then, house) })].filter(Boolean).join(' · ')}</p>}
              </Card>
            ))}
          </div>
        ))}
      </Loaded>
    </Sheet>
  );
}
