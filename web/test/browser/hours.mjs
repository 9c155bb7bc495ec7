// Office hours in a real browser: a week typed with the keyboard, a holiday, and the hours held by hand until an end.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… node test/browser/hours.mjs
//
// Somebody who may change the settings of the office signs in. Exit status 0 means that all went well.
import { check, open, person, settled, step, violations } from './browser.mjs';

const email = process.env.TANDEM_EMAIL ?? '';
const password = process.env.TANDEM_PASSWORD ?? '';

const browser = await open();
try {
  const { page, complaints } = await person(browser, { viewport: { width: 1366, height: 768 }, locale: 'en' });
  await step('sign in', async () => {
    await page.goto('/sign-in?to=%2Fhours');
    await page.getByLabel('E-mail', { exact: true }).fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Office hours', level: 1 }).waitFor();
  });
  await step('the company gets hours', async () => {
    await page.getByRole('switch', { name: 'Own hours' }).click();
    await page.getByLabel('Open on Monday').waitFor();
  });
  await step('times are typed and saved by Enter', async () => {
    const monday = page.getByLabel('Open on Monday');
    await monday.fill('9-12:30, 13-17');
    await monday.press('Enter');
    await page.getByText(/Mon 09:00-12:30, 13:00-17:00/).waitFor();
    await page.waitForFunction((field) => field.value === '09:00-12:30, 13:00-17:00', await monday.elementHandle()); // the server wrote the times in full
  });
  await step('what is no time is refused beside the field', async () => {
    const tuesday = page.getByLabel('Open on Tuesday');
    await tuesday.fill('nine to five');
    await tuesday.press('Enter');
    await page.getByText(/is no time of day/).waitFor();
    await tuesday.press('Escape');
    check((await tuesday.inputValue()) === '09:00-17:00', 'Escape takes the old words back');
  });
  await step('a holiday', async () => {
    await page.getByLabel('Name', { exact: true }).fill('Christmas');
    await page.getByLabel('Day', { exact: true }).fill('12-25');
    await page.getByRole('button', { name: 'Add holiday' }).click();
    await page.getByRole('button', { name: 'Remove Christmas' }).waitFor();
  });
  await step('held on holiday for an hour, and ended', async () => {
    await page.getByRole('button', { name: 'Override…' }).click();
    await page.getByText('Holiday', { exact: true }).click();
    await page.getByLabel('Reason').fill('Fire drill');
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    await page.getByText(/Holiday, set by .* until .* Fire drill/).waitFor();
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByRole('button', { name: 'Override…' }).waitFor();
  });
  await settled(page);
  const found = await violations(page, 'office hours');
  check(found.length === 0, `accessible: ${found.map((v) => v.what).join('; ')}`);
  check(complaints.length === 0, `the browser complains: ${complaints.join('; ')}`);
} finally {
  await browser.close();
}
