import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { t } from '../words';

type Props = {
  title: string;
  /** What the page shows a part of, in words: nobody takes a partial view for the whole. */
  scope?: ReactNode;
  crumbs?: { to: string; label: string }[];
  lead?: ReactNode;
  actions?: ReactNode;
  tabs?: ReactNode;
  bar?: ReactNode;
  foot?: ReactNode;
  side?: ReactNode;
  flush?: boolean;
  children: ReactNode;
};

/** A page: header, tabs, filters, content, and a panel beside it. */
export function Sheet({ title, scope, crumbs, lead, actions, tabs, bar, foot, side, flush, children }: Props) {
  useEffect(() => {
    document.title = `${title} – Tandem`;
  }, [title]);
  return (
    <>
      <main className="sheet" id="content" tabIndex={-1}>
        <header className="phead">
          {crumbs && (
            <nav className="crumbs" aria-label={t('ui.breadcrumbs')}>
              {crumbs.map((c) => <Link key={c.to} to={c.to}>{c.label}</Link>)}<span aria-hidden>›</span>
            </nav>
          )}
          <div className="phead-line">
            {lead}
            <div className="col grow"><h1>{title}</h1>{scope !== undefined && <div className="scope num">{scope}</div>}</div>
            {actions && <div className="actions">{actions}</div>}
          </div>
          {tabs}
        </header>
        {bar && <div className="bar-line">{bar}</div>}
        <div className={flush ? 'body flush' : 'body'} tabIndex={flush ? undefined : 0} role={flush ? undefined : 'region'} aria-label={flush ? undefined : title}>{flush ? children : <div className="content">{children}</div>}</div>
        {foot && <div className="foot">{foot}</div>}
      </main>
      {side}
    </>
  );
}

export type Tab = { id: string; label: string; count?: number };

export function Tabs({ tabs, value, onChange, label }: { tabs: Tab[]; value: string; onChange: (id: string) => void; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { // where the bar is wider than the screen, a link leads to the tab and not past it
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [value, tabs.length]);
  const move = (by: number) => {
    const at = tabs.findIndex((x) => x.id === value);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    box.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} ref={box}>
      {tabs.map((x) => (
        <button
          key={x.id}
          type="button"
          role="tab"
          data-tab={x.id}
          aria-selected={x.id === value}
          tabIndex={x.id === value ? 0 : -1}
          onClick={() => onChange(x.id)}
          onKeyDown={(e) => {
            if (e.key === 'ArrowRight') move(1);
            if (e.key === 'ArrowLeft') move(-1);
          }}
        >
          {x.label}
          {x.count !== undefined && <em>{x.count}</em>}
        </button>
      ))}
    </div>
  );
}

export function Card({ title, note, actions, children, pad }: { title?: ReactNode; note?: ReactNode; actions?: ReactNode; children: ReactNode; pad?: boolean }) {
  return (
    <section className="card">
      {title && (
        <div className="card-head">
          <div className="col grow"><h2 className="head">{title}</h2>{note && <div className="meta">{note}</div>}</div>
          {actions}
        </div>
      )}
      {pad ? <div className="card-body">{children}</div> : children}
    </section>
  );
}
