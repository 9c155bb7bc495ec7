// The life of a right, in a real browser and in one run: the owner makes a role from a template, gives it to one member in one group and
// denies her one right of it, each with its preview; she asks why something is closed, asks for access; her manager approves it for an
// hour; the clock of the office moves on and it is gone; the owner takes everything back.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_CLOCK=… TANDEM_MEMBER=… TANDEM_MANAGER=… TANDEM_PASSWORD=… TANDEM_OWNER=… TANDEM_OWNER_PASSWORD=… node test/browser/rights-day.mjs
//
// TANDEM_CLOCK is an address that moves the clock by ?by=2h. Exit status 0 means that all went well.
import { check, open, person, settled, signIn, step } from './browser.mjs';

const { TANDEM_CLOCK: clock = '', TANDEM_MEMBER: member = '', TANDEM_MANAGER: manager = '', TANDEM_OWNER: owner = '' } = process.env;
const role = 'Night desk';

const card = (page) => page.getByRole('region', { name: 'Sales', exact: true });
const line = (page, right) => card(page).getByRole('radiogroup', { name: right, exact: true });
const closed = (page, is) => page.waitForFunction((want) => [...document.querySelectorAll('button')].some((b) => b.textContent?.includes('Add person') && (b.getAttribute('aria-disabled') === 'true') === want), is);

async function apply(page) {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^Apply/ }).click();
  await dialog.waitFor({ state: 'detached' });
}

async function openRights(page) {
  const people = await page.evaluate(async () => (await (await fetch('/v1/users?limit=200')).json()).items);
  await page.goto(`/people/${people.find((u) => u.name === 'Eva').id}/rights`);
  await card(page).waitFor();
}

/** Takes a change back on the page of what somebody did. */
async function undo(page, fact) {
  await page.getByRole('tab', { name: 'Activity' }).click();
  await page.getByRole('listitem').filter({ hasText: fact }).filter({ has: page.getByRole('button', { name: 'Undo' }) }).first().getByRole('button', { name: 'Undo' }).click();
  await apply(page);
  await page.getByText(/takes #\d+ back/).first().waitFor();
}

const browser = await open();
try {
  const olga = await person(browser);
  const eva = await person(browser);
  const mark = await person(browser);
  await signIn(olga.page, owner, process.env.TANDEM_OWNER_PASSWORD ?? '');
  await signIn(eva.page, member, process.env.TANDEM_PASSWORD ?? '');
  await step('a role is made from a template', async () => {
    await olga.page.goto('/roles');
    await olga.page.getByRole('grid').getByRole('link', { name: 'Receptionist', exact: true }).click();
    await olga.page.getByRole('button', { name: 'Copy as template' }).click();
    await olga.page.getByRole('dialog').getByLabel('Name', { exact: true }).fill(role);
    await olga.page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();
    await olga.page.getByRole('heading', { level: 1, name: role }).waitFor();
  });
  await step('it is given in one group, after its preview', async () => {
    await openRights(olga.page);
    await card(olga.page).getByRole('button', { name: 'User', exact: true }).click();
    const dialog = olga.page.getByRole('dialog');
    await dialog.getByText(role, { exact: true }).click();
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog.getByRole('group', { name: 'Who gains and who loses' }).getByText('Eva', { exact: true }).waitFor();
    await apply(olga.page);
    await card(olga.page).getByRole('button', { name: role, exact: true }).waitFor();
  });
  await step('one right of it is denied to her, after its preview', async () => {
    await line(olga.page, 'Intercom').getByRole('radio', { name: 'Deny' }).click();
    await olga.page.getByRole('dialog').getByText(/Speak on a person's phone/).waitFor();
    await apply(olga.page);
    await line(olga.page, 'Intercom').getByRole('radio', { name: 'Deny', checked: true }).waitFor();
  });
  await step('a locked exception on her own page answers why', async () => {
    await eva.page.goto('/people');
    await openRights(eva.page);
    await line(eva.page, 'Intercom').getByRole('radio', { name: 'Allow' }).click({ force: true });
    const box = eva.page.getByRole('dialog', { name: 'Why?' });
    await box.getByText(/Speak on a person's phone/).first().waitFor();
    await eva.page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
  });
  await step('she reads why she may not add people, and asks for access', async () => {
    await eva.page.goto('/people');
    await closed(eva.page, true);
    await eva.page.getByRole('button', { name: 'Add person' }).click({ force: true });
    const box = eva.page.getByRole('dialog', { name: 'Why?' });
    await box.getByText('Mark', { exact: true }).waitFor();
    await box.getByRole('button', { name: 'Request access' }).click();
    await box.getByLabel('What for').fill('Two trainees begin on Monday');
    await box.getByRole('button', { name: 'Send request' }).click();
    await eva.page.getByText('The request has been sent', { exact: false }).waitFor();
  });
  await step('her manager approves it for an hour', async () => {
    await signIn(mark.page, manager, process.env.TANDEM_PASSWORD ?? '');
    await mark.page.locator('nav.nav').getByRole('link', { name: /^Requests/ }).click();
    await mark.page.getByText('Two trainees begin on Monday', { exact: false }).waitFor();
    await mark.page.getByRole('button', { name: 'Approve', exact: true }).click();
    const pick = mark.page.locator('.request').getByRole('combobox').or(mark.page.locator('.request').getByRole('textbox')).first();
    await pick.click();
    await mark.page.getByRole('option', { name: '1 hour' }).click();
    await mark.page.getByRole('button', { name: 'Approve', exact: true }).click();
    await mark.page.locator('.request').getByText('approved', { exact: true }).waitFor();
    await closed(eva.page, false);
  });
  await step('two hours later it is gone, without anybody doing anything', async () => {
    check((await fetch(`${clock}/?by=2h`)).ok, 'the clock did not move');
    await eva.page.reload();
    await closed(eva.page, true);
    await mark.page.reload();
    await mark.page.locator('.request').getByText('expired', { exact: true }).waitFor();
  });
  await step('the owner takes the exception, the role and the template back', async () => {
    await openRights(olga.page);
    await undo(olga.page, 'Sales');
    await openRights(olga.page);
    await line(olga.page, 'Intercom').getByRole('radio', { name: 'Inherit', checked: true }).waitFor();
    await olga.page.getByRole('tab', { name: 'Activity' }).click();
    const changes = await olga.page.evaluate(async () => (await (await fetch('/v1/audit?limit=100')).json()).items);
    for (const kind of ['membership.created', 'role.created']) {
      const made = changes.find((f) => f.kind === kind && !f.undoes && f.undo && (kind !== 'membership.created' || f.after?.role?.startsWith('rol_')));
      check(made, `no ${kind} that can be taken back`);
      const status = await olga.page.evaluate(async (seq) => (await fetch(`/v1/changes/${seq}/undo`, { method: 'POST' })).status, made.seq);
      check(status === 204, `taking ${kind} back: ${status}`);
    }
    await openRights(olga.page);
    await card(olga.page).getByRole('button', { name: 'User', exact: true }).waitFor();
    await settled(olga.page);
  });
  for (const p of [olga, eva, mark]) check(p.complaints.filter((c) => !c.includes('403')).length === 0, `the browser complained: ${p.complaints}`);
} finally {
  await browser.close();
}
