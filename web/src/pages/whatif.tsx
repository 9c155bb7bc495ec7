/** What if: a draft of rules, rights, ways, prices and budgets, replayed through recorded calls before anything is changed; then applied or discarded. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, FlaskConical, FolderOpen, Trash2, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { api } from '../api';
import { discard, keep, partWord, parts, read, size, useDraft, written } from '../parts/draft';
import { Outcome, Period, Progress, useRun } from '../parts/whatif';
import { can, useMe } from '../session';
import { Button, ButtonLink, IconButton } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { SearchField } from '../ui/filter';
import { Tick } from '../ui/form';
import { Area, Line } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { CompleteSince, Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const places = { restrictions: ['/restrictions', 'restriction.edit'], trunks: ['/trunks', 'trunk.edit'], routes: ['/trunks', 'route.edit'], numbers: ['/trunks', 'number.edit'], rates: ['/rates', 'rate.edit'], budgets: ['/budgets', 'budget.edit'] } as const;

/** Lines of the rights as text that would come and go. */
function Rights({ onClose }: { onClose: () => void }) {
  const draft = useDraft();
  const text = useQuery({ queryKey: ['policytext'], queryFn: api.policyText });
  const [add, setAdd] = useState(draft.add.join('\n'));
  const [remove, setRemove] = useState(draft.remove);
  const [q, setQ] = useState('');
  const save = () => { keep({ ...draft, add: add.split('\n').map((l) => l.trim()).filter(Boolean), remove }); onClose(); };
  return (
    <Side title={t('whatif.rights')} onClose={onClose} foot={<><Button kind="primary" onClick={save}>{t('whatif.into_draft')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button></>}>
      <div className="col g16">
        <Area label={t('whatif.rights_add')} hint={t('whatif.rights_hint')} value={add} onChange={setAdd} />
        <div className="col g8">
          <span className="label">{t('whatif.rights_remove')}</span>
          <SearchField label={t('whatif.rights_search')} value={q} onChange={setQ} />
          <Loaded of={text}>
            {(p) => <ul className="col g4">{p.text.split('\n').filter((l) => l && l.toLowerCase().includes(q.toLowerCase())).slice(0, 60).map((l) => <li key={l}><Tick label={l} checked={remove.includes(l)} onChange={(on) => setRemove(on ? [...remove, l] : remove.filter((x) => x !== l))} /></li>)}</ul>}
          </Loaded>
        </div>
      </div>
    </Side>
  );
}

export default function WhatIfPage() {
  const me = useMe();
  const cache = useQueryClient();
  const draft = useDraft();
  const file = useRef<HTMLInputElement>(null);
  const [days, setDays] = useState('30');
  const [rights, setRights] = useState(false);
  const [asking, setAsking] = useState<'apply' | 'discard'>();
  const [reason, setReason] = useState('');
  const { run, error, busy, start, cancel } = useRun();
  const [applied, setApplied] = useState<string[]>();
  const n = size(draft);
  const may = (right: string) => can(me, right, 'group');
  const open = async (f: File | undefined) => {
    if (!f) return;
    try {
      keep(read(await f.text()));
    } catch {
      toast({ text: t('whatif.no_draft', { name: f.name }), lasting: true });
    }
  };
  const put = (i: number, change: Partial<(typeof draft.changes)[number]> | undefined) => keep({ ...draft, changes: draft.changes.flatMap((c, j) => (j !== i ? [c] : change ? [{ ...c, ...change }] : [])) });
  const line = (kind: 'add' | 'remove', l: string) => (
    <div key={kind + l} className="list-row"><span className={`chip small ${kind === 'add' ? 'ok' : 'danger'}`}>{t(`whatif.line_${kind}`)}</span><code className="grow wrap">{l}</code><IconButton small icon={X} label={t('whatif.take_out', { name: l })} onClick={() => keep({ ...draft, [kind]: draft[kind].filter((x) => x !== l) })} /></div>
  );
  return (
    <Sheet title={t('nav.whatif')} scope={t('whatif.lead')} side={rights ? <Rights onClose={() => setRights(false)} /> : undefined}
      actions={<>
        <input ref={file} type="file" accept="application/json,.json" className="sr" tabIndex={-1} aria-label={t('whatif.open_file')} onChange={(e) => { void open(e.currentTarget.files?.[0]); e.currentTarget.value = ''; }} />
        <Button kind="quiet" icon={FolderOpen} onClick={() => file.current?.click()}>{t('whatif.open_file')}</Button>
        {n > 0 && <a className="btn quiet" download="draft.json" href={`data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(written(draft), null, 2))}`}><Download className="icon" aria-hidden />{t('whatif.save_file')}</a>}
      </>}>
      <div className="col g24">
        <Card title={t('whatif.draft')} actions={n > 0 && <><Button small icon={Trash2} kind="quiet" onClick={() => setAsking('discard')}>{t('whatif.discard')}</Button><Button small kind="primary" onClick={() => setAsking('apply')}>{t('whatif.apply')}</Button></>}>
          {n === 0 && <Empty icon={FlaskConical}>{t('whatif.empty')}</Empty>}
          {draft.changes.map((c, i) => (
            <div key={c.part + (c.id ?? c.name)} className="list-row">
              <span className="chip small">{partWord(c.part)}</span><span className="grow col"><span>{c.name}</span><span className="meta">{c.delete ? t('whatif.deleted') : c.id ? t('whatif.changed') : t('whatif.new')}</span></span>
              {c.id && <Button small kind="quiet" onClick={() => put(i, { delete: !c.delete })}>{c.delete ? t('whatif.change_instead') : t('whatif.delete_instead')}</Button>}
              <IconButton small icon={X} label={t('whatif.take_out', { name: c.name })} onClick={() => put(i, undefined)} />
            </div>
          ))}
          {draft.remove.map((l) => line('remove', l))}
          {draft.add.map((l) => line('add', l))}
          <div className="card-body row w g8">
            <span className="meta">{t('whatif.add_from')}</span>
            {parts.filter((p) => p !== 'trunks' && may(places[p][1])).map((p) => <ButtonLink key={p} small to={places[p][0]}>{partWord(p)}</ButtonLink>)}
            {can(me, 'role.edit', 'all') && <Button small onClick={() => setRights(true)}>{t('whatif.rights')}</Button>}
          </div>
        </Card>
        {n > 0 && <Period days={days} onDays={setDays} busy={busy} onCancel={cancel} onRun={() => { setApplied(undefined); void start(written(draft), Number(days) || 30); }} label={t('whatif.run')} />}
        <Progress run={run} busy={busy} />
        <FormError error={error} fields={[]} />
        <CompleteSince since={run?.complete_since} />
        {run && <Outcome run={run} applied={applied} />}
      </div>
      <Confirm open={asking === 'discard'} danger title={t('whatif.discard_title')} action={t('whatif.discard')} onClose={() => setAsking(undefined)} run={async () => { discard(); cancel(); }}><p>{t('whatif.discard_hint')}</p></Confirm>
      <Confirm open={asking === 'apply'} danger={false} title={t('whatif.apply_title')} action={t('whatif.apply')} onClose={() => setAsking(undefined)} run={async () => {
        const done = await api.applyDraft({ draft: written(draft), reason });
        discard();
        setApplied(done.changes);
        await cache.invalidateQueries();
        toast({ text: t('whatif.applied', { n: done.changes.length }) });
      }}><div className="col g12"><p>{t('whatif.apply_hint')}</p><Line label={t('whatif.reason')} value={reason} onChange={setReason} /></div></Confirm>
    </Sheet>
  );
}
