/** By which ways one gets notices, kind by kind. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type NoticeChoice } from '../api';
import { Card } from '../ui/sheet';
import { failed, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const areas = ['own', 'groups', 'office'] as const;
const ways = ['web', 'mail', 'push'] as const;

function Row({ choice: c, onSet }: { choice: NoticeChoice; onSet: (c: NoticeChoice) => void }) {
  return (
    <tr>
      <th scope="row" className="wrap">{c.name}</th>
      {ways.map((w) => (
        <td key={w}>
          <input type="checkbox" aria-label={t(`notice.by.${w}`, { kind: c.name })} checked={c[w]} disabled={w === 'web' && c.fixed} title={w === 'web' && c.fixed ? t('notice.fixed') : undefined}
            onChange={(e) => onSet({ ...c, [w]: e.currentTarget.checked })} />
        </td>
      ))}
    </tr>
  );
}

export function NoticeChoices() {
  const cache = useQueryClient();
  const choices = useQuery({ queryKey: ['notices', 'choices'], queryFn: api.noticeChoices });
  const put = (items: Pick<NoticeChoice, 'kind' | 'web' | 'mail' | 'push'>[]): Promise<void> =>
    api.chooseNotices(items.map(({ kind, web, mail, push }) => ({ kind, web, mail, push }))).then((page) => void cache.setQueryData(['notices', 'choices'], page));
  const change = (before: NoticeChoice, now: NoticeChoice) => put([now]).then(() => toast({ text: t('ui.saved'), undo: () => put([before]) }), (e: unknown) => toast(failed(e)));
  return (
    <Loaded of={choices}>
      {(page) => (
        <div className="col g20">
          <p className="lead">{t('notice.choose_lead')}</p>
          {areas.filter((a) => page.items.some((c) => c.area === a)).map((a) => (
            <Card key={a} title={t(`notice.area.${a}`)}>
              <table className="ways">
                <thead><tr><td />{ways.map((w) => <th key={w} scope="col">{t(`notice.way.${w}`)}</th>)}</tr></thead>
                <tbody>{page.items.filter((c) => c.area === a).map((c) => <Row key={c.kind} choice={c} onSet={(now) => void change(c, now)} />)}</tbody>
              </table>
            </Card>
          ))}
        </div>
      )}
    </Loaded>
  );
}
