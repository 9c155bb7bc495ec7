/** How limits and restrictions were kept: figures, then by reason, person and rule, down to the call. */
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, Download, Info, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { api, type Compliance } from '../api';
import { count, moment } from '../format';
import { periodFilter, since } from '../parts/period';
import { useAddress } from '../parts/query';
import { useMe } from '../session';
import { Filters } from '../ui/filter';
import { Avatar } from '../ui/person';
import { Card, Sheet } from '../ui/sheet';
import { CompleteSince, Empty, Loaded } from '../ui/states';
import { t } from '../words';

type Met = Compliance['reasons'][number]['met'];
const looks: Record<Met, string> = { refused: 'warn', cut: 'warn', excepted: '', emergency: '', blocked: 'danger' };
const mets: Met[] = ['refused', 'cut', 'excepted', 'emergency', 'blocked'];

const Chip = ({ met }: { met: Met }) => <span className={`chip small ${looks[met]}`}>{t(`compliance.met.${met}`)}</span>;

function Figure({ label, value, note, danger }: { label: string; value: number; note?: string; danger?: boolean }) {
  return <div className="card tile"><span className="meta">{label}</span><span className={`figure ${danger ? 'danger' : ''}`}>{count(value)}</span>{note && <span className="meta">{note}</span>}</div>;
}

function Row({ title, meta, end }: { title: ReactNode; meta?: ReactNode; end?: ReactNode }) {
  return <li className="list-row"><span className="grow col g4"><span className="row w g8">{title}</span>{meta && <span className="meta num">{meta}</span>}</span>{end}</li>;
}

const Times = ({ n }: { n: number }) => <span className="med num">{count(n)}</span>;

function Report({ of: r, onPerson }: { of: Compliance; onPerson: (id: string) => void }) {
  const met = r.reasons.length > 0 || r.budgets.length > 0 || r.alarms.length > 0;
  return (
    <div className="col g16">
      {r.blocked > 0 && <p className="note danger" role="alert"><CircleAlert className="icon" aria-hidden /><span className="grow">{t('compliance.blocked', { n: r.blocked })}</span></p>}
      {r.partly && <p className="note warn"><Info className="icon" aria-hidden /><span className="grow">{t('compliance.partly', { at: moment(r.from) })}</span></p>}
      <div className="tiles">
        <Figure label={t('compliance.outside')} value={r.outside} />
        <Figure label={t('compliance.met.refused')} value={r.refused} />
        <Figure label={t('compliance.met.cut')} value={r.cut} />
        <Figure label={t('compliance.met.excepted')} value={r.excepted} />
        <Figure label={t('compliance.met.emergency')} value={r.emergency} danger={r.blocked > 0} note={r.emergency > 0 && r.blocked === 0 ? t('compliance.none_blocked') : undefined} />
      </div>
      {!met && <Empty icon={ShieldCheck}>{t('compliance.none')}</Empty>}
      {r.people.length > 0 && (
        <Card title={t('compliance.people')}>
          <ul>{r.people.map((p, i) => (
            <Row
              key={p.user.id || i}
              title={p.user.id ? <button type="button" className="plain row g8 person" onClick={() => onPerson(p.user.id)}><Avatar id={p.user.id} name={p.user.name ?? ''} />{p.user.name}</button> : <span className="med">{p.user.name}</span>}
              meta={<>{t('compliance.person', { refused: count(p.refused), cut: count(p.cut), excepted: count(p.excepted), outside: count(p.outside) })}<br />{p.reason}</>}
              end={<span className="meta num">{moment(p.last)}</span>}
            />
          ))}</ul>
        </Card>
      )}
      {r.reasons.length > 0 && <Card title={t('compliance.reasons')}><ul>{r.reasons.map((x) => <Row key={`${x.met} ${x.code}`} title={<><Chip met={x.met} /><span>{x.text}</span></>} end={<Times n={x.calls} />} />)}</ul></Card>}
      {r.rules.length > 0 && (
        <Card title={t('compliance.rules')}>
          <ul>{r.rules.map((x, i) => (
            <Row
              key={i}
              title={<><Chip met={x.met} /><span>{x.text}</span></>}
              meta={<>{x.name && (x.profile ? <Link to={`/restrictions?peek=${x.profile}`}>{x.name}</Link> : x.name)}{x.name && ' · '}{t('compliance.of_people', { n: count(x.people) })} · {moment(x.last)}</>}
              end={<Times n={x.calls} />}
            />
          ))}</ul>
        </Card>
      )}
      {r.budgets.length > 0 && <Card title={t('compliance.budgets')}><ul>{r.budgets.map((x, i) => <Row key={i} title={<><span className="med">{x.budget.name}</span><span className={`chip small ${x.mark >= 100 ? 'danger' : 'warn'}`}>{t('compliance.reached', { n: count(x.mark) })}</span></>} meta={[x.whose, x.mark >= 100 && x.goes_on && t('compliance.goes_on'), moment(x.at)].filter(Boolean).join(' · ')} />)}</ul></Card>}
      {r.alarms.length > 0 && <Card title={t('compliance.alarms')}><ul>{r.alarms.map((x, i) => <Row key={i} title={<><span className="med">{x.user.name}</span><span className={`chip small ${x.lifted ? 'ok' : 'danger'}`}>{x.lifted ? t('alarm.is_lifted') : t('alarm.is_held')}</span></>} meta={`${x.text} · ${moment(x.raised)}`} />)}</ul></Card>}
      {r.calls.length > 0 && (
        <Card title={t('compliance.calls')}>
          <ul>{r.calls.map((x, i) => (
            <Row
              key={x.call ?? i}
              title={<><Chip met={x.met} /><span className="med">{x.user.name}</span>{x.number && (x.call ? <Link className="num" to={`/calls?call=${x.call}`}>{x.number}</Link> : <span className="num">{x.number}</span>)}</>}
              meta={`${x.text} · ${moment(x.at)}`}
            />
          ))}</ul>
        </Card>
      )}
    </div>
  );
}

export default function CompliancePage() {
  const me = useMe();
  const { values, set } = useAddress();
  const ask = { from: since(values.period), group: values.group, user: values.user, met: values.met };
  const report = useQuery({ queryKey: ['compliance', ask], queryFn: () => api.compliance(ask) });
  const table = new URLSearchParams(Object.entries(ask).filter((e): e is [string, string] => Boolean(e[1]))).toString();
  const people = (report.data?.people ?? []).filter((p) => p.user.id).map((p) => ({ value: p.user.id, label: p.user.name ?? '' }));
  return (
    <Sheet
      title={t('nav.compliance')}
      scope={me.rights['report.view'] === 'self' ? t('compliance.lead_self') : t('compliance.lead')}
      actions={<a className="btn plain" href={`/v1/reports/compliance/table?${table}`} download><Download className="icon" aria-hidden />{t('compliance.table')}</a>}
      bar={
        <Filters
          values={values}
          set={(id, v) => set({ [id]: v })}
          filters={[
            periodFilter(),
            { id: 'group', label: t('compliance.group'), options: (report.data?.groups ?? []).map((g) => ({ value: g.id, label: g.name ?? '' })) },
            { id: 'user', label: t('call.person'), options: people },
            { id: 'met', label: t('compliance.what'), options: mets.map((value) => ({ value, label: t(`compliance.met.${value}`) })) },
          ]}
        />
      }
    >
      <Loaded of={report}>{(r) => <><CompleteSince since={r.complete_since} /><Report of={r} onPerson={(user) => set({ user })} /></>}</Loaded>
    </Sheet>
  );
}
