// The browser as a phone: it registers over a web socket, calls a desk phone and is called by it; what each side says arrives at the other.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… TANDEM_TONE=1000.wav TANDEM_DESK=102 node test/browser/phone.mjs
import { check, colours, cue, hears, run, settled, shot, signIn, sounding, speaker, speaks, step, violations } from './browser.mjs';

const desk = process.env.TANDEM_DESK ?? '102';
const found = [];
const browser = await sounding();

const one = await speaker(browser);
await speaks(one.context, process.env.TANDEM_CODEC);
const { page } = one;
await run([browser], () => [one], async () => {
  await step('sign in', () => signIn(page));
  await step('call a desk phone', async () => {
    await page.locator('.find.call').click();
    await page.getByRole('combobox', { name: 'Number or name' }).fill(desk);
    await page.getByRole('option').first().waitFor();
    await shot(page, 'dial');
    await page.keyboard.press('Enter');
    await cue('called');
    await page.locator('.strip .timer').waitFor();
  });
  await step('the desk phone is heard', () => hears(page, 700));
  await cue('talking');
  await step('what the strip looks like', async () => {
    await settled(page);
    found.push(...(await violations(page, 'strip')));
    await shot(page, 'strip');
  });
  await step('hold and come back', async () => {
    await page.locator('.strip').getByRole('button', { name: 'Hold' }).click();
    await cue('held');
    await page.locator('.strip').getByText('on hold').waitFor();
    await page.locator('.strip').getByRole('button', { name: 'Hold' }).click();
    await page.locator('.strip').getByText('on hold').waitFor({ state: 'detached' });
    await hears(page, 700);
    await cue('resumed');
  });
  await step('the page is loaded anew, the call goes on', async () => {
    await page.reload();
    await page.locator('.strip .timer').waitFor();
    await hears(page, 700);
    await cue('again');
  });
  await step('hang up', async () => {
    await page.keyboard.press('Shift+Escape');
    await page.locator('.strip').waitFor({ state: 'detached' });
    await cue('hungup');
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
    await cue('answered');
  });
  await step('keys are heard at the other side', async () => {
    await page.locator('.strip').getByRole('button', { name: 'Keypad' }).click();
    await page.getByRole('group', { name: 'Keypad' }).getByRole('button', { name: '5' }).click();
    await page.keyboard.press('Escape');
    await cue('pressed');
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
    await cue('signedout');
  });
  check(found.length === 0, `axe: ${JSON.stringify(found, null, 1)}`);
});
