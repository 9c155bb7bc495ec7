// What goes wrong with a phone in a browser, and what it says then: the microphone is closed, the other side is busy or may not be called, the connection is
// dead without knowing it, the microphone gives no sound. And what it does not do: ring into a conversation, or over the voice of the server.
import { check, cue, hears, person, run, settled, shot, signIn, sounding, step, violations } from './browser.mjs';
import { chromium } from 'playwright-core';

const found = [];
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--use-fake-device-for-media-stream', '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required'];
const shy = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args }); // whose questions nobody answers
const browser = await sounding(process.env.TANDEM_TONE);
const asked = await person(shy);
const one = await person(browser, { permissions: ['microphone'] });
const { page } = one;
const strip = (p) => p.locator('.strip');
let dead = false;
await one.context.routeWebSocket(/\/sip(\?|$)/, (ws) => { // a network that swallows everything, and tells nobody
  const server = ws.connectToServer();
  ws.onMessage((m) => { if (!dead) server.send(m); });
  server.onMessage((m) => { if (!dead) ws.send(m); });
});
await one.context.addInitScript(() => {
  window.tones = []; // what the phone itself sounds
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    const o = make.call(this);
    const start = o.start;
    o.start = function (...rest) {
      window.tones.push(o.frequency.value);
      return start.apply(o, rest);
    };
    return o;
  };
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (!window.mute) return ask({ audio: { ...(wanted.audio.deviceId ? { deviceId: wanted.audio.deviceId } : {}), echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
    const silence = new AudioContext().createMediaStreamDestination();
    return silence.stream;
  };
});
async function call(p, number, name) {
  await p.keyboard.press('c');
  await p.getByRole('combobox', { name: 'Number or name' }).fill(number);
  if (name) await p.getByRole('option', { name }).first().waitFor();
  else await p.getByRole('option').first().waitFor();
  await p.keyboard.press('Enter');
}
const hangUp = async (p) => {
  await p.keyboard.press('Shift+Escape');
  await strip(p).locator('.timer').waitFor({ state: 'detached' });
};

await run([shy, browser], () => [asked, one], async () => {
  await step('the microphone is closed: it says what helps, and tries again', async () => {
    await signIn(asked.page);
    await call(asked.page, '155');
    await strip(asked.page).getByRole('alert').getByText(/microphone/).waitFor();
    await settled(asked.page);
    found.push(...(await violations(asked.page, 'no microphone')));
    await shot(asked.page, 'trouble-microphone');
    await asked.context.grantPermissions(['microphone']);
    await strip(asked.page).getByRole('button', { name: 'Try again' }).click();
    await cue('called');
    await strip(asked.page).locator('.timer').waitFor();
    check((await strip(asked.page).getByRole('alert').count()) === 0, 'the trouble is over, and it is still told');
    await hangUp(asked.page);
    await cue('over');
    await asked.page.evaluate(() => localStorage.removeItem('tandem.phone'));
    await asked.page.goto('about:blank');
  });
  await step('sign in; who is busy is named, and called again', async () => {
    await signIn(page);
    await call(page, '155', 'Bob');
    await cue('declines');
    await strip(page).getByText('Bob: busy').waitFor();
    await shot(page, 'trouble-busy');
    await strip(page).getByRole('button', { name: 'Call again' }).click();
    await cue('called');
    await strip(page).locator('.timer').waitFor();
    await hears(page, 700);
  });
  await step('the call shows how it sounds', async () => {
    await strip(page).getByRole('img', { name: /Sounds good/ }).waitFor();
  });
  await step('who calls meanwhile knocks, and does not ring', async () => {
    await page.evaluate(() => { window.tones.length = 0; });
    await cue('second');
    await page.locator('.ring-card').getByText('Carol').waitFor();
    check((await page.title()).startsWith('Carol is calling'), `the tab says ${await page.title()}`);
    await page.waitForFunction(() => window.tones.length > 0);
    check((await page.evaluate(() => window.tones.join())) === '425', `it sounds ${await page.evaluate(() => window.tones.join())}`);
    await shot(page, 'trouble-second');
    await page.keyboard.press('Control+Shift+D');
    await page.locator('.ring-card').waitFor({ state: 'detached' });
    check(!(await page.title()).includes('Carol'), `the tab still says ${await page.title()}`);
  });
  await step('keys typed in a hurry are all sent, in order', async () => {
    await strip(page).getByRole('button', { name: 'Keypad' }).click();
    await page.getByRole('group', { name: 'Keypad' }).waitFor();
    for (const k of '4711*0') await page.keyboard.press(k);
    await cue('typed');
    await page.keyboard.press('Escape');
  });
  await step('a connection that is dead without knowing it is left, and the call goes on', async () => {
    dead = true;
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await strip(page).getByText('reconnecting').waitFor();
    dead = false;
    await strip(page).getByText('reconnecting').waitFor({ state: 'detached' });
    await hears(page, 700);
    await hangUp(page);
    await cue('over');
    await cue('comes');
    await page.locator('.ring-card').getByText('Bob').waitFor();
    await page.keyboard.press('Control+Enter');
    await strip(page).locator('.timer').waitFor();
    await hangUp(page);
    await cue('over');
  });
  await step('the voice of the server is not rung over, and what it said stays on the screen', async () => {
    await page.evaluate(() => { window.tones.length = 0; });
    await call(page, '999123456');
    await strip(page).getByRole('alert').waitFor();
    check((await page.evaluate(() => window.tones.length)) === 0, 'it rang over the voice');
    await shot(page, 'trouble-refused');
    await strip(page).getByRole('button', { name: 'Close' }).click();
    await strip(page).waitFor({ state: 'detached' });
  });
  await step('a microphone without sound is told', async () => {
    await page.evaluate(() => { window.mute = true; });
    await call(page, '155'); // typed too quickly for a name
    await cue('called');
    await strip(page).getByText('Bob', { exact: true }).waitFor();
    await strip(page).getByText('Your microphone gives no sound').waitFor();
    await settled(page);
    found.push(...(await violations(page, 'silent microphone')));
    await shot(page, 'trouble-silent');
    await hangUp(page);
    await cue('over');
  });
  await step('whom one called last stands there before anything is typed', async () => {
    const written = () => page.evaluate(async () => { const [c] = (await (await fetch('/v1/calls?limit=1&sort=-started')).json()).items; return c.dialled === '155' && Boolean(c.ended); });
    for (let n = 0; n < 200 && !(await written()); n++) await page.waitForTimeout(50); // the record of a call is written a moment after it
    await page.keyboard.press('c');
    await page.getByRole('option', { name: 'Bob' }).first().waitFor();
    await settled(page);
    found.push(...(await violations(page, 'recent calls')));
    await shot(page, 'trouble-recent');
    await page.keyboard.press('Enter'); // which calls nobody: the number stands in the field
    check((await page.getByRole('combobox', { name: 'Number or name' }).inputValue()) === '155', 'the last number is not there');
    await page.keyboard.press('Escape');
  });
  check(found.length === 0, `axe: ${JSON.stringify(found, null, 1)}`);
});
