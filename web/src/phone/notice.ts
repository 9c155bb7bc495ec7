/** Tells of a call that comes in while nobody looks at the page. */
import { t } from '../words';
import type { CallView } from './talk';

const shown = new Map<string, Notification>();

/** Asks the person, once, whether the browser may tell. It is asked when he switches the phone on, so he knows what for. */
export function mayAnnounce(): void {
  if ('Notification' in globalThis && Notification.permission === 'default') void Notification.requestPermission().catch(() => undefined);
}

/** Shows the calls that come in, and takes away those that no longer do. */
export function announce(calls: CallView[]): void {
  for (const [id, note] of shown) {
    if (calls.some((c) => c.id === id)) continue;
    note.close();
    shown.delete(id);
  }
  if (!document.hidden || !('Notification' in globalThis) || Notification.permission !== 'granted') return;
  for (const c of calls) {
    if (shown.has(c.id)) continue;
    const who = c.name || c.number || t('webphone.unknown');
    try {
      const note = new Notification(t('webphone.incoming', { who }), { body: [c.name && c.number, t('webphone.calls_you')].filter(Boolean).join(' · '), icon: '/favicon.svg', tag: `tandem-call-${c.id}`, requireInteraction: true });
      note.addEventListener('click', () => {
        window.focus();
        note.close();
      });
      shown.set(c.id, note);
    } catch {
      return; // some browsers let only a service worker tell
    }
  }
}
