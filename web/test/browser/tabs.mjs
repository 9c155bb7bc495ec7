// Two people in two browsers talk to each other: the tone of each arrives at the other. All tabs ring; a hidden one notifies, and answers by
// the button of that; the network changes and the call goes on; so it does when the page is loaded anew.
import { check, cue, hears, peersOf, run, shot, signIn, sounding, speaker, step } from './browser.mjs';

const here = await sounding(process.env.TANDEM_TONE);
const there = await sounding(process.env.TANDEM_TONE2);
const olga = await speaker(here, { permissions: ['microphone', 'notifications'] });
const eva = await speaker(there, { permissions: ['microphone', 'notifications'] });
for (const one of [olga, eva]) await peersOf(one.context);
const a = olga.page;
const b = eva.page;
const phone = (page) => page.evaluate(async () => {
  const me = await (await fetch('/v1/session')).json();
  localStorage.setItem('tandem.phone', me.user.id);
  location.reload();
});
const strip = (page) => page.locator('.strip .timer');

await run([here, there], () => [olga, eva], async () => {
  await step('both sign in', async () => {
    await signIn(a);
    await signIn(b, 'eva@example.com', process.env.TANDEM_EVA_PASSWORD);
    await phone(b);
    await b.getByRole('heading', { level: 1 }).first().waitFor();
    await cue('ready');
  });
  const second = await eva.context.newPage();
  await step('all tabs ring, the notification answers', async () => {
    await second.goto('/');
    await second.getByRole('heading', { level: 1 }).first().waitFor();
    await b.evaluate(() => Object.defineProperty(document, 'hidden', { get: () => true }));
    await a.keyboard.press('c');
    await a.getByRole('combobox', { name: 'Number or name' }).fill(process.env.TANDEM_EVA);
    await a.getByRole('option', { name: 'Eva' }).first().waitFor();
    await a.keyboard.press('Enter');
    await b.locator('.ring-card').getByText('Olga').waitFor();
    await second.locator('.ring-card').getByText('Olga').waitFor();
    await shot(second, 'tabs-card');
    const worker = eva.context.serviceWorkers()[0] ?? await eva.context.waitForEvent('serviceworker');
    const shown = () => worker.evaluate(async () => (await self.registration.getNotifications()).map((n) => [n.title, ...n.actions.map((x) => x.title)].join()));
    for (const end = Date.now() + 15_000; (await shown()).join() !== 'Olga Nowak is calling,Answer,Decline'; await b.waitForTimeout(50)) check(Date.now() < end, `the hidden tab told ${await shown()}`);
    await worker.evaluate(async () => { // as the click on the button does
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: 'answer' }));
    });
    await strip(a).waitFor();
    await strip(second).waitFor();
    await b.locator('.ring-card').waitFor({ state: 'detached' });
    await hears(a, 800);
    await hears(b, 1000);
    await cue('talking');
  });
  await step('another network: the way is looked for anew', async () => {
    const ufrag = () => a.evaluate(() => /a=ice-ufrag:(\S+)/.exec(window.peers.at(-1).localDescription.sdp)[1]);
    const before = await ufrag();
    await a.evaluate(() => dispatchEvent(new Event('online')));
    await a.waitForFunction((old) => {
      const peer = window.peers.at(-1);
      return peer.signalingState === 'stable' && !peer.localDescription.sdp.includes(`a=ice-ufrag:${old}\r`) && ['connected', 'completed'].includes(peer.iceConnectionState);
    }, before);
    await hears(a, 800);
    await hears(b, 1000);
  });
  await step('the connection for signalling is cut and comes back', async () => {
    await olga.context.setOffline(true);
    await a.waitForTimeout(300);
    await olga.context.setOffline(false);
    await hears(a, 800);
    await hears(b, 1000);
  });
  await step('both pages are loaded anew', async () => {
    await a.waitForTimeout(2200); // what a page needs to come back is kept every two seconds
    await a.reload();
    await strip(a).waitFor();
    await hears(a, 800);
    await b.close(); // the tab that was the phone; the other one takes over
    await strip(second).waitFor();
    await hears(second, 1000);
    await hears(a, 800);
    await cue('again');
  });
  await step('hang up', async () => {
    await a.keyboard.press('Shift+Escape');
    await strip(second).waitFor({ state: 'detached' });
    await cue('over');
  });
});
