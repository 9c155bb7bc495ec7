// The switchboard: a receptionist answers, sends on, asks first, parks, fetches and takes calls, by keyboard and by dragging, among 200 people.
import { check, colours, cue, hears, run, settled, shot, signIn, sounding, speaker, step, violations, visit, wear } from './browser.mjs';

const found = [];
const browser = await sounding();
const one = await speaker(browser);
const { page } = one;
const field = page.getByRole('searchbox', { name: 'Name or number' });
const call = page.locator('.desk-right .desk-call');
const waits = page.locator('.desk-wait');
const carol = page.locator('.desk-tile', { hasText: 'Carol' });
const keys = async (...all) => { for (const k of all) await page.keyboard.press(k); };
/** Bob calls, and is seen. */
const rings = async (event = 'rings') => {
  await cue(event);
  await waits.getByText('Bob').waitFor();
};
const answers = async () => {
  await page.keyboard.press('Enter');
  await call.locator('.timer').waitFor();
  await hears(page, 440);
};
const quiet = () => page.waitForFunction(() => !document.querySelector('.desk-call, .desk-wait'));

await run([browser], () => [one], async () => {
  await step('sign in, and make the browser a phone', async () => {
    await signIn(page);
    await page.keyboard.press('Control+.');
    await page.getByText('Ring in this browser').click();
    await page.keyboard.press('Escape');
    await page.getByText('Ring in this browser').waitFor({ state: 'detached' });
  });
  await step('200 people', async () => {
    const begun = Date.now();
    await visit(page, '/switchboard');
    await page.waitForFunction(() => document.querySelectorAll('.desk-tile').length >= 200);
    const opened = Date.now() - begun;
    const typing = await page.evaluate(async () => {
      const input = document.querySelector('.desk-find input');
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
      const times = [];
      for (const text of ['s', 'sc', 'sch', 'sc', 's', '', 'm', 'mü', 'm', '']) {
        const at = performance.now();
        set.call(input, text);
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
        times.push(performance.now() - at);
      }
      return times.sort((a, b) => a - b);
    });
    await cue('measured', { opened, median: Math.round(typing[5]), worst: Math.round(typing.at(-1)), nodes: await page.evaluate(() => document.querySelectorAll('.desk-tiles *').length) });
    found.push(...(await violations(page, 'all quiet')));
    await shot(page, 'desk-quiet');
  });
  await step('answered with one key, sent on with three', async () => {
    await rings();
    await answers();
    await keys('c', 'a');
    await carol.and(page.locator('[data-hit]')).waitFor();
    found.push(...(await violations(page, 'in a call')));
    await shot(page, 'desk-call');
    await keys('Enter');
    await cue('transferred');
    await carol.getByText('with Bob').waitFor();
    await cue('over');
    await quiet();
  });
  await step('to voicemail', async () => {
    await rings();
    await answers();
    await keys('c', 'a', 'Shift+Enter');
    await cue('to voicemail');
    await quiet();
  });
  await step('a call that rings is sent elsewhere', async () => {
    await rings();
    await keys('c', 'a', 'Enter');
    await cue('diverted');
    await quiet();
  });
  await step('by dragging', async () => {
    await rings();
    await waits.dragTo(carol);
    await cue('diverted');
    await quiet();
  });
  await step('asked first, then connected', async () => {
    await rings();
    await answers();
    await keys('c', 'a', 'Alt+Enter');
    await cue('asked');
    await call.getByText('you ask for Bob').waitFor();
    await hears(page, 700);
    await shot(page, 'desk-asking');
    await keys('Alt+y');
    await cue('connected');
    await quiet();
  });
  await step('parked and fetched by the same keys', async () => {
    await rings();
    await answers();
    await keys('p', '1');
    await page.locator('.desk-slot[data-position="701"]').getByText('Bob').waitFor();
    await call.waitFor({ state: 'detached' });
    await shot(page, 'desk-parked');
    await keys('p', '1');
    await call.locator('.timer').waitFor();
    await hears(page, 440);
    await keys('Shift+Escape');
    await cue('hung up');
    await quiet();
  });
  await step('what rings at a colleague is taken', async () => {
    await cue('rings at Carol');
    await carol.getByText('ringing: Bob').waitFor();
    await carol.getByRole('button', { name: 'More about Carol' }).click();
    await page.getByRole('menuitem', { name: 'Pick up' }).click();
    await call.locator('.timer').waitFor();
    await hears(page, 440);
    await cue('picked');
    await keys('Shift+Escape');
    await cue('hung up');
    await quiet();
  });
  await step('whoever waits in a queue is answered', async () => {
    await rings('waits in the queue');
    await waits.getByText('Front desk · position 1').waitFor();
    await settled(page);
    for (const theme of ['light', 'dark']) {
      await page.evaluate((scheme) => { document.documentElement.dataset.mantineColorScheme = scheme; }, theme);
      found.push(...(await violations(page, `waiting, ${theme}`, colours)));
      await shot(page, `desk-waiting-${theme}`);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    found.push(...(await violations(page, 'waiting, on a phone')));
    await shot(page, 'desk-phone');
    await page.setViewportSize({ width: 1366, height: 768 });
    await field.focus();
    await answers();
    await settled(page);
    await shot(page, 'desk-call-dark');
    await wear(page, 'light');
    await keys('Shift+Escape');
    await cue('hung up');
    await quiet();
  });
  check(found.length === 0, `axe: ${JSON.stringify(found, null, 1)}`);
});
