/** The calls of this moment: they come, change and go without reload. */
import { useQuery } from '@tanstack/react-query';
import { AudioLines, Lock, MoveRight, PhoneOff } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { Link } from 'react-router';
import { api, type Call, type LiveCall, type Party } from '../api';
import { clock, stamp } from '../format';
import { liveWord, OneWay, Outcome, PartyText, partyName } from '../parts/call';
import { callsFound, type LiveKind } from '../parts/desk';
import { Moves } from '../parts/move';
import { TakePartButton, WatchedBy } from '../parts/watch';
import { useNow } from '../parts/now';
import { useAddress } from '../parts/query';
import { Taped } from '../parts/taped';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Avatar, Presence } from '../ui/person';
import { SearchField } from '../ui/filter';
import { Card, Sheet, Tabs } from '../ui/sheet';
import { Empty, failed, Loaded, NoMatch } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

function Who({ party }: { party: Party }) {
  return (
    <span className="row g12">
      <Avatar id={party.user ?? party.number ?? '?'} name={partyName(party)} size="m" />
      <span className="col">
        {party.user ? <Link to={`/people/${party.user}`} className="med trunc">{partyName(party)}</Link> : <span className="med trunc">{partyName(party)}</span>}
        {party.number !== partyName(party) && <span className="meta num trunc">{party.number}</span>}
      </span>
    </span>
  );
}

function Live({ call, may }: { call: LiveCall; may: boolean }) {
  const now = useNow();
  const since = new Date(call.answered ?? call.started);
  const tone = call.phase === 'ringing' ? '' : call.phase === 'held' || call.phase === 'parked' ? ' warn' : ' acc';
  const hangup = () => void api.hangup(call.id).then(() => toast({ text: t('live.hung_up', { from: partyName(call.from), to: partyName(call.to) }) }), (e: unknown) => toast(failed(e)));
  return (
    <li className="call-card" data-call={call.id} data-phase={call.phase} tabIndex={-1} aria-label={t('live.row', { from: partyName(call.from), to: partyName(call.to), state: liveWord(call) })}>
      <div className="call-who"><Who party={call.from} /><MoveRight className="icon l t3" aria-label={t('live.calls')} /><Who party={call.to} /></div>
      <span className="live-state"><span className={`chip${tone}`}><Presence state={call.phase === 'ringing' ? 'ringing' : 'talking'} />{liveWord(call)}</span>{call.recording && <Taped state={call.recording} resumes={call.resumes} />}</span>
      <span className="timer" role="timer">{clock((now.getTime() - since.getTime()) / 1000)}</span>
      <span className="meta num wide-only live-codec">{call.codec}{call.secure && <> <Lock className="icon xs" aria-label={t('call.secure')} /></>}</span>
      <OneWay call={call} />
      <div className="row g8 live-acts"><WatchedBy call={call} /><TakePartButton call={call} /><Moves call={call} /><Button small icon={PhoneOff} locked={may ? undefined : t('live.not_yours')} why={{ right: 'call.hangup', over: { kind: 'call', id: call.id } }} onClick={hangup} aria-label={t('live.hang_up_of', { from: partyName(call.from), to: partyName(call.to) })}>{t('live.hang_up')}</Button></div>
    </li>
  );
}

const kinds: LiveKind[] = ['', 'talking', 'waiting', 'held', 'mine'];

/** The calls as a list that keys go through: up and down to a call, Enter to take part in it, Tab to what else can be done. */
function Calls({ calls }: { calls: LiveCall[] }) {
  const me = useMe();
  const box = useRef<HTMLUListElement>(null);
  const rows = () => [...(box.current?.querySelectorAll<HTMLElement>('[data-call]') ?? [])];
  const key = (e: KeyboardEvent) => {
    const all = rows();
    const at = all.findIndex((r) => r === document.activeElement);
    if ((at < 0 && e.target !== box.current) || e.ctrlKey || e.metaKey || e.altKey) return;
    const steps: Record<string, number> = { j: at + 1, ArrowDown: at + 1, k: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    const to = steps[e.key];
    if (to !== undefined) all[Math.max(0, Math.min(all.length - 1, to))]?.focus();
    else if (e.key === 'Enter' && at >= 0) all[at]?.querySelector<HTMLElement>('[data-part]')?.click();
    else return;
    e.preventDefault();
  };
  return (
    <ul className="card calls" ref={box} tabIndex={0} data-list aria-label={t('nav.live')} onKeyDown={key}>
      {calls.map((c) => <Live key={c.id} call={c} may={c.can?.hangup ?? can(me, 'call.hangup')} />)}
    </ul>
  );
}

export default function LivePage() {
  const me = useMe();
  const { values, set } = useAddress();
  const live = useQuery({ queryKey: ['live'], queryFn: api.live });
  const kind = kinds.find((k) => k === values.kind) ?? '';
  const all = live.data?.items ?? [];
  const ended = useQuery<Call[]>({ queryKey: ['ended'], queryFn: () => [], staleTime: Infinity, gcTime: Infinity });
  const reach = me.rights['call.see'];
  const scope = reach === 'all' ? t('live.scope_all') : reach === 'self' ? t('live.scope_self') : t('live.scope_groups');
  return (
    <Sheet
      title={t('nav.live')}
      scope={`${scope}${live.data ? ` · ${t('live.count', { n: live.data.items.length })}` : ''}`}
      tabs={<Tabs label={t('live.kinds')} value={kind} onChange={(k) => set({ kind: k || undefined })} tabs={kinds.map((id) => ({ id, label: `${t(`live.kind.${id || 'all'}`)} ${callsFound(all, '', id).length}` }))} />}
      bar={<SearchField label={t('live.search')} value={values.q ?? ''} onChange={(q) => set({ q })} />}
    >
      <div className="col g24">
        <Loaded of={live}>
          {(list) => {
            const shown = callsFound(list.items, values.q ?? '', kind);
            if (list.items.length === 0) return <Empty icon={AudioLines}>{t('live.empty')}</Empty>;
            return shown.length === 0 ? <NoMatch clear={() => set({ q: undefined, kind: undefined })} /> : <Calls calls={shown} />;
          }}
        </Loaded>
        {(ended.data ?? []).length > 0 && (
          <Card title={t('live.just_ended')}>
            {ended.data?.map((c) => (
              <Link key={c.id} className="list-row" to={`/calls?call=${c.id}`}>
                <span className="grow row g8 t2"><PartyText party={c.from} /><MoveRight className="icon xs t3" aria-hidden /><PartyText party={c.to} /></span>
                <Outcome call={c} /><span className="meta num">{c.answered ? clock(c.seconds) : ''}</span><span className="meta num">{stamp(c.ended)}</span>
              </Link>
            ))}
          </Card>
        )}
      </div>
    </Sheet>
  );
}
