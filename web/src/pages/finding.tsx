/** Findings: what is risky, missing or left over in how rights are given, and where it is mended. */
import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { Link } from 'react-router';
import { api, type Finding } from '../api';
import { Avatar } from '../ui/person';
import { Sheet } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { t } from '../words';

const looks: Record<Finding['risk'], string> = { high: 'danger', medium: 'warn', low: '' };
const risks: Finding['risk'][] = ['high', 'medium', 'low'];

/** Where a finding is mended. */
function placeOf(f: Finding): string {
  const { kind, id } = f.subject;
  const [first] = f.people;
  switch (kind) {
    case 'group': return `/groups/${id}`;
    case 'role': return `/roles/${id}`;
    case 'user': return `/people/${id}/rights`;
    case 'restriction': return '/restrictions';
    case 'access': return '/requests';
    default: return f.count === 1 && first ? `/people/${first.id}/rights` : f.right ? '/roles' : '/people';
  }
}

function Row({ of }: { of: Finding }) {
  const rest = of.count - of.people.length;
  return (
    <li className="request">
      <div className="col grow g6">
        <p className="med">{of.text}</p>
        <p className="t2">{of.mend}</p>
        {of.count > 1 && (
          <p className="row w g8">
            {of.people.map((p) => <Link key={p.id} className="row g6 person" to={`/people/${p.id}/rights`}><Avatar id={p.id} name={p.name ?? ''} />{p.name}</Link>)}
            {rest > 0 && <span className="meta">{t('finding.more', { count: rest })}</span>}
          </p>
        )}
      </div>
      <div className="row"><Link className="btn small" to={placeOf(of)} aria-label={`${t('finding.open')}: ${of.text}`}>{t('finding.open')}</Link></div>
    </li>
  );
}

export default function FindingPage() {
  const findings = useQuery({ queryKey: ['findings'], queryFn: api.findings });
  return (
    <Sheet title={t('nav.findings')} scope={t('finding.scope')}>
      <Loaded of={findings}>
        {(page) => page.items.length === 0
          ? <Empty icon={ShieldCheck}>{t('finding.none', { rules: page.rules })}</Empty>
          : (
            <div className="col g24">
              {risks.filter((risk) => page.items.some((f) => f.risk === risk)).map((risk) => (
                <section key={risk} className="col g8">
                  <h2 className="row g8"><span className={`chip small ${looks[risk]}`}>{t(`finding.${risk}`)}</span></h2>
                  <ul className="card">{page.items.filter((f) => f.risk === risk).map((f) => <Row key={`${f.rule} ${f.subject.id} ${f.right ?? ''} ${f.text}`} of={f} />)}</ul>
                </section>
              ))}
            </div>
          )}
      </Loaded>
    </Sheet>
  );
}
