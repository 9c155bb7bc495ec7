/** Changes of rights: what they would do is shown before, and each can be undone after. */
import { ArrowDownRight, ArrowUpRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { api, type Act, type Preview } from '../api';
import { moment } from '../format';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Avatar } from '../ui/person';
import { Line } from '../ui/pick';
import { failed, FormError, Lines } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { Cost } from './preview';
import { useRefresh } from './user';
import { rightWord } from './words';

type Share = Preview['people'][number];

function Side({ rights, gained }: { rights: Share['gained']; gained: boolean }) {
  const [all, setAll] = useState(false);
  if (rights.length === 0) return null;
  const shown = all ? rights : rights.slice(0, 6);
  const Arrow = gained ? ArrowUpRight : ArrowDownRight;
  return (
    <ul aria-label={t(gained ? 'preview.gains' : 'preview.loses')}>
      {shown.map((r) => (
        <li key={r.right}>
          <span className={gained ? 'ok' : 'danger'}><Arrow className="icon xs" role="img" aria-label={t(gained ? 'preview.gains' : 'preview.loses')} /></span> {rightWord(r.right)} <span className="t3">· {r.where}</span>
          {r.risk === 'high' && <span className="chip small warn end">{t('right.risky')}</span>}
        </li>
      ))}
      {rights.length > shown.length && <li><button type="button" className="linkish" onClick={() => setAll(true)}>{t('preview.more', { n: rights.length - shown.length })}</button></li>}
    </ul>
  );
}

/** Who gains and who loses what. */
export function Effects({ preview }: { preview: Preview }) {
  return (
    <div className="col g12">
      <ul className="col g4">{preview.changes.map((c, i) => <li key={i} className="t2">{c}</li>)}</ul>
      <Cost of={preview.cost} />
      {preview.people.length > 0 && (
        <div className="effects" tabIndex={0} role="group" aria-label={t('preview.effects')}>
          {preview.people.map((p) => (
            <div key={p.user} className="effect">
              <div className="row"><Avatar id={p.user} name={p.name} photo={p.photo} size="s" /><span className="med">{p.name}</span><span className="t3">{t('preview.count', { gained: p.gained.length, lost: p.lost.length })}</span></div>
              <Side rights={p.gained} gained />
              <Side rights={p.lost} gained={false} />
            </div>
          ))}
        </div>
      )}
      {preview.people.length === 0 && preview.hidden === 0 && <div className="note"><span>{t('preview.nobody')}</span></div>}
      {preview.hidden > 0 && <p className="meta">{t('preview.hidden', { n: preview.hidden })}</p>}
      {new Date(preview.at).getTime() - Date.now() > 60_000 && <p className="meta">{t('preview.from', { at: moment(preview.at) })}</p>}
    </div>
  );
}

type Asked = { title: string; act: Act; done: string; after?: () => void; preview?: Preview; error?: unknown };

/** Asks before a change, with its effects; makes it; and offers to undo it. */
export function useChange(): { ask: (title: string, act: Act, done: string, after?: () => void) => void; dialog: ReactNode } {
  const refresh = useRefresh();
  const [asked, setAsked] = useState<Asked>();
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState('');
  const ask = (title: string, act: Act, done: string, after?: () => void) => {
    const fresh: Asked = { title, act, done, after };
    setAsked(fresh);
    setReason('');
    act.dry().then((preview) => setAsked((x) => x && { ...x, preview }), (error: unknown) => setAsked((x) => x && { ...x, error }));
  };
  const close = () => setAsked(undefined);
  const run = async () => {
    if (!asked) return;
    setBusy(true);
    try {
      await make(asked.act, asked.done, refresh, reason.trim() || undefined);
      close();
      asked.after?.();
    } catch (error) {
      setAsked({ ...asked, error });
    } finally {
      setBusy(false);
    }
  };
  const people = asked?.preview ? asked.preview.people.length + asked.preview.hidden : 0;
  return {
    ask,
    dialog: (
      <Dialog open={asked !== undefined} title={asked?.title ?? ''} onClose={close} size={640}>
        {asked && (
          <div className="col g16">
            {asked.preview ? <Effects preview={asked.preview} /> : !asked.error && <Lines n={3} />}
            {asked.preview && <Line label={t('reason.optional')} hint={t('review.reason_hint')} value={reason} onChange={setReason} />}
            <FormError error={asked.error} fields={[]} />
            <div className="row">
              {asked.preview && <Button kind="primary" busy={busy} data-autofocus onClick={() => void run()}>{people > 1 ? t('preview.apply_to', { n: people }) : t('preview.apply')}</Button>}
              <Button kind="quiet" onClick={close}>{t('ui.cancel')}</Button>
            </div>
          </div>
        )}
      </Dialog>
    ),
  };
}

/** Makes a change and says so; the toast undoes it by its place in the log. */
export async function make(act: Act, done: string, refresh: () => Promise<unknown>, reason?: string): Promise<void> {
  const seq = await act.run(reason);
  await refresh();
  toast({ text: done, undo: seq === undefined ? undefined : () => undo(seq, refresh) });
}

export const undo = (seq: number, refresh: () => Promise<unknown>): Promise<unknown> =>
  api.undo(seq).run().then(refresh).then(() => toast({ text: t('undo.done') }), (e: unknown) => toast(failed(e)));
