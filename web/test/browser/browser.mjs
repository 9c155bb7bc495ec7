// What every browser scenario needs: a Chromium that talks to nobody else, steps with names, and axe.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const base = process.env.TANDEM_BASE ?? 'http://127.0.0.1:8080';
export const patience = Number(process.env.TANDEM_PATIENCE ?? 20) * 1000;

/** One line of JSON for whoever drives the scenario. */
export const tell = (event, data = {}) => console.log(JSON.stringify({ event, ...data }));

/** Fails the scenario with a sentence. */
export function check(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

/** Does one step and says how it went. */
export async function step(name, work) {
  const begun = Date.now();
  try {
    const value = await work();
    console.error(`ok   ${name} (${Date.now() - begun} ms)`);
    return value;
  } catch (error) {
    console.error(`FAIL ${name}: ${error.message.split('\n').slice(0, 40).join('\n')}`);
    throw error;
  }
}

export async function open() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** A browser of one person: errors in its console and requests to anybody else are collected. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'en', reducedMotion: 'reduce', baseURL: base, ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (e) => complaints.push(`error in the page: ${e.message}`));
  page.on('console', (m) => {
    // A refusal that a scenario provokes is printed by the browser too; everything else is a fault.
    if (m.type() === 'error' && !m.text().startsWith('Failed to load resource')) complaints.push(`console: ${m.text()}`);
  });
  page.on('request', (r) => {
    const url = new URL(r.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== new URL(base).origin) complaints.push(`request to a stranger: ${r.url()}`);
  });
  return { context, page, complaints };
}

/** Waits until nothing is being loaded and no skeleton is shown. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-busy="true"]'), undefined, { timeout: patience });
  await page.waitForTimeout(50);
}

/** The rules that the colours decide; the other rules answer the same in every theme. */
export const colours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** Asks axe about the page as it is; every violation is a sentence. */
export async function violations(page, where, only = { type: 'tag', values: tags }) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules, resultTypes: ['violations'] }), only);
  return found.violations.flatMap((v) => v.nodes.map((n) => ({ where, what: `${v.id}: ${v.help}: ${n.html.replace(/ (id|style|aria-\w+by)="[^"]*"/g, '').replace(/\s+/g, ' ').slice(0, 160)} ${n.any.concat(n.all, n.none).map((c) => c.message)[0] ?? ''}` })));
}

/** Signs a person in by the form; whoever the scenario is played for, unless it says who. */
export async function signIn(page, email = process.env.TANDEM_EMAIL ?? '', password = process.env.TANDEM_PASSWORD ?? '') {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.getByRole('heading', { level: 1 }).first().waitFor();
}

/** Goes to a page as a click on a link does, without loading the app again. */
export async function visit(page, route) {
  await page.evaluate((to) => {
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate', { state: {} }));
  }, route);
  await page.waitForTimeout(120);
  await page.locator('h1').first().waitFor();
}

/** Chooses light or dark for the pages that are opened next. */
export const wear = (page, theme) => page.evaluate((t) => localStorage.setItem('tandem.theme', t), theme);

/** A Chromium with a microphone that plays a tone, and a phone in it. */
export const sounding = (tone = process.env.TANDEM_TONE, more = []) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
    ...(tone ? [`--use-file-for-fake-audio-capture=${tone}`] : []), '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required', ...more],
});

