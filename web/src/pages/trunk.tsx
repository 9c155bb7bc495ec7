/** The way out and in: lines to carriers, the numbers of the office, and which line carries what. */
import { useQuery } from '@tanstack/react-query';
import { Cable, Hash, MapPin, Plus, Waypoints } from 'lucide-react';
import { api, type Trunk } from '../api';
import { clock } from '../format';
import { RefusedCall } from '../parts/certificate';
import { EditDID } from '../parts/did';
import { placeWord } from '../parts/forwarding';
import { EditOutRoute, outRouteWord } from '../parts/outroute';
import { useAddress } from '../parts/query';
import { EditLimits } from '../parts/limits';
import { QualityAlert, QualityOfTrunks } from '../parts/quality';
import { EditRegion, RegionLine, useRegions } from '../parts/region';
import { EditTrunk } from '../parts/trunk';
import { can, useMe } from '../session';
import { Button } from '../ui/button';
import { Card, Sheet, Tabs } from '../ui/sheet';
import { Empty, failed, Loaded } from '../ui/states';
import { toast } from '../ui/toast';
import { t } from '../words';

const house = { id: '', name: '', mine: false };
const looks: Record<Trunk['state']['state'], string> = { up: 'ok', down: 'danger', off: '', trying: 'warn' };

export const useTrunks = (enabled: boolean) => useQuery({ queryKey: ['trunks'], queryFn: api.trunks, enabled });
export const useNumbers = (enabled: boolean) => useQuery({ queryKey: ['numbers'], queryFn: api.numbers, enabled });
export const useOutRoutes = (enabled: boolean) => useQuery({ queryKey: ['outroutes'], queryFn: api.outRoutes, enabled });

function Lines({ onOpen, onAdd }: { onOpen: (id: string) => void; onAdd: () => void }) {
  const trunks = useTrunks(true);
  return (
    <Loaded of={trunks}>
      {(list) => (list.items.length === 0 ? <Empty icon={Cable} action={<Button small icon={Plus} onClick={onAdd}>{t('trunk.add')}</Button>}>{t('trunk.empty')}</Empty> : (
        <Card>
          {list.items.map((r) => (
            <div key={r.id} className="list-row">
              <button type="button" className="row grow g12 plain" onClick={() => onOpen(r.id)}>
                <Cable className="icon t3" aria-hidden />
                <span className="grow col">
                  <span className="row g8 wrap"><span className="med">{r.name}</span><span className={`chip small ${looks[r.state.state]}`}>{t(`trunk.state.${r.state.state}`)}</span>{r.state.alert && <span className="chip small warn">{t('quality.bad')}</span>}</span>
                  <span className="meta">{[r.host, r.group_name, r.calls ? t('trunk.calls_of', { n: r.state.calls, max: r.calls }) : t('trunk.calls_now', { n: r.state.calls }), r.state.state === 'up' && r.state.latency ? t('trunk.latency', { ms: r.state.latency }) : undefined].filter(Boolean).join(' · ')}</span>
                  {r.state.problem && <span className="warn">{r.state.problem}</span>}
                  {r.state.refused && <RefusedCall of={r.state.refused} />}
                  <QualityAlert trunk={r} />
                  {r.state.detail && <span className="meta num">{r.state.detail}</span>}
                  {r.state.retry && r.state.state === 'down' && <span className="meta">{t('trunk.retry', { in: clock(Math.max(0, Math.round((Date.parse(r.state.retry) - Date.now()) / 1000))) })}</span>}
                </span>
              </button>
              {r.state.state === 'down' && <Button small onClick={() => void api.tryTrunk(r.id).then(() => trunks.refetch(), (e: unknown) => toast(failed(e)))}>{t('trunk.try')}</Button>}
            </div>
          ))}
        </Card>
      ))}
    </Loaded>
  );
}

function Numbers({ onOpen, onAdd }: { onOpen: (id: string) => void; onAdd: () => void }) {
  const numbers = useNumbers(true);
  return (
    <Loaded of={numbers}>
      {(list) => (list.items.length === 0 ? <Empty icon={Hash} action={<Button small icon={Plus} onClick={onAdd}>{t('did.add')}</Button>}>{t('did.empty')}</Empty> : (
        <Card>
          {list.items.map((d) => (
            <button key={d.id} type="button" className="list-row" onClick={() => onOpen(d.id)}>
              <Hash className="icon t3" aria-hidden />
              <span className="grow col"><span className="row g8 wrap"><span className="med num">{d.number}</span>{d.shown && <span className="chip small">{t('did.shown_chip')}</span>}</span><span className="meta">{[d.name, d.region_name, d.group_name, d.trunk_name].filter(Boolean).join(' · ')}</span></span>
              <span className={d.to.kind && !d.to.gone ? 't2' : 'warn'}>{d.to.kind ? placeWord(d.to, house) : t('did.nowhere')}</span>
            </button>
          ))}
        </Card>
      ))}
    </Loaded>
  );
}

