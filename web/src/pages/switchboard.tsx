/** The switchboard: who waits on the left, everybody in the middle, the own call on the right. */
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api, type Call, type LiveCall, type Park, type Place, type User } from '../api';
import { stamp } from '../format';
import { typing } from '../keys';
import { partyName } from '../parts/call';
import { engagedOf, found, matched, otherOf, positionTyped, stepTo, talksOf, waitingOf } from '../parts/desk';
import { useParks } from '../parts/forwarding';
import { usePages } from '../parts/query';
import { type Aim, carry, DeskCall, Positions, Tile, WaitingRow, type Way } from '../parts/switchboard';
import { Active, mainOf, Others, takeHere } from '../parts/webphone';
import { act, usePhone } from '../phone/line';
import { begin, mayCall, openDial } from '../phone/place';
import { can, useMe } from '../session';
import { failed, Trouble } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const none: LiveCall[] = [];

/** Everybody with a number, as far as they are seen; page after page until there are no more. */
function usePeople(): { people: User[]; error: unknown; again: () => void } {
  const { rows, answer, more } = usePages(['users', 'switchboard'], api.users, { sort: 'name' }, 500);
  const next = answer.hasNextPage && !answer.isFetching;
  useEffect(() => { if (next) more(); }, [next, more]);
  return { people: useMemo(() => rows.filter((u) => u.extension && u.state !== 'suspended'), [rows]), error: answer.data ? undefined : answer.error, again: () => void answer.refetch() };
}

/** Groups of the people that are shown, the largest first. */
function groupsOf(people: User[]): { id: string; name: string; n: number }[] {
  const by = new Map<string, { id: string; name: string; n: number }>();
  for (const u of people) for (const g of u.groups ?? []) by.set(g.id, { id: g.id, name: g.name, n: (by.get(g.id)?.n ?? 0) + 1 });
  return [...by.values()].filter((g) => g.n < people.length).sort((a, b) => b.n - a.n || a.name.localeCompare(b.name)).slice(0, 8);
}

