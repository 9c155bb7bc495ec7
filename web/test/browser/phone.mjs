// The browser as a phone: it registers over a web socket, calls a desk phone and is called by it; what each side says arrives at the other.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… TANDEM_TONE=1000.wav TANDEM_DESK=102 node test/browser/phone.mjs
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { check, colours, person, settled, signIn, step, tell, violations } from './browser.mjs';

const desk = process.env.TANDEM_DESK ?? '102';
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
/** Waits until the desk phone has heard the microphone. */
const heardThere = () => lines.next();
const found = [];
const shots = process.env.TANDEM_SHOTS;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${process.env.TANDEM_TONE}`, '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required'],
});

/** The microphone plays a tone; what is meant for voices would take it for noise. */
const plain = () => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = () => ask({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
};

/** The browser has one codec, and keys. */
const speaks = (codec) => {
  const pick = (pc) => {
    const kept = RTCRtpReceiver.getCapabilities('audio').codecs.filter((c) => [codec, 'telephone-event'].some((name) => c.mimeType.toLowerCase() === `audio/${name.toLowerCase()}`));
    for (const line of pc.getTransceivers()) line.setCodecPreferences(kept);
  };
  for (const name of ['createOffer', 'createAnswer']) {
    const make = RTCPeerConnection.prototype[name];
    RTCPeerConnection.prototype[name] = function (...args) {
      pick(this);
      return make.apply(this, args);
    };
  }
};

/** Waits until the loudest of what the browser plays is a tone of that pitch. */
async function hears(page, hz) {
  await page.waitForFunction((want) => {
    const media = [...document.querySelectorAll('audio[data-call]')].find((a) => a.srcObject)?.srcObject;
    if (!media) return false;
    if (window.heard?.media !== media) {
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 8192;
      context.createMediaStreamSource(media).connect(analyser);
      window.heard = { media, context, analyser };
    }
    const { context, analyser } = window.heard;
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let top = 0;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[top]) top = i;
    return bins[top] > -50 && Math.abs((top * context.sampleRate) / analyser.fftSize - want) < 12;
  }, hz, { polling: 100 });
}

const shot = async (page, name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png` }); };

const one = await person(browser, { permissions: ['microphone'] });
await one.context.addInitScript(plain);
if (process.env.TANDEM_CODEC) await one.context.addInitScript(speaks, process.env.TANDEM_CODEC);
const { page } = one;
try {
  await step('sign in', () => signIn(page));
  await step('call a desk phone', async () => {
    await page.locator('.find.call').click();
    await page.getByRole('combobox', { name: 'Number or name' }).fill(desk);
    await page.getByRole('option').first().waitFor();
    await shot(page, 'dial');
    await page.keyboard.press('Enter');
    tell('called');
    await page.locator('.strip .timer').waitFor();
  });
  await step('the desk phone is heard', () => hears(page, 700));
  tell('talking');
  await heardThere();
  await step('what the strip looks like', async () => {
    await settled(page);
    found.push(...(await violations(page, 'strip')));
    await shot(page, 'strip');
  });
  await step('hold and come back', async () => {
    await page.locator('.strip').getByRole('button', { name: 'Hold' }).click();
    tell('held');
    await page.locator('.strip').getByText('on hold').waitFor();
    await page.locator('.strip').getByRole('button', { name: 'Hold' }).click();
    await page.locator('.strip').getByText('on hold').waitFor({ state: 'detached' });
    await hears(page, 700);
    tell('resumed');
  });
  await step('the page is loaded anew, the call goes on', async () => {
    await page.reload();
    await page.locator('.strip .timer').waitFor();
    await hears(page, 700);
    tell('again');
    await heardThere();
  });
  await step('hang up', async () => {
    await page.keyboard.press('Shift+Escape');
    await page.locator('.strip').waitFor({ state: 'detached' });
    tell('hungup');
  });
  await step('a call comes in', async () => {
    const card = page.locator('.ring-card');
    await card.waitFor();
    await card.getByText('Bob').waitFor();
    found.push(...(await violations(page, 'card')));
    await shot(page, 'card');
    for (const theme of ['dark', 'light']) {
      await page.evaluate((scheme) => { document.documentElement.dataset.mantineColorScheme = scheme; }, theme);
      await settled(page);
      found.push(...(await violations(page, `card, ${theme}`, colours)));
      await shot(page, `card-${theme}`);
    }
    await page.keyboard.press('Control+Enter');
    await page.locator('.strip .timer').waitFor();
    await hears(page, 700);
    tell('answered');
    await heardThere();
  });
  await step('keys are heard at the other side', async () => {
    await page.locator('.strip').getByRole('button', { name: 'Keypad' }).click();
    await page.getByRole('group', { name: 'Keypad' }).getByRole('button', { name: '5' }).click();
    await page.keyboard.press('Escape');
    tell('pressed');
  });
  await step('on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await settled(page);
    found.push(...(await violations(page, 'strip on a phone')));
    await shot(page, 'strip-phone');
    await page.setViewportSize({ width: 1366, height: 768 });
  });
  await step('signed out, the call ends and the phone is gone', async () => {
    await page.evaluate(() => fetch('/v1/session', { method: 'DELETE' }));
    tell('signedout');
  });
  check(found.length === 0, `axe: ${JSON.stringify(found, null, 1)}`);
  check(one.complaints.length === 0, one.complaints.join('\n'));
  tell('done');
} catch (error) {
  await shot(page, 'failed');
  console.error(await page.locator('body').innerText().catch(() => ''));
  console.error(one.complaints.join('\n'), error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
  process.stdin.destroy();
}
