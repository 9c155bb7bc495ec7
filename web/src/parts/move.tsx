/** What may be done with a live call beside hanging up: send it on, park it, take it. */
import { Circle, CirclePause, CircleStop, CornerUpRight, PhoneForwarded, PhoneIncoming, SquareParking } from 'lucide-react';
import { useState } from 'react';
import { api, type LiveCall, type Place } from '../api';
import { useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { FormDialog } from '../ui/dialog';
import { Pick, useForm } from '../ui/form';
import { failed, FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { partyName } from './call';
import { isWhole, PlaceEditor, plain } from './forwarding';
import { takeHere } from './webphone';

/** The sides of a call that can send the other one on: whoever talks is asked first. */
function sides(call: LiveCall, me: string): { value: string; label: string }[] {
  const all = [call.from, call.to].filter((p) => p.user).map((p) => ({ value: p.user ?? '', label: partyName(p) }));
  return all.sort((a, b) => Number(b.value === me) - Number(a.value === me));
}

function Send({ call, onClose }: { call: LiveCall; onClose: () => void }) {
  const me = useMe();
  const talks = call.can.transfer;
  const who = talks ? sides(call, me.user.id) : [];
  const [to, setTo] = useState<Place>({ kind: 'user', id: '' });
  const form = useForm({ user: who[0]?.value ?? '' }, async (v) => {
    if (talks) await api.transferCall(call.id, plain(to), v.user);
    else await api.divertCall(call.id, plain(to));
    toast({ text: t('live.sent_on') });
    onClose();
  });
  const title = talks ? t('live.transfer') : t('live.divert');
  return (
    <FormDialog title={title} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy} locked={to.kind !== '' && isWhole(to) ? undefined : t('live.choose_place')}>{title}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['user']} />
        <p className="t2">{talks ? t('live.transfer_hint') : t('live.divert_hint', { from: partyName(call.from) })}</p>
        {who.length > 1 && <Pick form={form} name="user" label={t('live.who_sends')} options={who} />}
        <PlaceEditor label={t('live.where')} value={to} onChange={setTo} />
      </div>
    </FormDialog>
  );
}

export function Moves({ call }: { call: LiveCall }) {
  const me = useMe();
  const [open, setOpen] = useState(false);
  const run = (work: Promise<unknown>, said: string) => void work.then(() => toast({ text: said }), (e: unknown) => toast(failed(e)));
  const names = { from: partyName(call.from), to: partyName(call.to) };
  return (
    <span className="row g4">
      {call.can.pickup && <Button small icon={PhoneIncoming} onClick={() => takeHere(api.pickupCall(call.id), t('live.picked_up'))}>{t('live.pick_up')}</Button>}
      {call.can.fetch && <Button small icon={PhoneIncoming} onClick={() => takeHere(api.fetchCall(call.id), t('live.fetched'))}>{t('live.fetch')}</Button>}
      {call.can.transfer && <IconButton small icon={PhoneForwarded} label={t('live.transfer_of', names)} onClick={() => setOpen(true)} />}
      {call.can.divert && <IconButton small icon={CornerUpRight} label={t('live.divert_of', names)} onClick={() => setOpen(true)} />}
      {call.can.park && <IconButton small icon={SquareParking} label={t('live.park_of', names)} onClick={() => run(api.parkCall(call.id, sides(call, me.user.id)[0]?.value), t('live.parked'))} />}
      {call.can.record && !call.recording && <IconButton small icon={Circle} label={t('live.record', names)} onClick={() => run(api.recordCall(call.id, 'start'), t('live.record_begins'))} />}
      {call.can.record && call.recording === 'on' && <IconButton small icon={CirclePause} label={t('live.record_pause', names)} onClick={() => run(api.recordCall(call.id, 'pause'), t('live.record_paused'))} />}
      {call.can.record && call.recording === 'paused' && <IconButton small icon={Circle} label={t('live.record_resume', names)} onClick={() => run(api.recordCall(call.id, 'resume'), t('live.record_resumed'))} />}
      {call.can.record && call.recording && <IconButton small icon={CircleStop} label={t('live.record_stop', names)} onClick={() => run(api.recordCall(call.id, 'stop'), t('live.record_stopped'))} />}
      {open && <Send call={call} onClose={() => setOpen(false)} />}
    </span>
  );
}
