import { Menu, Popover } from '@mantine/core';
import { Check, Plus, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../words';
import type { Option } from './form';

export type Filter = { id: string; label: string; options: Option[] };

/** Filters as words: what is set reads as a sentence, what is not hides behind one button. */
export function Filters({ filters, values, set }: { filters: Filter[]; values: Record<string, string>; set: (id: string, value: string | undefined) => void }) {
  const [adding, setAdding] = useState<Filter>();
  const [open, setOpen] = useState(false);
  const free = filters.filter((f) => !values[f.id] && f.options.length > 0);
  return (
    <>
      {filters.filter((f) => values[f.id]).map((f) => (
        <span key={f.id} className="fchip on">
          <span>{f.label}</span>
          <Menu withinPortal position="bottom-start">
            <Menu.Target><button type="button">{f.options.find((o) => o.value === values[f.id])?.label ?? values[f.id]}</button></Menu.Target>
            <Menu.Dropdown>{f.options.map((o) => <Menu.Item key={o.value} leftSection={o.value === values[f.id] ? <Check className="icon xs" /> : undefined} onClick={() => set(f.id, o.value)}>{o.label}</Menu.Item>)}</Menu.Dropdown>
          </Menu>
          <button type="button" aria-label={t('ui.remove_filter', { name: f.label })} onClick={() => set(f.id, undefined)}><X className="icon xs" aria-hidden /></button>
        </span>
      ))}
      {free.length > 0 && (
        <Menu withinPortal position="bottom-start" opened={open} onChange={(o) => { setOpen(o); if (!o) setAdding(undefined); }} closeOnItemClick={false}>
          <Menu.Target><button type="button" className="btn quiet small"><Plus className="icon" aria-hidden />{t('ui.filter')}</button></Menu.Target>
          <Menu.Dropdown>
            {adding
              ? adding.options.map((o) => <Menu.Item key={o.value} onClick={() => { set(adding.id, o.value); setOpen(false); setAdding(undefined); }}>{o.label}</Menu.Item>)
              : free.map((f) => <Menu.Item key={f.id} onClick={() => setAdding(f)}>{f.label}</Menu.Item>)}
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
