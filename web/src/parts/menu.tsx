/** Parts of a voice menu: its keys, and its greeting in each language. */
import { Plus, Trash2, Upload, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Dictation, Menu, Place } from '../api';
import { languageName } from '../format';
import { Button, IconButton } from '../ui/button';
import { languageOptions } from '../ui/form';
import { Area, Chooser } from '../ui/pick';
import { Card } from '../ui/sheet';
import { t } from '../words';
import { house } from './chart';
import { Dictate } from './dictate';
import { isWhole, PlaceEditor, placeWord } from './forwarding';

export type MenuKey = NonNullable<Menu['keys']>[number];
export type Saying = NonNullable<Menu['says']>[number];
const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

/** The keys of a menu, in the order of a phone; one is edited at a time, and a new one is asked for its destination at once. */
export function Keys({ value, onChange, here }: { value: MenuKey[]; onChange: (keys: MenuKey[]) => void; here: string }) {
  const [open, setOpen] = useState<string>();
  const sorted = [...value].sort((a, b) => keypad.indexOf(a.key) - keypad.indexOf(b.key));
  const put = (key: string, to: Place) => onChange(value.map((k) => (k.key === key ? { key, to } : k)));
  const free = keypad.filter((k) => !value.some((x) => x.key === k));
  return (
    <Card title={t('menu.keys')} note={t('menu.keys_hint')}>
      {sorted.map((k) => (
        <div key={k.key} className={open === k.key ? 'key-row open' : 'key-row'}>
          <kbd className="keycap">{k.key}</kbd>
          <button type="button" className="slot grow" aria-expanded={open === k.key} onClick={() => setOpen(open === k.key ? undefined : k.key)}>{isWhole(k.to) && k.to.kind ? placeWord(k.to, house) : t('menu.choose_place')}</button>
          <IconButton small icon={X} label={t('menu.remove_key', { key: k.key })} onClick={() => onChange(value.filter((x) => x.key !== k.key))} />
          {open === k.key && <div className="key-edit"><PlaceEditor label={t('path.if.key', { key: k.key })} value={k.to} here={here} onChange={(to) => put(k.key, to)} /></div>}
        </div>
      ))}
      {sorted.length === 0 && <div className="list-row t3">{t('menu.no_keys')}</div>}
      {free.length > 0 && (
        <div className="keypad" role="group" aria-label={t('menu.add_key')}>
          {free.map((k) => <button key={k} type="button" className="btn small" aria-label={t('menu.add_this_key', { key: k })} onClick={() => { onChange([...value, { key: k, to: { kind: 'user', id: '' } }]); setOpen(k); }}><Plus className="icon" aria-hidden />{k}</button>)}
        </div>
      )}
    </Card>
  );
}

/** Chooses a file of sound and hands it on. */
export function SoundFile({ label, run }: { label: string; run: (file: Blob) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input ref={input} type="file" accept=".wav,.mp3,.flac,.opus,.ogg,audio/*" className="sr" tabIndex={-1} aria-label={label} onChange={(e) => {
        const file = e.currentTarget.files?.[0];
        if (file) run(file);
        e.currentTarget.value = '';
      }} />
      <Button small icon={Upload} onClick={() => input.current?.click()}>{label}</Button>
    </>
  );
}

/** The greeting: words for who reads and records, and a sound for who calls, in each language. */
export function Greetings({ value, onChange, home, saved, upload, remove, call, kept }: { value: Saying[]; onChange: (says: Saying[]) => void; home: string; saved: boolean; upload: (language: string, file: Blob) => void; remove: (language: string) => void; call: (language: string, device: string) => Promise<Dictation>; kept: () => void }) {
  const put = (s: Saying) => onChange(value.map((x) => (x.language === s.language ? s : x)));
  const free = languageOptions().filter((l) => !value.some((s) => s.language === l.value));
  return (
    <Card title={t('menu.greeting')} note={t('menu.greeting_hint', { language: languageName(home) })}>
      {value.map((s) => (
        <div key={s.language} className="card-body col g8">
          <div className="row"><h3 className="grow">{languageName(s.language)}</h3><IconButton small icon={X} label={t('menu.remove_language', { language: languageName(s.language) })} onClick={() => onChange(value.filter((x) => x.language !== s.language))} /></div>
          <Area label={t('menu.words', { language: languageName(s.language) })} hint={t('menu.words_hint')} value={s.text ?? ''} onChange={(text) => put({ ...s, text })} />
          {s.sound && <audio controls preload="none" aria-label={t('menu.sound_in', { language: languageName(s.language) })} src={s.sound} />}
          {saved ? (
            <div className="row w">
              <Dictate call={(device) => call(s.language, device)} onKept={kept} />
              <SoundFile label={s.sound ? t('menu.replace') : t('menu.upload')} run={(file) => upload(s.language, file)} />
              {s.sound && <Button small kind="quiet" icon={Trash2} onClick={() => remove(s.language)}>{t('menu.remove_sound')}</Button>}
            </div>
          ) : <p className="meta">{t('menu.save_first')}</p>}
        </div>
      ))}
      {free.length > 0 && <div className="list-row"><span className="grow"><Chooser plain label={t('menu.add_language')} options={free} value="" empty={t('menu.add_language')} onChange={(language) => language && onChange([...value, { language, text: '' }])} /></span></div>}
    </Card>
  );
}
