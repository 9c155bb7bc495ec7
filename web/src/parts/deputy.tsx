/** Who may act for oneself for a while (N-21). */
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { instant, Moment, Pick, Several, Text } from '../ui/form';
import { Card } from '../ui/sheet';
import { Loaded } from '../ui/states';
import { t } from '../words';
import { useChange } from './change';
import { DraftFoot, useDraft } from './given';
import { Until } from './seat';
import { rightWord } from './words';

/** What a deputy can be lent; the server decides which of it one holds. */
const lendable = ['presence.set', 'forwarding.edit', 'voicemail.play', 'voicemail.edit', 'call.see', 'call.pickup', 'call.divert', 'call.transfer', 'call.originate'];

function Lend({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const people = useQuery({ queryKey: ['users', 'names'], queryFn: () => api.users({ limit: 500, sort: 'name' }) }).data?.items ?? [];
  const name = (id: string) => people.find((u) => u.id === id)?.name ?? '';
  const { form, preview } = useDraft({ user: '', rights: ['presence.set'], until: '', reason: '' }, (v) => api.lend({ user: v.user, rights: v.rights, until: instant(v.until) as never, reason: v.reason || undefined }), (v) => t('deputy.done', { name: name(v.user) }), onClose);
  return (
    <Dialog open title={t('deputy.add')} onClose={onClose}>
      <form className="col g16" onSubmit={(e) => void form.submit(e)} noValidate>
        <Pick form={form} name="user" label={t('deputy.person')} options={people.filter((u) => u.id !== me.user.id).map((u) => ({ value: u.id, label: u.name }))} searchable />
        <Several form={form} name="rights" label={t('deputy.rights')} options={lendable.filter((r) => me.rights[r]).map((r) => ({ value: r, label: rightWord(r) }))} />
        <Moment form={form} name="until" label={t('given.until')} />
        <Text form={form} name="reason" label={t('given.reason')} optional />
        <DraftFoot form={form} preview={preview} locked={!form.values.user ? t('membership.choose_person') : !form.values.until ? t('deputy.no_end') : undefined} onClose={onClose} />
      </form>
    </Dialog>
  );
}

export function Deputies() {
  const me = useMe();
  const asked = useQuery({ queryKey: ['deputies'], queryFn: api.deputies });
  const change = useChange();
  const [adding, setAdding] = useState(false);
  return (
    <div className="form">
      <Card title={t('deputy.tab')} note={t('deputy.hint')} actions={<Button small icon={Plus} onClick={() => setAdding(true)}>{t('deputy.add')}</Button>}>
        <Loaded of={asked}>
          {(list) => list.items.length === 0 ? <p className="list-row t3">{t('deputy.none')}</p> : (
            <>
              {list.items.map((d) => (
                <div key={d.id} className="list-row top">
                  <span className="grow col"><span className="row w g6"><span className="med">{d.name}</span><Until at={d.until} /></span><span className="meta">{rightWord(d.right)}</span>{d.reason && <span className="t3">“{d.reason}”</span>}</span>
                  <Button small kind="quiet" locked={d.locked} why={{ right: 'delegate.give', over: { kind: 'user', id: me.user.id } }} onClick={() => change.ask(t('given.end_title', { right: rightWord(d.right) }), api.endGrant(d.id), t('deputy.ended', { name: d.name }))}>{t('given.end_now')}</Button>
                </div>
              ))}
            </>
          )}
        </Loaded>
      </Card>
      {adding && <Lend onClose={() => setAdding(false)} />}
      {change.dialog}
    </div>
  );
}
