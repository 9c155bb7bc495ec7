/** Talk links where they belong: in one's own profile, and beside the queue, group or ring group that they lead to (X-040…X-042). */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { MessageCircle, Plus } from 'lucide-react';
import { Link } from 'react-router';
import { api, type TalkLink } from '../api';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { CopyField } from '../ui/copy';
import { Card } from '../ui/sheet';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { type Key, t } from '../words';

export const talkURL = (l: Pick<TalkLink, 'path'>): string => (l.path ? new URL(l.path, location.origin).href : '');
const looks: Record<TalkLink['state'], string> = { open: 'ok', off: '', early: 'warn', over: '', gone: 'danger', closed: '' };

export const TalkState = ({ of }: { of: TalkLink }) => <span className={`chip small ${looks[of.state]}`}>{t(`talklink.state.${of.state}` as Key)}</span>;

/** The reader's personal link, to copy it and to change it. */
export function OwnTalkLink() {
  const me = useMe();
  const cache = useQueryClient();
  const may = can(me, 'link.edit') && Boolean(me.user.extension);
  const links = useQuery({ queryKey: ['talklinks', 'user', me.user.id], queryFn: () => api.talkLinks({ user: me.user.id }), enabled: may });
  const mine = links.data?.items[0];
  if (!may || !links.data) return null;
  const make = () => void api.addTalkLink({ user: me.user.id, name: me.user.name }).then(() => cache.invalidateQueries({ queryKey: ['talklinks'] }), (e: unknown) => toast(failed(e)));
  return (
    <Card title={t('talklink.mine')} note={t('talklink.mine_hint')} pad>
      {mine ? (
        <div className="col g8">
          <div className="row g8"><TalkState of={mine} /><span className="end"><Link to={`/talk-links?peek=${mine.id}`}>{t('talklink.change')}</Link></span></div>
          {mine.path && <CopyField label={t('talklink.address')} value={talkURL(mine)} />}
        </div>
      ) : <Button small icon={Plus} onClick={make}>{t('talklink.make')}</Button>}
    </Card>
  );
}

/** The links that lead to one thing, and the way to another one, which belongs to the thing's group. Nothing can lead there as long as something is missing, which is said. */
export function TalkLinksTo({ kind, id, group, missing }: { kind: 'queue' | 'ring' | 'group'; id: string; group?: string; missing?: string }) {
  const me = useMe();
  const may = can(me, 'link.edit', 'group');
  const links = useQuery({ queryKey: ['talklinks', 'to', id], queryFn: () => api.talkLinks({ to: id }), enabled: may });
  if (!may || !links.data) return null;
  return (
    <div className="col g8">
      <span className="label">{t('nav.talk_links')}</span>
      {links.data.items.map((l) => <Link key={l.id} className="row g8" to={`/talk-links?peek=${l.id}`}><MessageCircle className="icon t3" aria-hidden /><span className="grow trunc">{l.path || l.name}</span><TalkState of={l} /></Link>)}
      {missing ? <p className="meta">{missing}</p> : <span><Link to={`/talk-links?add=${[kind, id, ...(group ? [group] : [])].join(':')}`}>{t('talklink.add')}</Link></span>}
    </div>
  );
}
