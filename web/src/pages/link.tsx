/** The page behind the link in an invitation or in a mail about a forgotten password. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { api, Failure } from '../api';
import { Door } from '../parts/door';
import { begin } from '../session';
import { Button, ButtonLink } from '../ui/button';
import { Text, useForm } from '../ui/form';
import { FormError, Lines, Trouble } from '../ui/states';
import { t } from '../words';

export default function LinkPage() {
  const { token = '' } = useParams();
  const go = useNavigate();
  const link = useQuery({ queryKey: ['link', token], queryFn: () => api.link(token), retry: false, staleTime: Infinity });
  const form = useForm({ password: '' }, async (v) => {
    await begin(await api.redeem(token, v.password));
    await go('/', { replace: true });
  });
  const spent = link.error instanceof Failure && link.error.status >= 400 && link.error.status < 500;
  return (
    <Door title={t('link.title')}>
      {link.isPending && <Lines n={3} />}
      {link.error && (spent ? (
        <>
          <h1>{t('link.spent')}</h1>
          <p className="t2">{t('link.spent_hint')}</p>
          <ButtonLink to="/sign-in" large full>{t('login.back')}</ButtonLink>
        </>
      ) : <Trouble error={link.error} retry={() => void link.refetch()} />)}
      {link.data && (
        <>
          <div className="col g4">
            <h1>{link.data.kind === 'invitation' ? t('link.welcome', { name: link.data.name }) : t('link.reset', { name: link.data.name })}</h1>
            <p className="t2">{t('link.hint', { email: link.data.email })}</p>
          </div>
          <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
            <input className="sr" type="email" name="email" autoComplete="username" value={link.data.email} readOnly tabIndex={-1} aria-hidden="true" />
            <Text form={form} name="password" label={t('field.new_password')} hint={t('password.hint')} type="password" auto="new-password" focus />
            <FormError error={form.error} fields={['password']} />
            <Button kind="primary" large full type="submit" busy={form.busy}>{t('link.go')}</Button>
          </form>
        </>
      )}
    </Door>
  );
}
