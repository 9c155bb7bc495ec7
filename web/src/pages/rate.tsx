/** Rates: the price lists of carriers, what a number costs, and a new list from a file. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Coins, FileUp, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Deck } from '../api';
import { count, price, stamp } from '../format';
import { ImportDeck, deckStates } from '../parts/rate';
import { useAddress } from '../parts/query';
import { Button } from '../ui/button';
import { Confirm, Side } from '../ui/dialog';
import { instant, local, Moment, Pick, Text, Toggle, useForm } from '../ui/form';
import { Line } from '../ui/pick';
import { Card, Sheet } from '../ui/sheet';
import { Empty, FormError, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

type Trunks = { id: string; name?: string }[];

/** The lines of a list; by a word or the beginning of a number. */
function Lines({ deck }: { deck: Deck }) {
  const [q, setQ] = useState('');
  const rates = useQuery({ queryKey: ['rates', deck.id, q], queryFn: () => api.rates(deck.id, { q, limit: '50' }), placeholderData: keepPreviousData });
  return (
    <section className="col g8">
      <Line label={t('rate.find')} placeholder="+48 …" value={q} onChange={setQ} />
      <Loaded of={rates}>
        {(page) => (
          <>
            <table className="tbl">
              <thead><tr><th>{t('rate.prefix')}</th><th>{t('rate.place')}</th><th className="r">{t('rate.minute')}</th></tr></thead>
              <tbody>
                {page.items.map((r) => (
                  <tr key={r.prefix}>
                    <td className="num">{r.prefix}</td><td className="trunc" title={r.name}>{r.name}</td>
                    <td className="r num nowrap">{price(r.minute, deck.currency)}{(r.setup || r.minimum || (r.increment ?? 0) > 1) && <span className="meta block">{[r.setup && t('call.setup', { price: price(r.setup, deck.currency) }), (r.minimum || (r.increment ?? 0) > 1) && t('rate.steps', { first: r.minimum || r.increment || 1, then: r.increment || 1 })].filter(Boolean).join(' · ')}</span>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p className="meta">{page.items.length === 0 ? t('rate.none') : t('rate.shown', { n: page.items.length, total: count(page.total) })}</p>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Edit({ deck, trunks, office, onClose }: { deck: Deck; trunks: Trunks; office?: string; onClose: () => void }) {
  const cache = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const refresh = () => Promise.all(['decks', 'quotes', 'audit'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const form = useForm({ name: deck.name, trunk: deck.trunk ?? '', from: local(deck.from), until: deck.until ? local(deck.until) : '', over: deck.over, exchange: deck.exchange ? String(deck.exchange / 1e6) : '' }, async (v) => {
    await api.editDeck(deck.id, { name: v.name, trunk: v.trunk, over: v.over, from: v.from === local(deck.from) ? deck.from : instant(v.from), until: v.until ? instant(v.until) : '0001-01-01T00:00:00Z', exchange: Math.round(Number(v.exchange.replace(',', '.') || 0) * 1e6), revision: deck.revision });
    await refresh();
    toast({ text: t('rate.saved', { name: v.name }) });
    onClose();
  });
  return (
    <Side title={deck.name} sub={t('rate.lines', { n: deck.lines, currency: deck.currency })} onClose={onClose} onSubmit={(e) => void form.submit(e)} foot={<><Button kind="primary" type="submit" busy={form.busy}>{t('ui.save')}</Button><Button kind="quiet" onClick={onClose}>{t('ui.cancel')}</Button><span className="end"><Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>{t('ring.delete')}</Button></span></>}>
      <div className="col g16">
        <FormError error={form.error} fields={['name', 'trunk', 'from', 'until', 'exchange']} />
        <Text form={form} name="name" label={t('field.name')} />
        <Pick form={form} name="trunk" label={t('rate.trunk')} options={trunks.map((x) => ({ value: x.id, label: x.name ?? x.id }))} empty={t('rate.all_trunks')} />
        <Moment form={form} name="from" label={t('rate.from')} />
        <Moment form={form} name="until" label={t('rate.until')} hint={t('rate.until_hint')} />
        {office && office !== deck.currency && <Text form={form} name="exchange" label={t('rate.exchange', { one: deck.currency, office })} />}
        <Toggle form={form} name="over" label={t('rate.over')} hint={t('rate.over_hint')} />
        <Lines deck={deck} />
      </div>
      <Confirm open={removing} danger title={t('rate.delete_title', { name: deck.name })} action={t('ring.delete')} onClose={() => setRemoving(false)} run={async () => { await api.deleteDeck(deck.id); await refresh(); onClose(); }}><p>{t('rate.delete_hint')}</p></Confirm>
    </Side>
  );
}

/** What a number costs over every line, now. */
function Asked() {
  const [number, setNumber] = useState('');
  const asked = number.replace(/\D/g, '').length > 2;
  const quotes = useQuery({ queryKey: ['quotes', number], queryFn: () => api.quotes(number), enabled: asked, retry: false, placeholderData: keepPreviousData });
  return (
    <Card title={t('rate.ask')} note={t('rate.ask_note')} pad>
      <div className="col g12">
        <Line plain label={t('rate.number')} placeholder="+48 22 123 45 67" value={number} onChange={setNumber} />
        {asked && (
          <Loaded of={quotes}>
            {(q) => (
              <div className="col g8">
                <p className="meta num">{q.number} · {t(`class.${q.class}` as 'class.national')}</p>
                {q.items.length === 0 && <p className="t3">{t('rate.no_trunks')}</p>}
                {q.items.map((x) => (
                  <div key={x.trunk} className="row g12">
                    <span className="grow col"><span className="med">{x.name}</span><span className="meta">{x.known ? [x.place, x.prefix, x.deck_name].filter(Boolean).join(' · ') : t('rate.unknown')}</span></span>
                    {x.known && <span className="num nowrap">{x.deck ? t('call.per_minute', { price: price(x.minute ?? 0, q.currency ?? 'EUR') }) : t('rate.free')}</span>}
                  </div>
                ))}
              </div>
            )}
          </Loaded>
        )}
      </div>
    </Card>
  );
}

export default function RatePage() {
  const list = useQuery({ queryKey: ['decks'], queryFn: api.decks });
  const { values, set } = useAddress();
  const close = () => set({ peek: undefined, add: undefined });
  const add = () => set({ add: '1', peek: undefined });
  const open = list.data?.items.find((d) => d.id === values.peek);
  const trunks = list.data?.trunks ?? [];
  const side = values.add && list.data ? <ImportDeck key="new" trunks={trunks} office={list.data.currency} onClose={close} /> : open ? <Edit key={open.id + (open.revision ?? '')} deck={open} trunks={trunks} office={list.data?.currency} onClose={close} /> : undefined;
  return (
    <Sheet title={t('nav.rates')} scope={t('rate.lead')} actions={<Button kind="primary" icon={FileUp} onClick={add}>{t('rate.add')}</Button>} side={side}>
      <div className="col g24">
        <Loaded of={list}>
          {(all) => (all.items.length === 0 ? <Empty icon={Coins} action={<Button small icon={FileUp} onClick={add}>{t('rate.add')}</Button>}>{t('rate.empty')}</Empty> : (
            <Card>
              {all.items.map((d) => (
                <button key={d.id} type="button" className="list-row" onClick={() => set({ peek: d.id, add: undefined })}>
                  <Coins className="icon t3" aria-hidden />
                  <span className="grow col"><span className="row g8 wrap"><span className="med">{d.name}</span><span className={`chip small ${deckStates[d.state]}`}>{t(`rate.state.${d.state}`)}</span>{d.over && <span className="chip small">{t('rate.over_chip')}</span>}</span>
                    <span className="meta">{[d.trunk_name ?? t('rate.all_trunks'), t('rate.since', { when: stamp(d.from) }), d.until ? t('rate.ends', { when: stamp(d.until) }) : undefined].filter(Boolean).join(' · ')}</span></span>
                  <span className="t3 num nowrap">{t('rate.lines', { n: d.lines, currency: d.currency })}</span>
                </button>
              ))}
            </Card>
          ))}
        </Loaded>
        <Asked />
      </div>
    </Sheet>
  );
}
