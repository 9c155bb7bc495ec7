/** One message of a mailbox: heard, marked, downloaded, forwarded, deleted, and who did what with it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Forward, MailOpen, Trash2, Undo2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, type VoiceMessage } from '../api';
import { moment } from '../format';
import { Button } from '../ui/button';
import { Dialog, Side } from '../ui/dialog';
import { Chooser, Segments } from '../ui/pick';
import { useSend } from '../ui/send';
import { FormError, Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { useColleagueOptions } from './forwarding';
import { useAddress, useGroups } from './query';
import { doorWord } from './words';

const speeds = ['0.75', '1', '1.25', '1.5', '2'] as const;

/** Who left a message. */
export const caller = (m: VoiceMessage): string => m.from.name || m.from.number || t('voicemail.unknown');

/** A mailbox that is not one's own is named, because it matters whose messages one hears. */
export const whose = (m: VoiceMessage): string => (m.mine ? '' : t('voicemail.in_box', { name: m.box.name || m.box.number || t('place.somebody') }));

function useChanges() {
  const cache = useQueryClient();
  const fresh = () => cache.invalidateQueries({ queryKey: ['voicemail'] });
  const failed = (e: unknown) => toast({ text: sentence(e), lasting: true });
  return {
    mark: (m: VoiceMessage, asNew: boolean) => void api.markMessage(m.id, asNew).then(fresh, failed),
    restore: (m: VoiceMessage) => api.restoreMessage(m.id).then(fresh, failed),
    remove: (m: VoiceMessage) =>
      void api.deleteMessage(m.id).then(async () => {
        await fresh();
        toast({ text: t('voicemail.deleted', { name: caller(m) }), undo: () => api.restoreMessage(m.id).then(fresh, failed) });
      }, failed),
    forward: async (m: VoiceMessage, to: string, name: string) => {
      await api.forwardMessage(m.id, to);
      await fresh();
      toast({ text: t('voicemail.forwarded', { name }) });
    },
  };
}

/** Chooses a mailbox and puts a copy there. */
function ForwardDialog({ message: m, onClose }: { message: VoiceMessage; onClose: () => void }) {
  const people = useColleagueOptions(m.box.user);
  const groups = (useGroups().data?.items ?? []).filter((g) => g.id !== m.group?.id).map((g) => ({ value: g.id, label: t('place.group_of', { name: g.name }) }));
  const options = [...people, ...groups];
  const change = useChanges();
  const [to, setTo] = useState('');
  const send = useSend(async () => {
    await change.forward(m, to, options.find((o) => o.value === to)?.label ?? '');
    onClose();
  });
  return (
    <Dialog open title={t('voicemail.forward_title', { name: caller(m) })} onClose={onClose} size={460}>
      <div className="col g16">
        <p className="t2">{t('voicemail.forward_hint')}</p>
        <Chooser label={t('voicemail.forward_to')} options={options} value={to} onChange={setTo} />
        <FormError error={send.error} fields={[]} />
        <div className="row"><Button kind="primary" busy={send.busy} locked={to ? undefined : t('voicemail.choose_box')} onClick={send.go}>{t('voicemail.forward')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
      </div>
    </Dialog>
  );
}

/** Who left, heard, marked and deleted it, the newest first. */
function History({ id }: { id: string }) {
  const history = useQuery({ queryKey: ['voicemail', 'history', id], queryFn: () => api.messageHistory(id) });
  return (
    <section className="col g8">
      <h3>{t('voicemail.history')}</h3>
      <Loaded of={history}>
        {(h) => (
          <ul className="col g8">
            {h.items.map((x) => (
              <li key={x.at + x.what} className="col">
                <span>{t(`voicemail.did.${x.what}`, { name: x.who || t('voicemail.unknown') })}</span>
                <span className="meta">{[moment(x.at), x.via && doorWord(x.via)].filter(Boolean).join(' · ')}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

export function Player({ message: m, onClose }: { message: VoiceMessage; onClose: () => void }) {
  const sound = useRef<HTMLAudioElement>(null);
  const { values, set } = useAddress();
  const [forwards, setForwards] = useState(false);
  const change = useChanges();
  const speed = values.speed ?? '1';
  const pace = () => {
    if (sound.current) sound.current.playbackRate = Number(speed);
  };
  pace();
  const foot = m.deleted ? (
    <Button icon={Undo2} onClick={() => void change.restore(m)}>{t('voicemail.restore')}</Button>
  ) : (
    <>
      <Button icon={Forward} onClick={() => setForwards(true)}>{t('voicemail.forward')}</Button>
      <Button icon={MailOpen} onClick={() => change.mark(m, !m.new)}>{m.new ? t('voicemail.mark_heard') : t('voicemail.mark_new')}</Button>
      <Button icon={Trash2} locked={m.edit ? undefined : t('voicemail.locked')} why={{ right: 'voicemail.edit', over: { kind: 'message', id: m.id } }} onClick={() => { onClose(); change.remove(m); }}>{t('voicemail.delete')}</Button>
    </>
  );
  return (
    <Side title={caller(m)} sub={<>{[m.from.name && m.from.number, moment(m.at)].filter(Boolean).join(' · ')}</>} onClose={onClose} foot={foot}>
      <div className="col g20">
        {m.by && <div className="note"><span>{t('voicemail.sent_by', { name: m.by.name || m.by.number || t('place.somebody') })}</span></div>}
        {!m.mine && <div className="note"><span>{whose(m)} {t('voicemail.logged')}</span></div>}
        <audio ref={sound} controls preload="none" aria-label={t('voicemail.sound_of', { name: caller(m) })} src={`/v1/voicemail/${m.id}/sound`}
          onPlay={pace} onEnded={() => m.new && m.mine && change.mark(m, false)} />
        <Segments label={t('voicemail.speed')} value={speed} onChange={(v) => set({ speed: v === '1' ? undefined : v })} options={speeds.map((s) => ({ value: s, label: t('voicemail.times', { n: Number(s) }) }))} />
        <div className="row"><a className="btn plain small" href={`/v1/voicemail/${m.id}/sound?download=true`} download><Download className="icon" aria-hidden />{t('voicemail.download')}</a></div>
        <History id={m.id} />
      </div>
      {forwards && <ForwardDialog message={m} onClose={() => setForwards(false)} />}
    </Side>
  );
}
