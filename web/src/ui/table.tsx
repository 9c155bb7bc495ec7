/** A list of thousands of rows of which only the visible ones exist. */
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { t } from '../words';
import { Tick } from './form';

export type Column<T> = {
  id: string;
  head: string;
  /** A CSS grid track. */
  width: string;
  /** Columns with a higher number leave first when there is less room. */
  priority?: 1 | 2 | 3;
  sort?: string;
  right?: boolean;
  cell: (row: T) => ReactNode;
};

type Props<T> = {
  label: string;
  rows: T[];
  columns: Column<T>[];
  id: (row: T) => string;
  name: (row: T) => string;
  /** How a row looks on a phone: two lines. */
  small: (row: T) => ReactNode;
  total?: number;
  loading?: boolean;
  more?: () => void;
  hasMore?: boolean;
  sort?: string;
  onSort?: (sort: string) => void;
  current?: string;
  onOpen?: (row: T) => void;
  onVisit?: (row: T) => void;
  selected?: Set<string>;
  onSelect?: (selected: Set<string>) => void;
};

/** The columns that have room: those with the highest priority number leave first, the last of them before the others. */
export function fitting<C extends Pick<Column<unknown>, 'width' | 'priority'>>(columns: C[], room: number): C[] {
  const least = (c: C) => Number(/\d+/.exec(c.width)?.[0] ?? 0) + 16;
  const left = [...columns];
  while (left.length > 1 && left.reduce((sum, c) => sum + least(c), -16) > room) {
    const worst = Math.max(...left.map((c) => c.priority ?? 1));
    if (worst === 1) break;
    left.splice(left.findLastIndex((c) => (c.priority ?? 1) === worst), 1);
  }
  return left;
}

export function Table<T>(p: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const base = useId();
  const [at, setAt] = useState(-1);
  const phone = useMediaQuery('(max-width: 767px)', false);
  const [room, setRoom] = useState(1100);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setRoom(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const columns = phone ? [] : fitting(p.columns, room - 48 - (p.selected ? 36 : 0));
  const height = phone ? 64 : 40;
  const count = p.rows.length + (p.hasMore || (p.loading && p.rows.length === 0) ? 12 : 0);
  const virtual = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => height, overscan: 8, scrollPaddingStart: 34 });
  useEffect(() => virtual.measure(), [virtual, height]);
  const visible = virtual.getVirtualItems();
  const last = visible[visible.length - 1]?.index ?? 0;
  const { hasMore, more, loading } = p;
  useEffect(() => {
    if (hasMore && !loading && last >= p.rows.length - 10) more?.();
  }, [hasMore, loading, last, more, p.rows.length]);

  const picks = p.selected && p.onSelect;
  const tracks: CSSProperties = { gridTemplateColumns: [picks ? '20px' : '', ...(phone ? ['minmax(0,1fr)'] : columns.map((c) => c.width))].filter(Boolean).join(' ') };
  const toggle = (row: T) => {
    const next = new Set(p.selected);
    if (!next.delete(p.id(row))) next.add(p.id(row));
    p.onSelect?.(next);
  };
  const go = (to: number) => {
    const next = Math.max(0, Math.min(p.rows.length - 1, to));
    setAt(next);
    virtual.scrollToIndex(next);
    const row = p.rows[next];
    if (p.current && row) p.onOpen?.(row);
  };
  const key = (e: KeyboardEvent) => {
    if (e.target !== box.current || e.ctrlKey || e.metaKey || e.altKey) return;
    const row = p.rows[at];
    const moves: Record<string, number> = { j: at + 1, ArrowDown: at + 1, k: at - 1, ArrowUp: at - 1, Home: 0, End: p.rows.length - 1, PageDown: at + 12, PageUp: at - 12 };
    const to = moves[e.key];
    if (to !== undefined) go(to);
    else if ((e.key === 'x' || e.key === ' ') && row && picks) toggle(row);
    else if (e.key === 'Enter' && row) p.onOpen?.(row);
    else if (e.key === 'o' && row) p.onVisit?.(row);
    else return;
    e.preventDefault();
  };
  const all = p.rows.length > 0 && p.rows.every((r) => p.selected?.has(p.id(r)));
  const click = (e: MouseEvent, row: T, index: number) => {
    if ((e.target as HTMLElement).closest('a, button, input, label')) return;
    setAt(index);
    if (e.ctrlKey || e.metaKey) p.onVisit?.(row);
    else p.onOpen?.(row);
  };
  return (
    <div
      className="grid num"
      role="grid"
      aria-label={p.label}
      aria-rowcount={(p.total ?? p.rows.length) + 1}
      aria-multiselectable={picks ? true : undefined}
      aria-busy={p.loading || undefined}
      aria-activedescendant={at >= 0 && at < p.rows.length ? `${base}-${at}` : undefined}
      tabIndex={0}
      ref={box}
      onKeyDown={key}
      onFocus={(e) => {
        if (e.target === box.current && at < 0 && p.rows.length > 0) setAt(0);
      }}
      data-list
    >
      <div className={phone && !picks && !p.columns[0]?.head ? 'grid-head bare' : 'grid-head'} role="rowgroup">
        <div className="grid-row" role="row" aria-rowindex={1} style={tracks}>
          {picks && (
            <div role="columnheader">
              <Tick label={t('ui.select_all')} checked={all} indeterminate={!all && (p.selected?.size ?? 0) > 0} onChange={(on) => p.onSelect?.(on ? new Set(p.rows.map(p.id)) : new Set())} />
            </div>
          )}
          {phone && <div role="columnheader">{p.columns[0]?.head}</div>}
          {columns.map((c) => {
            const down = p.sort === `-${c.sort}`;
            const on = p.sort === c.sort || down;
            return (
              <div key={c.id} role="columnheader" className={c.right ? 'cell right' : 'cell'} aria-sort={c.sort && on ? (down ? 'descending' : 'ascending') : undefined}>
                {c.sort && p.onSort ? (
                  <button type="button" tabIndex={-1} onClick={() => p.onSort?.(p.sort === c.sort ? `-${c.sort}` : (c.sort ?? ''))}>
                    {c.head}
                    {on && (down ? <ChevronUp className="icon xs" aria-hidden /> : <ChevronDown className="icon xs" aria-hidden />)}
                  </button>
                ) : c.head}
              </div>
            );
          })}
        </div>
      </div>
      <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {visible.map((v) => {
          const row = p.rows[v.index];
          const place: CSSProperties = { ...tracks, height, transform: `translateY(${v.start}px)` };
          if (row === undefined) {
            return (
              <div key={`s${v.index}`} className="grid-row" role="row" aria-rowindex={v.index + 2} style={place}>
                <div role="gridcell" className="cell"><span className="skeleton w3" /></div>
              </div>
            );
          }
          const id = p.id(row);
          return (
            <div
              key={id}
              id={`${base}-${v.index}`}
              role="row"
              aria-rowindex={v.index + 2}
              aria-selected={picks ? p.selected?.has(id) : undefined}
              className={`grid-row${v.index === at || p.current === id ? ' cur' : ''}${phone ? ' phone' : ''}`}
              style={place}
              onClick={(e) => click(e, row, v.index)}
            >
              {picks && <div role="gridcell"><Tick label={t('ui.select_one', { name: p.name(row) })} checked={p.selected?.has(id) ?? false} onChange={() => toggle(row)} /></div>}
              {phone && <div role="gridcell" className="cell">{p.small(row)}</div>}
              {columns.map((c) => (
                <div key={c.id} role="gridcell" className={c.right ? 'cell right' : 'cell'}>{c.cell(row)}</div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
