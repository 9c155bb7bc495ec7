// Foreign clients in the browser – JsSIP and SIP.js, several of each – with the user names and secrets of devices: they register over wss, talk with desk
// phones and with each other in each combination of codecs, hold, press keys, ask first, send calls on and are sent on.
//
//   TANDEM_CLIENTS=[{"name":"jssip","user":…,"secret":…,"extension":…,"hz":…},…] TANDEM_DESKS=[{"extension":…,"hz":…},…]
//   TANDEM_ROUNDS=[[{"client":0,"codec":"opus","desk":1,"calls":true},{"client":2,"codec":"PCMU","client2":3,"codec2":"opus"}],…]
import { join } from 'node:path';
import { build } from 'vite';
import { base, cue, hears, peersOf, person, run, sounding, speaks, step } from './browser.mjs';

const [clients, desks, rounds] = ['CLIENTS', 'DESKS', 'ROUNDS'].map((name) => JSON.parse(process.env[`TANDEM_${name}`]));
const code = Object.fromEntries(await Promise.all([...new Set(clients.map((c) => c.name))].map(async (name) => {
  const made = await build({
    configFile: false, logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, minify: false, lib: { entry: join(import.meta.dirname, 'foreign', `${name}.js`), formats: ['iife'], name: 'foreign' } },
  });
  return [name, [made].flat()[0].output[0].code];
})));
const browser = await sounding('', ['--ignore-certificate-errors']);

/** A page with a client whose microphone hears a tone. */
async function page(client) {
  const one = await person(browser, { permissions: ['microphone'], bypassCSP: true, ignoreHTTPSErrors: true });
  await speaks(one.context);
  await peersOf(one.context);
  await one.context.addInitScript((hz) => {
    navigator.mediaDevices.getUserMedia = async () => {
      const context = (window.room ??= new AudioContext());
      const tone = new OscillatorNode(context, { frequency: hz });
      const mic = context.createMediaStreamDestination();
      tone.connect(new GainNode(context, { gain: 0.5 })).connect(mic);
      tone.start();
      return mic.stream;
    };
  }, client.hz);
  const p = one.page;
  await p.goto('/sign-in');
  await p.evaluate(() => { document.body.innerHTML = '<audio autoplay></audio>'; });
  await p.evaluate(code[client.name]);
  return Object.assign(one, client, {
    is: (what) => p.waitForFunction((w) => Object.entries(w).every(([k, v]) => window.phone.state[k] === v), what, { polling: 50 }),
    does: (what, ...rest) => p.evaluate(([w, r]) => void window.phone[w](...r), [what, rest]),
    hears: (...hz) => hears(p, ...hz),
    // Packets of telephone events, four bytes instead of the 160 of G.711: a page is told no more of a key that comes in.
    keyed: () => p.waitForFunction(async () => {
      let bytes = 0;
      (await window.peers.at(-1).getStats()).forEach((s) => { if (s.type === 'inbound-rtp') bytes += 160 * s.packetsReceived - s.bytesReceived; });
      return bytes >= 5 * 156 && bytes % 156 === 0;
    }),
    limits: (codec) => p.evaluate((c) => { window.only = c; }, codec),
  });
}

const all = await Promise.all(clients.map(page));
const each = (list, work) => Promise.all(list.map(work));

await run([browser], () => all, async () => {
  await step('all register', () => each(all, async (c) => {
    await c.does('start', { server: `${base.replace(/^http/, 'ws')}/sip`, domain: new URL(base).hostname, user: c.user, secret: c.secret });
    await c.is({ registered: true });
  }));
  for (const [round, rows] of rounds.entries()) {
    await step(rows.map((r) => `${all[r.client].name} ${r.codec} – ${r.codec2 ? `${all[r.client2].name} ${r.codec2}` : `desk ${r.desk}`}`).join(', '), async () => {
      await each(rows, async (r) => {
        await all[r.client].limits(r.codec);
        if (r.codec2) await all[r.client2].limits(r.codec2);
        if (r.codec2 || r.calls) await all[r.client].does('call', r.codec2 ? all[r.client2].extension : desks[r.desk].extension);
      });
      await cue('rings', { round });
      await each(rows, async (r) => {
        const [here, there] = [all[r.client], all[r.client2]];
        const called = r.codec2 ? there : r.calls ? null : here;
        if (called) {
          await called.is({ calls: r.codec2 ? here.extension : desks[r.desk].extension });
          await called.does('answer');
        }
        await here.is({ talking: true });
        await there?.is({ talking: true });
        await here.hears((there ?? desks[r.desk]).hz);
        await there?.hears(here.hz);
      });
      await cue('talk', { round });
      await each(rows, async (r) => {
        await all[r.client].does('hangup');
        await all[r.client].is({ talking: false });
        await all[r.client2]?.is({ talking: false });
      });
      await cue('over', { round });
    });
  }
  for (const c of [all.find((x) => x.name === 'jssip'), all.find((x) => x.name === 'sipjs')]) {
    const [bob, carol] = desks;
    await c.limits('PCMU');
    await step(`${c.name} calls, and keys arrive on both sides`, async () => {
      await c.does('call', bob.extension);
      await cue('called', { client: c.name });
      await c.is({ talking: true });
      await c.hears(bob.hz);
      await c.does('keys', '5');
      await cue('pressed');
      await cue('presses');
      await c.keyed();
      await c.hears(bob.hz);
    });
    await step('it holds and comes back', async () => {
      await c.does('hold', true);
      await c.is({ held: true });
      await cue('held');
      await c.does('hold', false);
      await c.is({ held: false });
      await c.hears(bob.hz);
      await cue('resumed');
    });
    await step('it asks another one and connects the two', async () => {
      await c.does('ask', carol.extension);
      await cue('asked', { client: c.name });
      await c.is({ talking: true });
      await c.hears(carol.hz);
      await c.does('connect');
      await cue('connected');
      await c.is({ talking: false });
      await cue('ended');
    });
    await step('it is called and sends the call on', async () => {
      await cue('calls', { client: c.name });
      await c.is({ calls: bob.extension });
      await c.does('answer');
      await c.is({ talking: true });
      await c.hears(bob.hz);
      await c.does('transfer', carol.extension);
      await cue('sent on');
      await c.is({ talking: false });
      await cue('ended');
    });
    await step('it is sent on', async () => {
      await c.does('call', bob.extension);
      await cue('called', { client: c.name });
      await c.is({ talking: true });
      await c.hears(bob.hz);
      await cue('sends');
      await c.hears(carol.hz);
      await cue('stays', { client: c.name });
      await c.does('hangup');
      await cue('gone');
    });
  }
});
