// A foreign client in the browser – JsSIP or SIP.js – with the user name and secret of a device: it registers over a web socket, calls a desk
// phone, holds, sends the call on, and is called.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { base, cue, hears, run, sounding, speaker, step } from './browser.mjs';

const { TANDEM_CLIENT: client, TANDEM_USER: user, TANDEM_SECRET: secret } = process.env;
const made = await build({
  configFile: false, logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"' },
  build: { write: false, minify: false, lib: { entry: join(import.meta.dirname, 'foreign', `${client}.js`), formats: ['iife'], name: 'foreign' } },
});
const code = [made].flat()[0].output[0].code;
const browser = await sounding();
const one = await speaker(browser, { bypassCSP: true });
const { page } = one;
const is = (what) => page.waitForFunction((w) => Object.entries(w).every(([k, v]) => window.phone.state[k] === v), what);
const does = (what, ...rest) => page.evaluate(([w, r]) => void window.phone[w](...r), [what, rest]);

await run([browser], () => [one], async () => {
  await step('it registers', async () => {
    await page.goto('/sign-in');
    await page.evaluate(() => { document.body.innerHTML = '<audio autoplay></audio>'; });
    await page.evaluate(code);
    await does('start', { server: `${base.replace(/^http/, 'ws')}/sip`, domain: new URL(base).hostname, user, secret });
    await is({ registered: true });
  });
  await step('it calls', async () => {
    await does('call', '155');
    await cue('called');
    await is({ talking: true });
    await hears(page, 440);
    await cue('talking');
  });
  await step('it holds and comes back', async () => {
    await does('hold', true);
    await is({ held: true });
    await does('hold', false);
    await is({ held: false });
    await hears(page, 440);
  });
  await step('it sends the call on', async () => {
    await does('transfer', '156');
    await cue('transferred');
    await is({ talking: false });
    await cue('over');
  });
  await step('it is called', async () => {
    await cue('calls');
    await is({ calls: '155' });
    await does('answer');
    await is({ talking: true });
    await hears(page, 440);
    await cue('answered');
    await does('hangup');
    await cue('hung up');
  });
});
