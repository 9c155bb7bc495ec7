/** Announcements: every sentence the house says, to be heard, replaced, spoken by phone, and put back. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Megaphone, RotateCcw } from 'lucide-react';
import { api, type Prompt } from '../api';
import { moment } from '../format';
import { Dictate } from '../parts/dictate';
import { SoundFile } from '../parts/menu';
import { useAddress } from '../parts/query';
import { useMe } from '../session';
import { Button } from '../ui/button';
import { Side } from '../ui/dialog';
import { languageOptions } from '../ui/form';
import { Chips, Chooser, Line } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { Loaded, NoMatch, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { current, t } from '../words';

const kinds = ['sentences', 'own', 'words'] as const;
const belongs = (p: Prompt, kind: string) => (kind === 'own' ? p.own : p.word === (kind === 'words'));

function Detail({ prompt: p, onClose }: { prompt: Prompt; onClose: () => void }) {
  const cache = useQueryClient();
  const fresh = (words: string) => cache.invalidateQueries({ queryKey: ['prompts'] }).then(() => toast({ text: words }));
  const fail = (e: unknown) => toast({ text: sentence(e), lasting: true });
  return (
    <Side title={p.text} sub={p.own && p.replaced ? t('prompt.replaced', { at: moment(p.replaced) }) : t('prompt.built_in')} onClose={onClose}
      foot={p.own && <Button icon={RotateCcw} onClick={() => void api.resetPrompt(p.language, p.key).then(() => fresh(t('prompt.was_reset')), fail)}>{t('prompt.reset')}</Button>}>
      <div className="col g16">
        <p>{p.text}</p>
        <audio key={p.sound} controls preload="none" aria-label={t('prompt.sound_of', { text: p.text })} src={p.sound} />
        <div className="row w">
          <Dictate call={(device) => api.dictatePrompt(p.language, p.key, device)} onKept={() => void fresh(t('prompt.saved'))} />
          <SoundFile label={t('menu.upload')} run={(file) => void api.setPrompt(p.language, p.key, file).then(() => fresh(t('prompt.saved')), fail)} />
        </div>
        <p className="meta">{t('prompt.formats')}</p>
      </div>
    </Side>
  );
}

export default function PromptPage() {
  const me = useMe();
  const { values, set } = useAddress();
  const language = values.language ?? me.user.language ?? current();
  const kind = values.show ?? 'sentences';
  const prompts = useQuery({ queryKey: ['prompts', language], queryFn: () => api.prompts(language), placeholderData: (old) => old });
  const q = (values.q ?? '').toLowerCase();
  const open = prompts.data?.items.find((p) => p.key === values.peek);
  return (
    <Sheet title={t('nav.prompts')} scope={t('prompt.lead')} side={open && <Detail key={open.language + open.key} prompt={open} onClose={() => set({ peek: undefined })} />}
      actions={<Chooser plain label={t('field.language')} options={languageOptions()} value={language} onChange={(l) => set({ language: l })} />}>
      <Loaded of={prompts}>
        {(list) => {
          const rows = list.items.filter((p) => belongs(p, kind) && p.text.toLowerCase().includes(q));
          return (
            <div className="col g16">
              <div className="row w g16">
                <Chips label={t('prompt.show')} options={kinds.map((k) => ({ value: k, label: `${t(`prompt.${k}`)} ${list.items.filter((p) => belongs(p, k)).length}` }))} value={kind} onChange={(v) => set({ show: v === 'sentences' ? undefined : v })} />
                <Line plain label={t('prompt.search')} placeholder={t('prompt.search')} value={values.q ?? ''} onChange={(v) => set({ q: v || undefined })} />
              </div>
              {rows.length === 0 ? <NoMatch clear={() => set({ q: undefined, show: undefined })} /> : (
                <Card>
                  {rows.map((p) => (
                    <button key={p.key} type="button" className="list-row" aria-pressed={p.key === values.peek} onClick={() => set({ peek: p.key })}>
                      <Megaphone className="icon t3" aria-hidden /><span className="grow">{p.text}</span>
                      {p.own && <span className="chip small acc">{t('prompt.is_own')}</span>}
                      <span className="meta num">{t('prompt.seconds', { n: Math.round(p.seconds * 10) / 10 })}</span>
                    </button>
                  ))}
                </Card>
              )}
            </div>
          );
        }}
      </Loaded>
    </Sheet>
  );
}