function Missed() {
  const me = useMe();
  const missed = useQuery({ queryKey: ['calls', 'missed', 'desk'], queryFn: () => api.calls({ result: 'missed', limit: 5 }), enabled: can(me, 'call.detail') });
  const rows = (missed.data?.items ?? []).filter((c) => c.direction === 'in');
  if (rows.length === 0) return null;
  const back = (c: Call) => (c.from.user ? begin(me, c.from.number ?? '', c.from.name) : openDial(c.from.number)); // a stranger's number says first what it means to call it
  return (
    <section className="col g6">
      <h2 className="label">{t('desk.missed')}</h2>
      <ul>
        {rows.map((c) => (
          <li key={c.id} className="desk-missed">
            <span className="trunc num grow">{partyName(c.from)}</span><span className="meta num nowrap">{stamp(c.started)}</span>
            {mayCall(me) && c.from.number && <button type="button" className="linkish meta" onClick={() => back(c)}>{t('desk.call_back')}</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function SwitchboardPage() {
  const me = useMe();
  const phone = usePhone();
  const { people, error, again } = usePeople();
  const asked = useQuery({ queryKey: ['live'], queryFn: api.live });
  const live = asked.data?.items ?? none;
  const parks = useParks();
  const parked = live.filter((c) => c.phase === 'parked').map((c) => c.id).join();
  useEffect(() => { void parks.refetch(); }, [parked, parks.refetch]);
  const [typed, setTyped] = useState('');
  const [group, setGroup] = useState('');
  const [at, setAt] = useState(0);
  const [picked, setPicked] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const tiles = useRef<HTMLUListElement>(null);
  useEffect(() => { document.title = `${t('nav.switchboard')} – Tandem`; }, []);

  const waiting = useMemo(() => waitingOf(live, me.user.id), [live, me.user.id]);
  const engaged = useMemo(() => engagedOf(live), [live]);
  const groups = useMemo(() => groupsOf(people), [people]);
  const inGroup = useMemo(() => (group ? people.filter((u) => u.groups?.some((g) => g.id === group)) : people), [people, group]);
  const shown = useMemo(() => found(inGroup, positionTyped(typed) ? '' : typed).filter((u) => u.id !== me.user.id), [inGroup, typed, me.user.id]);
  const free = people.filter((u) => u.presence === 'available' || u.presence === 'available2').length;

  const running = phone.calls.filter((c) => c.state !== 'incoming' && c.state !== 'answering');
  const main = mainOf(running);
  const own = matched(live, phone.calls, me.user.id);
  const mine = (main && own.get(main.id)) ?? (main ? undefined : talksOf(live, me.user.id)[0]);
  const chosen = waiting.find((c) => c.id === picked) ?? waiting[0];
  const inHand = Boolean(main ? main.state === 'up' : mine);
  const aim: Aim = mine && inHand && !picked ? { kind: 'transfer', call: mine } : chosen && (picked || !inHand) ? { kind: 'divert', call: chosen } : undefined;
  const hit = shown[Math.min(at, shown.length - 1)];
  useEffect(() => setAt(0), [typed, group]);
  useEffect(() => { document.getElementById(`desk-${hit?.id ?? ''}`)?.scrollIntoView({ block: 'nearest' }); }, [hit?.id]);

  const state = { aim, main, own, engaged, live };
  const now = useRef(state);
  now.current = state;
  const run = useCallback((work: Promise<unknown>, said: string) => {
    setTyped('');
    setPicked('');
    void work.then(() => toast({ text: said }), (e: unknown) => toast(failed(e)));
  }, []);

  /** Sends a call to a place: one that is talked in goes on from this side, one that waits as it is. */
  const send = useCallback((call: LiveCall, to: Place, said: string) => {
    const talks = (call.phase === 'talking' || call.phase === 'held') && !call.queue && !call.menu;
    run(talks ? api.transferCall(call.id, to, call.from.user === me.user.id || call.to.user === me.user.id ? me.user.id : undefined) : api.divertCall(call.id, to), said);
  }, [run, me.user.id]);

  const onDo = useCallback((user: User, way: Way) => {
    const { aim: on, main: talk, engaged: in_ } = now.current;
    const call = in_.get(user.id);
    if (way === 'pickup') {
      if (call) takeHere(api.pickupCall(call.id), t('live.picked_up'));
      return;
    }
    if (!on) {
      if (way === 'straight' && mayCall(me)) {
        setTyped('');
        begin(me, user.extension ?? '', user.name);
      } else toast({ text: t('desk.nothing_to_send') });
      return;
    }
    const who = partyName(on.call.from.user === me.user.id ? on.call.to : on.call.from);
    if (way === 'ask') {
      if (on.kind === 'transfer' && talk) {
        setTyped('');
        act('consult', talk.id, user.extension ?? '', user.name);
      } else toast({ text: t('desk.needs_phone') });
    } else if (way === 'voicemail') send(on.call, { kind: 'mailbox', id: user.id }, t('desk.to_voicemail', { who, name: user.name }));
    else send(on.call, { kind: 'user', id: user.id }, t('desk.sent', { who, name: user.name }));
  }, [me, send]);

  const onDrop = useCallback((user: User, id: string) => {
    const call = now.current.live.find((c) => c.id === id);
    if (!call) return;
    if (call.phase === 'parked') toast({ text: t('desk.fetch_first') });
    else send(call, { kind: 'user', id: user.id }, t('desk.sent', { who: partyName(otherOf(call, me.user.id)), name: user.name }));
  }, [send, me.user.id]);

  const answer = (call: LiveCall) => {
    const ring = phone.calls.find((c) => c.state === 'incoming' && own.get(c.id)?.id === call.id);
    setPicked('');
    if (ring) act('answer', ring.id);
    else takeHere(api.pickupCall(call.id), t('live.picked_up'));
  };
  const onPark = (park: Park, position: string, id = mine?.id ?? '') => {
    const call = live.find((c) => c.id === id);
    if (call) run(api.parkCall(call.id, call.from.user === me.user.id || call.to.user === me.user.id ? me.user.id : undefined, { park: park.id, position }), t('desk.parked_on', { position }));
  };
  const onFetch = (call: LiveCall) => takeHere(api.fetchCall(call.id), t('live.fetched'));
  const place = (n: number) => {
    const all = (parks.data?.items ?? []).flatMap((park) => park.positions.map((position) => ({ park, position })));
    const to = all[n - 1];
    setTyped('');
    if (!to) return;
    const call = to.park.parked.find((p) => p.position === to.position)?.call;
    if (call) onFetch(call);
    else onPark(to.park, to.position);
  };
  const type = (text: string) => (positionTyped(text) ? place(positionTyped(text)) : setTyped(text));

  const key = (e: Pick<KeyboardEvent, 'key' | 'altKey' | 'shiftKey' | 'preventDefault'>) => {
    const columns = tiles.current ? getComputedStyle(tiles.current).gridTemplateColumns.split(' ').length : 1;
    if (e.key === 'Enter' && !typed && !e.altKey && !e.shiftKey && at === 0 && chosen) answer(chosen);
    else if (e.key === 'Enter' && hit) onDo(hit, e.altKey ? 'ask' : e.shiftKey ? 'voicemail' : 'straight');
    else if (e.key === 'Escape' && !e.shiftKey) { setTyped(''); setPicked(''); setAt(0); }
    else if (/^Arrow(Up|Down)$/.test(e.key) || (/^Arrow(Left|Right)$/.test(e.key) && !typed)) setAt((n) => stepTo(n, e.key, columns, shown.length));
    else return;
    e.preventDefault();
  };
  const latest = useRef(key);
  latest.current = key;
  useEffect(() => {
    const press = (e: globalThis.KeyboardEvent) => { // whatever is typed anywhere goes into the field
      if (e.defaultPrevented || e.ctrlKey || e.metaKey || typing(e.target) || document.querySelector('[aria-modal="true"], [role="menu"]')) return;
      if (e.key.length === 1 && e.key !== ' ' && !e.altKey) field.current?.focus();
      else if (e.target === document.body || e.target === document.getElementById('content')) {
        field.current?.focus();
        latest.current(e);
      }
    };
    document.addEventListener('keydown', press, true);
    return () => document.removeEventListener('keydown', press, true);
  }, []);

  const enter = aim?.kind === 'transfer' ? t('desk.transfer') : aim?.kind === 'divert' ? t('desk.divert') : t('webphone.call');
  return (
    <main className="sheet desk" id="content" tabIndex={-1}>
      <h1 className="sr">{t('nav.switchboard')}</h1>
      <section className="desk-left" aria-label={t('desk.waiting')}>
        <div className="row"><h2 className="head">{t('desk.waiting')}</h2>{waiting.length > 0 && <span className="chip small warn num">{waiting.length}</span>}<span className="meta end">{t('desk.oldest')}</span></div>
        {waiting.length === 0 ? <p className="t3">{t('desk.quiet')}</p> : (
          <ol className="col g6" aria-live="polite">
            {waiting.map((c) => <WaitingRow key={c.id} call={c} place={c.queue ? waiting.filter((w) => w.queue === c.queue).indexOf(c) + 1 : undefined} chosen={c.id === chosen?.id && (Boolean(picked) || !inHand)} onChoose={() => { setPicked(c.id); field.current?.focus(); }} onAnswer={() => answer(c)} />)}
          </ol>
        )}
        <Missed />
      </section>
      <section className="desk-mid" aria-label={t('nav.people')}>
        <div className="desk-find">
          <Search className="icon" aria-hidden />
          <input ref={field} autoFocus data-search type="search" aria-controls="desk-tiles" aria-label={t('desk.find')} placeholder={t('desk.find')} autoComplete="off" spellCheck={false} value={typed} onChange={(e) => type(e.currentTarget.value)} onKeyDown={key} />
          {typed && hit && <span className="t3 trunc desk-guess num" aria-live="polite">{hit.name} · {hit.extension}</span>}
        </div>
        <p className="desk-keys meta"><span><kbd>Enter</kbd> {enter}</span>{aim?.kind === 'transfer' && main && <span><kbd>Alt Enter</kbd> {t('desk.ask_first')}</span>}{aim && <span><kbd>Shift Enter</kbd> {t('desk.voicemail')}</span>}</p>
        <div className="desk-groups">
          <div className="row g6" role="group" aria-label={t('nav.groups')}>
            {[{ id: '', name: t('desk.all'), n: people.length }, ...groups].map((g) => <button key={g.id} type="button" className={`chip num${group === g.id ? ' acc' : ' line'}`} aria-pressed={group === g.id} onClick={() => { setGroup(g.id); field.current?.focus(); }}>{g.name} {g.n}</button>)}
          </div>
          <span className="meta nowrap end">{t('desk.available', { n: free })}</span>
        </div>
        {Boolean(error) && <Trouble error={error} retry={again} />}
        <ul className="desk-tiles" id="desk-tiles" ref={tiles} data-list aria-label={t('nav.people')}>
          {shown.map((u) => <Tile key={u.id} user={u} call={engaged.get(u.id)} hit={u === hit && (typed !== '' || at > 0)} aim={aim?.kind} control={can(me, 'presence.set', 'group')} phone={Boolean(main)} onDo={onDo} onDrop={onDrop} />)}
        </ul>
        {shown.length === 0 && <p className="t3 desk-none">{typed ? t('desk.nobody', { typed }) : t('desk.empty')}</p>}
      </section>
      <section className="desk-right" aria-label={t('desk.your_call')}>
        <h2 className="label">{t('desk.your_call')}</h2>
        {main ? (
          <div className="desk-call strip-card" data-talk={main.id} {...carry(own.get(main.id))}>
            {running.length > 1 && <div className="row w g6"><Others calls={running.filter((c) => c !== main)} /></div>}
            <Active key={main.id} call={main} others={running.filter((c) => c !== main)} card />
          </div>
        ) : mine ? <DeskCall call={mine} me={me.user.id} onHangup={() => run(api.hangup(mine.id), t('live.hung_up', { from: partyName(mine.from), to: partyName(mine.to) }))} /> : <p className="t3">{t('desk.no_call')}</p>}
        <Positions parks={parks.data?.items ?? []} aim={aim} onPark={onPark} onFetch={onFetch} />
      </section>
    </main>
  );
}
