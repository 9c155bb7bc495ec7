// Two people in two browsers talk to each other: the tone of each arrives at the other. Of several tabs all ring and one answers; a hidden
// one notifies; the network changes and the call goes on; so it does when the page is loaded anew.
import { check, cue, hears, peersOf, run, shot, signIn, sounding, speaker, step } from './browser.mjs';

const here = await sounding(process.env.TANDEM_TONE);
const there = await sounding(process.env.TANDEM_TONE2);
const olga = await speaker(here, { permissions: ['microphone', 'notifications'] });
const eva = await speaker(there, { permissions: ['microphone', 'notifications'] });
await eva.context.addInitScript(() => {
  const Real = window.Notification;
  window.told = [];
  window.Notification = class extends Real {
    constructor(title, options) {
      super(title, options);
      window.told.push(title);
    }
  };
});
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
  await step('all tabs ring, one answers', async () => {
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
    check((await b.evaluate(() => window.told.join())).includes('Olga Nowak is calling'), 'the hidden tab told nobody');
    await second.keyboard.press('Control+Enter');
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
