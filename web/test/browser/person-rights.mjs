// The rights of one person, in a real browser: a role in one group, an exception for one member with its preview, a right for
// a while, what the colleague sees of it, and everything taken back.
//
//   TANDEM_BASE=http://127.0.0.1:8080 node test/browser/person-rights.mjs
//
// TANDEM_EMAIL and TANDEM_PASSWORD sign a System Owner in, TANDEM_GROUP names a
// group, TANDEM_NAME one of its plain members. Exit status 0 means that all went well.
import { check, open, person, settled, signIn, step, tell, violations, wear } from './browser.mjs';

const { TANDEM_GROUP: group, TANDEM_NAME: name } = process.env;
const found = [];
const look = async (page, where) => {
  await settled(page);
  found.push(...(await violations(page, where)));
};

/** Opens the rights of the person from the list of people. */
async function openRights(page) {
  const people = await page.evaluate(async () => (await (await fetch('/v1/users?limit=200')).json()).items);
  const id = people.find((u) => u.name === name).id;
  await page.goto(`/people/${id}`);
  await page.getByRole('tab', { name: 'Rights' }).click();
  await page.waitForURL(/\/rights$/);
  await card(page).waitFor();
  return id;
}

const card = (page) => page.getByRole('region', { name: group, exact: true });
const line = (page, right) => card(page).getByRole('radiogroup', { name: right, exact: true });
const chosen = (page, right, value) => line(page, right).getByRole('radio', { name: value, checked: true });

/** Takes the newest change back with the button of its toast. */
async function undo(page) {
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();
  await page.getByText('Undone.').waitFor();
}

async function role(page) {
  await card(page).getByRole('button', { name: 'User', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Receptionist', { exact: true }).click();
  await look(page, 'membership');
  await dialog.getByRole('button', { name: 'Preview' }).click();
  const effects = dialog.getByRole('group', { name: 'Who gains and who loses' });
  await effects.getByText(name, { exact: true }).waitFor();
  await effects.getByText(/See live calls of a person/).first().waitFor();
  await look(page, 'membership, preview');
  await dialog.getByRole('button', { name: /^Apply/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await card(page).getByRole('button', { name: 'Receptionist', exact: true }).waitFor();
}

async function override(page) {
  await line(page, 'Intercom').getByRole('radio', { name: 'Deny' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/Speak on a person's phone/).waitFor();
  await dialog.getByRole('button', { name: /^Apply/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await chosen(page, 'Intercom', 'Deny').waitFor();
  await card(page).getByText(/1 exception/).waitFor();
  await undo(page);
  await chosen(page, 'Intercom', 'Inherit').waitFor();
}

async function grant(page) {
  await page.getByRole('button', { name: 'Give a right' }).click();
  const dialog = page.getByRole('dialog');
  const pick = async (label, option) => {
    await dialog.getByRole('combobox', { name: label, exact: true }).or(dialog.getByRole('textbox', { name: label, exact: true })).first().click();
    await page.getByRole('option', { name: option }).first().click();
  };
  await pick('Right', /^Listen to a live call/);
  await pick('Reaches', 'one group');
  await pick('Group', group);
  await dialog.getByRole('button', { name: '1 week' }).click();
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await dialog.getByText(/Say why it is given/).waitFor();
  await dialog.getByLabel('Reason').fill('Coaching in the first weeks');
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await dialog.getByRole('group', { name: 'Who gains and who loses' }).waitFor();
  await look(page, 'a right for a while');
  await dialog.getByRole('button', { name: /^Apply/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('“Coaching in the first weeks”').first().waitFor();
}

/** What happened stands in the activity, and can be taken back there too. */
async function activity(page) {
  await page.getByRole('tab', { name: 'Activity' }).click();
  const fact = page.getByRole('listitem').filter({ hasText: `gave ${name} a right` }).first();
  await fact.getByRole('button', { name: 'Undo' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/Listen to a live call unheard/).waitFor();
  await dialog.getByRole('button', { name: /^Apply/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(/takes #\d+ back/).first().waitFor();
  await look(page, 'activity');
}

async function everywhere(page, id) {
  for (const [width, theme] of [[1366, 'light'], [1366, 'dark'], [390, 'light']]) {
    await page.setViewportSize({ width, height: 800 });
    await wear(page, theme);
    await page.goto(`/people/${id}/rights`);
    await card(page).waitFor();
    await look(page, `rights ${theme} ${width}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(wide <= 0, `the rights at ${width} px scroll sideways by ${wide} px`);
  }
}

const browser = await open();
try {
  const olga = await person(browser);
  await step('sign in', () => signIn(olga.page));
  const id = await step('open the rights of a person', () => openRights(olga.page));
  await step('give a role in one group, after looking at what it does', () => role(olga.page));
  await step('deny one right to one member, and take it back', () => override(olga.page));
  await step('give a right for a week, with its reason', () => grant(olga.page));
  await step('undo it in the activity', () => activity(olga.page));
  await step('look at it light, dark and narrow', () => everywhere(olga.page, id));
  await step('no fault in the console, no request to a stranger', async () => check(olga.complaints.length === 0, [...new Set(olga.complaints)].join('\n')));
  await step('no violation of WCAG 2.2 AA', async () => check(found.length === 0, [...new Set(found.map((v) => `${v.what} (${v.where})`))].slice(0, 30).join('\n')));
  tell('done', {});
} catch {
  process.exitCode = 1;
} finally {
  await browser.close();
}
