/** Tells of a call that comes in while nobody looks at the page. */
import { t } from '../words';
import type { CallView } from './talk';

type Note = { close: () => void };
const shown = new Map<string, Note | undefined>();

/** Asks the person, once, whether the browser may tell. It is asked when he switches the phone on, so he knows what for. */
export function mayAnnounce(): void {
  if ('Notification' in globalThis && Notification.permission === 'default') void Notification.requestPermission().catch(() => undefined);
}

/** Hands on what was chosen in a notification. */
export function onAnswer(work: (call: string, deed: 'answer' | 'decline') => void): () => void {
  if (!('serviceWorker' in navigator)) return () => undefined;
  const heard = (e: MessageEvent<{ call?: unknown; deed?: unknown } | undefined>) => {
    const { call, deed } = e.data ?? {};
    if (typeof call === 'string' && (deed === 'answer' || deed === 'decline')) work(call, deed);
  };
  navigator.serviceWorker.addEventListener('message', heard);
  return () => navigator.serviceWorker.removeEventListener('message', heard);
}

/** Shows one call: with buttons where the service worker can, else as a plain notification that leads to the page. */
async function tell(c: CallView): Promise<Note | undefined> {
  const title = t('webphone.incoming', { who: c.name || c.number || t('webphone.unknown') });
  const tag = `tandem-call-${c.id}`;
  const look = { body: [c.name && c.number, t('webphone.calls_you')].filter(Boolean).join(' · '), icon: '/favicon.svg', tag, requireInteraction: true };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker?.active) {
    const actions = [{ action: 'answer', title: t('webphone.answer') }, { action: 'decline', title: t('webphone.decline') }];
    await worker.showNotification(title, { ...look, data: { type: 'ring', call: c.id }, actions } as NotificationOptions);
    return { close: () => void worker.getNotifications({ tag }).then((all) => { for (const n of all) n.close(); }, () => undefined) };
  }
  const note = new Notification(title, look);
  note.addEventListener('click', () => {
    window.focus();
    note.close();
  });
  return note;
}

/** Shows the calls that come in, and takes away those that no longer do. */
export function announce(calls: CallView[]): void {
  for (const [id, note] of shown) {
    if (calls.some((c) => c.id === id)) continue;
    note?.close();
    shown.delete(id);
  }
  if (!document.hidden || !('Notification' in globalThis) || Notification.permission !== 'granted') return;
  for (const c of calls) {
    if (shown.has(c.id)) continue;
    shown.set(c.id, undefined);
    tell(c).then((note) => {
      if (shown.has(c.id)) shown.set(c.id, note);
      else note?.close(); // answered before it was there
    }, () => undefined); // some browsers let nobody tell
  }
}
