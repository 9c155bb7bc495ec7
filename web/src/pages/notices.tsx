/** Everything one should know, found again. */
import { Bell, CheckCheck, Settings2 } from 'lucide-react';
import { api, type Notice } from '../api';
import { NoticeRow, useMark } from '../parts/bell';
import { useAddress, usePages } from '../parts/query';
import { Button, ButtonLink } from '../ui/button';
import { Sheet, Tabs } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { t } from '../words';

export default function NoticesPage() {
  const { values, set } = useAddress();
  const mark = useMark();
  const unread = values.show === 'new';
  const list = usePages<Notice>(['notices', 'list'], (q) => api.notices(q), { area: values.area, unread: unread ? 'true' : undefined }, 50);
  return (
    <Sheet
      title={t('notice.title')}
      scope={t('notice.lead')}
      actions={<><ButtonLink to="/profile?tab=notices" icon={Settings2}>{t('notice.choose')}</ButtonLink><Button icon={CheckCheck} onClick={() => void mark.all()}>{t('notice.all_read')}</Button></>}
      tabs={<Tabs label={t('notice.area')} value={values.area ?? ''} onChange={(area) => set({ area: area || undefined })} tabs={[{ id: '', label: t('notice.all') }, { id: 'own', label: t('notice.area.own') }, { id: 'groups', label: t('notice.area.groups') }, { id: 'office', label: t('notice.area.office') }]} />}
      bar={<button type="button" className="btn small" aria-pressed={unread} onClick={() => set({ show: unread ? undefined : 'new' })}>{unread ? t('notice.show_all') : t('notice.only_new')}</button>}
    >
      <Loaded of={list.answer}>
        {() => list.rows.length === 0 ? <Empty icon={Bell}>{unread ? t('notice.none_new') : t('notice.none')}</Empty> : (
          <>
            <ul className="notices wide">{list.rows.map((n) => <NoticeRow key={n.id} notice={n} />)}</ul>
            {list.answer.hasNextPage && <Button onClick={list.more} busy={list.answer.isFetchingNextPage}>{t('notice.more')}</Button>}
          </>
        )}
      </Loaded>
    </Sheet>
  );
}
