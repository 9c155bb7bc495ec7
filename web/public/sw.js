// Tells what the server pushes while no page is open (Push API), and leads into the app from there. It keeps nothing and answers no requests.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));

const icon = '/icon-192.png';

async function pages() {
  return self.clients.matchAll({ type: 'window', includeUncontrolled: true });
}

async function tell(m) {
  const look = { body: m.body, tag: m.tag, icon, badge: icon, lang: m.lang, data: m };
  if (m.type === 'call') {
    if ((await pages()).some((p) => p.focused)) return; // the page rings by itself
    await self.registration.showNotification(m.title, { ...look, renotify: true, requireInteraction: true, vibrate: [400, 200, 400, 200, 400], actions: [{ action: 'answer', title: m.answer }, { action: 'decline', title: m.decline }] });
    return;
  }
  if (m.type === 'end') {
    const rings = await self.registration.getNotifications({ tag: m.tag });
    if (rings.length === 0) return;
    const title = m.quiet ? m.title : rings[0].data.title;
    await self.registration.showNotification(title, { ...look, body: m.quiet ? '' : m.title, silent: true });
    if (m.quiet) for (const n of await self.registration.getNotifications({ tag: m.tag })) n.close();
    return;
  }
  await self.registration.showNotification(m.title, look);
}

self.addEventListener('push', (e) => {
  let m;
  try {
    m = e.data.json();
  } catch {
    return;
  }
  e.waitUntil(tell(m));
});

async function open(m, answer) {
  const page = m.page || '/';
  const to = m.type === 'call' && answer ? `${page}&answer=1` : page;
  const here = (await pages())[0];
  if (here) {
    await here.focus().catch(() => undefined);
    here.postMessage({ go: to });
    return;
  }
  await self.clients.openWindow(to);
}

/** Declines a call in the name of the session. One that rings no more is no trouble; where it cannot be declined, the page shows the call. */
async function decline(m) {
  try {
    const answer = await fetch(`/v1/push/calls/${encodeURIComponent(m.call)}`, { method: 'DELETE' });
    if (answer.ok || answer.status === 404) return;
  } catch {
    // the server cannot be reached
  }
  await open(m, false);
}

/** A page that is open rings by itself, and showed this: it is brought forward, and does what was chosen. A call that is declined disturbs nobody's window. */
async function hand(m, action) {
  const here = (await pages()).find((p) => p.visibilityState === 'visible') ?? (await pages())[0];
  if (action !== 'decline') await here?.focus().catch(() => undefined);
  here?.postMessage({ call: m.call, deed: action });
}

self.addEventListener('notificationclick', (e) => {
  e.notification.close();
  const m = e.notification.data;
  if (m.type === 'ring') {
    e.waitUntil(hand(m, e.action));
    return;
  }
  e.waitUntil(m.type === 'call' && e.action === 'decline' ? decline(m) : open(m, e.action === 'answer'));
});

