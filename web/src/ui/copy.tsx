import { Check, Copy, Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { t } from '../words';
import { IconButton } from './button';

/** Copies text; where the browser has no clipboard (plain http), by the old way. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function CopyField({ label, value, secret }: { label: string; value: string; secret?: boolean }) {
  const [done, setDone] = useState(false);
  const [shown, setShown] = useState(!secret);
  const copy = async () => {
    await copyText(value);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <div className="col g4">
      <span className="label">{label}</span>
      <div className="copy">
        <code>{shown ? value : '•'.repeat(Math.min(24, value.length))}</code>
        {secret && <IconButton small label={shown ? t('ui.hide') : t('ui.show')} icon={shown ? EyeOff : Eye} onClick={() => setShown(!shown)} />}
        <IconButton small label={done ? t('ui.copied') : t('ui.copy', { what: label })} icon={done ? Check : Copy} onClick={() => void copy()} />
      </div>
    </div>
  );
}
