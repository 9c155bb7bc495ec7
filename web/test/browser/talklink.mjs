// A visitor without an account opens a Talk link, presses one button and talks to a desk phone. His connection carries that one call and nothing else,
// wherever he dials; when the link is taken back his call ends, and the link opens what any wrong one opens.
import { check, colours, cue, hears, run, settled, shot, sounding, speaker, step, violations } from './browser.mjs';

const link = process.env.TANDEM_LINK;
const found = [];
const browser = await sounding();
const one = await speaker(browser, { viewport: { width: 390, height: 844 } });
const { page } = one;

/** What somebody tries who speaks SIP himself over a visitor's connection. */
const tries = async (key) => {
  const door = await (await fetch(`/v1/talk/${key}`)).json();
  const begins = (h, bits) => [...h].map((b) => b.toString(2).padStart(8, '0')).join('').slice(0, bits) === '0'.repeat(bits);
  let solution = 0;
  for (; ; solution++) if (begins(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${door.puzzle.text}:${solution}`))), door.puzzle.bits)) break;
  const ask = () => fetch(`/v1/talk/${key}/calls`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ puzzle: door.puzzle.text, solution: String(solution), name: 'Eve' }) });
  const ticket = await (await ask()).json();
  const twice = (await ask()).status;
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${ticket.path}`, 'sip');
  await new Promise((done) => socket.addEventListener('open', done));
  const peer = new RTCPeerConnection();
  peer.addTransceiver('audio');
  await peer.setLocalDescription(await peer.createOffer());
  let n = 0;
  const send = (method, uri, more = [], body = '', call = `c${++n}`, to = '') => new Promise((done) => {
    const heard = (e) => {
      if (!e.data.includes(`CSeq: ${n} ${method}`) || e.data.startsWith('SIP/2.0 100')) return;
      socket.removeEventListener('message', heard);
      done(e.data);
    };
    socket.addEventListener('message', heard);
    const me = `sip:${ticket.username}@${ticket.domain}`;
    socket.send([`${method} ${uri} SIP/2.0`, `Via: SIP/2.0/WS x.invalid;branch=z9hG4bK${call}${n}`, 'Max-Forwards: 70', `From: <${me}>;tag=t`, `To: <${uri}>${to}`, `Call-ID: ${call}`, `CSeq: ${n} ${method}`,
      `Contact: <sip:${ticket.username}@x.invalid;transport=ws>`, ...more, ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${body.length}`, '', body].join('\r\n'));
  });
  const status = (m) => Number(m.slice(8, 11));
  const out = { twice };
  const here = `sip:155@${ticket.domain}`;
  out.register = status(await send('REGISTER', `sip:${ticket.domain}`));
  out.subscribe = status(await send('SUBSCRIBE', here, ['Event: dialog']));
  out.message = status(await send('MESSAGE', here));
  out.publish = status(await send('PUBLISH', here, ['Event: presence']));
  out.refer = status(await send('REFER', here, [`Refer-To: <sip:112@${ticket.domain}>`]));
  out.replaces = status(await send('INVITE', here, ['Replaces: a;to-tag=b;from-tag=c'], peer.localDescription.sdp));
  const ringing = await send('INVITE', `sip:+491701234567@${ticket.domain}`, [], peer.localDescription.sdp, 'one');
  out.invite = status(ringing);
  const tag = /^To:.*;tag=([^\s;]+)/m.exec(ringing)?.[1] ?? '';
  out.referInside = status(await send('REFER', here, [`Refer-To: <sip:112@${ticket.domain}>`], '', 'one', `;tag=${tag}`));
  out.second = status(await send('INVITE', here, [], peer.localDescription.sdp, 'two'));
  socket.close();
  const again = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${ticket.path}`, 'sip');
  out.ticketAgain = await new Promise((done) => {
    again.addEventListener('open', () => again.send(`OPTIONS sip:${ticket.domain} SIP/2.0\r\nVia: SIP/2.0/WS y.invalid;branch=z9hG4bKo\r\nMax-Forwards: 70\r\nFrom: <sip:x@y>;tag=o\r\nTo: <sip:${ticket.domain}>\r\nCall-ID: o\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`));
    again.addEventListener('message', () => done('answers'));
    again.addEventListener('close', () => done('closed'));
    setTimeout(() => done('silent'), 1000);
  });
  peer.close();
  return out;
};

await run([browser], () => [one], async () => {
  await step('the page', async () => {
    const answer = await page.goto(link);
    check(answer.headers()['x-robots-tag']?.includes('noindex'), 'search engines may list the page');
    check(answer.headers()['referrer-policy'] === 'no-referrer', 'the address is given away');
    check(answer.headers()['content-security-policy']?.includes('frame-ancestors https://www.example.com'), `who may frame it: ${answer.headers()['content-security-policy']}`);
    await page.getByRole('heading', { name: 'Call Bob' }).waitFor();
    await settled(page);
    found.push(...(await violations(page, 'page')));
    await shot(page, 'talk');
  });
  await step('a call', async () => {
    await page.getByLabel('Your name').fill('Anna (x) Becker +49170');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await cue('called');
    await page.getByText('You are talking to Bob').waitFor();
    await hears(page, 700);
    await cue('talking');
    found.push(...(await violations(page, 'call')));
    await shot(page, 'talking');
  });
  await step('mute', async () => {
    await page.getByRole('button', { name: 'Mute' }).click();
    await page.getByText('Your microphone is off').waitFor();
    await page.getByRole('button', { name: 'Speak again' }).click();
  });
  await step('hang up', async () => {
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByText('The call is over.').waitFor();
    await cue('hungup');
  });
  await step('what else a visitor tries', async () => {
    const got = await page.evaluate(tries, link.split('/').pop());
    const want = { twice: 409, register: 403, subscribe: 403, message: 403, publish: 403, refer: 403, replaces: 403, invite: 180, referInside: 403, second: 403, ticketAgain: got.ticketAgain };
    check(JSON.stringify(got) === JSON.stringify(want), `${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
    await cue('tried');
  });
  await step('the link is taken back while he talks', async () => {
    await page.goto(link);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await cue('called');
    await page.getByText('You are talking to Bob').waitFor();
    await cue('revoked');
    await page.getByText('The call is over.').waitFor();
  });
  await step('it opens what any wrong link opens', async () => {
    const [a, b] = await page.evaluate(async (keys) => Promise.all(keys.map(async (k) => {
      const r = await fetch(`/v1/talk/${k}`);
      return `${r.status} ${(await r.text()).replace(/"request":"[^"]*"/, '')}`;
    })), [link.split('/').pop(), 'nothing-at-all']);
    check(a === b && a.startsWith('404'), `${a} and ${b}`);
    await page.goto(link);
    await page.getByRole('heading', { name: 'This link does not open anything' }).waitFor();
    found.push(...(await violations(page, 'gone')));
  });
  await step('in the dark, in German', async () => {
    const dark = await speaker(browser, { colorScheme: 'dark', locale: 'de-DE', viewport: { width: 390, height: 844 } });
    await dark.page.goto(process.env.TANDEM_CLOSED);
    await dark.page.getByRole('heading', { name: 'Jetzt nimmt niemand Anrufe an' }).waitFor();
    await dark.page.getByLabel('Ihr Name').fill('Jürgen');
    await dark.page.getByLabel('Ihre Telefonnummer').fill('+49 30 123456');
    await dark.page.getByLabel('Worum geht es?').fill('Ein Angebot');
    found.push(...(await violations(dark.page, 'closed')), ...(await violations(dark.page, 'closed, dark', colours)));
    await shot(dark.page, 'closed');
    await dark.page.getByRole('button', { name: 'Senden' }).click();
    await dark.page.getByText('Ihre Bitte ist angekommen').waitFor();
    await cue('asked');
    await dark.context.close();
  });
  check(found.length === 0, found.map((v) => `${v.where}: ${v.what}`).join('\n'));
});
