// A review of rights, in a real browser: the owner starts one over a group, the manager is told by mail and finds it on the first page,
// confirms one thing and removes another after seeing what that does, each with a reason; the owner takes the table away as a file,
// decides about the manager, and the review is done.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_MANAGER=… TANDEM_PASSWORD=… TANDEM_OWNER=… TANDEM_OWNER_PASSWORD=… node test/browser/reviews.mjs
//
// Exit status 0 means that all went well.
import { readFileSync } from 'node:fs';
import { check, open, person, settled, signIn, step, violations } from './browser.mjs';

const { TANDEM_MANAGER: manager = '', TANDEM_OWNER: owner = '' } = process.env;
const title = 'Spring cleaning';

const thing = (page, who, what) => page.getByRole('listitem').filter({ hasText: who }).filter({ hasText: what }).first();

/** Presses a button of one thing, says why, and waits for the verdict. */
async function decide(page, who, what, press, reason, verdict) {
  await thing(page, who, what).getByRole('button', { name: press }).click();
  const dialog = page.getByRole('dialog');
  const go = dialog.getByRole('button', { name: /^(Confirm|Remove)$/ });
  check((await go.getAttribute('aria-disabled')) === 'true', 'a verdict without a reason can be given');
  await dialog.getByLabel('Reason', { exact: true }).fill(reason);
  if (verdict === 'removed') await dialog.getByRole('group', { name: 'Who gains and who loses' }).getByText(who, { exact: true }).waitFor();
  await go.click();
  await dialog.waitFor({ state: 'detached' });
  await thing(page, who, what).getByText(verdict, { exact: true }).waitFor();
  await thing(page, who, what).getByText(`“${reason}”`, { exact: false }).waitFor();
}

const browser = await open();
try {
  const olga = await person(browser);
  const mark = await person(browser);
  await signIn(olga.page, owner, process.env.TANDEM_OWNER_PASSWORD ?? '');
  await signIn(mark.page, manager, process.env.TANDEM_PASSWORD ?? '');
  await step('the owner starts a review over a group', async () => {
    await olga.page.locator('nav.nav').getByRole('link', { name: 'Reviews' }).click();
    await olga.page.getByRole('button', { name: 'Start a review' }).first().click();
    const dialog = olga.page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(title);
    const over = dialog.getByRole('combobox', { name: 'Over' }).or(dialog.getByRole('textbox', { name: 'Over' })).first();
    await over.click();
    await olga.page.getByRole('option', { name: 'Sales and everything below' }).click();
    await dialog.getByLabel('Reason', { exact: true }).fill('Once a year');
    await dialog.getByRole('button', { name: 'Start a review' }).click();
    await olga.page.getByRole('heading', { level: 1, name: title }).waitFor();
    await olga.page.getByText('0 of 3 decided').waitFor();
  });
  await step('the manager is told by mail', async () => {
    const told = await olga.page.evaluate(async () => (await (await fetch('/v1/mails?limit=50')).json()).items);
    const mail = told.find((m) => m.to === 'mark@example.com' && m.subject?.includes('Spring cleaning'));
    check(mail && mail.text.includes('Once a year') && mail.text.includes('/reviews?review=') && mail.text.includes('Waiting for you: 2'), `what was sent: ${JSON.stringify(told.map((m) => [m.to, m.subject, m.text]))}`);
  });
  await step('he finds it on his first page', async () => {
    await mark.page.goto('/');
    await mark.page.getByRole('link', { name: new RegExp(title) }).click();
    await mark.page.getByRole('heading', { level: 1, name: title }).waitFor();
    await settled(mark.page);
    const found = await violations(mark.page, 'review');
    check(found.length === 0, `axe: ${JSON.stringify(found)}`);
  });
  await step('he confirms one thing and removes another, seeing what it does', async () => {
    await decide(mark.page, 'Rita', 'Receptionist', 'Confirm', 'She sits at the desk', 'confirmed');
    await decide(mark.page, 'Eva', 'Speak on a person', 'Remove…', 'Her training is over', 'removed');
    await mark.page.getByText('2 of 3 decided').waitFor();
  });
  await step('about himself he decides nothing', async () => {
    await thing(mark.page, 'Mark', 'Manager').getByRole('button', { name: 'Confirm' }).click({ force: true });
    await mark.page.getByRole('dialog', { name: 'Why?' }).waitFor();
    await mark.page.keyboard.press('Escape');
  });
  await step('what was removed is gone from the person', async () => {
    const eva = (await olga.page.evaluate(async () => (await (await fetch('/v1/users?limit=200')).json()).items)).find((u) => u.name === 'Eva');
    await olga.page.goto(`/people/${eva.id}/rights`);
    await olga.page.getByRole('region', { name: 'Sales', exact: true }).getByRole('radiogroup', { name: 'Intercom', exact: true }).getByRole('radio', { name: 'Inherit', checked: true }).waitFor();
  });
  await step('the owner saves the table and decides the rest; the review is done', async () => {
    await olga.page.goto('/reviews');
    await olga.page.getByRole('link', { name: new RegExp(title) }).click();
    await olga.page.getByText('2 of 3 decided').waitFor();
    const [file] = await Promise.all([olga.page.waitForEvent('download'), olga.page.getByRole('link', { name: 'Save as CSV' }).click()]);
    const rows = readFileSync(await file.path(), 'utf8').trim().split('\n');
    check(file.suggestedFilename() === 'review.csv' && rows.length === 4, `the file: ${rows.join('\n')}`);
    check(rows.some((r) => r.includes('Eva') && r.includes('Her training is over')) && rows.some((r) => r.includes('Rita') && r.includes('She sits at the desk')), `the file: ${rows.join('\n')}`);
    await decide(olga.page, 'Mark', 'Manager', 'Confirm', 'He leads the group', 'confirmed');
    await olga.page.getByText('3 of 3 decided').waitFor();
    await olga.page.getByText('done', { exact: true }).first().waitFor();
  });
  await step('nothing waits for the manager any more', async () => {
    await mark.page.goto('/');
    await settled(mark.page);
    check((await mark.page.getByRole('link', { name: new RegExp(title) }).count()) === 0, 'the first page still asks for it');
  });
  for (const p of [olga, mark]) check(p.complaints.length === 0, `the browser complained: ${p.complaints}`);
} finally {
  await browser.close();
}
