/** Office hours: when the office and its groups are open, on break and closed. */
import { useNavigate, useParams } from 'react-router';
import { HoursEditor, office } from '../parts/hours';
import { useGroups } from '../parts/query';
import { byName } from '../parts/words';
import { useMe } from '../session';
import { Chooser } from '../ui/pick';
import { Sheet } from '../ui/sheet';
import { t } from '../words';

export default function HoursPage() {
  const { id = office } = useParams();
  const go = useNavigate();
  const me = useMe();
  const groups = byName(useGroups().data?.items ?? []);
  const options = [{ value: office, label: t('hours.company') }, ...groups.map((g) => ({ value: g.id, label: g.name })), { value: me.user.id, label: t('hours.mine') }];
  return (
    <Sheet title={t('nav.hours')} scope={t('hours.lead')} actions={<Chooser plain label={t('hours.whose')} options={options} value={id} onChange={(v) => void go(v === office ? '/hours' : `/hours/${v}`)} />}>
      <HoursEditor key={id} of={id} />
    </Sheet>
  );
}
