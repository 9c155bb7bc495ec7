/** Who am I, and what may I do. */
import { QueryClient, useQuery } from '@tanstack/react-query';
import { api, Failure, type Me, type Scope } from './api';
import { setZone } from './format';
import { current, speak, storedLanguage } from './words';

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (times, error) => times < 2 && error instanceof Failure && (error.status === 0 || error.status >= 500),
    },
  },
});

const order: Scope[] = ['', 'self', 'listed', 'group', 'tree', 'all'];

/** Reports whether a scope reaches at least as far as another. */
export const reaches = (have: Scope | undefined, least: Scope): boolean => order.indexOf(have ?? '') >= order.indexOf(least);

/** May this person use a right somewhere? Objects say more exactly, in their own "can". The server decides in the end. */
export const can = (me: Me, right: string, least: Scope = 'self'): boolean => reaches(me.rights[right] as Scope | undefined, least);

async function load(): Promise<Me | null> {
  try {
    return await adopt(await api.session());
  } catch (e) {
    if (e instanceof Failure && (e.status === 401 || e.status === 404)) return null;
    throw e;
  }
}

/** Takes over language and zone of the person who signed in, unless another language was chosen in this browser. */
async function adopt(me: Me): Promise<Me> {
  setZone(me.user.zone ?? me.office.zone);
  const wanted = storedLanguage() ?? me.user.language ?? me.office.language;
  if (wanted && wanted !== current()) await speak(wanted);
  return me;
}

export const useSession = () => useQuery({ queryKey: ['session'], queryFn: load, staleTime: Infinity, retry: 1 });

/** Begins a session from an answer that carries one (sign-in, set-up, link). */
export async function begin(me: Me): Promise<void> {
  client.clear();
  client.setQueryData(['session'], await adopt(me));
}

export async function end(): Promise<void> {
  await api.signOut().catch(() => undefined);
  await client.cancelQueries({ queryKey: ['session'] }); // what was asked before must not sign in again
  client.setQueryData(['session'], null); // pages behind the sign-in leave, before what they show is forgotten
  client.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' });
}

/** The person who is signed in. Only pages behind the sign-in may ask. */
export function useMe(): Me {
  const me = useSession().data;
  if (!me) throw new Error('a page behind the sign-in was shown without a session');
  return me;
}
