/** From when on the calls over a line are so bad that somebody is told. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Trunk } from '../api';
import { Button } from '../ui/button';
import { Side } from '../ui/dialog';
import { Text, useForm } from '../ui/form';
import { FormError } from '../ui/states';
import { toast } from '../ui/toast';
import { decimal, plain } from '../format';
import { t } from '../words';
import { QualityAlert } from './quality';

const measures = ['score', 'loss', 'jitter', 'answers', 'duration', 'wait', 'window'] as const;
const fields = [...measures, 'calls'] as const;
type Limits = Trunk['limits'];
const typed = (l: Limits) => Object.fromEntries(fields.map((k) => [k, plain(l[k])])) as Record<(typeof fields)[number], string>;

export function EditLimits({ trunk, onClose }: { trunk: Trunk; onClose: () => void }) {
  const cache = useQueryClient();
  const usual = useQuery({ queryKey: ['trunks', trunk.id, 'quality', '24'], queryFn: () => api.trunkQuality(trunk.id, 24) }).data?.usual;
  const form = useForm(typed(trunk.limits), async (v) => {
    const limits = Object.fromEntries(Object.entries(v).map(([k, x]) => [k, decimal(x)])) as Limits;
    await api.editTrunk(trunk.id, { limits, revision: trunk.revision });
    await Promise.all(['trunks', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    toast({ text: t('quality.limits_saved', { name: trunk.name }) });
    onClose();
  });
  return (
    <Side title={t('quality.limits_title', { name: trunk.name })} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button>{usual && <span className="end"><Button kind="quiet" onClick={() => form.reset(typed(usual))}>{t('quality.limits_usual')}</Button></span>}</>}>
      <div className="col g16">
        <FormError error={form.error} fields={fields.map((f) => `limits.${f}`)} />
        <QualityAlert trunk={trunk} />
        <p className="t2">{t('quality.limits_hint')}</p>
        {measures.map((m) => <Text key={m} form={form} name={m} label={t(`quality.limit_${m}`)} type="tel" />)}
        <Text form={form} name="calls" label={t('quality.limit_calls')} hint={t('quality.limit_calls_hint')} type="tel" />
      </div>
    </Side>
  );
}
