// How long is kept what, in a real browser: the owner sees before he saves how much would go, for the office and for a group, is told what is too short, and
// is asked before anything goes. A recording that is kept for good in another window holds its call back at once. All of it works with keys alone, on a
// phone, and without a fault of access.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… node test/browser/retention.mjs
import { check, colours, cue, open, person, run, settled, shot, signIn, step, violations, visit } from './browser.mjs';

const found = [];
const browser = await open();
const one = await person(browser);
const { page } = one;

const card = (name) => page.locator('section.card').filter({ has: page.getByRole('heading', { name, exact: true }) });
const look = async (where) => {
  await settled(page);
  found.push(...(await violations(page, where)));
};
const focused = () => page.evaluate(() => { const e = document.activeElement; return e?.getAttribute('aria-label') ?? e?.textContent?.trim() ?? ''; });

/** Goes on with Tab until something has the focus. */
async function reach(name) {
  const passed = [];
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press('Tab');
    const here = await focused();
    if (here === name) return;
    passed.push(here);
  }
  throw new Error(`no Tab leads to ${name}, only to ${passed.join(' | ')}`);
}

await run([browser], () => [one], async () => {
  await step('sign in', () => signIn(page));
  await step('what stands at first', async () => {
    await page.locator('nav.nav').getByRole('link', { name: 'Retention', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Retention' }).waitFor();
    await card('Call records').getByText('Nothing is old enough to go.').waitFor();
    await card('Routes of calls').getByText(/^4 would go now, the oldest of /).waitFor();
    await card('Audit log').getByText('Nothing is old enough to go.').waitFor();
    await card('Call records of groups').getByText('No group has a time of its own.').waitFor();
    check((await page.getByRole('button', { name: 'Save', exact: true }).getAttribute('aria-disabled')) === 'true', 'nothing can be saved though nothing was changed');
    await look('as it was');
    await shot(page, 'retention');
  });
  await step('less than what may be', async () => {
    const calls = page.getByRole('combobox', { name: 'Call records', exact: true }).or(page.getByRole('textbox', { name: 'Call records', exact: true })).first();
    await calls.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: 'A number of days', exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const days = card('Call records').getByLabel('Days', { exact: true });
    await days.waitFor();
    await days.fill('3');
    await card('Call records').getByText(/^Choose 7 to \d+ days, or for ever\.$/).waitFor();
    check((await days.getAttribute('aria-invalid')) === 'true', 'the field is not marked');
    await look('too short');
  });
  await step('what would go', async () => {
    await card('Call records').getByLabel('Days', { exact: true }).fill('60');
    await card('Call records').getByText(/^2 would go now, the oldest of /).waitFor();
    await page.getByRole('combobox', { name: 'Add a group' }).or(page.getByRole('textbox', { name: 'Add a group' })).first().click();
    await page.getByRole('option', { name: 'Sales', exact: true }).click();
    await card('Call records of groups').getByLabel('Sales: Days').fill('30');
    await card('Call records').getByText(/^4 would go now, the oldest of /).waitFor();
    await look('before it is saved');
    await shot(page, 'retention-draft');
  });
  await step('a recording that is kept for good holds its call', async () => {
    const other = await one.context.newPage();
    await other.goto('/recordings?recording=rec_0');
    await other.getByRole('button', { name: 'Keep for good', exact: true }).click();
    await other.getByRole('button', { name: 'Release', exact: true }).waitFor();
    await other.close();
    await card('Call records').getByText(/^3 would go now, the oldest of /).waitFor();
    await card('Routes of calls').getByText(/^3 would go now, the oldest of /).waitFor();
    await page.getByRole('link', { name: /^1 recording is kept for good/ }).waitFor();
    check((await card('Call records').getByLabel('Days', { exact: true }).inputValue()) === '60', 'what was typed is gone');
  });
  await step('narrow, and in the dark', async () => {
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await settled(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(wide <= 0, `at ${width} px it scrolls sideways by ${wide} px`);
      await look(`${width} px`);
    }
    await shot(page, 'retention-phone');
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.evaluate(() => { document.documentElement.dataset.mantineColorScheme = 'dark'; });
    await settled(page);
    found.push(...(await violations(page, 'in the dark', colours)));
    await page.evaluate(() => { document.documentElement.dataset.mantineColorScheme = 'light'; });
  });
  await step('saved with keys, after a question', async () => {
    await card('Call records of groups').getByLabel('Sales: Days').focus();
    await reach('Save');
    await page.keyboard.press('Enter');
    const asked = page.getByRole('dialog', { name: 'Delete what is older?' });
    await asked.getByText('3 call records, 3 routes, 0 log entries', { exact: false }).waitFor();
    await look('the question');
    check((await focused()) === 'Cancel', `the question begins at ${await focused()}`);
    await page.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    check((await page.evaluate(async () => (await (await fetch('/v1/retention')).json()).calls.days)) === 365, 'it was saved without a yes');
    await page.keyboard.press('Enter'); // where it was
    await asked.waitFor();
    await page.keyboard.press('Shift+Tab');
    check((await focused()) === 'Save and delete', `before Cancel is ${await focused()}`);
    await page.keyboard.press('Enter');
    await page.getByText('Saved. What is old enough goes within the hour.').waitFor();
    await asked.waitFor({ state: 'detached' });
    check((await page.getByRole('button', { name: 'Save', exact: true }).getAttribute('aria-disabled')) === 'true', 'it can be saved twice');
  });
  await step('the hour is over', async () => {
    await cue('saved');
    await page.reload();
    await card('Call records').getByText('Nothing is old enough to go.').waitFor();
    await card('Call records').getByText(/^Complete since /).waitFor();
    check((await card('Call records').getByLabel('Days', { exact: true }).inputValue()) === '60', 'what was saved does not stand there');
    check((await card('Call records of groups').getByLabel('Sales: Days').inputValue()) === '30', 'what was saved for the group does not stand there');
    await look('after it');
    await visit(page, '/audit');
    await page.getByText('changed the settings of the office').first().waitFor();
  });
  check(found.length === 0, found.map((v) => `${v.where}: ${v.what}`).join('\n'));
});
