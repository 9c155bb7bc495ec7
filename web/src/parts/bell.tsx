/** The bell: what one should know, how much of it is new, and where it leads. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Bell as BellIcon, CheckCheck, CircleAlert, Info, type LucideIcon, Settings2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api, type Notice } from '../api';
import { ago, count } from '../format';
import { Button, IconButton } from '../ui/button';
import { Popover } from '../ui/filter';
import { failed, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const icons: Record<Notice['severity'], LucideIcon> = { info: Info, warning: TriangleAlert, critical: CircleAlert };
const inks: Record<Notice['severity'], string> = { info: 't3', warning: 'warn', critical: 'danger' };

/** How many notices are new, and the newest of them. */
export const useNew = () => useQuery({ queryKey: ['notices', 'new'], queryFn: () => api.notices({ unread: 'true', limit: 1 }), staleTime: 60_000 });

/** Marks notices, and says so where that fails. */
export function useMark() {
  const cache = useQueryClient();
  const run = (work: Promise<unknown>) => work.then(() => cache.invalidateQueries({ queryKey: ['notices'] }), (e: unknown) => void toast(failed(e)));
  return { one: (n: Notice, read: boolean) => run(api.markNotice(n.id, read)), all: () => run(api.readNotices()) };
}

/** One notice as a row: it leads to what it is about, and is read by that. */
export function NoticeRow({ notice: n, onGo }: { notice: Notice; onGo?: () => void }) {
  const go = useNavigate();
  const mark = useMark();
  const Icon = icons[n.severity];
  return (
    <li className={`notice${n.read ? '' : ' new'}`}>
      <button type="button" className="notice-go" onClick={() => { if (!n.read) void mark.one(n, true); if (n.page) { onGo?.(); void go(n.page); } }}>
        <Icon className={`icon l ${inks[n.severity]}`} aria-label={t(`notice.severity.${n.severity}`)} role="img" />
        <span className="grow col g4">
          <span className="row top"><span className={n.read ? 'grow wrap' : 'grow wrap semi'}>{n.title}</span><span className="meta nowrap">{ago(n.at)}</span></span>
          <span className="meta wrap notice-text">{n.text}</span>
          {!n.read && <span className="sr">{t('notice.new')}</span>}
        </span>
      </button>
      <IconButton small icon={n.read ? BellIcon : CheckCheck} label={n.read ? t('notice.mark_new') : t('notice.mark_read')} onClick={() => void mark.one(n, !n.read)} />
    </li>
  );
}

export function Bell() {
  const [open, setOpen] = useState(false);
  const fresh = useNew();
  const mark = useMark();
  const list = useQuery({ queryKey: ['notices', 'bell'], queryFn: () => api.notices({ limit: 12 }), enabled: open });
  const n = fresh.data?.total ?? 0;
  const newest = fresh.data?.items[0];
  const close = () => setOpen(false);
  return (
    <>
      <Popover opened={open} onChange={setOpen} position="bottom-start" width={400} trapFocus returnFocus withinPortal>
        <Popover.Target>
          <button type="button" className="btn quiet sq" aria-haspopup="dialog" aria-expanded={open} aria-label={t('notice.bell', { n })} title={t('notice.bell', { n })} onClick={() => setOpen(!open)}>
            <BellIcon className="icon l" aria-hidden />
            {n > 0 && <span className={`bell-count num${newest?.severity === 'critical' ? ' critical' : ''}`} aria-hidden>{n > 99 ? '99+' : count(n)}</span>}
          </button>
        </Popover.Target>
        <Popover.Dropdown className="bell-box" aria-label={t('notice.title')}>
          <div className="row bell-head">
            <h2 className="head grow">{t('notice.title')}</h2>
            {n > 0 && <Button kind="quiet" small icon={CheckCheck} onClick={() => void mark.all()}>{t('notice.all_read')}</Button>}
            <Link className="btn quiet sq small" to="/profile?tab=notices" aria-label={t('notice.choose')} title={t('notice.choose')} onClick={close}><Settings2 className="icon" aria-hidden /></Link>
          </div>
          <Loaded of={list}>
            {(page) => page.items.length === 0 ? <p className="meta bell-empty">{t('notice.none')}</p> : <ul className="notices">{page.items.map((x) => <NoticeRow key={x.id} notice={x} onGo={close} />)}</ul>}
          </Loaded>
          <div className="bell-foot"><Link to="/notices" className="linkish" onClick={close}>{t('notice.show_all')}</Link></div>
        </Popover.Dropdown>
      </Popover>
      <span className="sr" role="status">{newest && !open ? t('notice.newest', { title: newest.title }) : ''}</span>
    </>
  );
}
