/** Taking holidays over: the public ones of a country, or those of a calendar file, after a look at what they change. */
import { useQuery } from '@tanstack/react-query';
import { CalendarPlus, Globe } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, type CalendarRead, type FoundHoliday, type Hours } from '../api';
import { country as countryName, weekday } from '../format';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Tick } from '../ui/form';
import { Chooser } from '../ui/pick';
import { FormError, Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { type Body, Weeks } from './hours';

const keyOf = (x: FoundHoliday) => `${x.on} ${x.name}`;
const written = ({ name, on, hours, closed }: FoundHoliday) => ({ name, on, hours, closed });

/** The found holidays, each to be ticked, and the next two weeks as they would be. */
function Found({ of, h, items, left, put, onClose }: { of: string; h: Hours; items: FoundHoliday[]; left: CalendarRead['left']; put: (change: Body) => Promise<void>; onClose: () => void }) {
  const [off, setOff] = useState<string[]>([]);
  const [error, setError] = useState<unknown>();
  const chosen = items.filter((x) => !x.known && !off.includes(keyOf(x)));
  const change: Body = { open: h.open, breaks: h.breaks, zone: h.fixed, holidays: [...h.holidays, ...chosen.map(written)] };
  const dry = useQuery({ queryKey: ['hours', of, 'dry', chosen.map(keyOf)], queryFn: () => api.setHours(of, change, true), placeholderData: (old) => old, retry: false });
  return (
    <div className="col g16">
      <ul className="card holidays">
        {items.map((x) => (
          <li key={keyOf(x)} className="list-row">
            {x.known ? <span className="chip small">{t('hours.known')}</span> : <Tick label={x.name} checked={!off.includes(keyOf(x))} onChange={(on) => setOff(on ? off.filter((k) => k !== keyOf(x)) : [...off, keyOf(x)])} />}
            <span className="grow col"><span>{x.name}</span><span className="meta">{[x.next && t('hours.next_on', { day: weekday(`${x.next}T12:00:00Z`, 'UTC') }), x.closed && t('hours.closed_at', { times: x.closed }), x.unsure && t('hours.unsure')].filter(Boolean).join(' · ')}</span></span>
            <span className="num meta">{x.on}</span>
          </li>
        ))}
        {items.length === 0 && <li className="list-row t3">{t('hours.nothing_new')}</li>}
      </ul>
      {left.length > 0 && <div className="col g8"><span className="label">{t('hours.left_out')}</span><ul>{left.map((l, i) => <li key={i} className="meta">{l.name}: {l.text}</li>)}</ul></div>}
      {dry.data?.ahead && <div className="col g8"><span className="label">{t('hours.ahead_after')}</span><Weeks days={dry.data.ahead} zone={dry.data.zone} label={t('hours.ahead_after')} /></div>}
      <FormError error={error ?? dry.error} fields={[]} />
      <div className="row">
        <Button kind="primary" locked={chosen.length === 0 ? t('hours.nothing_new') : undefined} onClick={() => void put({ holidays: change.holidays }).then(onClose, setError)}>{t('hours.take_n', { n: chosen.length })}</Button>
        <Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>
      </div>
    </div>
  );
}

function Public({ of, h, put, onClose }: { of: string; h: Hours; put: (change: Body) => Promise<void>; onClose: () => void }) {
  const [country, setCountry] = useState('');
  const [region, setRegion] = useState('');
  const list = useQuery({ queryKey: ['hours', of, 'public', country, region], queryFn: () => api.publicHolidays(of, country, region), placeholderData: (old) => old });
  return (
    <Loaded of={list}>
      {(p) => (
        <div className="col g16">
          <div className="half">
            <Chooser label={t('field.country')} options={p.countries.map((c) => ({ value: c, label: countryName(c) }))} value={p.country} onChange={(c) => { setCountry(c); setRegion(''); }} />
            {p.regions.length > 0 && <Chooser label={t('hours.region')} options={p.regions.map((r) => ({ value: r.code, label: r.name }))} empty={t('hours.whole_country')} value={region} onChange={setRegion} />}
          </div>
          <Found of={of} h={h} items={p.items} left={[]} put={put} onClose={onClose} />
        </div>
      )}
    </Loaded>
  );
}

/** The two ways to take holidays over. */
export function TakeHolidays({ of, h, put }: { of: string; h: Hours; put: (change: Body) => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [read, setRead] = useState<CalendarRead>();
  const close = () => { setOpen(false); setRead(undefined); };
  return (
    <div className="row w">
      <Button small icon={Globe} onClick={() => setOpen(true)}>{t('hours.take_public')}</Button>
      <input ref={input} type="file" accept="text/calendar,.ics" className="sr" tabIndex={-1} aria-label={t('hours.take_file')} onChange={(e) => {
        const file = e.currentTarget.files?.[0];
        if (file) void api.readCalendar(of, file).then(setRead, (x: unknown) => toast({ text: sentence(x), lasting: true }));
        e.currentTarget.value = '';
      }} />
      <Button small icon={CalendarPlus} onClick={() => input.current?.click()}>{t('hours.take_file')}</Button>
      <Dialog open={open || Boolean(read)} title={t('hours.take_title')} onClose={close} size={640}>
        {read ? <Found of={of} h={h} items={read.items} left={read.left} put={put} onClose={close} /> : <Public of={of} h={h} put={put} onClose={close} />}
      </Dialog>
    </div>
  );
}
