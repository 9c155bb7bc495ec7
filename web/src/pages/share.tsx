/** The page behind a link to a recording: somebody outside listens, without signing in. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { api, Failure } from '../api';
import { day, moment } from '../format';
import { Door } from '../parts/door';
import { Player } from '../parts/recording';
import { Button } from '../ui/button';
import { Text, useForm } from '../ui/form';
import { FormError, Lines, Trouble } from '../ui/states';
import { t } from '../words';

type Shared = Awaited<ReturnType<typeof api.openShared>>;

function Heard({ token, shared, opened }: { token: string; shared: Shared; opened: NonNullable<Shared['opened']> }) {
  const peaks = useQuery({ queryKey: ['shared', token, 'peaks'], queryFn: () => api.sharedPeaks(token, opened.pass), staleTime: Infinity, retry: false });
  return (
    <>
      <div className="col g4">
        <h1>{t('share.page')}</h1>
        <p className="t2">{moment(opened.started)}</p>
      </div>
      <Player from={opened.from} to={opened.to} seconds={opened.seconds} peaks={peaks} source={`/v1/shared/${token}/sound${opened.pass ? `?pass=${encodeURIComponent(opened.pass)}` : ''}`} />
      <p className="meta">{t('share.page_by', { name: opened.by, office: shared.office, day: day(shared.expires) })} {t('share.page_logged')}</p>
    </>
  );
}

function Locked({ token, shared, done }: { token: string; shared: Shared; done: (opened: Shared) => void }) {
  const form = useForm({ password: '' }, async (v) => done(await api.openShared(token, v.password)));
  return (
    <>
      <div className="col g4">
        <h1>{t('share.page')}</h1>
        <p className="t2">{t('share.page_locked', { office: shared.office })}</p>
      </div>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        <Text form={form} name="password" label={t('share.page_password')} type="password" auto="off" focus />
        <FormError error={form.error} fields={['password']} />
        <Button kind="primary" large full type="submit" busy={form.busy}>{t('share.open')}</Button>
      </form>
    </>
  );
}

export default function SharedPage() {
  const { token = '' } = useParams();
  const [typed, setTyped] = useState<Shared>();
  const asked = useQuery({ queryKey: ['shared', token], retry: false, staleTime: Infinity, queryFn: async () => {
    const link = await api.shared(token);
    return link.password ? link : api.openShared(token);
  } });
  const gone = asked.error instanceof Failure && asked.error.status >= 400 && asked.error.status < 500;
  const shared = typed ?? asked.data;
  return (
    <Door title={t('share.page')}>
      {asked.isPending && <Lines n={3} />}
      {asked.error && (gone ? (
        <>
          <h1>{t('share.gone')}</h1>
          <p className="t2">{t('share.gone_hint')}</p>
        </>
      ) : <Trouble error={asked.error} retry={() => void asked.refetch()} />)}
      {shared && (shared.opened ? <Heard token={token} shared={shared} opened={shared.opened} /> : <Locked token={token} shared={shared} done={setTyped} />)}
    </Door>
  );
}
