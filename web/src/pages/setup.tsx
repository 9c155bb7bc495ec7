/** Set-up: one question at a time, from language to the first phone. */
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, ArrowRight, Check } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { type Account, api, Failure, type ImportReport } from '../api';
import { country, zoneName } from '../format';
import { AccountCard, AddDevice } from '../parts/device';
import { Door } from '../parts/door';
import { inviteAdded, Preview } from '../parts/import';
import { begin, useSession } from '../session';
import { Button, ButtonLink } from '../ui/button';
import { Choices, countryOptions, Pick, Text, useForm, zoneOptions } from '../ui/form';
import { FormError, Lines, Trouble } from '../ui/states';
import { current, type Key, known, languages, speak, t } from '../words';

const steps = ['language', 'owner', 'office', 'numbers', 'people', 'phone', 'done'] as const;
type Step = (typeof steps)[number];
const claimed: Step = 'people';

/** Which step a refused field belongs to, so that the answer can be corrected where it was given. */
const home: Record<string, Step> = { name: 'owner', email: 'owner', password: 'owner', company: 'office', country: 'office', zone: 'office', language: 'language', digits: 'numbers', extension: 'numbers' };

function Question({ step, children, next, back, busy, label, onSubmit, skip }: { step: Step; children: ReactNode; next?: boolean; back?: () => void; busy?: boolean; label?: string; onSubmit?: (e: FormEvent) => void; skip?: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, [step]);
  const inside = (
    <>
      <div className="col g6"><h1 tabIndex={-1} ref={heading}>{t(`setup.${step}.title`)}</h1><p className="lead">{t(`setup.${step}.lead`)}</p></div>
      {children}
      <div className="wizard-foot">
        {next !== false && <Button kind="primary" large type="submit" busy={busy}>{label ?? t('setup.next')}<ArrowRight className="icon" aria-hidden /></Button>}
        {back && <Button kind="quiet" large icon={ArrowLeft} onClick={back}>{t('setup.back')}</Button>}
        {skip && <Button kind="quiet" large onClick={skip}>{t('setup.skip')}</Button>}
      </div>
    </>
  );
  return onSubmit ? <form className="wizard-body" onSubmit={onSubmit} noValidate>{inside}</form> : <div className="wizard-body">{inside}</div>;
}

