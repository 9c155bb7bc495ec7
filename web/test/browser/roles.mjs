// A role from a template, in a real browser: an owner copies a built-in role, changes single rights, looks at who gains
// and who loses, gives the role to somebody, changes it again and takes that back.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… node test/browser/roles.mjs
//
// The office needs a group with people in it. With TANDEM_PICTURES=DIR it leaves pictures of the pages there. Exit status 0
// means that all went well.
import { check, colours, open, person, settled, signIn, step, violations, visit, wear } from './browser.mjs';

const pictures = process.env.TANDEM_PICTURES;
const axeFound = [];
const complaints = [];
const role = 'Shift lead';

const look = async (page, where, rules) => {
  await settled(page);
  await page.waitForFunction(() => !document.querySelector('[role="menu"]')); // a menu that is closing is no menu any more
  axeFound.push(...(await violations(page, where, rules)));
  if (pictures) await page.screenshot({ path: `${pictures}/${where.replaceAll(/[ ,]+/g, '-')}.png` });
};

async function matrix(page) {
  await page.getByRole('link', { name: 'Roles', exact: true }).click();
  await page.getByRole('grid').waitFor();
  await look(page, 'roles');
  const first = page.getByRole('grid').getByRole('button', { name: 'People and groups', exact: true });
  await first.focus();
  await page.keyboard.press('Enter');
  await page.getByText('See a person in lists: name, extension, picture and groups.').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.startsWith('People and groups, User:'));
  await look(page, 'roles, an area open');
  await page.getByRole('button', { name: 'Compare roles' }).click();
  await page.getByRole('menuitem', { name: 'Receptionist', exact: true }).click();
  await page.getByRole('button', { name: 'Compare roles' }).click();
  await page.getByRole('menuitem', { name: 'System Owner', exact: true }).click();
  await page.waitForFunction(() => document.querySelectorAll('.matrix thead th').length === 3); // the areas and two roles
  await look(page, 'roles, compared');
}

async function copy(page) {
  await page.getByRole('grid').getByRole('link', { name: 'Receptionist', exact: true }).click();
  await page.getByText('This role comes with the system').waitFor();
  await look(page, 'role, built in');
  await page.getByRole('button', { name: 'Copy as template' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill(role);
  await look(page, 'role, being copied');
  await form.getByRole('button', { name: 'Create role' }).click();
  await page.getByRole('heading', { level: 1, name: role }).waitFor();
}

/** Sets one right of the open role to a reach. */
async function reach(page, area, right, to) {
  const head = page.getByRole('button', { name: area, exact: true });
  if ((await head.getAttribute('aria-expanded')) !== 'true') await head.click();
  await page.getByRole('button', { name: `${right} reaches: ` }).click();
  await page.getByRole('menuitem', { name: to, exact: true }).click();
}

async function edit(page) {
  await reach(page, 'People and groups', 'user.edit', 'The group');
  await reach(page, 'Reports and statistics', 'call.detail', 'The group');
  await page.getByText('2 changes, not saved yet').waitFor();
  await look(page, 'role, a draft');
  await page.getByRole('button', { name: 'Review changes' }).click();
  const review = page.getByRole('dialog');
  await review.getByText("Nobody's rights change by this.").waitFor();
  await review.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(`${role} is changed for everybody who has it.`).last().waitFor();
}

/** Gives the role to the first member of a group who may get it, and says who that is. */
async function give(page) {
  await page.getByRole('link', { name: 'Groups', exact: true }).click();
  await page.getByRole('navigation', { name: 'Groups' }).getByRole('link', { name: /Sales/ }).first().click();
  await page.getByRole('heading', { level: 2, name: 'Sales', exact: true }).waitFor(); // until then another group's members are shown
  const member = page.locator('.list-row').filter({ has: page.getByRole('button', { name: 'User', exact: true }) }).first();
  const name = await member.getByRole('link').first().innerText();
  await member.getByRole('button', { name: 'User', exact: true }).click();
  await page.getByRole('menuitem', { name: role, exact: true }).click();
  await page.getByRole('button', { name: role, exact: true }).waitFor();
  return name;
}

async function change(page, name) {
  await page.getByRole('link', { name: 'Roles', exact: true }).click();
  await page.getByRole('tab', { name: /Custom/ }).click();
  await page.getByRole('grid').getByRole('link', { name: role, exact: true }).click();
  await page.getByRole('link', { name, exact: true }).waitFor();
  await reach(page, 'People and groups', 'user.edit', 'None');
  await page.getByRole('button', { name: 'Review changes' }).click();
  const review = page.getByRole('dialog');
  await review.getByText(name, { exact: true }).waitFor();
  await look(page, 'role, reviewed');
  await review.getByRole('button', { name: 'Apply to 1 person' }).click();
  await review.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'user.edit reaches: None' }).waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await page.getByRole('button', { name: 'user.edit reaches: The group' }).waitFor();
}

async function keep(page) {
  await page.getByRole('button', { name: 'Delete role' }).click();
  const sure = page.getByRole('dialog');
  await sure.getByRole('button', { name: 'Delete role' }).click();
  await sure.getByText(`1 person has the role ${role}`).waitFor();
  await sure.getByRole('button', { name: 'Cancel' }).click();
  await sure.waitFor({ state: 'hidden' });
}

async function prices(page) {
  await visit(page, '/settings?tab=costs');
  await page.getByText('Together a month').waitFor();
  await page.getByRole('combobox', { name: 'Currency' }).fill('EUR');
  await page.getByRole('option', { name: /EUR/ }).first().click();
  await page.getByLabel(/See agent states and queue figures/).fill('20,50');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('€20.50').first().waitFor();
  await look(page, 'settings, costs');
}

const browser = await open();
try {
  const { page, complaints: told } = await person(browser);
  complaints.push(told);
  await step('an owner signs in', () => signIn(page));
  await step('roles stand beside each other', () => matrix(page));
  await step('a built-in role is copied', () => copy(page));
  await step('single rights are changed', () => edit(page));
  const name = await step('the role is given', () => give(page));
  await step('a change says who loses, and is taken back', () => change(page, name));
  await step('a role in use stays', () => keep(page));
  await step('what costs has a price', () => prices(page));
  await step('dark and narrow', async () => {
    await wear(page, 'dark');
    await page.goto('/roles');
    await page.getByRole('grid').waitFor();
    await look(page, 'roles, dark', colours);
    await page.getByRole('grid').getByRole('button', { name: /^People and groups, Manager:/ }).click();
    await page.getByRole('button', { name: 'People and groups', exact: true }).waitFor();
    await look(page, 'role, dark', colours);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/roles');
    await page.getByRole('link', { name: /Manager/ }).first().waitFor();
    await look(page, 'roles, phone');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    check(wide <= 390, `the page is ${wide} pixels wide on a phone`);
    await page.getByRole('link', { name: /Receptionist/ }).first().click();
    await page.getByText('This role comes with the system').waitFor();
    await look(page, 'role, phone');
  });
  const flat = complaints.flat();
  check(flat.length === 0, flat.join('\n'));
  const found = [...new Map(axeFound.map((v) => [v.what, `${v.what} (${v.where})`])).values()].slice(0, 40).join('\n');
  check(found === '', found);
} finally {
  await browser.close();
}
