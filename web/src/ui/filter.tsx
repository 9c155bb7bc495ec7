import { Menu, Popover } from '@mantine/core';
import { Check, Plus, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../words';
import { Button } from './button';
import type { Option } from './form';
import { Line } from './pick';

/** A filter is chosen from its options, or typed: with `type`, as the kind of field says. */
export type Filter = { id: string; label: string; options?: Option[]; type?: 'tel' | 'date'; hint?: string; shown?: (value: string) => string };

/** The field of a filter that is typed. */
function Typed({ filter: f, value, onChange }: { filter: Filter; value: string; onChange: (v: string | undefined) => void }) {
  const [typed, setTyped] = useState(value);
  return (
    <form className="col g8" onSubmit={(e) => { e.preventDefault(); onChange(typed.trim() || undefined); }}>
      <Line label={f.label} hint={f.hint} type={f.type} value={typed} onChange={setTyped} />
      <span><Button kind="primary" small type="submit">{t('ui.apply')}</Button></span>
    </form>
  );
}

const Options = ({ filter: f, value, onChange }: { filter: Filter; value?: string; onChange: (v: string) => void }) =>
  f.options?.map((o) => <Menu.Item key={o.value} leftSection={o.value === value ? <Check className="icon xs" aria-hidden /> : undefined} onClick={() => onChange(o.value)}>{o.label}</Menu.Item>);

/** A filter that is set, or that is being typed and has no value yet. */
function Chip({ filter: f, value, onChange }: { filter: Filter; value?: string; onChange: (v: string | undefined) => void }) {
  const [open, setOpen] = useState(value === undefined);
  const shown = <button type="button" onClick={f.type && (() => setOpen((o) => !o))}>{f.options?.find((o) => o.value === value)?.label ?? (value && f.shown?.(value)) ?? value ?? '…'}</button>;
  return (
    <span className="fchip on">
      <span>{f.label}</span>
      {f.type ? (
        <Popover withinPortal position="bottom-start" trapFocus returnFocus opened={open} onDismiss={() => { setOpen(false); if (value === undefined) onChange(undefined); }}>
          <Popover.Target>{shown}</Popover.Target>
          <Popover.Dropdown aria-label={f.label}><Typed filter={f} value={value ?? ''} onChange={(v) => { setOpen(false); onChange(v); }} /></Popover.Dropdown>
        </Popover>
      ) : (
        <Menu withinPortal position="bottom-start">
          <Menu.Target>{shown}</Menu.Target>
          <Menu.Dropdown><Options filter={f} value={value} onChange={onChange} /></Menu.Dropdown>
        </Menu>
      )}
      <button type="button" aria-label={t('ui.remove_filter', { name: f.label })} onClick={() => onChange(undefined)}><X className="icon xs" aria-hidden /></button>
    </span>
  );
}

/** Filters as words: what is set reads as a sentence, what is not hides behind one button. */
export function Filters({ filters, values, set }: { filters: Filter[]; values: Record<string, string>; set: (id: string, value: string | undefined) => void }) {
  const [adding, setAdding] = useState<Filter>();
  const [typing, setTyping] = useState<string>();
  const [open, setOpen] = useState(false);
  const free = filters.filter((f) => !values[f.id] && f.id !== typing && (f.type || (f.options ?? []).length > 0));
  const begin = (f: Filter) => {
    if (!f.type) return setAdding(f);
    setOpen(false);
    setTyping(f.id);
  };
  const change = (f: Filter, v: string | undefined) => {
    if (f.id === typing) setTyping(undefined);
    set(f.id, v);
  };
  return (
    <>
      {filters.filter((f) => values[f.id] || f.id === typing).map((f) => <Chip key={f.id} filter={f} value={values[f.id]} onChange={(v) => change(f, v)} />)}
      {free.length > 0 && (
        <Menu withinPortal position="bottom-start" opened={open} onChange={(o) => { setOpen(o); if (!o) setAdding(undefined); }} closeOnItemClick={false}>
          <Menu.Target><button type="button" className="btn quiet small"><Plus className="icon" aria-hidden />{t('ui.filter')}</button></Menu.Target>
          <Menu.Dropdown>
            {adding
              ? <Options filter={adding} onChange={(v) => { set(adding.id, v); setOpen(false); setAdding(undefined); }} />
              : free.map((f) => <Menu.Item key={f.id} onClick={() => begin(f)}>{f.label}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

/** The search field of a list; "/" jumps into it, what is typed counts a moment later. */
export function SearchField({ value, onChange, label }: { value: string; onChange: (v: string) => void; label: string }) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setTyped(value);
    }
  }, [value]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      onChange(typed);
    }, 120);
    return () => clearTimeout(timer);
  }, [typed, onChange]);
  return (
    <div className="search end">
      <Search className="icon" aria-hidden />
      <input
        type="search"
        data-search
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(e) => setTyped(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Escape') {
            setTyped('');
            e.currentTarget.blur();
          }
          if (e.key === 'ArrowDown' || e.key === 'Enter') document.querySelector<HTMLElement>('[data-list]')?.focus();
        }}
      />
      <kbd>/</kbd>
    </div>
  );
}

export { Menu, Popover };