function OutRoutes({ onOpen, onAdd }: { onOpen: (id: string) => void; onAdd: () => void }) {
  const routes = useOutRoutes(true);
  return (
    <Loaded of={routes}>
      {(list) => (list.items.length === 0 ? <Empty icon={Waypoints} action={<Button small icon={Plus} onClick={onAdd}>{t('outroute.add')}</Button>}>{t('outroute.empty')}</Empty> : (
        <Card>
          {list.items.map((o, i) => (
            <button key={o.id} type="button" className="list-row" onClick={() => onOpen(o.id)}>
              <span className="chip small num">{i + 1}</span>
              <span className="grow col"><span className="row g8 wrap"><span className="med">{o.name}</span>{o.off && <span className="chip small">{t('trunk.state.off')}</span>}</span><span className="meta">{outRouteWord(o)}</span></span>
              <span className="t2">{o.trunks.map((w) => w.name).join(o.spread ? ' + ' : ' → ')}</span>
            </button>
          ))}
        </Card>
      ))}
    </Loaded>
  );
}

function Regions({ onOpen, onAdd }: { onOpen: (id: string) => void; onAdd: () => void }) {
  const regions = useRegions(true);
  return (
    <Loaded of={regions}>
      {(list) => (
        <div className="col g16">
          {list.items.length === 0 ? <Empty icon={MapPin} action={<Button small icon={Plus} onClick={onAdd}>{t('region.add')}</Button>}>{t('region.empty')}</Empty> : <Card>{list.items.map((r) => <RegionLine key={r.id} of={r} onOpen={() => onOpen(r.id)} />)}</Card>}
        </div>
      )}
    </Loaded>
  );
}

export default function TrunkPage() {
  const me = useMe();
  const { values, set } = useAddress();
  const tabs = [
    { id: 'lines', label: t('trunk.tab'), may: can(me, 'trunk.edit', 'group'), add: t('trunk.add') },
    { id: 'numbers', label: t('did.tab'), may: can(me, 'number.edit', 'group') || can(me, 'route.edit', 'group'), add: t('did.add') },
    { id: 'ways', label: t('outroute.tab'), may: can(me, 'route.edit', 'all'), add: t('outroute.add') },
    { id: 'places', label: t('region.tab'), may: can(me, 'group.edit', 'group'), add: t('region.add') },
    { id: 'quality', label: t('quality.tab'), may: can(me, 'trunk.edit', 'group') },
  ].filter((x) => x.may);
  const tab = tabs.find((x) => x.id === values.tab) ?? tabs[0];
  const trunks = useTrunks(can(me, 'trunk.edit', 'group'));
  const numbers = useNumbers(tab?.id === 'numbers');
  const routes = useOutRoutes(tab?.id === 'ways');
  const regions = useRegions(tab?.id === 'places' || tab?.id === 'numbers');
  const close = () => set({ peek: undefined, add: undefined });
  const open = (id: string) => set({ peek: id, add: undefined });
  const add = () => set({ add: '1', peek: undefined });
  const lines = trunks.data?.items ?? [];
  const trunk = lines.find((x) => x.id === values.peek);
  const did = numbers.data?.items.find((x) => x.id === values.peek);
  const route = routes.data?.items.find((x) => x.id === values.peek);
  const region = regions.data?.items.find((x) => x.id === values.peek);
  let side;
  if (tab?.id === 'lines' && (values.add || trunk)) side = <EditTrunk key={trunk ? trunk.id + trunk.revision : 'new'} trunk={trunk} onClose={close} />;
  if (tab?.id === 'numbers' && (values.add || did)) side = <EditDID key={did ? did.id + did.revision : 'new'} did={did} trunks={lines} regions={regions.data?.items ?? []} onClose={close} />;
  if (tab?.id === 'ways' && (values.add || route)) side = <EditOutRoute key={route ? route.id + route.revision : 'new'} route={route} trunks={lines} onClose={close} />;
  if (tab?.id === 'places' && (values.add || region)) side = <EditRegion key={region ? region.id + region.revision : 'new'} region={region} regions={regions.data?.items ?? []} trunks={lines} onClose={close} />;
  if (tab?.id === 'quality' && trunk) side = <EditLimits key={trunk.id + trunk.revision} trunk={trunk} onClose={close} />;
  return (
    <Sheet title={t('nav.trunks')} scope={t('trunk.lead')} actions={tab?.add && <Button kind="primary" icon={Plus} onClick={add}>{tab.add}</Button>} side={side}
      tabs={tabs.length > 1 ? <Tabs label={t('nav.trunks')} tabs={tabs.map(({ id, label }) => ({ id, label }))} value={tab?.id ?? ''} onChange={(id) => set({ tab: id, peek: undefined, add: undefined })} /> : undefined}>
      {tab?.id === 'lines' && <Lines onOpen={open} onAdd={add} />}
      {tab?.id === 'numbers' && <Numbers onOpen={open} onAdd={add} />}
      {tab?.id === 'ways' && <OutRoutes onOpen={open} onAdd={add} />}
      {tab?.id === 'places' && <Regions onOpen={open} onAdd={add} />}
      {tab?.id === 'quality' && <QualityOfTrunks trunks={lines} onLimits={open} />}
    </Sheet>
  );
}
