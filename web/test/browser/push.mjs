// Nobody has a page of Tandem open: what is pushed is shown by the service worker, and a click on a call leads to the call.
//
// The push service of the browser's maker is not there. What it would do is done here: the page subscribes with the keys of TANDEM_PUSH, and
// what comes in there – lines on the standard input – is delivered to the service worker as the browser itself would.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… TANDEM_TONE=1000.wav TANDEM_PUSH='{"endpoint":…,"keys":{…}}' node test/browser/push.mjs
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { base, check, person, settled, signIn, step, tell, violations, visit } from './browser.mjs';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;
const found = [];
const shots = process.env.TANDEM_SHOTS;
const shot = async (page, name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png` }); };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${process.env.TANDEM_TONE}`, '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required'],
});
const one = await person(browser, { permissions: ['microphone', 'notifications'] });
const { context } = one;
await context.addInitScript((subscription) => {
  const made = (key) => ({ endpoint: subscription.endpoint, options: { applicationServerKey: key }, toJSON: () => subscription, unsubscribe: async () => { localStorage.removeItem('test.push'); return true; } });
  const bytes = (list) => new Uint8Array(list).buffer;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem('test.push', JSON.stringify([...applicationServerKey]));
    return made(applicationServerKey.buffer);
  };
  PushManager.prototype.getSubscription = async () => { const key = localStorage.getItem('test.push'); return key ? made(bytes(JSON.parse(key))) : null; };
}, JSON.parse(process.env.TANDEM_PUSH));

let page = one.page;
const quiet = await context.newPage(); // no page of Tandem
const control = await context.newCDPSession(page);
const versions = new Map(); // as the browser tells them
const registration = new Promise((known) => { // what is pushed before the worker is active is lost
  control.on('ServiceWorker.workerVersionUpdated', ({ versions: told }) => {
    for (const v of told) {
      versions.set(v.versionId, v);
      if (v.status === 'activated') known(v.registrationId);
    }
  });
});
await control.send('ServiceWorker.enable');
let deliver;
const worker = async () => context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker');
const shown = async () => (await worker()).evaluate(async () => (await self.registration.getNotifications()).map((n) => ({ title: n.title, body: n.body, tag: n.tag, actions: n.actions.map((a) => a.action) })));
/** Waits until what is on the screen of the machine is as it should be. */
async function onScreen(what, holds) {
  for (const end = Date.now() + 15_000; ; await new Promise((r) => setTimeout(r, 100))) {
    const list = await shown();
    if (holds(list)) return list;
    if (Date.now() > end) throw new Error(`${what}: ${JSON.stringify(list)}, workers ${JSON.stringify([...versions.values()])}`);
  }
}
/** Clicks on a notification, and says where that leads: what opens windows for clicks is the machine's. */
const click = async (action) => (await worker()).evaluate(async (name) => {
  const went = new Promise((known) => { self.clients.openWindow = async (to) => { known(to); return null; }; });
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: name }));
  return went;
}, action);

async function openAt(to) {
  page = await context.newPage();
  page.on('pageerror', (e) => one.complaints.push(e.message));
  await page.goto(base + to);
}
const close = async () => { await page.close(); tell('closed'); };

