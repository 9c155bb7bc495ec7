/** A recording: its sound as a picture to click into, what may be done with it, and who listened. */
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, FastForward, Lock, LockOpen, Pause, Play, Share2, Trash2, Undo2 } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import { Link } from 'react-router';
import { api, type Peaks, type Recording } from '../api';
import { clock, day, moment, seconds, stamp } from '../format';
import { Button, IconButton } from '../ui/button';
import { Side } from '../ui/dialog';
import { Flip, Line, Segments } from '../ui/pick';
import { Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { partyName } from './call';
import { ShareDialog, Shares } from './share';
import { WhyRecording } from './whyrecording';

const speeds = ['0.75', '1', '1.25', '1.5', '2'] as const;
const quiet = 0.015; // below this nobody is heard
const long = 1.5; // seconds of quiet that are worth a jump

export const recordingName = (r: Recording): string => `${partyName(r.from)} → ${partyName(r.to)}`;

export function useRecordingChanges() {
  const cache = useQueryClient();
  const fresh = () => Promise.all(['recordings', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const wrong = (e: unknown) => toast({ text: sentence(e), lasting: true });
  const restore = (r: Recording) => api.restoreRecording(r.id).then(fresh, wrong);
  return {
    fresh,
    restore,
    hold: (r: Recording, hold: boolean) => void api.holdRecording(r.id, hold).then(fresh, wrong),
    remove: (r: Recording) =>
      void api.deleteRecording(r.id).then(async () => {
        await fresh();
        toast({ text: t('recording.deleted', { name: recordingName(r) }), undo: () => restore(r) });
      }, wrong),
  };
}

/** The sound as a picture: the caller above, the callee below; a click or the arrow keys go there. */
function Wave({ peaks, at, of, onSeek }: { peaks: Peaks; at: number; of: number; onSeek: (s: number) => void }) {
  const n = Math.max(peaks.from.length, 1);
  const bars = (side: number[], down: boolean) => side.map((v, i) => {
    const height = Math.max(Math.sqrt(v) * 46, 0.6);
    return <rect key={i} x={i + 0.15} width={0.7} y={down ? 51 : 49 - height} height={height} className={(i + 1) / n <= at / of ? 'on' : ''} />;
  });
  const click = (e: MouseEvent<SVGSVGElement>) => {
    const box = e.currentTarget.getBoundingClientRect();
    onSeek(((e.clientX - box.left) / box.width) * of);
  };
  const key = (e: KeyboardEvent<SVGSVGElement>) => {
    const step = { ArrowLeft: -5, ArrowRight: 5, PageDown: -30, PageUp: 30, Home: -of, End: of }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    onSeek(Math.min(Math.max(at + step, 0), of));
  };
  return (
    <svg className="wave" viewBox={`0 0 ${n} 100`} preserveAspectRatio="none" role="slider" tabIndex={0} aria-label={t('recording.position')} aria-valuemin={0} aria-valuemax={Math.round(of)} aria-valuenow={Math.round(at)} aria-valuetext={t('recording.at_of', { at: clock(at), of: clock(of) })} onClick={click} onKeyDown={key}>
      <g className="from">{bars(peaks.from, false)}</g>
      <g className="to">{bars(peaks.to, true)}</g>
    </svg>
  );
}

/** Where a stretch of quiet that begins here ends; here, when somebody is heard. */
function afterQuiet(peaks: Peaks, at: number, of: number): number {
  const n = peaks.from.length;
  const first = Math.floor((at / of) * n);
  let i = first;
  while (i < n && (peaks.from[i] ?? 0) < quiet && (peaks.to[i] ?? 0) < quiet) i++;
  const until = (i / n) * of;
  return i > first && i < n && until - at > long ? until - 0.3 : at;
}

/** Plays a recording, from wherever its sound and its picture come. */
export function Player({ from, to, seconds, source, peaks, listened }: { from: string; to: string; seconds: number; source: string; peaks: UseQueryResult<Peaks>; listened?: () => void }) {
  const sound = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState('1');
  const [skip, setSkip] = useState(false);
  const seek = (s: number) => {
    if (sound.current) sound.current.currentTime = s;
    setAt(s);
  };
  const toggle = () => {
    const s = sound.current;
    if (!s) return;
    s.playbackRate = Number(speed);
    if (s.paused) void s.play().catch((e: unknown) => toast({ text: sentence(e) }));
    else s.pause();
  };
  const tick = () => {
    const s = sound.current;
    if (!s) return;
    const next = skip && peaks.data ? afterQuiet(peaks.data, s.currentTime, seconds) : s.currentTime;
    if (next > s.currentTime) s.currentTime = next;
    setAt(next);
  };
  const pace = (v: string) => {
    setSpeed(v);
    if (sound.current) sound.current.playbackRate = Number(v);
  };
  return (
    <div className="col g12">
      <audio ref={sound} preload="none" src={source} onLoadedData={listened} onTimeUpdate={tick} onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onEnded={() => setPlaying(false)} onError={() => playing && toast({ text: t('recording.unplayable'), lasting: true })} />
      <div className="col g4">
        <span className="meta wave-side from">{from}</span>
        <Loaded of={peaks}>{(p) => <Wave peaks={p} at={at} of={seconds} onSeek={seek} />}</Loaded>
        {to && <span className="meta wave-side to">{to}</span>}
      </div>
      <div className="row g12 wave-row">
        <IconButton kind="primary" icon={playing ? Pause : Play} label={playing ? t('recording.pause') : t('recording.play')} onClick={toggle} />
        <span className="num t2 nowrap grow" role="timer">{clock(at)} / {clock(seconds)}</span>
        <Segments label={t('voicemail.speed')} value={speed} onChange={pace} options={speeds.map((s) => ({ value: s, label: t('voicemail.times', { n: Number(s) }) }))} />
      </div>
      <Flip label={t('recording.skip')} hint={t('recording.skip_hint')} on={skip} onChange={setSkip} />
    </div>
  );
}

function Own({ recording: r, reason }: { recording: Recording; reason: string }) {
  const cache = useQueryClient();
  const peaks = useQuery({ queryKey: ['recordings', 'peaks', r.id], queryFn: () => api.peaks(r.id), staleTime: Infinity });
  const listened = () => void cache.invalidateQueries({ queryKey: ['recordings', 'hearings', r.id] }); // the house notes it as it hands the sound out
  return <Player from={r.room ? partyName(r.to) : partyName(r.from)} to={r.room ? '' : partyName(r.to)} seconds={r.seconds} peaks={peaks} listened={listened} source={`/v1/recordings/${r.id}/sound${reason ? `?reason=${encodeURIComponent(reason)}` : ''}`} />;
}

/** Whoever listens to others says why, where the office wants that. */
function Why({ onReason }: { onReason: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  return (
    <form className="col g12 note" onSubmit={(e) => { e.preventDefault(); if (reason.trim()) onReason(reason.trim()); }}>
      <Line label={t('recording.why_listen')} hint={t('recording.why_hint')} value={reason} onChange={setReason} />
      <span><Button kind="primary" small type="submit" locked={reason.trim() ? undefined : t('recording.why_missing')}>{t('recording.go_on')}</Button></span>
    </form>
  );
}

function Heard({ recording: r }: { recording: Recording }) {
  const heard = useQuery({ queryKey: ['recordings', 'hearings', r.id], queryFn: () => api.hearings(r.id) });
  return (
    <section className="col g8">
      <h3 className="label">{t('recording.who_listened')}</h3>
      <Loaded of={heard}>
        {(h) => h.items.length === 0 ? <p className="t3">{t('recording.nobody_listened')}</p> : (
          <ul className="card">
            {h.items.map((x, i) => (
              <li key={i} className="list-row"><span className="grow col"><span className="med">{partyName(x.who)}</span>{x.reason && <span className="meta">{x.reason}</span>}</span>{x.copy && <span className="chip small warn">{t('recording.copy')}</span>}{x.link && <span className="chip small warn">{t(`share.${x.link}`)}</span>}<span className="meta num nowrap">{stamp(x.at)}</span></li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

/** Who was told that he is recorded, in which words, and what he answered. */
export function Told({ of }: { of: Recording['consent'] }) {
  return of.map((c, i) => (
    <li key={i} className="col">
      <span>{c.answer ? t(`recording.answer.${c.answer}`, { name: partyName(c.party) }) : t('recording.told', { name: partyName(c.party) })}</span>
      <span className="meta num">{[seconds(c.at), c.text && t('recording.words', { words: c.text })].filter(Boolean).join(' · ')}</span>
    </li>
  ));
}

function Facts({ recording: r }: { recording: Recording }) {
  return (
    <ul className="col g4 t2">
      <li>{r.why}</li>
      {r.people.length > 0 && <li>{t('recording.people', { names: r.people.map(partyName).join(', ') })}</li>}
      {r.own && <li>{t('recording.own_part')}</li>}
      {r.by?.name && <li>{t('recording.begun_by', { name: r.by.name })}</li>}
      <Told of={r.consent} />
      {r.pauses.length > 0 && <li>{t('recording.pauses', { n: r.pauses.length })}</li>}
      <li>{r.hold ? t('recording.on_hold') : r.expires ? t('recording.expires', { day: day(r.expires) }) : t('recording.stays')}</li>
    </ul>
  );
}

export function RecordingPanel({ recording: r, onClose }: { recording: Recording; onClose: () => void }) {
  const change = useRecordingChanges();
  const [reason, setReason] = useState('');
  const [sharing, setSharing] = useState(false);
  const open = r.can.play && (!r.reason || reason !== '');
  const over = { kind: 'recording', id: r.id };
  const foot = r.deleted ? <Button icon={Undo2} onClick={() => void change.restore(r)}>{t('voicemail.restore')}</Button> : (
    <>
      <Button icon={Download} locked={!r.can.download ? t('recording.no_download') : r.reason && reason === '' ? t('recording.why_missing') : undefined} why={{ right: 'recording.download', over }} onClick={() => { window.location.assign(`/v1/recordings/${r.id}/sound?download=true&reason=${encodeURIComponent(reason)}`); }}>{t('recording.download')}</Button>
      <Button icon={Share2} locked={r.can.share ? undefined : t('share.no_share')} why={{ right: 'recording.share', over }} onClick={() => setSharing(true)}>{t('share.share')}</Button>
      {r.can.hold && <Button icon={r.hold ? LockOpen : Lock} onClick={() => change.hold(r, !r.hold)}>{r.hold ? t('recording.release') : t('recording.hold')}</Button>}
      <Button icon={Trash2} locked={r.hold ? t('recording.held') : r.can.delete ? undefined : t('recording.no_delete')} why={r.hold ? undefined : { right: 'recording.delete', over }} onClick={() => { onClose(); change.remove(r); }}>{t('voicemail.delete')}</Button>
    </>
  );
  return (
    <Side title={recordingName(r)} sub={moment(r.started)} onClose={onClose} foot={foot}>
      <div className="col g24">
        {r.running ? <p className="note">{t('recording.running')}</p> : !r.can.play ? <p className="note">{t('recording.no_play')}</p> : !open ? <Why onReason={setReason} /> : <Own recording={r} reason={reason} />}
        {open && !r.mine && <p className="meta">{t('recording.logged')}</p>}
        <Facts recording={r} />
        <p><Link to={`/calls?call=${r.call}`}>{t('recording.to_call')}</Link></p>
        {r.can.share && <Shares recording={r} />}
        {r.can.history && <Heard recording={r} />}
      </div>
      <ShareDialog recording={r} open={sharing} onClose={() => setSharing(false)} />
    </Side>
  );
}

/** The recordings of a call, in the call's own panel; where there is none that the reader may hear, why not. */
export function RecordingsOf({ call, talked }: { call: string; talked: boolean }) {
  const asked = useQuery({ queryKey: ['recordings', 'of', call], queryFn: () => api.recordings({ call }), retry: false });
  if (!asked.data?.items.length) return talked && !asked.isPending ? <WhyRecording call={call} /> : null;
  return (
    <section className="col g8">
      <h3 className="label">{t('nav.recordings')}</h3>
      <ul className="card">
        {asked.data.items.map((r) => (
          <li key={r.id}><Link className="list-row" to={`/recordings?recording=${r.id}`}><FastForward className="icon t3" aria-hidden /><span className="grow">{r.running ? t('recording.running') : t('recording.listen')}</span><span className="num t3">{clock(r.seconds)}</span></Link></li>
        ))}
      </ul>
    </section>
  );
}
