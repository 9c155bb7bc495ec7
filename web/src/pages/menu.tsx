/** Voice menus: callers hear a greeting and choose with a key. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ListTree, Plus, Trash2, TriangleAlert } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { api, Failure, type Menu, type Place } from '../api';
import { Chart, Doubts } from '../parts/chart';
import { isWhole, PlaceEditor, plain, useMenus } from '../parts/forwarding';
import { Greetings, Keys, type MenuKey, type Saying } from '../parts/menu';
import { useGroups } from '../parts/query';
import { byName } from '../parts/words';
import { Button, ButtonLink } from '../ui/button';
import { Confirm } from '../ui/dialog';
import { languageOptions, Pick, Text, Toggle, useForm } from '../ui/form';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded, sentence } from '../ui/states';
import { toast } from '../ui/toast';
import { current, t } from '../words';

const fields = ['name', 'extension', 'group', 'language', 'wait', 'rounds'];

function useRefresh() {
  const cache = useQueryClient();
  return () => Promise.all(['menus', 'audit', 'path'].map((k) => cache.invalidateQueries({ queryKey: [k] })));
}

function Edit({ menu }: { menu?: Menu }) {
  const go = useNavigate();
  const refresh = useRefresh();
  const groups = byName(useGroups().data?.items ?? []);
  const [keys, setKeys] = useState<MenuKey[]>(menu?.keys ?? []);
  const [says, setSays] = useState<Saying[]>(menu?.says ?? (menu ? [] : [{ language: current(), text: '' }]));
  const [silent, setSilent] = useState<Place>(menu?.silent ?? { kind: '' });
  const [wrong, setWrong] = useState<Place>(menu?.wrong ?? { kind: '' });
  const [removing, setRemoving] = useState(false);
  const [revision, setRevision] = useState(menu?.revision);
  const [asked] = useSearchParams();
  const here = menu?.id ?? 'self';
  const form = useForm({ name: menu?.name ?? '', extension: menu?.extension ?? '', group: menu?.group ?? asked.get('group') ?? '', language: menu?.language ?? '', dial: Boolean(menu?.dial), wait: String(menu?.wait ?? 5), rounds: String(menu?.rounds ?? 2) }, async (v) => {
    const body = written(v, says);
    const made = menu ? await api.editMenu(menu.id, { ...body, revision }) : await api.addMenu(body);
    setRevision(made.revision);
    await refresh();
    toast({ text: t('menu.saved', { name: v.name }) });
    if (!menu) await go(`/menus/${made.id}`, { replace: true });
  });
  const written = (v: typeof form.values, words: Saying[]) => ({
    name: v.name, extension: v.extension, group: v.group, language: v.language, dial: v.dial, wait: Number(v.wait), rounds: Number(v.rounds),
    says: words.map(({ language, text }) => ({ language, text })), keys: keys.filter((k) => isWhole(k.to)).map((k) => ({ key: k.key, to: plain(k.to) })),
    silent: isWhole(silent) ? plain(silent) : { kind: '' as const }, wrong: isWhole(wrong) ? plain(wrong) : { kind: '' as const },
  });
  const body = useDeferredValue(JSON.stringify(written({ ...form.values, name: form.values.name || t('menu.new') }, says)));
  const dry = useQuery({ queryKey: ['menus', 'dry', menu?.id, menu?.revision, body], queryFn: () => (menu ? api.editMenu(menu.id, JSON.parse(body), true) : api.addMenu(JSON.parse(body), true)), placeholderData: (old) => old, retry: false, gcTime: 0 });
  const seen = dry.data ?? menu;
  const open = keys.find((k) => !isWhole(k.to) || k.to.kind === '');
  const sound = async (work: () => Promise<Menu>, words: string) => {
    try {
      const now = await work();
      setRevision(now.revision);
      setSays((all) => all.map((s) => ({ ...s, sound: undefined, seconds: undefined, ...now.says?.find((x) => x.language === s.language), text: s.text })));
      await refresh();
      toast({ text: words });
    } catch (e) {
      toast({ text: sentence(e), lasting: true });
    }
  };
  return (
    <form onSubmit={(e) => void form.submit(e)} noValidate className="editor">
      <div className="col g16">
        <FormError error={form.error} fields={fields} />
        <Card pad>
          <div className="half">
            <Text form={form} name="name" label={t('field.name')} focus={!menu} />
            <Text form={form} name="extension" label={t('field.extension')} hint={t('menu.extension_hint')} optional />
            <Pick form={form} name="group" label={t('ring.department')} options={groups.map((g) => ({ value: g.id, label: g.name }))} empty={t('ring.office')} searchable />
            <Pick form={form} name="language" label={t('field.language')} options={languageOptions()} empty={t('menu.language_each')} />
          </div>
        </Card>
        <Keys value={keys} onChange={setKeys} here={here} />
        <Greetings value={says} onChange={setSays} home={form.values.language || seen?.home || current()} saved={Boolean(menu)}
          upload={(language, file) => void sound(() => api.setMenuSound(here, language, file), t('menu.sound_saved'))}
          remove={(language) => void sound(() => api.removeMenuSound(here, language), t('menu.sound_removed'))}
          call={(language, device) => api.dictateMenu(here, language, device)} kept={() => void sound(() => api.menu(here), t('menu.sound_saved'))} />
        <Card title={t('menu.otherwise')} pad>
          <div className="col g16">
            <Toggle form={form} name="dial" label={t('menu.dial')} hint={t('menu.dial_hint')} />
            <div className="half">
              <Text form={form} name="wait" type="number" label={t('menu.wait')} hint={t('menu.wait_hint')} />
              <Text form={form} name="rounds" type="number" label={t('menu.rounds')} hint={t('menu.rounds_hint')} />
            </div>
            <div className="col g8"><span className="label">{t('menu.silent')}</span><PlaceEditor label={t('menu.silent')} value={silent} here={here} onChange={setSilent} /></div>
            <div className="col g8"><span className="label">{t('menu.wrong')}</span><PlaceEditor label={t('menu.wrong')} value={wrong} here={here} onChange={setWrong} /></div>
          </div>
        </Card>
        <div className="row">
          <Button kind="primary" type="submit" busy={form.busy} locked={open && t('menu.key_open', { key: open.key })}>{t('ui.save')}</Button>
          <ButtonLink kind="quiet" to="/menus">{t('ui.cancel')}</ButtonLink>
          {menu && <span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('menu.delete')}</Button></span>}
        </div>
      </div>
      <aside className="col g16" aria-label={t('menu.picture')}>
        <Doubts list={seen?.doubts ?? []} />
        {dry.error instanceof Failure && !fields.includes(dry.error.field ?? '') && <div className="note danger"><span>{sentence(dry.error)}</span></div>}
        {seen?.chart && <Card title={t('menu.picture')} pad><Chart top={seen.chart} /></Card>}
        {menu?.extension && <ButtonLink small to={`/paths?to=${encodeURIComponent(menu.extension)}`}>{t('menu.try')}</ButtonLink>}
      </aside>
      {menu && (
        <Confirm open={removing} danger title={t('menu.delete_title', { name: menu.name })} action={t('menu.delete')} onClose={() => setRemoving(false)} run={async () => {
          const gone = await api.deleteMenu(menu.id);
          await refresh();
          toast({ text: gone.problems[0]?.text ?? t('menu.deleted', { name: menu.name }), lasting: gone.problems.length > 0 });
          await go('/menus');
        }}><Fallout menu={menu.id} /></Confirm>
      )}
    </form>
  );
}

/** Whose rules would lead nowhere after the deletion. */
function Fallout({ menu }: { menu: string }) {
  const dry = useQuery({ queryKey: ['menus', 'fallout', menu], queryFn: () => api.deleteMenu(menu, true) });
  if (!dry.data) return <p>{t('ring.delete_hint')}</p>;
  return <div className="col g8"><p>{t('ring.delete_hint')}</p>{dry.data.problems.map((p) => <p key={p.owner.id + p.field} className="warn">{p.text}</p>)}{dry.data.hidden > 0 && <p className="warn">{t('ring.hidden', { n: dry.data.hidden })}</p>}</div>;
}