/** A person with a microphone. What is meant for voices would take its tone for noise. */
export async function speaker(browser, options = {}) {
  const one = await person(browser, { permissions: ['microphone'], ...options });
  await one.context.addInitScript(() => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = ({ audio: { deviceId } }) => ask({ audio: { ...(deviceId ? { deviceId } : {}), echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  });
  return one;
}

/** The pages of a context speak one codec, window.only, and keys, and read no other; all that they have where it is empty. */
export const speaks = (context, codec = '') => context.addInitScript((first) => {
  window.only = first;
  const kept = (name) => [window.only, 'telephone-event'].some((k) => k.toLowerCase() === name.toLowerCase());
  const pick = (pc) => {
    if (!window.only) return;
    const codecs = RTCRtpReceiver.getCapabilities('audio').codecs.filter((c) => kept(c.mimeType.slice('audio/'.length)));
    for (const line of pc.getTransceivers()) line.setCodecPreferences(codecs);
  };
  const read = RTCPeerConnection.prototype.setRemoteDescription; // what is offered beside it would be sent, whatever is preferred
  RTCPeerConnection.prototype.setRemoteDescription = function (d) {
    if (!window.only || d?.type !== 'offer') return read.call(this, d);
    const numbers = [...d.sdp.matchAll(/^a=rtpmap:(\d+) ([^/]+)/gm)].filter(([, , name]) => kept(name)).map(([, n]) => n);
    return read.call(this, { type: d.type, sdp: d.sdp.replace(/^(m=audio \d+ \S+) .*?(\r?)$/gm, (_, line, end) => `${line} ${numbers.join(' ')}${end}`)
      .replace(/^a=(rtpmap|fmtp|rtcp-fb):(\d+) .*\r?\n/gm, (line, _, n) => (numbers.includes(n) ? line : '')) });
  };
  for (const name of ['createOffer', 'createAnswer']) {
    const make = RTCPeerConnection.prototype[name];
    RTCPeerConnection.prototype[name] = function (...args) {
      pick(this);
      return make.apply(this, args);
    };
  }
}, codec);

/** Keeps the peer connections that pages of a context make in window.peers, in order. */
export const peersOf = (context) => context.addInitScript(() => {
  const Real = window.RTCPeerConnection;
  window.peers = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      window.peers.push(this);
    }
  };
});

/** Waits until one of the calls plays these tones, and nothing else that is as loud. */
export async function hears(page, ...tones) {
  await page.waitForFunction((want) => {
    window.ears ??= new Map();
    window.room ??= new AudioContext(); // a browser has few of them
    return [...document.querySelectorAll('audio')].some((a) => {
      const media = a.srcObject?.getAudioTracks()[0]; // there is none while the other side waits
      if (!media) return false;
      if (!window.ears.has(media)) {
        const analyser = window.room.createAnalyser();
        analyser.fftSize = 8192;
        window.room.createMediaStreamSource(new MediaStream([media])).connect(analyser);
        window.ears.set(media, analyser);
      }
      const analyser = window.ears.get(media);
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      const tops = want.map(() => -50);
      let rest = -Infinity;
      for (let i = 1; i < bins.length; i++) {
        const hz = (i * window.room.sampleRate) / analyser.fftSize;
        const near = want.findIndex((w) => Math.abs(hz - w) < 40);
        if (near < 0) rest = Math.max(rest, bins[i]);
        else if (Math.abs(hz - want[near]) < 12) tops[near] = Math.max(tops[near], bins[i]);
      }
      return tops.every((top) => top > -50 && top > rest);
    });
  }, tones, { polling: 100 });
}

let cues;
/** Tells whoever plays the other parts that it is their turn, and waits until they are done. */
export async function cue(event, data = {}) {
  cues ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  tell(event, data);
  check(!(await cues.next()).done, `nobody answered ${event}`);
}

/** Takes a picture where somebody wants to look at it. */
export const shot = async (page, name) => { if (process.env.TANDEM_SHOTS) await page.screenshot({ path: `${process.env.TANDEM_SHOTS}/${name}.png` }); };

/** Runs a scenario with its browsers to its end: what broke is told, and everything is closed. */
export async function run(browsers, pages, work) {
  try {
    await work();
    for (const one of pages()) check(one.complaints.length === 0, one.complaints.join('\n'));
    await cue('done');
  } catch (error) {
    let n = 0;
    for (const { page, complaints } of pages()) {
      await shot(page, `failed-${n++}`);
      console.error(await page.locator('body').innerText().catch(() => ''));
      console.error(complaints.join('\n'));
    }
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    for (const b of browsers) await b.close();
    process.stdin.destroy();
  }
}
