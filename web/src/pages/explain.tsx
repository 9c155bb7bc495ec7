/** Explain: why somebody can or cannot do something, call somebody outside, hear a recording or be reached elsewhere. */
import { useAddress } from '../parts/query';
import { WhyCall } from '../parts/whycall';
import { WhyForward } from '../parts/whyforward';
import { WhyRight } from '../parts/whyright';
import { can, useMe } from '../session';
import { Sheet, Tabs } from '../ui/sheet';
import { t } from '../words';

export default function ExplainPage() {
  const me = useMe();
  const others = can(me, 'right.explain', 'group');
  const { values, set } = useAddress();
  const tab = values.tab ?? '';
  const tabs = [{ id: '', label: t('explain.tab.right') }, { id: 'call', label: t('explain.tab.call') }, { id: 'forward', label: t('explain.tab.forward') }];
  return (
    <Sheet
      title={t('explain.title')}
      scope={others ? t('explain.scope_others') : t('explain.scope_self')}
      tabs={<Tabs label={t('explain.tabs')} tabs={tabs} value={tab} onChange={(id) => set({ tab: id || undefined })} />}
    >
      {tab === 'call' ? <WhyCall /> : tab === 'forward' ? <WhyForward /> : <WhyRight />}
    </Sheet>
  );
}