try {
  await step('sign in', () => signIn(page));
  await step('this browser rings', async () => {
    await page.locator('.mebox').click();
    const rings = page.getByRole('menuitemcheckbox', { name: 'Ring in this browser' });
    await rings.click();
    await page.locator('[role=menuitemcheckbox][aria-checked=true]').waitFor();
    found.push(...(await violations(page, 'personal menu')));
    await page.keyboard.press('Escape');
    await rings.waitFor({ state: 'detached' });
  });
  await step('a click asks for the permission', async () => {
    await visit(page, '/profile?tab=notices');
    await page.getByText('Off. The browser asks you once').waitFor();
    await settled(page);
    found.push(...(await violations(page, 'settings')));
    await shot(page, 'push-off');
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('On, for calls and notices.').waitFor();
    await shot(page, 'push-on');
    const id = await registration;
    const session = await context.newCDPSession(quiet);
    await session.send('ServiceWorker.enable');
    // Who asks for the notifications while one is on its way to the screen makes Chromium forget that one: so nobody asks before the worker is done.
    deliver = async (data) => {
      const sw = await worker();
      await sw.evaluate(() => {
        const inner = self.tell;
        self.told = new Promise((done, failed) => {
          self.tell = (m) => {
            self.tell = inner;
            const told = inner(m);
            told.then(done, failed);
            return told;
          };
        });
      });
      await session.send('ServiceWorker.deliverPushMessage', { origin: base, registrationId: id, data });
      await sw.evaluate(() => self.told);
    };
  });
  await step('a test is shown', async () => {
    await page.getByRole('button', { name: 'Try it' }).click();
    tell('tried');
    await deliver(await next());
    await onScreen('the test', (l) => l[0]?.title === 'This is a test');
    await (await worker()).evaluate(async () => { for (const n of await self.registration.getNotifications()) n.close(); });
  });
  await step('all pages are closed, and a call is shown', async () => {
    await close();
    await deliver(await next());
    const [n] = await onScreen('the call', (l) => l.length === 1);
    check(n.title === 'Bob calls' && n.body.startsWith('155 ') && n.actions.includes('answer'), JSON.stringify(n));
  });
  await step('its button leads into the call', async () => {
    const to = await click('answer');
    check(to.startsWith('/?ring=cal_') && to.endsWith('&answer=1'), to);
    await openAt(to);
    await page.locator('.strip .timer').waitFor();
    check(!page.url().includes('ring='), page.url());
    tell('answered');
    await deliver(await next());
    await onScreen('nothing is left', (l) => l.length === 0);
    await next();
    await page.keyboard.press('Shift+Escape');
    await page.locator('.strip').waitFor({ state: 'detached' });
  });
  await step('a call that is over goes from the screen', async () => {
    await close();
    await deliver(await next());
    await onScreen('the call', (l) => l[0]?.title === 'Bob calls');
    tell('seen');
    await deliver(await next());
    await onScreen('it is over', (l) => l[0]?.body === 'The call is over.');
    await deliver(await next());
    await onScreen('it was missed', (l) => l.length === 1 && l[0].title === 'Missed call from Bob 155');
    await (await worker()).evaluate(async () => { for (const n of await self.registration.getNotifications()) n.close(); });
    tell('missed');
  });
  await step('its other button declines the call', async () => {
    await deliver(await next());
    await onScreen('the call', (l) => l[0]?.actions.includes('decline'));
    await (await worker()).evaluate(async () => {
      const [notification] = await self.registration.getNotifications();
      self.clients.openWindow = async (to) => { throw new Error(`declining leads to ${to}`); };
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: 'decline' }));
    });
    tell('declined');
    await deliver(await next());
    await onScreen('nothing is left', (l) => l.length === 0);
    tell('again');
  });
  await step('a click beside the button rings in the page', async () => {
    await deliver(await next());
    await onScreen('the call', (l) => l[0]?.title === 'Bob calls');
    await openAt(await click(''));
    await page.locator('.ring-card').waitFor();
    await shot(page, 'push-rings');
    await page.keyboard.press('Control+Enter');
    await page.locator('.strip .timer').waitFor();
    tell('taken');
    await next();
  });
  await step('the bell says what was missed', async () => {
    const bell = page.getByRole('button', { name: /Notices: \d+ new/ });
    await bell.waitFor();
    await bell.focus();
    await page.keyboard.press('Enter');
    const box = page.getByRole('dialog', { name: 'Notices' });
    await box.getByText('Missed call from Bob 155').first().waitFor(); // given up, and declined
    await settled(page);
    found.push(...(await violations(page, 'bell')));
    await shot(page, 'bell');
    await box.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByRole('button', { name: 'Notices', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await visit(page, '/notices');
    await page.getByRole('button', { name: /Missed call from Bob 155/ }).first().waitFor();
    found.push(...(await violations(page, 'notices')));
    await shot(page, 'notices');
  });
  check(found.length === 0, `axe: ${JSON.stringify(found, null, 1)}`);
  check(one.complaints.length === 0, one.complaints.join('\n'));
  tell('done');
} catch (error) {
  await shot(page, 'failed').catch(() => undefined);
  console.error(await page.locator('body').innerText().catch(() => ''));
  console.error(one.complaints.join('\n'), error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
  process.stdin.destroy();
}
