/** What the server tells this browser while no page is open: the service worker, the permission, the subscription. */
import { api } from '../api';
import { isWanted } from './line';

/** What stands between this browser and being told; "ask" means that nothing does but a click. */
export type Ability = 'on' | 'ask' | 'denied' | 'insecure' | 'install' | 'unable';

const worker = '/sw.js';

/** Safari on phones tells only apps that were put on the home screen. */
const isUninstalledPhone = (): boolean => /iPhone|iPad/.test(navigator.userAgent) && !matchMedia('(display-mode: standalone)').matches;

export function ability(on: boolean): Ability {
  if (!window.isSecureContext) return 'insecure';
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return isUninstalledPhone() ? 'install' : 'unable';
  if (Notification.permission === 'denied') return 'denied';
  return on && Notification.permission === 'granted' ? 'on' : 'ask';
}

/** Makes the app installable, and lets what was clicked lead into the page that is open. */
export function register(go: (to: string) => void): () => void {
  if (!('serviceWorker' in navigator)) return () => undefined;
  const heard = (e: MessageEvent<{ go?: unknown }>) => {
    const to = e.data?.go;
    if (typeof to === 'string' && to.startsWith('/') && !to.startsWith('//')) go(to);
  };
  navigator.serviceWorker.addEventListener('message', heard);
  void navigator.serviceWorker.register(worker).catch(() => undefined);
  return () => navigator.serviceWorker.removeEventListener('message', heard);
}

const bytes = (key: string): Uint8Array<ArrayBuffer> => {
  const raw = atob(key.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
};
const same = (a: ArrayBuffer | null, b: Uint8Array): boolean => a !== null && a.byteLength === b.byteLength && new Uint8Array(a).every((x, i) => x === b[i]);

async function subscribe(key: string): Promise<PushSubscription> {
  const ready = await navigator.serviceWorker.ready;
  const wanted = bytes(key);
  const old = await ready.pushManager.getSubscription();
  if (old && same(old.options.applicationServerKey, wanted)) return old;
  await old?.unsubscribe();
  return ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

async function put(subscription: PushSubscription, calls: boolean): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  await api.setPush({ endpoint: endpoint ?? '', keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' }, calls });
}

/** Asks for the permission – after a click, browsers want no less – and subscribes. False when the person said no. */
export async function turnOn(user: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false;
  const { key } = await api.push();
  await put(await subscribe(key), isWanted(user));
  return true;
}

export async function turnOff(): Promise<void> {
  await api.endPush();
  const ready = await navigator.serviceWorker.getRegistration();
  await (await ready?.pushManager.getSubscription())?.unsubscribe();
}

/** Keeps the subscription true: its keys may have changed, and the browser may have become a phone, or be one no more. */
export async function renew(user: string): Promise<void> {
  if (ability(true) !== 'on') return;
  const ready = await navigator.serviceWorker.ready;
  const here = await ready.pushManager.getSubscription();
  if (!here) return;
  const state = await api.push();
  const calls = isWanted(user);
  const fits = same(here.options.applicationServerKey, bytes(state.key));
  if (!fits || (state.on && (state.endpoint !== here.endpoint || state.calls !== calls))) await put(await subscribe(state.key), calls);
}

/** Takes calls and notices off the screen, once the page shows them itself. */
export async function clear(): Promise<void> {
  const ready = await navigator.serviceWorker?.getRegistration();
  for (const n of (await ready?.getNotifications()) ?? []) if ((n.data as { type?: string } | null)?.type === 'call') n.close();
}