function List() {
  const menus = useMenus();
  const go = useNavigate();
  const add = () => void go('/menus/new');
  return (
    <Sheet title={t('nav.menus')} scope={t('menu.lead')} actions={<Button kind="primary" icon={Plus} onClick={add}>{t('menu.add')}</Button>}>
      <Loaded of={menus}>
        {(list) => (list.items.length === 0 ? <Empty icon={ListTree} action={<Button small icon={Plus} onClick={add}>{t('menu.add')}</Button>}>{t('menu.empty')}</Empty> : (
          <Card>
            {list.items.map((m) => (m.edit ? (
              <Link key={m.id} className="list-row" to={`/menus/${m.id}`}>
                <ListTree className="icon t3" aria-hidden />
                <span className="grow col"><span className="med">{m.name}</span><span className="meta">{[m.group_name, t('menu.keys_n', { n: m.keys?.length ?? 0 }), m.dial && t('menu.dials')].filter(Boolean).join(' · ')}</span></span>
                {(m.doubts?.length ?? 0) > 0 && <span className="chip small warn"><TriangleAlert className="icon" aria-hidden />{t('menu.doubts_n', { n: m.doubts?.length ?? 0 })}</span>}
                <span className="num t2">{m.extension}</span>
              </Link>
            ) : <div key={m.id} className="list-row"><ListTree className="icon t3" aria-hidden /><span className="grow med">{m.name}</span><span className="num t2">{m.extension}</span></div>))}
          </Card>
        ))}
      </Loaded>
    </Sheet>
  );
}

export default function MenuPage() {
  const { id } = useParams();
  const menu = useQuery({ queryKey: ['menus', id], queryFn: () => api.menu(id ?? ''), enabled: Boolean(id && id !== 'new') });
  if (!id) return <List />;
  const crumbs = [{ to: '/menus', label: t('nav.menus') }];
  if (id === 'new') return <Sheet crumbs={crumbs} title={t('menu.add')} scope={t('menu.lead')}><Edit key="new" /></Sheet>;
  return <Sheet crumbs={crumbs} title={menu.data?.name ?? t('nav.menus')} scope={t('menu.lead')}><Loaded of={menu}>{(m) => <Edit key={m.id} menu={m} />}</Loaded></Sheet>;
}
