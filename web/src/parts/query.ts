/** What pages ask the server for, under one set of cache keys. */
import { keepPreviousData, type QueryKey, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { api, type List } from '../api';

/** A list as it comes; not every list is counted. */
type Pages<T> = Pick<List<T>, 'items' | 'next'> & { total?: number };

export type Query = Record<string, string | undefined>;

/** A list that comes page by page, as one list. */
export function usePages<T>(key: QueryKey, ask: (q: Query) => Promise<Pages<T>>, query: Query, limit = 100) {
  const answer = useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam }) => ask({ ...query, limit: String(limit), cursor: pageParam || undefined }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => answer.data?.pages.flatMap((p) => p.items) ?? [], [answer.data]);
  return { rows, total: answer.data?.pages[0]?.total, answer, more: useCallback(() => void answer.fetchNextPage(), [answer.fetchNextPage]) };
}

/** Filters, sorting and panels live in the address, so that a link shows what the sender saw. */
export function useAddress() {
  const [params, setParams] = useSearchParams();
  const values = useMemo(() => Object.fromEntries(params.entries()), [params]);
  const set = useCallback(
    (changes: Record<string, string | undefined>) =>
      setParams((old) => {
        const next = new URLSearchParams(old);
        for (const [k, v] of Object.entries(changes)) {
          if (v) next.set(k, v);
          else next.delete(k);
        }
        return next;
      }, { replace: true }),
    [setParams],
  );
  return { values, set };
}

export const useGroups = () => useQuery({ queryKey: ['groups'], queryFn: api.groups, staleTime: 60_000 });
export const useRoles = () => useQuery({ queryKey: ['roles'], queryFn: api.roles, staleTime: 300_000 });
export const useUser = (id: string) => useQuery({ queryKey: ['user', id], queryFn: () => api.user(id), enabled: id !== '' });
export const useDevices = (id: string) => useQuery({ queryKey: ['devices', id], queryFn: () => api.devices(id) });

/** The roles of groups, with whether the reader may give each of them in a group. */
export function useGroupRoles(group: string): { id: string; may: boolean }[] {
  const roles = useRoles().data?.items ?? [];
  const given = useGroups().data?.items.find((g) => g.id === group)?.can?.roles;
  return roles.filter((r) => !r.office).map((r) => ({ id: r.id, may: given ? given.includes(r.id) : r.assignable !== false }));
}
