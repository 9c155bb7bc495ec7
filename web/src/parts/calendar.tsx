/** One's own calendar: while it says busy, one's status changes by itself. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { CalendarPlus, Unlink } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, type Calendar } from '../api';
import { ago, time, weekday } from '../format';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Text, useForm } from '../ui/form';
import { presenceName } from '../ui/person';
import { Chooser } from '../ui/pick';
import { Card } from '../ui/sheet';
import { FormError, Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

type As = Calendar['as'];
const statuses: As[] = ['away', 'dnd', 'available2', 'away2'];

/** What the linked calendar says now. */
function Said({ c }: { c: Calendar }) {
  return (
    <div className="col g8">
      <span className="row w"><span className="med">{c.file ? t('calendar.from_file') : t('calendar.from_host', { host: c.host ?? '' })}</span>{!c.file && <span className="meta">{c.read ? t('calendar.checked', { ago: ago(c.read) }) : t('calendar.reading')}</span>}</span>
      {c.fault && <p className="warn" role="status">{c.fault}</p>}
      {Boolean(c.left) && <p className="meta">{t('calendar.left', { n: c.left ?? 0 })}</p>}
      <span className="label">{t('calendar.ahead')}</span>
      {c.ahead.length === 0 ? <p className="t3">{t('calendar.free')}</p> : <ul>{c.ahead.slice(0, 12).map((s) => <li key={s.from} className="num">{weekday(s.from)} {time(s.from)} – {weekday(s.from) === weekday(s.until) ? '' : `${weekday(s.until)} `}{time(s.until)}</li>)}</ul>}
    </div>
  );
}

function Editor({ c }: { c: Calendar }) {
  const cache = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [as, setAs] = useState<As>(c.as);
  const keep = (next: Calendar) => {
    cache.setQueryData(['calendar'], next);
    void cache.invalidateQueries({ queryKey: ['session'] });
  };
  const run = (what: Promise<Calendar>, said: string) => what.then((next) => { keep(next); toast({ text: said }); }, (x: unknown) => toast({ text: sentence(x), lasting: true }));
  const form = useForm({ link: '' }, async ({ link }) => {
    keep(await api.setCalendar({ link, as }));
    toast({ text: t('calendar.linked') });
  });
  return (
    <form className="form col g16" onSubmit={(e) => void form.submit(e)} noValidate>
      {c.linked && <Said c={c} />}
      <Chooser label={t('calendar.as')} options={statuses.map((s) => ({ value: s, label: presenceName(s) }))} value={as} onChange={(v) => {
        setAs(v as As);
        if (c.linked) void run(api.setCalendar({ as: v as As }), t('ui.saved'));
      }} />
      {!c.linked && <Text form={form} name="link" type="url" label={t('calendar.link')} hint={t('calendar.link_hint')} />}
      <FormError error={form.error} fields={['link']} />
      <div className="row w">
        {c.linked ? <Button icon={Unlink} onClick={() => void run(api.unlinkCalendar(), t('calendar.unlinked'))}>{t('calendar.unlink')}</Button> : (
          <>
            <Button kind="primary" type="submit" busy={form.busy}>{t('calendar.linkit')}</Button>
            <input ref={input} type="file" accept="text/calendar,.ics" className="sr" tabIndex={-1} aria-label={t('calendar.file')} onChange={(e) => {
              const file = e.currentTarget.files?.[0];
              if (file) void run(api.setCalendarFile(as, file), t('calendar.linked'));
              e.currentTarget.value = '';
            }} />
            <Button icon={CalendarPlus} onClick={() => input.current?.click()}>{t('calendar.file')}</Button>
          </>
        )}
      </div>
    </form>
  );
}

/** The card on the page of one's own hours. */
export function OwnCalendar() {
  const me = useMe();
  const q = useQuery({ queryKey: ['calendar'], queryFn: api.calendar, enabled: Boolean(me.rights['presence.set']) });
  if (!me.rights['presence.set']) return null;
  return <Card title={t('calendar.title')} note={t('calendar.why')} pad><Loaded of={q}>{(c) => <Editor key={String(c.linked)} c={c} />}</Loaded></Card>;
}
