/** Wake-up and reminder calls of a person (G-019). */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { api, type Reminder } from '../api';
import { stamp, weekdayName } from '../format';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Pick, Several, Text, useForm } from '../ui/form';
import { Card } from '../ui/sheet';
import { failed, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Day = (typeof week)[number];
const dayWord = (d: Day) => weekdayName((week.indexOf(d) + 1) % 7);

function Add({ user, onClose }: { user: string; onClose: () => void }) {
  const cache = useQueryClient();
  const form = useForm({ time: '07:00', repeat: 'once', date: '', days: ['mon', 'tue', 'wed', 'thu', 'fri'] as string[], note: '' }, async (v) => {
    const days = v.repeat === 'daily' ? [...week] : v.repeat === 'days' ? (v.days as Day[]) : undefined;
    await api.addReminder(user, { time: v.time, date: v.repeat === 'once' && v.date ? v.date : undefined, days, note: v.note || undefined });
    await cache.invalidateQueries({ queryKey: ['reminders', user] });
    toast({ text: t('reminder.done') });
    onClose();
  });
  const { repeat, days, time } = form.values;
  return (
    <Dialog open title={t('reminder.add')} onClose={onClose}>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        <Text form={form} name="time" label={t('reminder.time')} type="time" focus />
        <Pick form={form} name="repeat" label={t('reminder.repeat')} options={(['once', 'daily', 'days'] as const).map((r) => ({ value: r, label: t(`reminder.repeat.${r}`) }))} />
        {repeat === 'once' && <Text form={form} name="date" label={t('reminder.date')} hint={t('reminder.date_hint')} type="date" optional />}
        {repeat === 'days' && <Several form={form} name="days" label={t('reminder.days')} options={week.map((d) => ({ value: d, label: dayWord(d) }))} />}
        <Text form={form} name="note" label={t('reminder.note')} optional />
        <FormError error={form.error} fields={['time', 'date', 'days', 'note']} />
        <div className="row"><Button kind="primary" type="submit" busy={form.busy} locked={!time || (repeat === 'days' && days.length === 0) ? t('forwarding.incomplete') : undefined}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
      </form>
    </Dialog>
  );
}

function Row({ user, of, zone }: { user: string; of: Reminder; zone: string }) {
  const me = useMe();
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const days = of.days as Day[];
  const remove = async () => {
    setBusy(true);
    try {
      await api.deleteReminder(user, of.id);
      await cache.invalidateQueries({ queryKey: ['reminders', user] });
      toast({ text: t('reminder.deleted') });
    } catch (e) {
      toast(failed(e));
    } finally {
      setBusy(false);
    }
  };
  const now = new Date();
  const facts = [
    of.next ? t('reminder.next', { at: stamp(of.next, now, zone) }) : t('reminder.over'),
    of.last && of.ended ? t(`reminder.last.${of.last}`, { at: stamp(of.ended, now, zone) }) : '',
    of.by.id !== me.user.id || user !== me.user.id ? t('reminder.by', { name: of.by.name ?? '' }) : '',
  ];
  return (
    <div className="list-row top">
      <span className="grow col">
        <span className="med"><span className="num">{of.time}</span>{' · '}{days.length === 7 ? t('reminder.repeat.daily') : days.length > 0 ? days.map(dayWord).join(', ') : t('reminder.repeat.once')}</span>
        {of.note && <span className="wrap">{of.note}</span>}
        <span className="meta num">{facts.filter(Boolean).join(' · ')}</span>
      </span>
      <Button small kind="quiet" busy={busy} onClick={() => void remove()}>{t('reminder.delete')}</Button>
    </div>
  );
}

export function Reminders({ user }: { user: string }) {
  const asked = useQuery({ queryKey: ['reminders', user], queryFn: () => api.reminders(user) });
  const [adding, setAdding] = useState(false);
  return (
    <div className="form">
      <Card title={t('reminder.tab')} note={asked.data && t('reminder.hint', { zone: asked.data.zone, n: 3 })} actions={<Button small icon={Plus} onClick={() => setAdding(true)}>{t('reminder.add')}</Button>}>
        <Loaded of={asked}>
          {(list) => (list.items.length === 0 ? <p className="list-row t3">{t('reminder.none')}</p> : <>{list.items.map((r) => <Row key={r.id} user={user} of={r} zone={list.zone} />)}</>)}
        </Loaded>
      </Card>
      {adding && <Add user={user} onClose={() => setAdding(false)} />}
    </div>
  );
}
