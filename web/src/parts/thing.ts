/** Everything that a question about a right can be about, to be chosen from: the office, groups, people, phones, calls, and what is dialled. */
import { useQuery } from '@tanstack/react-query';
import { api } from '../api';
import { moment } from '../format';
import { t } from '../words';
import { useMenus, useQueues, useRings } from './forwarding';

export type Choice = { value: string; label: string };

/** A kind and an id in one word, and back. */
export const thingValue = (kind: string, id = ''): string => `${kind}:${id}`;
export const thingOf = (value: string): { kind: string; id?: string } => {
  const at = value.indexOf(':');
  return { kind: value.slice(0, at), id: value.slice(at + 1) || undefined };
};

/** The things a person could be asked about: phones are those of that person, calls the ones that are up and the latest records. */
export function useThings(who: string, people: Choice[]): Choice[] {
  const groups = useQuery({ queryKey: ['groups'], queryFn: api.groups });
  const devices = useQuery({ queryKey: ['devices', who], queryFn: () => api.devices(who), retry: false });
  const live = useQuery({ queryKey: ['live'], queryFn: api.live, retry: false });
  const calls = useQuery({ queryKey: ['calls', 'latest'], queryFn: () => api.calls({ limit: 50 }), retry: false });
  const rings = useRings().data?.items ?? [];
  const queues = useQueues().data?.items ?? [];
  const menus = useMenus().data?.items ?? [];
  const named = (kind: string, list: { id: string; name: string }[]): Choice[] => list.map((x) => ({ value: thingValue(kind, x.id), label: t(`explain.kind.${kind}` as never, { name: x.name }) }));
  const talk = (c: { id: string; from: { name?: string; number?: string }; to: { name?: string; number?: string } }, when: string): Choice =>
    ({ value: thingValue('call', c.id), label: t('explain.kind.call', { from: c.from.name || c.from.number || '', to: c.to.name || c.to.number || '', when }) });
  return [
    { value: thingValue('system'), label: t('explain.office') },
    ...(groups.data?.items ?? []).map((g) => ({ value: thingValue('group', g.id), label: g.name })),
    ...people.map((p) => ({ value: thingValue('user', p.value), label: p.label })),
    ...named('device', devices.data?.items ?? []),
    ...(live.data?.items ?? []).map((c) => talk(c, t('explain.now'))),
    ...(calls.data?.items ?? []).map((c) => talk(c, moment(c.started))),
    ...named('ring', rings),
    ...named('queue', queues),
    ...named('menu', menus),
  ];
}
