/** How the mailbox of a person or a group works: whether it is on, how much it holds, what callers hear, where messages go, and its PIN. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Mailbox } from '../api';
import { clock, moment } from '../format';
import { Button } from '../ui/button';
import { before, changed, languageOptions, Pick, Text, Toggle, useForm } from '../ui/form';
import { Area, Flip } from '../ui/pick';
import { Card } from '../ui/sheet';
import { FormError, Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { SoundFile } from './menu';

type Welcome = Mailbox['greetings'][number];

function useRefresh() {
  const cache = useQueryClient();
  return () => Promise.all(['mailbox', 'forwarding', 'path', 'audit'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
}

/** Runs a change that is no form, and says what became of it. */
function useRun() {
  const refresh = useRefresh();
  return (work: Promise<unknown>, words: string) => void work.then(refresh).then(() => toast({ text: words }), (e: unknown) => toast({ text: sentence(e), lasting: true }));
}

function Basics({ box }: { box: Mailbox }) {
  const refresh = useRefresh();
  const now = { on: box.on, longest: String(box.longest), most: String(box.most), days: box.days ? String(box.days) : '', language: box.language ?? '' };
  const form = useForm(now, async (v, base) => {
    const put = (c: Partial<typeof now>) => api.editMailbox(box.id, {
      on: c.on, language: c.language, longest: c.longest === undefined ? undefined : Number(c.longest), most: c.most === undefined ? undefined : Number(c.most), days: c.days === undefined ? undefined : Number(c.days || 0),
    }).then(refresh);
    const change = changed(v, base);
    await put(change);
    toast({ text: t('ui.saved'), undo: () => put(before(change, base)) });
  });
  const keep = t(box.shared ? 'mailbox.locked_group' : 'mailbox.locked');
  return (
    <Card title={t('mailbox.title')} pad>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        <Toggle form={form} name="on" label={t('mailbox.on')} hint={t(box.shared ? 'mailbox.on_hint_group' : 'mailbox.on_hint')} />
        <div className="half">
          <Text form={form} name="longest" type="number" label={t('mailbox.longest')} hint={t('mailbox.longest_hint')} />
          <Text form={form} name="most" type="number" label={t('mailbox.most')} hint={t('mailbox.most_hint')} />
          <Text form={form} name="days" type="number" label={t('mailbox.days')} hint={t('mailbox.days_hint')} optional />
          <Pick form={form} name="language" label={t('mailbox.language')} options={languageOptions()} empty={t('mailbox.language_usual')} />
        </div>
        <FormError error={form.error} fields={Object.keys(now)} />
        <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={!box.edit ? keep : form.dirty ? undefined : t('ui.nothing_changed')}>{t('ui.save')}</Button></div>
      </form>
    </Card>
  );
}

function Greeting({ box, of }: { box: Mailbox; of: Welcome }) {
  const run = useRun();
  const [words, setWords] = useState(of.text ?? '');
  const [open, setOpen] = useState(of.own || Boolean(of.text));
  const name = t(`mailbox.for.${of.for}`);
  if (!open) {
    return <div className="list-row"><span className="grow col"><span>{name}</span><span className="meta">{t(of.for === 'name' ? 'mailbox.usual_name' : 'mailbox.usual')}</span></span><Button small onClick={() => setOpen(true)}>{t(of.for === 'name' ? 'mailbox.own_name' : 'mailbox.own_greeting')}</Button></div>;
  }
  return (
    <div className="card-body col g8">
      <div className="row"><h3 className="grow">{name}</h3>{of.own && <span className="meta num">{clock(Math.round(of.seconds ?? 0))}</span>}</div>
      <Area label={t('mailbox.words')} hint={t('mailbox.words_hint')} value={words} onChange={setWords} />
      {of.sound && <audio controls preload="none" aria-label={t('mailbox.greeting_sound', { name })} src={of.sound} />}
      <div className="row w">
        <SoundFile label={of.own ? t('menu.replace') : t('menu.upload')} run={(file) => run(api.setGreeting(box.id, of.for, file), t('mailbox.greeting_saved'))} />
        {words !== (of.text ?? '') && <Button small onClick={() => run(api.editMailbox(box.id, { greetings: [{ for: of.for, text: words }] }), t('ui.saved'))}>{t('mailbox.save_words')}</Button>}
        {of.own && <Button small kind="quiet" icon={Trash2} onClick={() => run(api.removeGreeting(box.id, of.for), t('mailbox.greeting_removed'))}>{t('mailbox.use_usual')}</Button>}
      </div>
    </div>
  );
}