/** First colleagues, one per line, as people write them: name and address in any order. */
export function lines(text: string): string {
  const quote = (s: string) => `"${s.replaceAll('"', '""')}"`;
  const rows = text.split('\n').map((l) => l.trim()).filter(Boolean).map((line) => {
    const email = /[^\s<>,;"]+@[^\s<>,;"]+/.exec(line)?.[0] ?? '';
    const name = line.replace(email, '').replace(/[<>,;"\t]+/g, ' ').replace(/\s+/g, ' ').trim();
    return `${quote(name || (email.split('@')[0] ?? ''))},${quote(email)}`;
  });
  return `name,email\n${rows.join('\n')}\n`;
}

function Colleagues({ next }: { next: () => void }) {
  const [report, setReport] = useState<ImportReport>();
  const form = useForm({ people: '' }, async (v) => {
    if (!v.people.trim()) return next();
    const csv = lines(v.people);
    if (!report) {
      const dry = await api.importUsers(csv, true);
      setReport(dry);
      return;
    }
    await inviteAdded(await api.importUsers(csv, false));
    next();
  });
  return (
    <Question step="people" onSubmit={(e) => void form.submit(e)} busy={form.busy} label={report ? t('import.apply', { n: report.rows.length - report.problems }) : undefined} skip={next}>
      <Text form={{ ...form, set: (n, v) => { setReport(undefined); form.set(n, v); } }} name="people" label={t('setup.people.label')} hint={t('setup.people.hint')} area={6} placeholder={'Marta Kowalska, marta@example.com\nFelix Brandt, felix@example.com'} />
      {report && <Preview report={report} />}
      <FormError error={form.error} fields={[]} />
    </Question>
  );
}

function FirstPhone({ user, next }: { user: string; next: () => void }) {
  const [account, setAccount] = useState<Account>();
  return (
    <Question step="phone" next={account !== undefined} label={t('setup.next')} onSubmit={account ? (e) => { e.preventDefault(); next(); } : undefined} skip={account ? undefined : next}>
      {account ? <AccountCard account={account} /> : <AddDevice user={user} done={setAccount} />}
    </Question>
  );
}

function Done() {
  const overview = useQuery({ queryKey: ['overview'], queryFn: api.overview });
  return (
    <Question step="done" next={false}>
      <ul className="col g8">
        {(overview.data?.checklist ?? []).map((i) => <li key={i.id} className="row g12">{i.done ? <Check className="icon l ok" aria-label={t('home.done')} /> : <span className="bullet" aria-hidden />}<span className={i.done ? 't3' : 'med'}>{known(`app.checklist.${i.id}`) ?? i.id}</span></li>)}
      </ul>
      <div className="row"><ButtonLink to="/" kind="primary" large>{t('setup.open')}</ButtonLink></div>
    </Question>
  );
}

export default function SetupPage() {
  const [params] = useSearchParams();
  const go = useNavigate();
  const token = params.get('token') ?? '';
  const session = useSession();
  const [step, setStep] = useState<Step>('language');
  const [claimedHere, setClaimedHere] = useState(false);
  const begun = useQuery({ queryKey: ['setup', token], queryFn: () => api.setup(token), retry: false, staleTime: Infinity, enabled: !claimedHere });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const form = useForm({ name: '', email: '', password: '', company: '', country: '', zone, digits: '3', extension: '' }, async (v) => {
    const me = await api.claim({ token, ...v, country: v.country || begun.data?.country || 'DE', language: current(), digits: Number(v.digits), extension: v.extension || undefined });
    setClaimedHere(true);
    await begin(me);
    setStep(claimed);
  });
  const v = form.values;
  const f = form.error instanceof Failure ? form.error : undefined;
  useEffect(() => {
    const at = f?.field && home[f.field];
    if (at) setStep(at);
  }, [f]);
  const at = steps.indexOf(step);
  const to = (i: number) => setStep(steps[i] ?? 'done');
  const forward = (e: FormEvent) => {
    e.preventDefault();
    if (step === 'numbers') void form.submit();
    else to(at + 1);
  };
  const answers: Partial<Record<Step, string>> = {
    language: languages.find((l) => l.code === current())?.name,
    owner: v.name,
    office: [v.company, country(v.country || begun.data?.country || '')].filter(Boolean).join(', '),
    numbers: t('office.digits_n', { n: Number(v.digits) }),
  };
  if (begun.isPending && !claimedHere) return <Door title={t('setup.title')}><Lines n={4} /></Door>;
  if (begun.error && !claimedHere) {
    const closed = begun.error instanceof Failure && begun.error.status !== 0;
    return (
      <Door title={t('setup.title')}>
        {closed ? <><h1>{t('setup.closed')}</h1><p className="t2">{t('setup.closed_hint')}</p><p className="mono">tandem setup-link</p><Button large full onClick={() => void go('/sign-in')}>{t('login.back')}</Button></> : <Trouble error={begun.error} retry={() => void begun.refetch()} />}
      </Door>
    );
  }
  const general = <FormError error={form.error} fields={Object.keys(home)} />;
  return (
    <Door title={t('setup.title')} wide>
      <main className="wizard">
        <nav className="wizard-steps" aria-label={t('setup.progress')}>
          {steps.map((s, i) => {
            const done = i < at;
            const reachable = done && (claimedHere ? i >= steps.indexOf(claimed) : true);
            return (
              <button key={s} type="button" className={`wizard-step${done ? ' done' : ''}`} aria-current={s === step ? 'step' : undefined} aria-disabled={!reachable} onClick={() => reachable && setStep(s)}>
                <i aria-hidden>{done ? <Check className="icon xs" /> : i + 1}</i>
                <span className="col"><span>{t(`setup.${s}` as Key)}</span>{done && answers[s] && <small className="meta">{answers[s]}</small>}</span>
              </button>
            );
          })}
        </nav>
        {step === 'language' && (
          <Question step="language" onSubmit={forward}>
            <Choices name="language" label={t('field.language')} value={current()} onChange={(l) => void speak(l, true)} options={languages.map((l) => ({ value: l.code, label: l.name }))} />
          </Question>
        )}
        {step === 'owner' && (
          <Question step="owner" onSubmit={forward} back={() => to(at - 1)}>
            <div className="col g16 narrow">
              {general}
              <Text form={form} name="name" label={t('field.name')} auto="name" focus />
              <Text form={form} name="email" label={t('field.email')} type="email" auto="username" hint={t('setup.owner.email_hint')} />
              <Text form={form} name="password" label={t('field.password')} hint={t('password.hint')} type="password" auto="new-password" />
            </div>
          </Question>
        )}
        {step === 'office' && (
          <Question step="office" onSubmit={forward} back={() => to(at - 1)}>
            <div className="col g16 narrow">
              <Text form={form} name="company" label={t('office.name')} auto="organization" focus />
              <Pick form={{ ...form, values: { ...v, country: v.country || begun.data?.country || '' } }} name="country" label={t('field.country')} hint={t('office.country_hint')} options={countryOptions()} searchable />
              <Pick form={form} name="zone" label={t('field.zone')} hint={zoneName(v.zone)} options={zoneOptions()} searchable />
            </div>
          </Question>
        )}
        {step === 'numbers' && (
          <Question step="numbers" onSubmit={forward} back={() => to(at - 1)} busy={form.busy} label={t('setup.claim')}>
            <div className="col g16">
              <Choices name="digits" label={t('office.digits')} value={v.digits} onChange={(d) => form.set('digits', d)} options={['2', '3', '4'].map((d) => ({ value: d, label: t('office.digits_n', { n: Number(d) }), hint: t(`setup.numbers.${d}` as Key) }))} />
              <div className="narrow"><Text form={form} name="extension" label={t('setup.numbers.own')} hint={t('setup.numbers.own_hint')} placeholder={'1'.padEnd(Number(v.digits), '0')} optional /></div>
              {general}
            </div>
          </Question>
        )}
        {step === 'people' && <Colleagues next={() => setStep('phone')} />}
        {step === 'phone' && session.data && <FirstPhone user={session.data.user.id} next={() => setStep('done')} />}
        {step === 'done' && <Done />}
      </main>
    </Door>
  );
}
