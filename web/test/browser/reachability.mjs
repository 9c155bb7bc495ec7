// Who rings, and what then, in a real browser: a status with an end, a forwarding rule, an exception, a ring group, and the
// path of a call that follows from them. A second window of the same person sees the status change as it happens.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… node test/browser/reachability.mjs
import { base, check, colours, open, person, settled, signIn, step, tell, violations, visit, wear } from './browser.mjs';

const found = [];
const look = async (page, where, rules) => {
  await settled(page);
  found.push(...(await violations(page, where, rules)));
};

/** Chooses in a list that opens: types a part of the name, takes the first hit. */
async function choose(page, label, part) {
  const box = page.getByRole('combobox', { name: label }).or(page.getByRole('textbox', { name: label })).last();
  await box.click();
  await box.fill(part);
  await page.getByRole('option', { name: new RegExp(part) }).first().click();
}

async function status(page, second) {
  await visit(second, '/people');
  await page.keyboard.press('Control+.');
  const silent = page.getByRole('menuitemradio', { name: /Do not disturb/ });
  await silent.waitFor();
  check(/Nothing rings/.test(await silent.innerText()), 'the menu says what the status means for callers');
  await silent.click();
  await page.getByRole('menuitem', { name: '1 hour' }).click();
  await page.keyboard.press('Escape');
  await page.locator('.mebox').getByText(/Do not disturb until .*\d\d:\d\d/).waitFor();
  await second.locator('.mebox').getByText(/Do not disturb until/).waitFor({ timeout: 5000 });
  await second.locator('.grid').getByText(/Do not disturb/).first().waitFor({ timeout: 5000 });
}

async function rule(page, colleague) {
  await visit(page, '/me/forwarding?status=dnd');
  await page.getByRole('heading', { name: 'Forwarding' }).waitFor();
  await page.locator('.me-menu').waitFor({ state: 'detached' });
  await page.locator('.sentence').getByText('Nothing rings.').waitFor();
  await page.locator('.rule').getByRole('button', { name: 'Edit' }).click();
  await page.locator('.rule.open .pickchip', { hasText: 'A colleague' }).click();
  await choose(page, 'Which person', colleague);
  await look(page, 'forwarding, editor');
  await page.locator('.rule.open').getByRole('button', { name: 'Save' }).click();
  await page.locator('.sentence .slot', { hasText: colleague }).waitFor();
}

async function exception(page, boss) {
  await page.getByRole('button', { name: 'Add exception' }).click();
  await page.locator('.rule.open .pickchip', { hasText: 'A colleague' }).first().click();
  await choose(page, 'Which person', boss);
  await page.locator('.rule.open .pickchip', { hasText: 'A person' }).click();
  await page.getByRole('combobox', { name: 'Which person' }).or(page.getByRole('textbox', { name: 'Which person' })).last().click();
  await page.getByRole('option', { name: 'Ring anyway' }).click();
  await page.locator('.rule.open').getByRole('button', { name: 'Save' }).click();
  await page.locator('.rule', { hasText: boss }).getByText('Ring anyway').waitFor();
  await look(page, 'forwarding');
}

async function path(page, extension, colleague) {
  await visit(page, `/paths?from=%2B49301112233&to=${extension}`);
  const words = page.locator('#path-words');
  await words.getByText('does not want to be disturbed').waitFor();
  await words.getByText(`The call goes to ${colleague}`).first().waitFor();
  await page.locator('.branch.taken').first().waitFor();
  await page.locator('.branch-when', { hasText: 'Status: Available' }).first().waitFor();
  await look(page, 'path preview');
}

async function ring(page) {
  await visit(page, '/rings');
  await page.getByRole('button', { name: 'Add ring group' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Front desk');
  await choose(page, 'Add person or group', 'Everybody in');
  await look(page, 'ring group');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.list-row', { hasText: 'Front desk' }).waitFor();
}

async function narrow(browser, state) {
  const phone = await person(browser, { viewport: { width: 390, height: 844 }, storageState: state });
  await phone.page.goto('/me/forwarding');
  await phone.page.getByRole('heading', { name: 'Forwarding' }).waitFor();
  await settled(phone.page);
  check(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'on a phone nothing is wider than the screen');
  await wear(phone.page, 'dark');
  await phone.page.reload();
  await phone.page.getByRole('heading', { name: 'Forwarding' }).waitFor();
  await look(phone.page, 'forwarding, phone, dark', colours);
  await visit(phone.page, '/profile?tab=security');
  const tab = await phone.page.getByRole('tab', { selected: true }).boundingBox();
  check(tab && tab.x >= 0 && tab.x + tab.width <= 390, `a link to the last tab shows it: ${JSON.stringify(tab)}`);
  return phone.complaints;
}

const browser = await open();
try {
  const { context, page, complaints } = await person(browser);
  await step('signs in', () => signIn(page));
  const second = await context.newPage();
  await second.goto('/people');
  await second.locator('.mebox').waitFor();
  const people = await (await context.request.get(`${base}/v1/users?limit=5&sort=name`)).json();
  const me = (await (await context.request.get(`${base}/v1/session`)).json()).user;
  const [colleague, boss] = people.items.filter((u) => u.id !== me.id).map((u) => u.name);
  await step('chooses a status until a time, and another window sees it', () => status(page, second));
  await step('sends calls to a colleague meanwhile', () => rule(page, colleague));
  await step('lets somebody through all the same', () => exception(page, boss));
  await step('sees the path of a call before it happens', () => path(page, me.extension, colleague));
  await step('makes a ring group', () => ring(page));
  complaints.push(...(await step('does it on a phone, in the dark', async () => narrow(browser, await context.storageState()))));
  check(complaints.length === 0, `the browser complains:\n${complaints.join('\n')}`);
  check(found.length === 0, `axe finds:\n${[...new Map(found.map((v) => [v.what, `${v.what} (${v.where})`])).values()].slice(0, 40).join('\n')}`);
  tell('done');
} finally {
  await browser.close();
}
