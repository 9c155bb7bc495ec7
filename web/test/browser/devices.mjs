// Which microphone and which loudspeakers: chosen in a call, kept over a reload, left when they are unplugged and taken again when they are back. The call
// goes on meanwhile.
import { check, cue, hears, peersOf, run, settled, shot, signIn, sounding, speaker, step, violations } from './browser.mjs';

const browser = await sounding();
const one = await speaker(browser);
const { page } = one;
const found = [];
await peersOf(one.context);
await one.context.addInitScript(() => {
  const all = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.out = new Set(); // labels of what is unplugged
  navigator.mediaDevices.enumerateDevices = async () => (await all()).filter((d) => !window.out.has(d.label));
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if ((await all()).some((d) => d.deviceId === wanted.audio.deviceId?.exact && window.out.has(d.label))) throw new DOMException('unplugged', 'NotFoundError');
    return ask(wanted);
  };
  window.plug = (label, on) => {
    if (on) window.out.delete(label);
    else window.out.add(label);
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  };
});
/** What the call speaks into, and is heard by. */
const mouth = () => page.evaluate(() => window.peers.at(-1).getSenders()[0].track.label);
const ear = () => page.evaluate(async () => {
  const id = document.querySelector('audio[data-call]').sinkId;
  return (await navigator.mediaDevices.enumerateDevices()).find((d) => d.kind === 'audiooutput' && d.deviceId === id)?.label ?? '';
});
const volume = () => page.evaluate(() => document.querySelector('audio[data-call]').volume);
const becomes = async (what, is, want) => {
  for (const end = Date.now() + 15_000; ; await page.waitForTimeout(50)) {
    const got = await is();
    if (got === want) return;
    if (Date.now() > end) throw new Error(`${what} is ${got}, not ${want}`);
  }
};
const menu = () => page.getByRole('button', { name: 'Microphone and loudspeaker' }).click();
const shut = async () => {
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
};
/** A device in the menu; loudspeakers stand there for the call, and once more for ringing. */
const choice = (name, ringing = false) => page.getByRole('menu').getByRole('menuitemradio', { name, exact: true }).nth(ringing ? 1 : 0);

await run([browser], () => [one], async () => {
  await step('sign in and call a desk phone', async () => {
    await signIn(page);
    await page.locator('.find.call').click();
    await page.getByRole('combobox', { name: 'Number or name' }).fill('155');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await cue('called');
    await page.locator('.strip .timer').waitFor();
    await hears(page, 700);
  });
  await step('choose', async () => {
    await menu();
    await page.getByRole('menu').waitFor();
    await settled(page);
    found.push(...(await violations(page, 'devices')));
    await shot(page, 'devices');
    await choice('Fake Audio Input 2').click();
    await menu();
    await choice('Fake Audio Output 1').click();
    await menu();
    await choice('Fake Audio Output 2', true).click();
    await becomes('the microphone', mouth, 'Fake Audio Input 2');
    await becomes('the loudspeaker', ear, 'Fake Audio Output 1');
    await hears(page, 700);
    await cue('chosen');
  });
  await step('how loud it is, is chosen too', async () => {
    await menu();
    await page.getByRole('menuitem', { name: /^Volume/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('menuitemradio', { name: '25 %' }).click();
    await becomes('the volume', volume, 0.25);
  });
  await step('loaded anew, it is the same', async () => {
    await page.waitForTimeout(2200); // what a page needs to come back is kept every two seconds
    await page.reload();
    await page.locator('.strip .timer').waitFor();
    await becomes('the microphone', mouth, 'Fake Audio Input 2');
    await becomes('the loudspeaker', ear, 'Fake Audio Output 1');
    await becomes('the volume', volume, 0.25);
    await hears(page, 700);
  });
  await step('unplugged, others serve', async () => {
    await page.evaluate(() => { window.plug('Fake Audio Input 2', false); window.plug('Fake Audio Output 1', false); });
    await becomes('the microphone', async () => (await mouth()) !== 'Fake Audio Input 2', true);
    await becomes('the loudspeaker', () => page.evaluate(() => document.querySelector('audio[data-call]').sinkId), '');
    await hears(page, 700);
    await cue('unplugged');
    await menu();
    await choice('Fake Audio Output 2').waitFor();
    check((await choice('Fake Audio Input 2').count()) === 0, 'the menu shows what is unplugged');
    await shut();
  });
  await step('plugged in again, they are taken again', async () => {
    await page.evaluate(() => { window.plug('Fake Audio Input 2', true); window.plug('Fake Audio Output 1', true); });
    await becomes('the microphone', mouth, 'Fake Audio Input 2');
    await becomes('the loudspeaker', ear, 'Fake Audio Output 1');
    await hears(page, 700);
    await cue('again');
    await menu();
    check((await choice('Fake Audio Output 2', true).getAttribute('aria-checked')) === 'true', 'the loudspeaker that rings is forgotten');
    await shut();
  });
  check(found.length === 0, `axe: ${JSON.stringify(found, null, 1)}`);
});
