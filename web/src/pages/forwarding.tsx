/** What happens to calls for a person: one status at a time, as sentences, with the exceptions before them. */
import { useQueryClient } from '@tanstack/react-query';
import { CircleHelp, Split } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useParams } from 'react-router';
import { api, type Forwarding, type Path, type Profile, type Rule } from '../api';
import { Exceptions } from '../parts/exception';
import { isWhole, outsideOf, outsideRight, PlaceEditor, placeWord, plainProfile, rulesLock, useColleagueOptions, useForwarding } from '../parts/forwarding';
import { Steps } from '../parts/path';
import { useAddress } from '../parts/query';
import { statusLine } from '../parts/status';
import { useMe } from '../session';
import { Button, ButtonLink } from '../ui/button';
import { Chips, Chooser, Flip, Line } from '../ui/pick';
import { presenceName } from '../ui/person';
import { Sheet, Tabs } from '../ui/sheet';
import { failed, FormError, Lines, Trouble } from '../ui/states';
import { toast } from '../ui/toast';
import { answerLock, type Locked } from '../ui/why';
import { instant } from '../ui/form';
import { type Key, rich, t } from '../words';

type Occasion = 'no_answer' | 'busy' | 'offline' | 'always';
type Owner = { id: string; name: string; mine: boolean };

/** Slots of a sentence: each opens the rule that it comes from. */
function Summary({ profile, owner, open }: { profile: Profile; owner: Owner; open: (o: Occasion, beside: Element) => void }) {
  const slot = (o: Occasion, word: string) => ({ o, word });
  const lines: { key: Key; args: Record<string, { o: Occasion; word: string } | string | number> }[] = [];
  const rule = (o: Occasion, same: Key, both: Key) => {
    const inside = placeWord(profile[o].inside, owner);
    const outside = placeWord(outsideOf(profile[o]), owner);
    lines.push(inside === outside ? { key: same, args: { to: slot(o, inside) } } : { key: both, args: { inside: slot(o, inside), outside: slot(o, outside) } });
  };
  if (profile.rings) {
    lines.push({ key: 'forwarding.sum.rings', args: { time: slot('no_answer', t('forwarding.seconds', { n: profile.ring })) } });
    rule('no_answer', 'forwarding.sum.no_answer', 'forwarding.sum.no_answer_both');
    if (profile.single) rule('busy', 'forwarding.sum.busy', 'forwarding.sum.busy_both');
    rule('offline', 'forwarding.sum.offline', 'forwarding.sum.offline_both');
  } else {
    lines.push({ key: 'forwarding.sum.silent', args: {} });
    rule('always', 'forwarding.sum.always', 'forwarding.sum.always_both');
  }
  return (
    <p className="sentence">
      {lines.map((l, i) => (
        <span key={i}>{rich(l.key, l.args).map((w, j) => (typeof w === 'object' ? <button key={j} type="button" className="slot" aria-haspopup="dialog" onClick={(e) => open(w.o, e.currentTarget)}>{w.word}</button> : w))} </span>
      ))}
    </p>
  );
}

