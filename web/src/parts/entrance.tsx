/** Calls for a group as a whole: where they go while it is open, on a break, closed, or on a holiday. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ListTree, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Entrance, type Place } from '../api';
import { time, weekday } from '../format';
import { Button, ButtonLink } from '../ui/button';
import { Confirm } from '../ui/dialog';
import { Line } from '../ui/pick';
import { Card } from '../ui/sheet';
import { FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { Chart, Doubts, fieldOf, house } from './chart';
import { isWhole, PlaceEditor, placeWord, plain } from './forwarding';
import { TalkLinksTo } from './talklink';

const states = ['open', 'break', 'closed', 'holiday'] as const;
type State = (typeof states)[number];

function Ahead({ e }: { e: Entrance }) {
  if (e.ahead.length === 0) return <p className="meta">{t('entrance.no_hours')}</p>;
  return (
    <dl className="ahead">
      {e.ahead.map((d) => (
        <div key={d.date} className="contents">
          <dt>{weekday(`${d.date}T12:00:00Z`, 'UTC')}</dt>
          <dd>
            {d.parts.map((p) => <div key={p.from}><span className="num">{time(p.from, e.zone)}–{time(p.until, e.zone)}</span> {p.name ? `${p.name}: ` : ''}{placeWord(p.to, house)}</div>)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Editor({ e }: { e: Entrance }) {
  const cache = useQueryClient();
  const [extension, setExtension] = useState(e.extension);
  const [to, setTo] = useState<Record<State, Place>>({ open: e.open, break: e.break, closed: e.closed, holiday: e.holiday });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [editing, setEditing] = useState<State | undefined>(e.exists ? undefined : 'open');
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['entrance', 'entrances', 'audit', 'path'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
  const put = (b: { extension: string } & Record<State, Place>) => api.setEntrance(e.group, { ...b, open: plain(b.open), break: plain(b.break), closed: plain(b.closed), holiday: plain(b.holiday) });
  const save = async () => {
    setBusy(true);
    try {
      await api.setEntrance(e.group, { extension, open: plain(to.open), break: plain(to.break), closed: plain(to.closed), holiday: plain(to.holiday), revision: e.exists ? e.revision : undefined });
      await refresh();
      setError(undefined);
      setEditing(undefined);
      toast({ text: t('entrance.saved', { name: e.name }), undo: () => (e.exists ? put({ extension: e.extension, open: e.open, break: e.break, closed: e.closed, holiday: e.holiday }) : api.deleteEntrance(e.group)).then(refresh) });
    } catch (x) {
      setError(x);
    } finally {
      setBusy(false);
    }
  };
  const open = states.find((s) => !isWhole(to[s]));
  const none = (s: State) => (s === 'open' ? undefined : t(s === 'holiday' ? 'entrance.as_closed' : 'entrance.as_open'));
  const word = (s: State) => (to[s].kind === '' && s !== 'open' ? none(s) : isWhole(to[s]) ? placeWord(to[s], house) : t('menu.choose_place'));
  return (
    <form className="editor" onSubmit={(x) => { x.preventDefault(); void save(); }} noValidate>
      <div className="col g16">
        <p className="t2">{t('entrance.lead', { name: e.name })}</p>
        <FormError error={error} fields={[]} />
        <Line label={t('field.extension')} hint={t('menu.extension_hint')} value={extension} onChange={setExtension} />
        <Card title={t('entrance.rules')}>
          {states.map((s) => (
            <div key={s} className={editing === s ? 'key-row open' : 'key-row'}>
              <span className="med state-name">{fieldOf(s)}</span>
              <button type="button" className="slot" aria-expanded={editing === s} onClick={() => setEditing(editing === s ? undefined : s)}>{word(s)}</button>
              <span />
              {editing === s && (
                <div className="key-edit col g8">
                  <PlaceEditor label={fieldOf(s)} value={to[s]} none={none(s)} onChange={(p) => setTo({ ...to, [s]: p })} />
                </div>
              )}
            </div>
          ))}
        </Card>
        <div className="row w">
          <Button kind="primary" type="submit" busy={busy} locked={open && t('entrance.open_rule', { state: fieldOf(open) })}>{t('ui.save')}</Button>
          <ButtonLink icon={ListTree} to={`/menus/new?group=${e.group}`}>{t('entrance.own_menu')}</ButtonLink>
          {e.exists && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('entrance.delete')}</Button></span>}
        </div>
      </div>
      <aside className="col g16">
        <Doubts list={e.doubts} />
        {e.chart && <Card title={t('menu.picture')} pad><Chart top={e.chart} /></Card>}
        <TalkLinksTo kind="group" id={e.group} group={e.group} missing={e.exists ? undefined : t('talklink.entrance_first')} />
        {e.exists && <Card title={t('entrance.ahead')} note={e.zone} pad><Ahead e={e} /></Card>}
      </aside>
      <Confirm open={removing} danger title={t('entrance.delete_title', { name: e.name })} action={t('entrance.delete')} onClose={() => setRemoving(false)} run={async () => {
        const gone = await api.deleteEntrance(e.group);
        await refresh();
        toast({ text: gone.problems[0]?.text ?? t('entrance.deleted', { name: e.name }), lasting: gone.problems.length > 0 });
      }}>{t('ring.delete_hint')}</Confirm>
    </form>
  );
}

/** The entrance of a group, to be set, changed and taken away. */
export function EntranceEditor({ group }: { group: string }) {
  const entrance = useQuery({ queryKey: ['entrance', group], queryFn: () => api.entrance(group) });
  return <Loaded of={entrance}>{(e) => <Editor key={e.revision} e={e} />}</Loaded>;
}
