// Several calls in one browser: ask before connecting, change over, all together, park, pick up, call waiting – by keyboard, with real phones
// at the other ends. Whoever plays them is told by cues.
import { check, cue, hears, run, settled, shot, signIn, sounding, speaker, step, violations } from './browser.mjs';

const found = [];
const browser = await sounding();
const one = await speaker(browser);
const { page } = one;
const strip = page.locator('.strip');
const talking = (name) => strip.locator('.strip-who').getByText(name, { exact: true }).waitFor();
/** Calls somebody as one does by keyboard. */
async function call(number, name) {
  await page.keyboard.press('c');
  await page.getByRole('combobox', { name: 'Number or name' }).fill(number);
  await page.getByRole('option', { name }).first().waitFor();
  await page.keyboard.press('Enter');
}
async function ask(number, name) {
  await page.keyboard.press('t');
  await page.getByRole('combobox', { name: 'Transfer to' }).fill(number);
  await page.getByRole('option', { name }).first().waitFor();
  await page.keyboard.press('Alt+Enter');
}

await run([browser], () => [one], async () => {
  await step('sign in', () => signIn(page));
  await step('Bob is called, Carol is asked', async () => {
    await call('155', 'Bob');
    await cue('called bob');
    await strip.locator('.timer').waitFor();
    await hears(page, 440);
    await ask('156', 'Carol');
    await cue('asked carol');
    await talking('Carol');
    await strip.getByText('you ask for Bob').waitFor();
    await hears(page, 700);
    await settled(page);
    found.push(...(await violations(page, 'asking')));
    await shot(page, 'strip-asking');
    await cue('asking');
  });
  await step('Bob and Carol are connected', async () => {
    await page.keyboard.press('y');
    await strip.waitFor({ state: 'detached' });
    await cue('connected');
    await cue('over');
  });
  await step('change over and back; whoever is asked and does not want it is left, the first is back', async () => {
    await call('155', 'Bob');
    await cue('called bob again');
    await strip.locator('.timer').waitFor();
    await ask('156', 'Carol');
    await cue('asked carol again');
    await talking('Carol');
    await page.keyboard.press('s');
    await talking('Bob');
    await hears(page, 440);
    await page.keyboard.press('s');
    await talking('Carol');
    await hears(page, 700);
    await page.keyboard.press('Shift+Escape');
    await cue('refused');
    await talking('Bob');
    await strip.getByText('talking').waitFor();
    await hears(page, 440);
  });
  await step('a second call waits and is taken', async () => {
    await cue('second');
    await page.locator('.ring-card').getByText('Carol').waitFor();
    await shot(page, 'call-waiting');
    await page.keyboard.press('Control+Enter');
    await talking('Carol');
    await hears(page, 700);
    await cue('both');
  });
  await step('all together', async () => {
    await page.keyboard.press('j');
    await strip.getByText('all together').first().waitFor();
    await cue('together');
    await settled(page);
    found.push(...(await violations(page, 'all together')));
    await shot(page, 'strip-together');
  });
  await step('two calls survive a page that is loaded anew', async () => {
    await page.keyboard.press('h');
    await talking('Carol');
    await page.waitForTimeout(2500); // the state of the calls is kept every two seconds
    await page.reload();
    await strip.locator('.timer').waitFor();
    await strip.locator('.strip-other').waitFor();
    if (!(await strip.locator('.strip-who').innerText()).includes('Carol')) await page.keyboard.press('s');
    await talking('Carol');
    await cue('again');
    await page.keyboard.press('Shift+Escape');
    await cue('parks');
    await talking('Bob');
    await page.keyboard.press('Shift+Escape');
    await cue('ends');
    await strip.waitFor({ state: 'detached' });
  });
  await step('Bob is parked and fetched', async () => {
    await call('155', 'Bob');
    await cue('called bob to park');
    await strip.locator('.timer').waitFor();
    await hears(page, 440);
    await page.keyboard.press('p');
    await strip.waitFor({ state: 'detached' });
    await cue('parked');
    await page.getByRole('link', { name: 'Parking' }).click();
    await page.getByRole('button', { name: 'Fetch' }).first().click();
    await strip.locator('.timer').waitFor(); // it answers by itself: it was asked for here
    await hears(page, 440);
    await cue('fetched');
    await page.keyboard.press('Shift+Escape');
  });
  await step('what rings at Carol is taken', async () => {
    await cue('free');
    await page.keyboard.press('c');
    await page.getByRole('button', { name: 'Pick up: Bob for Carol' }).click();
    await strip.locator('.timer').waitFor();
    await hears(page, 440);
    await cue('picked');
  });
  await step('on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await settled(page);
    found.push(...(await violations(page, 'strip on a phone')));
    await shot(page, 'strip-calls-phone');
  });
  check(found.length === 0, `axe: ${JSON.stringify(found, null, 1)}`);
});
