/** Sign in, and ask for a new password. */
import { MailCheck } from 'lucide-react';
import { useState } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { api } from '../api';
import { Door } from '../parts/door';
import { ProviderButtons } from '../parts/provider';
import { begin, useSession } from '../session';
import { Button } from '../ui/button';
import { Text, useForm } from '../ui/form';
import { FormError } from '../ui/states';
import { known, t } from '../words';

/** What may be said about a sign-in at a provider that went wrong; anything else in the address is not believed. */
const problems = ['login.journey', 'login.provider_refused', 'login.provider_email', 'login.provider_unknown', 'login.provider_silent', 'login.suspended'];

function problemOf(params: URLSearchParams): string | undefined {
  const key = params.get('problem') ?? '';
  if (!problems.includes(key)) return undefined;
  const email = params.get('email') ?? '';
  return known(key, { provider: (params.get('provider') ?? '').slice(0, 60), issuer: (params.get('issuer') ?? '').slice(0, 200), email: /^[^\s@]{1,64}@[\w.-]{1,190}$/.test(email) ? email : '–' });
}

function Forgotten({ email, back }: { email: string; back: () => void }) {
  const [sent, setSent] = useState(false);
  const form = useForm({ email }, async (v) => {
    await api.forgot(v.email);
    setSent(true);
  });
  return (
    <>
      <h1>{t('login.forgotten')}</h1>
      {sent ? (
        <div className="note ok" role="status"><MailCheck className="icon" aria-hidden /><span>{t('login.forgot_sent', { email: form.values.email })}</span></div>
      ) : (
        <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
          <p className="t2">{t('login.forgot_hint')}</p>
          <Text form={form} name="email" label={t('field.email')} type="email" auto="username" focus />
          <FormError error={form.error} fields={['email']} />
          <Button kind="primary" large full type="submit" busy={form.busy}>{t('login.send_link')}</Button>
        </form>
      )}
      <Button kind="quiet" onClick={back}>{t('login.back')}</Button>
    </>
  );
}

export default function SignInPage() {
  const session = useSession();
  const go = useNavigate();
  const [params] = useSearchParams();
  const [forgotten, setForgotten] = useState(false);
  const problem = problemOf(params);
  const wanted = params.get('to') ?? '/';
  const to = wanted.startsWith('/') && !wanted.startsWith('//') ? wanted : '/';
  const form = useForm({ email: '', password: '' }, async (v) => {
    await begin(await api.signIn(v.email, v.password));
    await go(to, { replace: true });
  });
  if (session.data) return <Navigate to={to} replace />;
  return (
    <Door title={t('login.title')}>
      {forgotten ? (
        <Forgotten email={form.values.email} back={() => setForgotten(false)} />
      ) : (
        <>
          <div className="col g4"><h1>{t('login.title')}</h1><p className="t2">{t('login.lead')}</p></div>
          {problem && <div className="note danger" role="alert"><span>{problem}</span></div>}
          <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
            <Text form={form} name="email" label={t('field.email')} type="email" auto="username" focus />
            <Text form={form} name="password" label={t('field.password')} type="password" auto="current-password" />
            <FormError error={form.error} fields={['email', 'password']} />
            <Button kind="primary" large full type="submit" busy={form.busy}>{t('login.sign_in')}</Button>
          </form>
          <ProviderButtons to={to} />
          <Button kind="quiet" onClick={() => setForgotten(true)}>{t('login.forgotten')}</Button>
          <p className="meta">{t('login.closed_hint')} <span className="mono">tandem setup-link</span></p>
        </>
      )}
    </Door>
  );
}
