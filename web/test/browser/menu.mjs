// Menus in a real browser: one is built with keys, what is odd stands beside it before it is saved, and a call is followed through it in
// the path preview. A group gets an entrance, and a sentence of the house is found.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… node test/browser/menu.mjs
import { check, colours, open, person, settled, signIn, step, tell, violations, visit, wear } from './browser.mjs';

const found = [];
const look = async (page, where, rules) => {
  await settled(page);
  found.push(...(await violations(page, where, rules)));
};

/** Chooses in a list that opens: takes the first hit. */
async function choose(page, scope, label, part) {
  const box = scope.getByRole('combobox', { name: label }).or(scope.getByRole('textbox', { name: label })).last();
  await box.click();
  await page.getByRole('option', { name: new RegExp(part) }).first().click();
}

async function build(page) {
  await visit(page, '/menus');
  await page.getByRole('button', { name: 'Add menu' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Reception');
  await page.getByLabel(/^Extension/).fill('200');
  await page.getByRole('button', { name: 'Add key 9' }).click();
  const nine = page.locator('.key-row.open');
  await nine.locator('.pickchip', { hasText: 'Voice menu' }).click();
  await choose(page, nine, 'Which menu', 'this menu');
  await page.locator('.editor > aside').getByText('Nobody gets out of the menu Reception').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('.editor .note.danger[role="alert"]').waitFor();
  check(page.url().endsWith('/menus/new'), 'a menu without a way out is not saved');
  await page.getByRole('button', { name: 'Add key 1' }).click();
  const one = page.locator('.key-row.open');
  await one.locator('.pickchip', { hasText: 'A colleague' }).click();
  await choose(page, one, 'Which person', 'Alice');
  await page.locator('.branch-node', { hasText: 'Alice' }).waitFor();
  await page.locator('.editor > aside').getByText('Nobody gets out').waitFor({ state: 'detached' });
  await look(page, 'menu, new');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(/\/menus\/mnu_/);
  await page.getByRole('heading', { name: 'Reception' }).waitFor();
}

async function follow(page) {
  await page.getByRole('link', { name: 'Follow a call through this menu' }).click();
  await page.locator('.branch-when', { hasText: 'key 1' }).or(page.locator('.branch-when', { hasText: '1' })).first().waitFor();
  await page.locator('#path-words').getByText(/menu/i).first().waitFor();
  await page.locator('figure.path').getByText('Alice').first().waitFor();
  await look(page, 'path of a menu');
}

async function entrance(page) {
  await visit(page, '/groups?tab=calls');
  await page.locator('.key-row.open .pickchip', { hasText: 'Voice menu' }).click();
  await choose(page, page.locator('.key-row.open'), 'Which menu', 'Reception');
  await look(page, 'entrance');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('.branch-node', { hasText: 'menu Reception' }).first().waitFor();
}

async function holidays(page) {
  await visit(page, '/hours');
  await page.getByLabel('Own hours').click();
  await page.getByRole('button', { name: 'Public holidays…' }).click();
  await page.getByRole('dialog').getByText('next:', { exact: false }).first().waitFor();
  await look(page, 'public holidays');
  await page.getByRole('dialog').getByRole('button', { name: /Take over \d+ holidays/ }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  check((await page.locator('.list-row', { hasText: 'easter' }).count()) > 0, 'the holidays stand in the list');
}

async function announcements(page) {
  await visit(page, '/prompts');
  await page.getByPlaceholder('Search for words').fill('goodbye');
  await page.getByRole('button', { name: /Goodbye/ }).click();
  await page.locator('.side audio').waitFor();
  await look(page, 'announcements');
}

async function narrow(browser, state) {
  const phone = await person(browser, { viewport: { width: 390, height: 844 }, storageState: state });
  await phone.page.goto('/menus');
  await phone.page.getByRole('link', { name: /Reception/ }).click();
  await phone.page.getByRole('heading', { name: 'Reception' }).waitFor();
  await settled(phone.page);
  check(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'on a phone nothing is wider than the screen');
  await wear(phone.page, 'dark');
  await phone.page.reload();
  await phone.page.getByRole('heading', { name: 'Reception' }).waitFor();
  await look(phone.page, 'menu, phone, dark', colours);
  return phone.complaints;
}

const browser = await open();
try {
  const { context, page, complaints } = await person(browser);
  await step('signs in', () => signIn(page));
  await step('builds a menu and is told what is wrong before it is saved', () => build(page));
  await step('follows a call through it', () => follow(page));
  await step('lets calls for a group come to it', () => entrance(page));
  await step('takes public holidays over', () => holidays(page));
  await step('finds a sentence of the house', () => announcements(page));
  complaints.push(...(await step('does it on a phone, in the dark', async () => narrow(browser, await context.storageState()))));
  check(complaints.length === 0, `the browser complains:\n${complaints.join('\n')}`);
  check(found.length === 0, `axe finds:\n${[...new Map(found.map((v) => [v.what, `${v.what} (${v.where})`])).values()].slice(0, 40).join('\n')}`);
  tell('done');
} finally {
  await browser.close();
}
