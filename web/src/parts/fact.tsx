/** Facts as sentences, by day, with what changed. */
import { ChevronDown, ChevronRight, History } from 'lucide-react';
import { useState } from 'react';
import { api, type Fact } from '../api';
import { dayKey, moment, seconds, weekday } from '../format';
import { Diff } from '../ui/diff';
import { Avatar } from '../ui/person';
import { t } from '../words';
import { useChange } from './change';
import { doorWord, fieldWord, roleName } from './words';

/** Values that are codes are shown in words; everything else as it is. */
const value = (path: string, v: unknown) => (path === 'role' && typeof v === 'string' ? roleName(v) : undefined);

export function FactLine({ fact, onUndo }: { fact: Fact; onUndo?: (f: Fact) => void }) {
  const [open, setOpen] = useState(false);
  const hasDiff = fact.before !== undefined || fact.after !== undefined;
  const where = [fact.actor.via && doorWord(fact.actor.via), fact.actor.addr].filter(Boolean).join(' · ');
  const name = fact.actor.name ?? t('audit.system');
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <li className="fact">
      <Avatar id={fact.actor.user ?? fact.actor.kind} name={name} size="" />
      <div className="grow col g4">
        <p className="wrap">{fact.summary}</p>
        {fact.reason && <span className="t2">“{fact.reason}”</span>}
        <div className="row g6 meta num w">
          <span title={moment(fact.at)}>{seconds(fact.at)}</span>{where && <span>{where}</span>}<span className="mono">#{fact.seq}</span>
          {hasDiff && <button type="button" className="linkish row g4" aria-expanded={open} onClick={() => setOpen(!open)}><Chevron className="icon xs" aria-hidden />{t('audit.changes')}</button>}
          {fact.undoes !== undefined && <span>{t('undo.undone', { seq: fact.undoes })}</span>}
          {fact.undo && onUndo && <button type="button" className="linkish row g4" onClick={() => onUndo(fact)}><History className="icon xs" aria-hidden />{t('ui.undo')}</button>}
        </div>
        {open && <Diff before={fact.before} after={fact.after} label={fieldWord} value={value} />}
      </div>
    </li>
  );
}

export function Facts({ facts }: { facts: Fact[] }) {
  const change = useChange();
  const days: { key: string; facts: Fact[] }[] = [];
  for (const f of facts) {
    const key = dayKey(f.at);
    const last = days[days.length - 1];
    if (last?.key === key) last.facts.push(f);
    else days.push({ key, facts: [f] });
  }
  return (
    <>
      {days.map((d) => (
        <section key={d.key} aria-label={weekday(d.facts[0]?.at ?? d.key)}>
          <h2 className="dayline">{weekday(d.facts[0]?.at ?? d.key)}</h2>
          <ul>{d.facts.map((f) => <FactLine key={f.seq} fact={f} onUndo={(x) => change.ask(t('undo.title'), api.undo(x.seq), t('undo.done'))} />)}</ul>
        </section>
      ))}
      {change.dialog}
    </>
  );
}
