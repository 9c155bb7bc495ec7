/** Taking part in a call of others: listen, whisper, join, take over. Which of them the visitor may, says the server. */
import { Ear, EarOff } from 'lucide-react';
import { useState } from 'react';
import { api, type LiveCall, type WatchMode } from '../api';
import { list } from '../format';
import { act } from '../phone/line';
import { Button, IconButton } from '../ui/button';
import { FormDialog } from '../ui/dialog';
import { Choices, Pick, useForm } from '../ui/form';
import { failed, FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { partyName } from './call';

/** Who hears whom in each way: you, the colleague whom it is about, the other side. */
const hears: Record<WatchMode, { you: Side[]; colleague: Side[]; other: Side[] }> = {
  listen: { you: ['colleague', 'other'], colleague: ['other'], other: ['colleague'] },
  whisper: { you: ['colleague', 'other'], colleague: ['other', 'you'], other: ['colleague'] },
  whisper_other: { you: ['colleague', 'other'], colleague: ['other'], other: ['colleague', 'you'] },
  barge: { you: ['colleague', 'other'], colleague: ['other', 'you'], other: ['colleague', 'you'] },
  steal: { you: ['other'], colleague: [], other: ['you'] },
};
type Side = 'you' | 'colleague' | 'other';

function Hearing({ mode, colleague, other }: { mode: WatchMode; colleague: string; other: string }) {
  const names: Record<Side, string> = { you: t('watch.you'), colleague, other };
  return (
    <table className="hearing" aria-label={t('watch.who_hears')}>
      <thead><tr><th scope="col">{t('watch.who')}</th><th scope="col">{t('watch.hears')}</th></tr></thead>
      <tbody>
        {(['you', 'colleague', 'other'] as const).map((side) => (
          <tr key={side}><th scope="row">{names[side]}</th><td>{hears[mode][side].length > 0 ? list(hears[mode][side].map((s) => (s === 'you' ? t('watch.you_heard') : names[s]))) : t('watch.out')}</td></tr>
        ))}
      </tbody>
    </table>
  );
}

/** The colleagues in a call, whom taking part can be about; who was called comes first. */
function subjects(call: LiveCall): { value: string; label: string }[] {
  return [call.to, call.from].filter((p) => p.user).map((p) => ({ value: p.user ?? '', label: partyName(p) }));
}

function TakePart({ call, onClose }: { call: LiveCall; onClose: () => void }) {
  const people = subjects(call);
  const [mode, setMode] = useState<WatchMode>((call.watching as WatchMode | undefined) ?? call.can.watch[0] ?? 'listen');
  const form = useForm({ user: people[0]?.value ?? '' }, async (v) => {
    if (!call.watching) act('expect'); // this browser answers by itself, if it is a phone
    await api.watchCall(call.id, mode, call.watching ? undefined : v.user);
    toast({ text: t(call.watching ? 'watch.turned' : 'watch.ringing') });
    onClose();
  });
  const about = people.find((p) => p.value === form.values.user) ?? people[0];
  const other = partyName(call.from.user === about?.value ? call.to : call.from);
  const options = call.can.watch.map((value) => ({ value, label: t(`watch.${value}`), hint: t(`watch.hint.${value}`, { name: about?.label ?? '', other }) }));
  const leave = () => void api.unwatchCall(call.id).then(onClose, (e: unknown) => toast(failed(e)));
  return (
    <FormDialog title={t('watch.title', { from: partyName(call.from), to: partyName(call.to) })} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={(
      <>
        <Button kind="primary" type="submit" busy={form.busy} locked={mode === call.watching ? t('ui.nothing_changed') : undefined}>{t(`watch.${mode}`)}</Button>
        <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
        {call.watching && <span className="end"><Button kind="quiet" icon={EarOff} onClick={leave}>{t('watch.leave')}</Button></span>}
      </>
    )}
    >
      <div className="col g16">
        <FormError error={form.error} fields={['user', 'mode']} />
        <p className="t2">{t(call.watching ? 'watch.lead_on' : 'watch.lead')}</p>
        {people.length > 1 && !call.watching && <Pick form={form} name="user" label={t('watch.about')} options={people} />}
        <Choices name="mode" label={t('watch.how')} options={options} value={mode} onChange={(v) => setMode(v as WatchMode)} />
        <Hearing mode={mode} colleague={about?.label ?? ''} other={other} />
      </div>
    </FormDialog>
  );
}

/** The button of a live call, where the visitor may take part in it. */
export function TakePartButton({ call }: { call: LiveCall }) {
  const [open, setOpen] = useState(false);
  if (call.can.watch.length === 0 && !call.watching) return null;
  const names = { from: partyName(call.from), to: partyName(call.to) };
  return (
    <>
      {call.watching ? <Button small icon={Ear} data-part onClick={() => setOpen(true)}>{t(`watch.on.${call.watching as 'listen'}`)}</Button>
        : <IconButton small icon={Ear} data-part label={t('watch.of', names)} onClick={() => setOpen(true)} />}
      {open && <TakePart call={call} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Who takes part in a call, for who may know. */
export function WatchedBy({ call }: { call: LiveCall }) {
  if (call.watched.length === 0) return null;
  return <span className="chip warn"><Ear className="icon xs" aria-hidden />{call.watched.map((w) => t(`watch.by.${w.mode}`, { name: partyName(w.party) })).join(', ')}</span>;
}
