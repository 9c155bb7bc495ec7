/** Music of the office's own, for whoever waits: heard, replaced and taken away at once, without the form around it. */
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Queue } from '../api';
import { Button } from '../ui/button';
import { failed } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';
import { SoundFile } from './menu';

export function MusicEditor({ title = t('music.title'), music, without, put, remove }: { title?: string; music: Queue['music']; without: string; put: (file: Blob) => Promise<unknown>; remove: () => Promise<unknown> }) {
  const [busy, setBusy] = useState(false);
  const act = (work: () => Promise<unknown>, said: string) => {
    setBusy(true);
    void work().then(() => toast({ text: said }), (e: unknown) => toast(failed(e))).finally(() => setBusy(false));
  };
  return (
    <div className="col g8" aria-busy={busy}>
      <span className="label">{title}</span>
      {music ? <audio controls preload="none" aria-label={title} src={music.sound} /> : <span className="t3">{without}</span>}
      <div className="row w">
        <SoundFile label={music ? t('menu.replace') : t('menu.upload')} run={(file) => act(() => put(file), t('music.saved'))} />
        {music && <Button small kind="quiet" icon={Trash2} onClick={() => act(remove, t('music.removed'))}>{t('menu.remove_sound')}</Button>}
      </div>
      <span className="meta">{t('music.hint')}</span>
    </div>
  );
}
