/** Hours as pictures: a day as a track of 24 hours whose edges can be dragged, and days side by side. */
import { type PointerEvent, useRef, useState } from 'react';

export type Span = [from: number, until: number];

const whole = 1440;
const step = 15;

/** Reads times as the server writes them ("09:00-12:30, 22:00-06:00"), in minutes; a night ends beyond 24:00. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  for (const m of text.matchAll(/(\d\d):(\d\d)-(\d\d):(\d\d)/g)) {
    const from = Number(m[1]) * 60 + Number(m[2]);
    const until = Number(m[3]) * 60 + Number(m[4]);
    spans.push([from, until <= from ? until + whole : until]);
  }
  return spans;
}

const two = (n: number) => String(n).padStart(2, '0');
const clock = (m: number) => `${two(Math.floor(m / 60))}:${two(m % 60)}`;

/** Writes times as the server reads them. */
export const textOf = (spans: Span[]): string => spans.map(([a, b]) => `${clock(a)}-${clock(b > whole ? b - whole : b)}`).join(', ');

/** Moves one edge of one span to a minute, not beyond its other edge or its neighbours. */
export function dragged(spans: Span[], at: number, edge: 0 | 1, minute: number): Span[] {
  const span = spans[at];
  if (!span) return spans;
  const low = edge === 0 ? (spans[at - 1]?.[1] ?? 0) : span[0] + step;
  const high = edge === 0 ? Math.min(span[1] - step, whole - step) : (spans[at + 1]?.[0] ?? whole);
  const to = Math.min(Math.max(Math.round(minute / step) * step, low), high);
  return spans.map((s, i) => (i === at ? (edge === 0 ? [to, s[1]] : [s[0], to]) : s));
}

const percent = (m: number) => `${(Math.min(m, whole) / whole) * 100}%`;

/** A day from midnight to midnight. Whoever uses no pointer types the times beside it. */
export function Track({ open, breaks, onChange }: { open: string; breaks: string; onChange?: (open: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useState<Span[]>();
  const grip = useRef<{ at: number; edge: 0 | 1 } | undefined>(undefined);
  const spans = moved ?? spansOf(open);
  const take = (e: PointerEvent<HTMLSpanElement>, at: number, edge: 0 | 1) => {
    e.currentTarget.setPointerCapture(e.pointerId);
    grip.current = { at, edge };
    setMoved(spans);
  };
  const move = (e: PointerEvent) => {
    const r = box.current?.getBoundingClientRect();
    const g = grip.current;
    if (r && g) setMoved((old) => dragged(old ?? spans, g.at, g.edge, ((e.clientX - r.left) / r.width) * whole));
  };
  const drop = () => {
    if (grip.current && moved && textOf(moved) !== open) onChange?.(textOf(moved));
    grip.current = undefined;
    setMoved(undefined);
  };
  return (
    <div ref={box} className="track" aria-hidden onPointerMove={move} onPointerUp={drop} onPointerCancel={drop}>
      {spans.map(([a, b], i) => (
        <span key={`${a}-${i}`} className="track-open" style={{ left: percent(a), right: `calc(100% - ${percent(b)})` }}>
          {onChange && <span className="grip" onPointerDown={(e) => take(e, i, 0)} />}
          {onChange && b <= whole && <span className="grip last" onPointerDown={(e) => take(e, i, 1)} />}
        </span>
      ))}
      {spansOf(breaks).map(([a, b]) => <span key={a} className="track-break" style={{ left: percent(a), right: `calc(100% - ${percent(b)})` }} />)}
    </div>
  );
}

export type DayPart = { from: string; until: string; state: string; override: boolean; holiday: boolean; title: string };
export type Day = { date: string; head: string; number: string; begin: string; end: string; note?: string; parts: DayPart[]; today: boolean; says: string };

/** Days side by side, each from top to bottom. */
export function TwoWeeks({ days, label }: { days: Day[]; label: string }) {
  return (
    <ol className="weeks" aria-label={label}>
      {days.map((d) => {
        const begin = new Date(d.begin).getTime();
        const length = new Date(d.end).getTime() - begin;
        const at = (t: string) => `${((new Date(t).getTime() - begin) / length) * 100}%`;
        return (
          <li key={d.date} className={d.today ? 'today' : undefined}>
            <span className="meta" aria-hidden>{d.head}</span>
            <span className="num" aria-hidden>{d.number}</span>
            <span className="sr">{d.says}</span>
            <span className="weeks-day" aria-hidden>
              {d.parts.map((p) => <span key={p.from} title={p.title} className={`part-${p.state}${p.override ? ' by-hand' : ''}${p.holiday ? ' holiday' : ''}`} style={{ top: at(p.from), bottom: `calc(100% - ${at(p.until)})` }} />)}
            </span>
            <span className="meta trunc" title={d.note}>{d.note}</span>
          </li>
        );
      })}
    </ol>
  );
}
