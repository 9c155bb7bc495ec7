/** Roles beside each other: areas, and under each its single rights, against roles. On a phone a list of roles. */
import { ChevronDown, ChevronRight, TriangleAlert } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Right, Role, Scope } from '../api';
import { t } from '../words';
import { type Area, type Cells, summary, type Summary } from './role';
import { areaWord, cellWord, roleHint, roleName } from './words';

/** The word of an area's cell; what is neither all nor nothing says how much of it. */
export const levelWord = (s: Summary): string => (s.level === 'custom' ? t('matrix.custom', { held: s.held, of: s.of }) : t(`matrix.${s.level}`));

/** A right that is to be given with care. */
export const Risk = ({ right }: { right: Right }) =>
  right.risk === 'high' ? <span className="risk" title={t('matrix.risky')}><TriangleAlert className="icon xs" aria-hidden /><span className="sr">{t('matrix.risky')}</span></span> : null;

export const Costs = ({ right }: { right: Right }) => (right.billable ? <span className="chip small warn">{t('matrix.billable')}</span> : null);

export function Matrix({ areas, roles, label }: { areas: Area[]; roles: Role[]; label: string }) {
  const go = useNavigate();
  const grid = useRef<HTMLTableElement>(null);
  const [open, setOpen] = useState<string[]>([]);
  const flip = (id: string) => setOpen((old) => (old.includes(id) ? old.filter((x) => x !== id) : [...old, id]));
  const key = (e: KeyboardEvent<HTMLTableElement>) => {
    const steps: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[e.key];
    const here = (e.target as HTMLElement).closest<HTMLElement>('[data-cell]');
    if (!step || !here || !grid.current) return;
    e.preventDefault();
    const [row, column] = (here.dataset.cell ?? '0,0').split(',').map(Number) as [number, number];
    grid.current.querySelector<HTMLElement>(`[data-cell="${row + step[0]},${column + step[1]}"]`)?.focus();
  };
  let row = 0;
  return (
    <>
      <div className="matrix-box" tabIndex={0} role="region" aria-label={label}>
        <table className="matrix" ref={grid} role="grid" aria-label={label} onKeyDown={key}>
          <thead>
            <tr>
              <th scope="col">{t('matrix.area')}</th>
              {roles.map((r) => <th key={r.id} scope="col"><Link to={`/roles/${r.id}`} title={roleHint(r.id)}>{roleName(r.id)}</Link></th>)}
            </tr>
          </thead>
          {areas.map((a) => {
            const shown = open.includes(a.id);
            const line = ++row;
            return (
              <tbody key={a.id}>
                <tr className="matrix-area">
                  <th scope="row">
                    <button type="button" data-cell={`${line},0`} tabIndex={line === 1 ? 0 : -1} aria-expanded={shown} onClick={() => flip(a.id)}>
                      {shown ? <ChevronDown className="icon" aria-hidden /> : <ChevronRight className="icon" aria-hidden />}{areaWord(a.id)}
                    </button>
                  </th>
                  {roles.map((r, i) => {
                    const s = summary(a, r.rights as Cells, r.class);
                    return (
                      <td key={r.id}>
                        <button type="button" data-cell={`${line},${i + 1}`} tabIndex={-1} className={`level ${s.level}`} aria-label={t('matrix.cell', { area: areaWord(a.id), role: roleName(r.id), level: levelWord(s) })} onClick={() => void go(`/roles/${r.id}?area=${encodeURIComponent(a.id)}`)}>{levelWord(s)}</button>
                      </td>
                    );
                  })}
                </tr>
                {shown && a.rights.map((right) => {
                  const at = ++row;
                  return (
                    <tr key={right.name}>
                      <th scope="row"><span className="row g6 top"><span className="grow">{right.text}</span><Risk right={right} /><Costs right={right} /></span></th>
                      {roles.map((r, i) => {
                        const said = (r.rights[right.name] ?? '') as Scope;
                        return <td key={r.id} data-cell={`${at},${i + 1}`} tabIndex={-1} className={said ? 'med' : 't3'}>{said ? cellWord(said, r.class) : '–'}</td>;
                      })}
                    </tr>
                  );
                })}
              </tbody>
            );
          })}
        </table>
      </div>
      <ul className="matrix-list card">
        {roles.map((r) => (
          <li key={r.id}><Link className="list-row" to={`/roles/${r.id}`}><span className="grow col"><span className="med">{roleName(r.id)}</span><span className="meta">{roleHint(r.id)}</span></span><ChevronRight className="icon t3" aria-hidden /></Link></li>
        ))}
      </ul>
    </>
  );
}