function RuleEditor({ of, profile, occasion, onSaved, onClose }: { of: Forwarding; profile: Profile; occasion: Occasion; onSaved: (f: Forwarding) => void; onClose: () => void }) {
  const [rule, setRule] = useState<Rule>(profile[occasion]);
  const [ring, setRing] = useState(String(profile.ring));
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const next = plainProfile({ ...profile, ring: Number(ring), [occasion]: rule });
  const whole = isWhole(rule.inside) && (!rule.outside || isWhole(rule.outside));
  const draft = JSON.stringify(next);
  useEffect(() => {
    setError(undefined);
    if (!whole) return;
    const timer = setTimeout(() => void api.setForwarding(of.user, { profiles: [JSON.parse(draft) as Profile] }, true).catch(setError), 300);
    return () => clearTimeout(timer);
  }, [draft, whole, of.user]);
  const save = async () => {
    setBusy(true);
    try {
      onSaved(await api.setForwarding(of.user, { profiles: [next], revision: of.revision }));
      onClose();
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  const times = [...new Set(['10', '15', '20', '25', '30', '45', '60', ring])].sort((a, b) => Number(a) - Number(b));
  return (
    <div className="rule open">
      <div className="rule-edit col g16">
        <div className="row w"><h3 className="head grow">{t(`forwarding.case.${occasion}`)}</h3>{occasion === 'no_answer' && <Chooser plain label={t('forwarding.ring_time')} options={times.map((n) => ({ value: n, label: t('forwarding.seconds', { n: Number(n) }) }))} value={ring} onChange={setRing} />}</div>
        <div className="col g8"><span className="label">{rule.outside ? t('forwarding.colleague_calls') : t('forwarding.anybody_calls')}</span><PlaceEditor label={t('forwarding.colleague_calls')} value={rule.inside} onChange={(inside) => setRule({ ...rule, inside })} of={of} /></div>
        {rule.outside && <div className="col g8"><span className="label">{t('forwarding.outsider_calls')}</span><PlaceEditor label={t('forwarding.outsider_calls')} value={rule.outside} onChange={(outside) => setRule({ ...rule, outside })} of={of} /></div>}
        <Flip label={t('forwarding.same')} on={!rule.outside} onChange={(same) => setRule({ inside: rule.inside, outside: same ? undefined : rule.inside })} />
        <FormError error={error} fields={[]} />
        <div className="row"><Button kind="primary" busy={busy} locked={whole ? undefined : t('forwarding.incomplete')} onClick={() => void save()}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></div>
      </div>
    </div>
  );
}

function RuleCard({ profile, occasion, owner, edit, lock }: { profile: Profile; occasion: Occasion; owner: Owner; edit: () => void; lock: Locked }) {
  const rule = profile[occasion];
  const inside = placeWord(rule.inside, owner);
  const outside = placeWord(outsideOf(rule), owner);
  const line = (key: Key, to: string): ReactNode => rich(key, { to: { word: to } }).map((w, i) => (typeof w === 'object' ? <span key={i} className="med">{w.word}</span> : w));
  return (
    <div className="rule">
      <span className="grow wrap">{inside === outside ? line('forwarding.everybody', inside) : <>{line('forwarding.colleague', inside)} {line('forwarding.outsider', outside)}</>}</span>
      <Button small kind="quiet" {...lock} onClick={edit}>{t('ui.edit')}</Button>
    </div>
  );
}

function TryIt({ of }: { of: Forwarding }) {
  const people = useColleagueOptions(of.user);
  const [who, setWho] = useState('outside');
  const [from, setFrom] = useState('');
  const [at, setAt] = useState('');
  const [path, setPath] = useState<Path>();
  const [error, setError] = useState<unknown>();
  const me = useMe();
  const number = me.user.id === of.user ? me.user.extension : undefined;
  const ask = async (e: { preventDefault: () => void }) => {
    e.preventDefault();
    setError(undefined);
    try {
      setPath(await api.explainRoute({ from: from || undefined, to: number ?? (await api.user(of.user)).extension, at: instant(at) || undefined }));
    } catch (problem) {
      setPath(undefined);
      setError(problem);
    }
  };
  return (
    <form className="col g12" onSubmit={(e) => void ask(e)}>
      <h2 className="label">{t('path.try')}</h2>
      <Chips label={t('path.who')} value={who} options={[{ value: 'outside', label: t('path.from_outside') }, { value: 'inside', label: t('path.from_inside') }]} onChange={(v) => { setWho(v); setFrom(''); }} />
      {who === 'outside' ? <Line label={t('field.number')} type="tel" value={from} onChange={setFrom} /> : <Chooser label={t('place.which_person')} options={people} value={from} onChange={setFrom} />}
      <Line label={t('path.at')} type="datetime-local" hint={t('path.at_hint')} value={at} onChange={setAt} />
      <div className="row"><Button type="submit" icon={Split} locked={from ? undefined : t('forwarding.incomplete')}>{t('path.try')}</Button></div>
      <div aria-live="polite">{path && <Steps root={path.root} />}</div>
      <FormError error={error} fields={[]} />
    </form>
  );
}

function Also({ of, profile, save, lock }: { of: Forwarding; profile: Profile; save: (change: Partial<Profile>) => void; lock: Locked }) {
  if (!profile.rings) return null;
  return (
    <div className="col g12">
      <h2 className="label">{t('forwarding.also')}</h2>
      <Flip {...lock} label={t('forwarding.several')} on={!profile.single} onChange={(on) => save({ single: !on })} />
      <Flip {...lock} label={t('forwarding.push')} on={!profile.no_push} onChange={(on) => save({ no_push: !on })} />
      <Flip {...(lock.locked ? lock : !of.mobile ? { locked: t('forwarding.no_mobile') } : of.can.outside ? {} : { locked: t('forwarding.no_outside'), why: outsideRight(of.user) })} label={t('forwarding.mobile_too')} hint={t('forwarding.no_line')} on={profile.mobile} onChange={(on) => save({ mobile: on })} />
      <Flip {...lock} label={t('forwarding.groups')} on={!profile.no_groups} onChange={(on) => save({ no_groups: !on })} />
    </div>
  );
}

/** Name and message are kept when the field is left. */
function Words({ profile, save, lock }: { profile: Profile; save: (change: Partial<Profile>) => void; lock: Locked }) {
  const [name, setName] = useState(profile.name ?? '');
  const [message, setMessage] = useState(profile.message ?? '');
  if (lock.locked) return null;
  const named = profile.status === 'available2' || profile.status === 'away2';
  const changed = name !== (profile.name ?? '') || message !== (profile.message ?? '');
  return (
    <form className="col g12" onSubmit={(e) => { e.preventDefault(); save({ name, message }); }}>
      {named && <Line label={t('forwarding.status_name')} value={name} onChange={setName} />}
      <Line label={t('forwarding.message')} hint={t('forwarding.message_hint')} value={message} onChange={setMessage} />
      {changed && <div className="row"><Button small kind="primary" type="submit">{t('ui.save')}</Button></div>}
    </form>
  );
}

function Rules({ of, mine }: { of: Forwarding; mine: boolean }) {
  const cache = useQueryClient();
  const { values, set } = useAddress();
  const [editing, setEditing] = useState<Occasion>();
  const owner: Owner = { id: of.user, name: of.name, mine };
  const lock = rulesLock(of);
  const profile = of.profiles.find((p) => p.status === (values.status ?? of.status.kind)) ?? of.profiles[0];
  if (!profile) return null;
  const saved = (f: Forwarding) => {
    cache.setQueryData(['forwarding', of.user], f);
    toast({ text: t('ui.saved') });
  };
  const put = (body: Parameters<typeof api.setForwarding>[1]) => void api.setForwarding(of.user, { ...body, revision: of.revision }).then(saved, (e: unknown) => toast(failed(e)));
  const save = (change: Partial<Profile>) => put({ profiles: [plainProfile({ ...profile, ...change })] });
  const open = (o: Occasion, beside: Element) => (lock.locked ? answerLock(lock.locked, lock.why, beside) : setEditing(o));
  const cards: Occasion[] = profile.rings ? ['no_answer', 'busy', 'offline'] : ['always'];
  return (
    <Sheet
      title={mine ? t('nav.forwarding') : t('forwarding.of', { name: of.name })}
      crumbs={mine ? undefined : [{ to: '/people', label: t('nav.people') }, { to: `/people/${of.user}`, label: of.name }]}
      scope={t('forwarding.now', { status: statusLine(of.status) })}
      actions={<><ButtonLink to={`/explain?tab=forward${mine ? '' : `&who=${of.user}`}`} icon={CircleHelp}>{t('whyforward.title')}</ButtonLink><ButtonLink to="/paths" icon={Split}>{t('nav.paths')}</ButtonLink></>}
      tabs={<Tabs label={t('status.title')} tabs={of.profiles.map((p) => ({ id: p.status, label: presenceName(p.status, { kind: p.status, name: p.name, manual: false, rings: p.rings }) }))} value={profile.status} onChange={(status) => { setEditing(undefined); set({ status }); }} />}
    >
      <div className="two">
        <div className="col g20">
          {lock.locked && <div className="note"><span>{lock.locked}</span></div>}
          <Summary profile={profile} owner={owner} open={open} />
          <Exceptions of={of} owner={owner} onSaved={saved} />
          {cards.map((o) => (
            <section key={o} className="col g8">
              <h2 className="label">{t(`forwarding.case.${o}`)}</h2>
              {editing === o
                ? <RuleEditor key={profile.status} of={of} profile={profile} occasion={o} onSaved={saved} onClose={() => setEditing(undefined)} />
                : <RuleCard profile={profile} occasion={o} owner={owner} lock={lock} edit={() => setEditing(o)} />}
            </section>
          ))}
        </div>
        <aside className="col g24">
          <TryIt of={of} />
          <hr className="hr" />
          <Also of={of} profile={profile} save={save} lock={lock} />
          <Words key={profile.status} profile={profile} save={save} lock={lock} />
          <hr className="hr" />
          <Flip {...lock} label={t('forwarding.follow_hours')} hint={t('forwarding.follow_hours_hint')} on={!of.fixed} onChange={(on) => put({ fixed: !on })} />
          {of.can.lock && !mine && <Flip label={t('forwarding.lock')} hint={t('forwarding.lock_hint', { name: of.name })} on={of.locked} onChange={(locked) => put({ locked })} />}
        </aside>
      </div>
    </Sheet>
  );
}

export default function ForwardingPage() {
  const me = useMe();
  const { id = me.user.id } = useParams();
  const asked = useForwarding(id);
  if (!asked.data) return <Sheet title={t('nav.forwarding')}>{asked.error ? <Trouble error={asked.error} retry={() => void asked.refetch()} /> : <Lines />}</Sheet>;
  return <Rules key={id} of={asked.data} mine={id === me.user.id} />;
}
