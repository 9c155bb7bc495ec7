/** Path preview: who calls what, and when – drawn as a tree and told as a list. */
import { useQuery } from '@tanstack/react-query';
import { Split } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, type PathNode } from '../api';
import { moment } from '../format';
import { endWord, Steps, taken, Tree } from '../parts/path';
import { useAddress } from '../parts/query';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Line } from '../ui/pick';
import { Sheet } from '../ui/sheet';
import { Empty, Loaded } from '../ui/states';
import { instant } from '../ui/form';
import { t } from '../words';

export default function PathPage() {
  const me = useMe();
  const { values, set } = useAddress();
  const [from, setFrom] = useState(values.from ?? me.user.extension);
  const [to, setTo] = useState(values.to ?? '');
  const [at, setAt] = useState(values.at ?? '');
  const [mark, setMark] = useState<PathNode>();
  const asked = { from: values.from ?? '', to: values.to ?? '', at: values.at ?? '' };
  const path = useQuery({
    queryKey: ['path', asked],
    queryFn: () => api.explainRoute({ from: asked.from || undefined, to: asked.to, at: instant(asked.at ?? '') || undefined }),
    enabled: asked.to !== '',
    retry: false,
  });
  useEffect(() => setMark(undefined), [path.data]);
  return (
    <Sheet title={t('nav.paths')} scope={t('path.lead')}>
      <div className="col g20">
        <form className="ask-line" onSubmit={(e) => { e.preventDefault(); set({ from: from || undefined, to, at: at || undefined }); }}>
          <Line label={t('path.from')} hint={t('path.from_hint')} value={from} onChange={setFrom} />
          <Line label={t('path.to')} hint={t('path.to_hint')} value={to} onChange={setTo} />
          <Line label={t('path.at')} hint={t('path.at_hint')} type="datetime-local" value={at} onChange={setAt} />
          <Button kind="primary" type="submit" icon={Split} locked={to ? undefined : t('path.to_missing')}>{t('path.preview')}</Button>
        </form>
        {asked.to === '' ? <Empty icon={Split}>{t('path.empty')}</Empty> : (
          <Loaded of={path}>
            {(p) => {
              const way = taken(p.root);
              const last = way[way.length - 1] ?? p.root;
              return (
                <div className="col g20" aria-live="polite">
                  <p className="lead">{t('path.verdict', { from: p.from, to: p.to, at: moment(p.at, p.zone), end: endWord(last) })}</p>
                  <div className="two">
                    <figure className="path" aria-describedby="path-words"><figcaption className="label">{t('path.tree')}</figcaption><Tree root={p.root} mark={mark} onMark={setMark} /></figure>
                    <section className="col g8" id="path-words"><h2 className="label">{t('path.words')}</h2><Steps root={p.root} mark={mark} onMark={setMark} /></section>
                  </div>
                </div>
              );
            }}
          </Loaded>
        )}
      </div>
    </Sheet>
  );
}
