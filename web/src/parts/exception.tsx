/** Exceptions to forwarding rules: a list of sentences, and the editor of one. */
import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Exception, type Forwarding } from '../api';
import { weekdayName } from '../format';
import { Button, IconButton } from '../ui/button';
import { Chips, Chooser, Flip, Line } from '../ui/pick';
import { FormError } from '../ui/states';
import { type Key, t } from '../words';
import { isWhole, PlaceEditor, placeWord, plain, rulesLock, useColleagueOptions } from './forwarding';

type Hours = NonNullable<Exception['hours']>;
const hours: Hours[] = ['', 'open', 'break', 'closed', 'specific', 'other', 'never'];
const occasions = ['', 'no_answer', 'busy', 'offline'] as const;
const sides = ['', 'inside', 'outside'] as const;
const week = [1, 2, 3, 4, 5, 6, 0];

const minutes = (text: string): number => {
  const [h = 0, m = 0] = text.split(':').map(Number);
  return h * 60 + m;
};
const clockOf = (n: number): string => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;

const whoWord = (e: Exception): string => (e.caller ? (e.caller_name ?? t('place.somebody')) : e.number || t(`exception.side.${e.side || 'anybody'}` as Key));

/** One exception as a sentence: who, when, where to. */
export function ExceptionLine({ e, owner }: { e: Exception; owner: { id: string; name: string; mine: boolean } }) {
  const to = placeWord(e.to, owner);
  const times = e.hours ? t(`exception.hours.${e.hours}` as Key) : '';
  return (
    <span className={e.off ? 'grow wrap t3' : 'grow wrap'}>
      <span className="med">{whoWord(e)}</span>{' · '}{t(`exception.when.${e.when || 'always'}` as Key)}{times && <> · {times}</>}{' → '}<span className="med">{to}</span>
      {e.off && <> <span className="chip small">{t('exception.off')}</span></>}
    </span>
  );
}

function Editor({ of, value, onSave, onCancel, error, busy }: { of: Forwarding; value: Exception; onSave: (e: Exception) => void; onCancel: () => void; error: unknown; busy: boolean }) {
  const [e, setE] = useState(value);
  const [who, setWho] = useState(value.caller ? 'person' : value.number ? 'number' : 'all');
  const people = useColleagueOptions(of.user);
  const span = e.spans?.[0] ?? { days: [1, 2, 3, 4, 5], from: 9 * 60, until: 17 * 60 };
  const set = (change: Partial<Exception>) => setE({ ...e, ...change });
  const timed = e.hours === 'specific' || e.hours === 'other';
  const whole = isWhole(e.to) && e.to.kind !== '' && (who !== 'person' || e.caller) && (who !== 'number' || e.number);
  return (
    <div className="rule-edit col g16">
      <div className="col g12">
        <span className="label">{t('exception.who')}</span>
        <Chips label={t('exception.who')} value={who} options={[{ value: 'all', label: t('exception.everybody') }, { value: 'person', label: t('exception.person') }, { value: 'number', label: t('exception.number') }]} onChange={(v) => { setWho(v); set({ caller: undefined, number: undefined }); }} />
        {who === 'person' && <Chooser label={t('place.which_person')} options={people} value={e.caller ?? ''} onChange={(caller) => set({ caller })} />}
        {who === 'number' && <Line label={t('field.number')} type="tel" hint={t('exception.number_hint')} value={e.number ?? ''} onChange={(number) => set({ number })} />}
        {who !== 'person' && <Chooser label={t('exception.side')} options={sides.map((s) => ({ value: s || 'both', label: t(`exception.side.${s || 'anybody'}` as Key) }))} value={e.side || 'both'} onChange={(v) => set({ side: v === 'both' ? '' : (v as Exception['side']) })} />}
      </div>
      <div className="half">
        <Chooser label={t('exception.when')} options={occasions.map((w) => ({ value: w || 'always', label: t(`exception.when.${w || 'always'}` as Key) }))} value={e.when || 'always'} onChange={(v) => set({ when: v === 'always' ? '' : (v as Exception['when']) })} />
        <Chooser label={t('exception.hours')} options={hours.map((h) => ({ value: h || 'any', label: t(`exception.hours.${h || 'any'}` as Key) }))} value={e.hours || 'any'} onChange={(v) => { const h = v === 'any' ? '' : (v as Hours); set({ hours: h, spans: h === 'specific' || h === 'other' ? [span] : undefined }); }} />
      </div>
      {timed && (
        <div className="col g12">
          <div className="chips" role="group" aria-label={t('exception.days')}>
            {week.map((d) => (
              <label key={d} className="pickchip">
                <input type="checkbox" className="sr" checked={span.days.includes(d)} onChange={(x) => set({ spans: [{ ...span, days: x.currentTarget.checked ? [...span.days, d].sort() : span.days.filter((y) => y !== d) }] })} />{weekdayName(d)}
              </label>
            ))}
          </div>
          <div className="half">
            <Line label={t('exception.from')} type="time" value={clockOf(span.from)} onChange={(v) => set({ spans: [{ ...span, from: minutes(v) }] })} />
            <Line label={t('exception.until')} type="time" value={clockOf(span.until)} onChange={(v) => set({ spans: [{ ...span, until: minutes(v) }] })} />
          </div>
        </div>
      )}
      <div className="col g12"><span className="label">{t('exception.to')}</span><PlaceEditor label={t('exception.to')} value={e.to} onChange={(to) => set({ to })} of={of} self={!e.when} /></div>
      <Flip label={t('exception.on')} on={!e.off} onChange={(on) => set({ off: !on })} />
      <FormError error={error} fields={[]} />
      <div className="row"><Button kind="primary" busy={busy} locked={whole ? undefined : t('forwarding.incomplete')} onClick={() => onSave(e)}>{t('ui.save')}</Button><Button kind="quiet" onClick={onCancel}>{t('ui.cancel')}</Button></div>
    </div>
  );
}

