/** An address that names nothing, or nothing this person may know of. */
import { SearchX } from 'lucide-react';
import { ButtonLink } from '../ui/button';
import { Sheet } from '../ui/sheet';
import { Empty } from '../ui/states';
import { t } from '../words';

export default function LostPage() {
  return (
    <Sheet title={t('lost.title')}>
      <Empty icon={SearchX} action={<ButtonLink to="/" small>{t('ui.back_home')}</ButtonLink>}>{t('ui.error.missing')}</Empty>
    </Sheet>
  );
}
