/** Voicemail: what was said to the mailboxes one may hear, to be heard, marked, deleted and taken back. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { MailOpen, Trash2, Undo2, Voicemail } from 'lucide-react';
import { useRef } from 'react';
import { api, type VoiceMessage } from '../api';
import { clock, moment, stamp } from '../format';
import { useAddress } from '../parts/query';
import { Button } from '../ui/button';
import { Side } from '../ui/dialog';
import { Choices } from '../ui/form';
import { Sheet } from '../ui/sheet';
import { Empty, Loaded, sentence } from '../ui/states';
import { type Column, Table } from '../ui/table';
import { toast } from '../ui/toast';
import { t } from '../words';

const speeds = ['0.75', '1', '1.25', '1.5', '2'] as const;
const who = (m: VoiceMessage): string => m.from.name || m.from.number || t('voicemail.unknown');

/** A mailbox that is not one's own is named, because it matters whose messages one hears. */
const whose = (m: VoiceMessage): string => (m.mine ? '' : t('voicemail.in_box', { name: m.box.name || m.box.number || t('place.somebody') }));

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
        toast({ text: t('voicemail.deleted', { name: who(m) }), undo: () => api.restoreMessage(m.id).then(fresh, failed) });
      }, failed),
  };
}

function Player({ message: m, onClose }: { message: VoiceMessage; onClose: () => void }) {
  const sound = useRef<HTMLAudioElement>(null);
  const { values, set } = useAddress();
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
      <Button icon={MailOpen} onClick={() => change.mark(m, !m.new)}>{m.new ? t('voicemail.mark_heard') : t('voicemail.mark_new')}</Button>
      <Button icon={Trash2} locked={m.edit ? undefined : t('voicemail.locked')} why={{ right: 'voicemail.edit', over: { kind: 'message', id: m.id } }} onClick={() => { onClose(); change.remove(m); }}>{t('voicemail.delete')}</Button>
    </>
  );
  return (
    <Side title={who(m)} sub={<>{[m.from.name && m.from.number, moment(m.at)].filter(Boolean).join(' · ')}</>} onClose={onClose} foot={foot}>
      <div className="col g16">
        {!m.mine && <div className="note"><span>{whose(m)} {t('voicemail.logged')}</span></div>}
        <audio ref={sound} controls preload="none" aria-label={t('voicemail.sound_of', { name: who(m) })} src={`/v1/voicemail/${m.id}/sound`}
          onPlay={pace} onEnded={() => m.new && m.mine && change.mark(m, false)} />
        <Choices name="speed" label={t('voicemail.speed')} value={speed} onChange={(v) => set({ speed: v === '1' ? undefined : v })} options={speeds.map((s) => ({ value: s, label: t('voicemail.times', { n: Number(s) }) }))} />
      </div>
    </Side>
  );
}

export default function VoicemailPage() {
  const { values, set } = useAddress();
  const bin = values.show === 'deleted';
  const messages = useQuery({ queryKey: ['voicemail', bin], queryFn: () => api.messages(bin) });
  const open = messages.data?.items.find((m) => m.id === values.message);
  const columns: Column<VoiceMessage>[] = [
    { id: 'from', head: t('voicemail.from'), width: 'minmax(180px,2fr)', cell: (m) => <span className={m.new ? 'med' : 't2'}>{who(m)}{m.from.name && m.from.number && <span className="t3"> {m.from.number}</span>}</span> },
    { id: 'state', head: t('voicemail.state'), width: '110px', cell: (m) => m.new ? <span className="chip small acc">{t('voicemail.new')}</span> : <span className="t3">{t('voicemail.heard')}</span> },
    { id: 'box', head: t('voicemail.box'), width: 'minmax(140px,1fr)', priority: 2, cell: (m) => <span className="t2 trunc">{m.mine ? t('voicemail.own') : m.box.name}</span> },
    { id: 'length', head: t('voicemail.length'), width: '80px', right: true, priority: 3, cell: (m) => <span className="num t2">{clock(m.seconds)}</span> },
    { id: 'at', head: t('voicemail.at'), width: '130px', right: true, cell: (m) => <span className="t3">{stamp(m.at)}</span> },
  ];
  return (
    <Sheet
      title={t('nav.voicemail')}
      scope={t('voicemail.lead')}
      actions={<Button icon={bin ? Voicemail : Trash2} onClick={() => set({ show: bin ? undefined : 'deleted', message: undefined })}>{bin ? t('voicemail.show_all') : t('voicemail.show_deleted')}</Button>}
      flush
      side={open ? <Player key={open.id} message={open} onClose={() => set({ message: undefined })} /> : undefined}
    >
      <Loaded of={messages}>
        {(list) => list.items.length === 0 ? <Empty icon={bin ? Trash2 : Voicemail}>{bin ? t('voicemail.bin_empty') : t('voicemail.empty')}</Empty> : (
          <Table label={t('nav.voicemail')} rows={list.items} columns={columns} id={(m) => m.id} name={who} current={values.message} onOpen={(m) => set({ message: m.id })}
            small={(m) => <span className="row g12"><span className="grow col"><span className={m.new ? 'med trunc' : 'trunc'}>{who(m)}</span><span className="meta trunc">{[stamp(m.at), clock(m.seconds), whose(m)].filter(Boolean).join(' · ')}</span></span>{m.new && <span className="chip small acc">{t('voicemail.new')}</span>}</span>} />
        )}
      </Loaded>
    </Sheet>
  );
}
