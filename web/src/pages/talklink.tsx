/** Talk links: public addresses by which visitors call one place inside, and how they are used (X-031…X-042, PL-13). */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, MessageCircle, Plus, PowerOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, type Place, type TalkLink } from '../api';
import { clock, stamp, typable } from '../format';
import { PlaceEditor, placeWord, plain } from '../parts/forwarding';
import { endWord, Steps, taken } from '../parts/path';
import { useAddress, useGroups } from '../parts/query';
import { TalkState, talkURL } from '../parts/talklink';
import { byName } from '../parts/words';
import { Button } from '../ui/button';
import { CopyField } from '../ui/copy';
import { Confirm, Side } from '../ui/dialog';
import { Conflict, instant, Pick, Text, Toggle, useForm } from '../ui/form';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { type Key, t } from '../words';

const house = { id: '', name: '', mine: false };
const never = '0001-01-01T00:00:00Z';
const limits = ['per_addr', 'most', 'daily', 'minutes', 'longest'] as const;

const useRefresh = () => {
  const cache = useQueryClient();
  return () => Promise.all(['talklinks', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
};

/** What a call by the link would meet now, and those that came. */
function Now({ link }: { link: TalkLink }) {
  const path = useQuery({ queryKey: ['talklinks', link.id, 'route'], queryFn: () => api.talkRoute(link.id) });
  return (
    <section className="col g8" aria-label={t('talklink.now')}>
      <h3 className="label">{t('talklink.now')}</h3>
      <Loaded of={path}>{(p) => { const way = taken(p.root); return <><p>{endWord(way[way.length - 1] ?? p.root)}</p><Steps root={p.root} /></>; }}</Loaded>
      <Link to={`/calls?link=${link.id}`}>{t('talklink.calls')}</Link>
    </section>
  );
}

function Edit({ link, to: first, of = '', onMade, onClose }: { link?: TalkLink; to: Place; of?: string; onMade: (link: TalkLink) => void; onClose: () => void }) {
  const refresh = useRefresh();
  const groups = byName(useGroups().data?.items ?? []);
  const [chosen, setTo] = useState<Place>();
  const to = chosen ?? first;
  const [asking, setAsking] = useState<'delete' | 'renew'>();
  const form = useForm({
    name: link?.name ?? '', slug: link?.slug ?? '', group: link ? (link.group ?? '') : of, on: !link?.off, from: link?.from ? typable(link.from) : '', until: link?.until ? typable(link.until) : '',
    always: Boolean(link?.always), named: Boolean(link?.named), mailed: Boolean(link?.mailed), about: Boolean(link?.about), keep: String(link?.keep ?? 30), back: Boolean(link?.back), outside: Boolean(link?.outside), origins: (link?.origins ?? []).join('\n'),
    per_addr: String(link?.per_addr ?? 3), most: String(link?.most ?? 10), daily: String(link?.daily ?? 200), minutes: String(link?.minutes ?? 600), longest: String(link?.longest ?? 60),
  }, async (v) => {
    const body = {
      name: v.name, slug: link && v.slug === link.slug ? undefined : v.slug, off: !v.on, from: instant(v.from) || never, until: instant(v.until) || never, always: v.always, named: v.named, mailed: v.mailed, about: v.about, keep: Number(v.keep), back: v.back, outside: v.outside,
      origins: v.origins.split(/\s+/).filter(Boolean), per_addr: Number(v.per_addr), most: Number(v.most), daily: Number(v.daily), minutes: Number(v.minutes), longest: Number(v.longest), ...(link?.user ? {} : { group: v.group, ...(link && !chosen ? {} : { to: plain(to) }) }),
    };
    const next = link ? await api.editTalkLink(link.id, { ...body, revision: link.revision }) : await api.addTalkLink(body);
    await refresh();
    toast({ text: t('talklink.saved', { name: v.name }) });
    if (next.secret) onMade(next);
    else onClose();
  });
  const renew = async () => {
    if (link) onMade(await api.renewTalkLink(link.id));
    await refresh();
  };
  return (
    <Side title={link?.name ?? t('talklink.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{link && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setAsking('delete')}>{t('talklink.delete')}</Button></span>}</>}>
      <div className="col g16">
        <Conflict form={form} label={(field) => t((field === 'group' ? 'talklink.of' : `talklink.${field}`) as Key)} />
        <FormError error={form.error} fields={['name', 'slug', 'group', 'from', 'until', 'keep', 'origins', ...limits]} />
        {link?.path && <CopyField label={t('talklink.address')} value={talkURL(link)} />}
        <Toggle form={form} name="on" label={t('talklink.on')} />
        <Text form={form} name="name" label={t('talklink.name')} focus />
        <Text form={form} name="slug" label={t('talklink.slug')} hint={t('talklink.slug_hint')} optional />
        {link && <div className="row"><Button small icon={KeyRound} onClick={() => setAsking('renew')}>{t('talklink.renew')}</Button></div>}
        {link?.user ? <p className="meta">{t('talklink.person', { name: link.user.name ?? '' })}</p> : (
          <>
            <div className="col g8"><span className="label">{t('talklink.to')}</span><PlaceEditor label={t('talklink.to')} value={to} onChange={setTo} only={['', 'user', 'group', 'ring', 'queue', 'menu', 'room', 'voicemail_of']} none={t('talklink.choose')} /></div>
            <Pick form={form} name="group" label={t('talklink.of')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('talklink.company')} searchable />
          </>
        )}
        <Toggle form={form} name="always" label={t('talklink.always')} />
        <Toggle form={form} name="named" label={t('talklink.named')} />
        <Toggle form={form} name="mailed" label={t('talklink.mailed')} />
        <Toggle form={form} name="about" label={t('talklink.about')} />
        <Text form={form} name="keep" label={t('talklink.keep')} hint={t('talklink.keep_hint')} />
        <Toggle form={form} name="back" label={t('talklink.back')} hint={t('talklink.back_hint')} />
        <Toggle form={form} name="outside" label={t('talklink.outside')} hint={t('talklink.outside_hint')} />
        <div className="half"><Text form={form} name="from" label={t('talklink.from')} type="datetime-local" optional /><Text form={form} name="until" label={t('talklink.until')} type="datetime-local" optional /></div>
        <div className="half">{limits.map((l) => <Text key={l} form={form} name={l} label={t(`talklink.${l}`)} />)}</div>
        {link?.again && <p className="warn" role="status">{t('talklink.again', { time: stamp(link.again) })}</p>}
        <Text form={form} name="origins" label={t('talklink.origins')} hint={t('talklink.origins_hint')} area={2} optional />
        {link && <Now link={link} />}
      </div>
      {link && <Confirm open={asking === 'delete'} danger title={t('talklink.delete_title', { name: link.name })} action={t('talklink.delete')} onClose={() => setAsking(undefined)} run={async () => { await api.deleteTalkLink(link.id); await refresh(); toast({ text: t('talklink.deleted', { name: link.name }) }); onClose(); }}>{t('talklink.delete_hint')}</Confirm>}
      {link && <Confirm open={asking === 'renew'} danger title={t('talklink.renew')} action={t('talklink.renew')} onClose={() => setAsking(undefined)} run={renew}>{t('talklink.renew_hint')}</Confirm>}
    </Side>
  );
}

export default function TalkLinkPage() {
  const links = useQuery({ queryKey: ['talklinks'], queryFn: () => api.talkLinks({}) });
  const refresh = useRefresh();
  const { values, set } = useAddress();
  const [closing, setClosing] = useState(false);
  const [made, setMade] = useState<TalkLink>(); // with its secret, which nobody can read again
  const close = () => {
    setMade(undefined);
    set({ peek: undefined, add: undefined });
  };
  const open = useQuery({ queryKey: ['talklinks', values.peek], queryFn: () => api.talkLink(values.peek ?? ''), enabled: Boolean(values.peek) });
  const [kind = '', id = '', of = ''] = (values.add ?? '').split(':');
  const first = (id ? { kind, id } : { kind: '' }) as Place;
  const side = made ? <Side key="made" title={made.name} onClose={close} foot={<Button kind="primary" onClick={close}>{t('ui.close')}</Button>}><CopyField label={t('talklink.secret')} value={talkURL(made)} /></Side>
    : values.add ? <Edit key={values.add} to={first} of={of} onMade={setMade} onClose={close} />
      : values.peek && open.data ? <Edit key={open.data.id} link={open.data} to={open.data.to} onMade={setMade} onClose={close} /> : undefined;
  const add = () => {
    setMade(undefined);
    set({ add: '1', peek: undefined });
  };
  const opened = (links.data?.items ?? []).filter((l) => !l.off);
  const shut = async () => {
    for (const l of opened) await api.editTalkLink(l.id, { off: true });
    await refresh();
    setClosing(false);
  };
  return (
    <Sheet title={t('nav.talk_links')} scope={t('talklink.lead')} actions={<>{opened.length > 1 && <Button icon={PowerOff} onClick={() => setClosing(true)}>{t('talklink.all_off')}</Button>}<Button kind="primary" icon={Plus} onClick={add}>{t('talklink.add')}</Button></>} side={side}>
      <Loaded of={links}>
        {(list) => (list.items.length === 0 ? <Empty icon={MessageCircle} action={<Button small icon={Plus} onClick={add}>{t('talklink.add')}</Button>}>{t('talklink.empty')}</Empty> : (
          <Card>
            {list.items.map((l) => (
              <button key={l.id} type="button" className="list-row" onClick={() => { setMade(undefined); set({ peek: l.id, add: undefined }); }}>
                <MessageCircle className="icon t3" aria-hidden />
                <span className="spread">
                  <span className="col">
                    <span className="row g8 wrap"><span className="med">{l.name}</span><TalkState of={l} />{l.again && <span className="chip small warn">{t('talklink.again', { time: stamp(l.again) })}</span>}{l.until && <span className="chip small">{t('presence.until', { time: stamp(l.until) })}</span>}</span>
                    <span className="meta">{[l.path, l.user ? t('talklink.person', { name: l.user.name ?? '' }) : placeWord(l.to, house), l.group_name ?? (l.user ? undefined : t('talklink.company'))].filter(Boolean).join(' · ')}</span>
                  </span>
                  <span className="meta num">{l.calls > 0 ? [t('talklink.uses', { n: l.calls, time: clock(l.seconds) }), l.last && stamp(l.last)].filter(Boolean).join(' · ') : t('talklink.unused')}</span>
                </span>
              </button>
            ))}
          </Card>
        ))}
      </Loaded>
      <Confirm open={closing} danger title={t('talklink.all_off')} action={t('talklink.all_off')} onClose={() => setClosing(false)} run={shut}>{t('talklink.all_off_hint', { n: opened.length })}</Confirm>
    </Sheet>
  );
}
