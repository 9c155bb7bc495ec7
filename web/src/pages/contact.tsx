/** The phone book: people outside, one's own, those of groups and of the office; found by name, company or number, added one by one or from a file. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { BookUser, FileUp, Pencil, Phone, Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, type Contact, type ContactImport } from '../api';
import { useAddress, useGroups } from '../parts/query';
import { byName } from '../parts/words';

import { begin, mayCall } from '../phone/place';
import { can, useMe } from '../session';
import { Button, IconButton } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { SearchField } from '../ui/filter';
import { Text, useForm } from '../ui/form';
import { Chooser, Line } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const kinds = ['work', 'mobile', 'home', 'fax', 'other'] as const;
type Number = Contact['numbers'][number];
type Place = { book: Contact['book']; group?: string };

const bookWord = (c: Contact): string => (c.book === 'group' ? t('contact.book.group', { name: c.group?.name ?? '' }) : t(`contact.book.${c.book}`));

/** Whose phone book somebody is put into, of those that one may write in. */
function Book({ value, onChange }: { value: Place; onChange: (p: Place) => void }) {
  const me = useMe();
  const groups = byName(useGroups().data?.items ?? []);
  const options = [{ value: 'own:', label: t('contact.book.own') }, ...(can(me, 'phonebook.edit', 'all') ? [{ value: 'office:', label: t('contact.book.office') }] : []), ...(can(me, 'phonebook.edit', 'group') ? groups.map((g) => ({ value: `group:${g.id}`, label: g.name })) : [])];
  return <Chooser label={t('contact.book')} options={options} value={`${value.book}:${value.group ?? ''}`} onChange={(v) => { const at = v.indexOf(':'); onChange({ book: v.slice(0, at) as Place['book'], group: v.slice(at + 1) || undefined }); }} />;
}