function Delivery({ box }: { box: Mailbox }) {
  const refresh = useRefresh();
  const now = { mail: box.mail ?? '', clear: Boolean(box.clear) };
  const form = useForm(now, async (v, base) => {
    const put = (c: typeof now) => api.editMailbox(box.id, { mail: c.mail as never, clear: c.mail === 'sound' && c.clear }).then(refresh);
    await put(v);
    toast({ text: t('ui.saved'), undo: () => put(base) });
  });
  return (
    <Card title={t('mailbox.mail')} note={t(box.shared ? 'mailbox.mail_hint_group' : 'mailbox.mail_hint')} pad>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        <Pick form={form} name="mail" label={t('mailbox.mail_what')} options={[{ value: 'notice', label: t('mailbox.mail_notice') }, { value: 'sound', label: t('mailbox.mail_sound') }]} empty={t('mailbox.mail_nothing')} />
        {form.values.mail === 'sound' && <Toggle form={form} name="clear" label={t('mailbox.clear')} hint={t('mailbox.clear_hint')} />}
        <FormError error={form.error} fields={['mail', 'clear']} />
        <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={form.dirty ? undefined : t('ui.nothing_changed')}>{t('ui.save')}</Button></div>
      </form>
    </Card>
  );
}

/** Whether callers from outside find the person by name. What they hear in place of the name is recorded among the greetings. */
function Listing({ box }: { box: Mailbox }) {
  const run = useRun();
  const put = (listed: boolean) => run(api.editMailbox(box.id, { listed }), t('ui.saved'));
  return <Card title={t('mailbox.names')} pad><Flip label={t('mailbox.listed')} hint={t('mailbox.listed_hint')} on={box.listed} onChange={put} /></Card>;
}

/** How messages are fetched by phone, and the PIN for phones that are not one's own. */
function Phone({ box }: { box: Mailbox }) {
  const refresh = useRefresh();
  const run = useRun();
  const form = useForm({ pin: '' }, async (v) => {
    await api.editMailbox(box.id, { pin: v.pin });
    await refresh();
    toast({ text: t('mailbox.pin_saved') });
  });
  return (
    <Card title={t('mailbox.pin')} pad>
      <form className="col g16" onSubmit={(e) => void form.submit(e).then((ok) => ok && form.reset({ pin: '' }))} noValidate>
        <div className="col">
          {box.number && <span>{t(box.shared ? 'mailbox.pin_group' : 'mailbox.pin_own', { code: box.number })}</span>}
          {box.anywhere && <span>{box.pin ? t('mailbox.pin_any', { code: box.anywhere }) : t('mailbox.pin_none')}</span>}
          {box.pin_since && <span className="meta">{t('mailbox.pin_since', { at: moment(box.pin_since) })}</span>}
        </div>
        <div className="half"><Text form={form} name="pin" type="password" label={t('mailbox.pin_new')} hint={t('mailbox.pin_hint')} /></div>
        <FormError error={form.error} fields={['pin']} />
        <div className="row">
          <Button kind="primary" type="submit" busy={form.busy} locked={form.values.pin ? undefined : t('ui.nothing_changed')}>{t('mailbox.pin_set')}</Button>
          {box.pin && <Button kind="quiet" icon={Trash2} onClick={() => run(api.editMailbox(box.id, { pin: '' }), t('mailbox.pin_removed'))}>{t('mailbox.pin_remove')}</Button>}
        </div>
      </form>
    </Card>
  );
}

/** The settings of one mailbox; what is private is shown to its owner and to those he lends it to. */
export function MailboxEditor({ id }: { id: string }) {
  const box = useQuery({ queryKey: ['mailbox', id], queryFn: () => api.mailbox(id) });
  return (
    <Loaded of={box}>
      {(b) => (
        <div className="form col g20">
          <Basics box={b} />
          {b.private ? (
            <>
              <Card title={t('mailbox.greetings')} note={t('mailbox.greetings_hint')}>{b.greetings.filter((g) => !b.shared || g.for !== 'name').map((g) => <Greeting key={g.for + (g.sound ?? '')} box={b} of={g} />)}</Card>
              <Delivery box={b} />
              <Phone box={b} />
              {!b.shared && <Listing box={b} />}
            </>
          ) : <p className="meta">{t('mailbox.private')}</p>}
        </div>
      )}
    </Loaded>
  );
}
