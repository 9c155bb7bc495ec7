// A call begins by a click and is talked through at a phone on the desk: the field says what a number means before it is called, links to telephones lead
// into it, the phone rings, and whoever picks up is connected. Whoever plays the phones is told by cues.
import { check, cue, open, person, run, settled, shot, signIn, step, violations, visit } from './browser.mjs';

const found = [];
const browser = await open();
const one = await person(browser, {});
const { page } = one;
const strip = page.locator('.strip');
const number = page.getByRole('combobox', { name: 'Number or name' });
const hit = page.getByRole('option').first();

await run([browser], () => [one], async () => {
  await step('sign in', () => signIn(page));
  await step('calls are to begin at the phone on the desk', async () => {
    await page.keyboard.press('c');
    await number.waitFor();
    await strip.getByRole('button', { name: 'Call from this browser' }).click();
    await page.getByRole('menuitemradio', { name: 'Phone' }).waitFor();
    await settled(page);
    found.push(...(await violations(page, 'choice of the phone')));
    await shot(page, 'originate-choice');
    await page.getByRole('menuitemradio', { name: 'Phone' }).click();
    await strip.getByText('Your phone rings first').waitFor();
  });
  await step('what a number means is said before it is called', async () => {
    await number.fill('0900 1234567');
    await hit.getByText('premium-rate numbers').waitFor();
    await shot(page, 'originate-premium');
    await number.fill('089 111222');
    await hit.getByText('numbers in the country').waitFor();
    await settled(page);
    found.push(...(await violations(page, 'field')));
    await shot(page, 'originate-field');
  });
  await step('the phone rings, and who picks up is connected', async () => {
    await page.keyboard.press('Enter');
    await page.getByText('Your phone rings. Pick up, and 089 111222 is called.').waitFor();
    await cue('asked');
  });
  await step('what may not be called rings nowhere, and says why', async () => {
    await page.keyboard.press('c');
    await number.fill('0900 1234567');
    await hit.getByText('premium-rate numbers').waitFor();
    await page.keyboard.press('Enter');
    const toast = page.locator('.toast').filter({ hasNotText: 'Pick up' }).first();
    await toast.waitFor();
    check(/premium|not/i.test(await toast.innerText()), await toast.innerText());
    await cue('refused');
  });
  await step('a link to a telephone leads into the field, and calls nobody by itself', async () => {
    await visit(page, '/calls?dial=tel%3A%2B49-89-111222%3Bext%3D5');
    await number.waitFor();
    check((await number.inputValue()) === '+49-89-111222', await number.inputValue());
    check(!page.url().includes('dial='), page.url());
    await hit.getByText('numbers in the country').waitFor();
    await page.keyboard.press('Escape');
    await strip.waitFor({ state: 'detached' });
    await cue('linked');
  });
  await step('the log calls back by the same field', async () => {
    await page.getByRole('grid').getByText('Olga Nowak hung up.').click();
    await page.getByRole('button', { name: 'Call back' }).click();
    await number.waitFor();
    check((await number.inputValue()).length > 3, await number.inputValue());
    await shot(page, 'originate-back');
    await page.keyboard.press('Escape');
  });
  check(found.length === 0, JSON.stringify(found, null, 1));
});