/** An exception as it is sent. */
const sent = (e: Exception): Exception => ({ caller: e.caller || undefined, number: e.number || undefined, side: e.side, when: e.when, hours: e.hours, spans: e.spans, off: e.off, to: plain(e.to) });

export function Exceptions({ of, owner, onSaved }: { of: Forwarding; owner: { id: string; name: string; mine: boolean }; onSaved: (f: Forwarding) => void }) {
  const [editing, setEditing] = useState<number>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const list = of.exceptions;
  const lock = rulesLock(of);
  const put = async (next: Exception[]) => {
    setBusy(true);
    setError(undefined);
    try {
      onSaved(await api.setForwarding(of.user, { exceptions: next.map(sent), revision: of.revision }));
      setEditing(undefined);
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  const move = (i: number, by: number) => {
    const next = [...list];
    const [one] = next.splice(i, 1);
    if (!one || i + by < 0 || i + by > next.length) return;
    next.splice(i + by, 0, one);
    void put(next);
  };
  return (
    <section className="col g8">
      <h2 className="label">{t('exception.title', { n: list.length, most: of.most })}</h2>
      {list.map((e, i) => (editing === i ? (
        <div key={i} className="rule open"><Editor of={of} value={e} busy={busy} error={error} onCancel={() => setEditing(undefined)} onSave={(v) => void put(list.map((x, j) => (j === i ? v : x)))} /></div>
      ) : (
        <div key={i} className="rule" onKeyDown={(k) => { if (k.altKey && (k.key === 'ArrowUp' || k.key === 'ArrowDown')) { k.preventDefault(); move(i, k.key === 'ArrowUp' ? -1 : 1); } }}>
          <span className="chip small acc num">{i + 1}</span>
          <ExceptionLine e={e} owner={owner} />
          {!lock.locked && (
            <span className="row g4">
              {i > 0 && <IconButton small label={t('exception.up')} icon={ArrowUp} onClick={() => move(i, -1)} />}
              {i < list.length - 1 && <IconButton small label={t('exception.down')} icon={ArrowDown} onClick={() => move(i, 1)} />}
              <IconButton small label={t('exception.edit')} icon={Pencil} onClick={() => setEditing(i)} />
              <IconButton small label={t('exception.remove')} icon={Trash2} onClick={() => void put(list.filter((_, j) => j !== i))} />
            </span>
          )}
        </div>
      )))}
      {list.length === 0 && editing === undefined && <p className="t3">{t('exception.none')}</p>}
      {editing === list.length ? (
        <div className="rule open"><Editor of={of} value={{ to: { kind: '' } }} busy={busy} error={error} onCancel={() => setEditing(undefined)} onSave={(v) => void put([...list, v])} /></div>
      ) : (
        <div className="row"><Button small icon={Plus} {...(lock.locked ? lock : list.length >= of.most ? { locked: t('exception.full', { most: of.most }) } : {})} onClick={() => { setError(undefined); setEditing(list.length); }}>{t('exception.add')}</Button></div>
      )}
      {editing === undefined && <FormError error={error} fields={[]} />}
    </section>
  );
}
