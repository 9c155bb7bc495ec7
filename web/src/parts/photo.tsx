/** A photo: chosen, made square and small in the browser, sent. */
import { ImageUp, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { api, type User } from '../api';
import { Button } from '../ui/button';
import { Avatar } from '../ui/person';
import { sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

/** Cuts the middle square out of a picture and scales it; the picture's hidden data (place, camera) stays behind. */
export async function square(file: Blob, size = 512): Promise<Blob> {
  const picture = await createImageBitmap(file);
  const side = Math.min(picture.width, picture.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.min(size, side);
  canvas.getContext('2d')?.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => canvas.toBlob((b) => (b ? resolve(b) : reject(new Error('no picture'))), 'image/jpeg', 0.9));
}

export function Photo({ user, may }: { user: User; may: boolean }) {
  const cache = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<unknown>, words: string) => {
    setBusy(true);
    try {
      await work();
      await Promise.all(['user', 'users', 'members', 'session'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
      toast({ text: words });
    } catch (e) {
      toast({ text: e instanceof DOMException ? t('photo.unreadable') : sentence(e), lasting: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="row g16">
      <Avatar id={user.id} name={user.name} photo={user.photo} size="xl" />
      {may && (
        <div className="col g8">
          <div className="row">
            <input ref={input} type="file" accept="image/*" className="sr" tabIndex={-1} aria-label={t('photo.choose')} onChange={(e) => {
              const file = e.currentTarget.files?.[0];
              if (file) void run(async () => api.setPhoto(user.id, await square(file)), t('photo.saved'));
              e.currentTarget.value = '';
            }} />
            <Button small icon={ImageUp} busy={busy} onClick={() => input.current?.click()}>{t('photo.choose')}</Button>
            {user.photo && <Button small kind="quiet" icon={Trash2} onClick={() => void run(() => api.removePhoto(user.id), t('photo.removed'))}>{t('photo.remove')}</Button>}
          </div>
          <span className="meta">{t('photo.hint')}</span>
        </div>
      )}
    </div>
  );
}
