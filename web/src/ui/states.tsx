/** The states every page has: loading, empty, refused, failed. */
import { CircleAlert, CloudOff, Lock, type LucideIcon, SearchX } from 'lucide-react';
import type { ReactNode } from 'react';
import { Failure } from '../api';
import { day } from '../format';
import { t } from '../words';
import { Button, ButtonLink } from './button';
import type { Toast } from './toast';
import { askWhy, type Question } from './why';

export function Lines({ n = 6 }: { n?: number }) {
  return (
    <div aria-busy="true" aria-label={t('ui.loading')} role="status">
      {Array.from({ length: n }, (_, i) => (
        <div key={i} className="list-row"><span className="skeleton w2" /><span className="skeleton w4" /><span className="skeleton w1 end" /></div>
      ))}
    </div>
  );
}

export function Empty({ icon: Icon, children, action }: { icon: LucideIcon; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Icon className="icon" aria-hidden />
      <p>{children}</p>
      {action}
    </div>
  );
}

export function NoMatch({ clear }: { clear: () => void }) {
  return <Empty icon={SearchX} action={<Button small onClick={clear}>{t('ui.clear_filters')}</Button>}>{t('ui.no_match')}</Empty>;
}

/** The words for a failure: the server's own sentence, or ours when the server could not speak. */
export function sentence(error: unknown): string {
  if (!(error instanceof Failure)) return t('ui.error.unexpected');
  if (error.status === 0) return t('ui.error.offline');
  if (error.message) return error.message;
  return error.status === 429 ? t('ui.error.busy') : t('ui.error.unexpected');
}

export const codeOf = (error: unknown): string => (error instanceof Failure ? [error.key ?? error.code, error.request].filter(Boolean).join(' · ') : 'internal');

/** The question behind a refusal, for those who may know what they lack. */
export const questionOf = (error: unknown): Question | undefined =>
  error instanceof Failure && error.right && error.about ? { right: error.right, over: { kind: error.about.kind, id: error.about.id ?? '' } } : undefined;

/** A failure as a toast that stays; a refusal can be asked for its reason. */
export const failed = (error: unknown): Toast => ({ text: sentence(error), lasting: true, why: questionOf(error) });

/** Asks why something was refused. */
function WhyButton({ error }: { error: unknown }) {
  const question = questionOf(error);
  return question ? <Button small kind="quiet" onClick={(e) => askWhy(question, sentence(error), e.currentTarget)}>{t('explain.why')}</Button> : null;
}

/** A page or a part that could not be shown, with cause and next step. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  const f = error instanceof Failure ? error : undefined;
  const denied = f?.code === 'denied';
  const missing = f?.code === 'not_found';
  return (
    <Empty
      icon={denied ? Lock : missing ? SearchX : f?.status === 0 ? CloudOff : CircleAlert}
      action={denied || missing ? <div className="row"><ButtonLink to="/" small>{t('ui.back_home')}</ButtonLink><WhyButton error={error} /></div> : retry && <Button small onClick={retry}>{t('ui.retry')}</Button>}
    >
      {missing && !f?.message ? t('ui.error.missing') : sentence(error)} <span className="mono t3">{codeOf(error)}</span>
    </Empty>
  );
}

/** Says in a form what is wrong with the whole of it; what is wrong with one field stands under the field. */
export function FormError({ error, fields }: { error: unknown; fields: string[] }) {
  if (!error) return null;
  if (error instanceof Failure && error.field && fields.includes(error.field.split('.').pop() ?? '')) return null;
  return (
    <div className="note danger" role="alert">
      <CircleAlert className="icon" aria-hidden />
      <span className="grow">{sentence(error)} <span className="mono code">{codeOf(error)}</span></span>
      <WhyButton error={error} />
    </div>
  );
}

/** Says since when a report is whole, where its period reaches back further. */
export const CompleteSince = ({ since }: { since?: string }) => (since ? <p className="note">{t('ui.complete_since', { date: day(since) })}</p> : null);

type Asked<T> = { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };

/** Shows what was asked for once it is there; before, the skeleton; or why it is not. */
export function Loaded<T>({ of, skeleton, children }: { of: Asked<T>; skeleton?: ReactNode; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <Trouble error={of.error} retry={() => void of.refetch()} />;
  return skeleton ?? <Lines />;
}