function Edit({ of, onClose }: { of?: Contact; onClose: () => void }) {
  const cache = useQueryClient();
  const [place, setPlace] = useState<Place>({ book: of?.book ?? 'own', group: of?.group?.id });
  const [list, setList] = useState<Number[]>(of?.numbers.length ? of.numbers : [{ number: '', kind: 'work' }]);
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['contacts', 'whycall', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const form = useForm({ name: of?.name ?? '', company: of?.company ?? '', email: of?.email ?? '', note: of?.note ?? '' }, async (v) => {
    const body = { ...v, numbers: list, book: place.book, group: place.group };
    if (of) await api.editContact(of.id, { ...body, revision: of.revision });
    else await api.addContact(body);
    await refresh();
    toast({ text: t('contact.saved', { name: v.name }) });
    onClose();
  });
  const put = (i: number, part: Partial<Number>) => setList(list.map((n, k) => (k === i ? { ...n, ...part } : n)));
  return (
    <Side title={of ? t('contact.edit') : t('contact.add')} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{of && <Button kind="quiet" onClick={() => setRemoving(true)}>{t('contact.delete')}</Button>}</>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'company', 'email', 'note']} />
        <Text form={form} name="name" label={t('contact.name')} focus />
        <Text form={form} name="company" label={t('contact.company')} />
        {list.map((n, i) => (
          <div key={i} className="row g8 end">
            <span className="grow"><Line label={t('contact.number')} value={n.number} onChange={(number) => put(i, { number })} /></span>
            <Chooser label={t('contact.kind')} options={kinds.map((k) => ({ value: k, label: t(`contact.kind.${k}`) }))} value={n.kind || 'work'} onChange={(k) => put(i, { kind: k as Number['kind'] })} />
            {list.length > 1 && <IconButton icon={X} label={t('contact.number_remove')} onClick={() => setList(list.filter((_, k) => k !== i))} />}
          </div>
        ))}
        <div><Button small icon={Plus} onClick={() => setList([...list, { number: '', kind: 'mobile' }])}>{t('contact.number_add')}</Button></div>
        <Text form={form} name="email" label={t('contact.email')} />
        <Text form={form} name="note" label={t('contact.note')} />
        <Book value={place} onChange={setPlace} />
      </div>
      {of && <Confirm open={removing} title={t('contact.delete')} action={t('contact.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteContact(of.id); await refresh(); toast({ text: t('contact.deleted', { name: of.name }) }); onClose(); }}>{t('contact.delete_sure', { name: of.name })}</Confirm>}
    </Side>
  );
}

/** A file of contacts: first what it would do, line by line what is wrong, then whole or not at all. */
function Import({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [place, setPlace] = useState<Place>({ book: 'own' });
  const [csv, setCSV] = useState('');
  const [report, setReport] = useState<ContactImport>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const send = async (dry: boolean, text: string, to: Place) => {
    setBusy(true);
    setError(undefined);
    try {
      const done = await api.importContacts(text, { dry, book: to.book, group: to.group });
      setReport(done);
      if (dry) return;
      await cache.invalidateQueries({ queryKey: ['contacts'] });
      toast({ text: t('contact.will', { added: done.added, changed: done.changed }) });
      onClose();
    } catch (problem) {
      setReport(undefined);
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const take = async (file?: File) => {
    if (!file) return;
    const text = await file.text();
    setCSV(text);
    await send(true, text, place);
  };
  return (
    <Side title={t('contact.import')} onClose={onClose} onSubmit={(e) => { e.preventDefault(); void send(false, csv, place); }} foot={<>{report?.problems.length === 0 && <Button kind="primary" type="submit" busy={busy}>{t('contact.do_import')}</Button>}<Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <p className="t2">{t('contact.import_hint')}</p>
        <Book value={place} onChange={(p) => { setPlace(p); if (csv) void send(true, csv, p); }} />
        <input ref={input} type="file" accept=".csv,text/csv" className="sr" tabIndex={-1} aria-label={t('contact.file')} onChange={(e) => void take(e.currentTarget.files?.[0])} />
        <div><Button icon={FileUp} onClick={() => input.current?.click()}>{t('contact.file')}</Button></div>
        <FormError error={error} fields={[]} />
        {report && report.problems.length === 0 && <p className="note">{t('contact.will', { added: report.added, changed: report.changed })}</p>}
        {report && report.problems.length > 0 && <ul className="col g4 danger">{report.problems.map((p) => <li key={p.line}>{t('contact.line', { line: p.line, text: p.text })}</li>)}</ul>}
      </div>
    </Side>
  );
}

function Row({ of, onEdit }: { of: Contact; onEdit: () => void }) {
  const me = useMe();
  return (
    <div className="list-row">
      <BookUser className="icon t3" aria-hidden />
      <span className="grow col g4">
        <span className="row w g8"><span className="med">{of.name}</span>{of.company && <span className="meta">{of.company}</span>}<span className="chip small">{bookWord(of)}</span></span>
        <span className="row w g12">{of.numbers.map((n) => (mayCall(me)
          ? <button key={n.number} type="button" className="why row g4 num" onClick={() => begin(me, n.number, of.name)}><Phone className="icon xs" aria-hidden />{n.number}</button>
          : <span key={n.number} className="meta num">{n.number}</span>))}</span>
      </span>
      {of.edit && <IconButton icon={Pencil} label={t('contact.edit_of', { name: of.name })} onClick={onEdit} />}
    </div>
  );
}

export default function ContactPage() {
  const { values, set } = useAddress();
  const q = values.q ?? '';
  const list = useQuery({ queryKey: ['contacts', q], queryFn: () => api.contacts({ q: q || undefined, limit: 200 }), placeholderData: (old) => old });
  const open = values.edit ? list.data?.items.find((c) => c.id === values.edit) : undefined;
  const close = () => set({ add: undefined, edit: undefined, import: undefined });
  const side = values.add ? <Edit onClose={close} /> : values.import ? <Import onClose={close} /> : open ? <Edit key={open.id} of={open} onClose={close} /> : undefined;
  const add = () => set({ add: '1', edit: undefined, import: undefined });
  return (
    <Sheet title={t('nav.contacts')} scope={t('contact.lead')} actions={<><Button icon={FileUp} onClick={() => set({ import: '1', add: undefined, edit: undefined })}>{t('contact.import')}</Button><Button kind="primary" icon={Plus} onClick={add}>{t('contact.add')}</Button></>} side={side} bar={<SearchField label={t('contact.search')} value={q} onChange={(v) => set({ q: v || undefined })} />}>
      <Loaded of={list}>
        {(all) => (all.items.length === 0 ? <Empty icon={BookUser} action={q ? undefined : <Button small icon={Plus} onClick={add}>{t('contact.add')}</Button>}>{q ? t('contact.none') : t('contact.empty')}</Empty> : (
          <Card>{all.items.map((c) => <Row key={c.id} of={c} onEdit={() => set({ edit: c.id, add: undefined, import: undefined })} />)}</Card>
        ))}
      </Loaded>
    </Sheet>
  );
}
