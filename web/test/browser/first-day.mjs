// The first day of an office, in a real browser: claim, colleague, phones, a call as it happens, and the traces of it all.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_TOKEN=… node test/browser/first-day.mjs
//
// It prints one line of JSON per thing that somebody else has to do: {"event":"phone",…} with account data to register,
// and {"event":"call"} when a call from the second phone to the first one should be made and held for some seconds. With
// TANDEM_CALL=no nobody has to do anything, and the parts about a call are left out. Exit status 0 means that all went well.
import { readFile } from 'node:fs/promises';
import { base, check, colours, open, person, settled, step, tell, violations, visit, wear } from './browser.mjs';

const token = process.env.TANDEM_TOKEN ?? '';
const calls = process.env.TANDEM_CALL !== 'no';
const owner = { name: 'Eva Richter', email: 'eva@lindenhof.example', password: 'seven calm kettles hum' };
const colleague = { name: 'Marta Kowalska', email: 'marta@lindenhof.example', password: 'nine green doors creak' };
const complaints = [];
const axeFound = [];

const look = async (page, where, rules) => {
  await settled(page);
  axeFound.push(...(await violations(page, where, rules)));
};

/** Every violation once, with the first place where it was seen. */
const summary = () => [...new Map(axeFound.map((v) => [v.what, `${v.what} (${v.where})`])).values()].slice(0, 40).join('\n');

async function claim(page) {
  await page.goto(`/setup?token=${token}`);
  await page.getByRole('heading', { name: 'Which language do you speak?' }).waitFor();
  await look(page, 'set-up, language');
  await page.getByText('Deutsch', { exact: true }).click();
  await page.getByRole('heading', { name: 'Welche Sprache sprechen Sie?' }).waitFor();
  await page.getByText('English', { exact: true }).click();
  await page.getByRole('button', { name: 'Continue' }).click();

  await page.getByLabel('Name', { exact: true }).fill(owner.name);
  await page.getByLabel('E-mail', { exact: true }).fill('eva at lindenhof');
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await look(page, 'set-up, owner');
  await page.getByRole('button', { name: 'Continue' }).click();

  await page.getByLabel('Company').fill('Lindenhof');
  await page.getByRole('textbox', { name: 'Country' }).or(page.getByRole('combobox', { name: 'Country' })).first().fill('Germ');
  await page.getByRole('option', { name: 'Germany' }).click();
  await look(page, 'set-up, office');
  await page.getByRole('button', { name: 'Continue' }).click();

  await look(page, 'set-up, numbers');
  await page.getByRole('button', { name: 'Create the office' }).click();
  // The address was wrong on purpose: the wizard leads back to the field and says what is wrong with it.
  await page.getByText(/is not an e-mail address/).waitFor();
  await page.getByLabel('E-mail', { exact: true }).fill(owner.email);
  for (const next of ['Continue', 'Continue', 'Create the office']) await page.getByRole('button', { name: next }).click();

  await page.getByRole('heading', { name: 'Who works with you?' }).waitFor();
  await look(page, 'set-up, colleagues');
  await page.getByLabel('First colleagues').fill('Jonas Weber, jonas@lindenhof.example\nFelix Brandt <felix@lindenhof.example>');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('2 people can be added.').waitFor();
  await page.getByRole('button', { name: 'Add 2 people' }).click();

  await page.getByRole('heading', { name: 'Connect your first phone' }).waitFor();
  await look(page, 'set-up, phone');
  const account = await createPhone(page, () => page.getByRole('button', { name: 'Create account data' }).click());
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await look(page, 'set-up, account data');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Your office is on the phone' }).waitFor();
  await page.getByText('Connect the phone').waitFor();
  await look(page, 'set-up, ready');
  await page.getByRole('link', { name: 'Open Tandem' }).click();
  await page.getByRole('heading', { name: 'Hello, Eva' }).waitFor();
  return account;
}

/** Presses what creates a phone and takes the account data out of the answer. */
async function createPhone(page, press) {
  const answer = page.waitForResponse((r) => r.request().method() === 'POST' && /\/v1\/users\/[^/]+\/devices$/.test(r.url()));
  await press();
  const response = await answer;
  check(response.status() === 201, `creating a phone answered ${response.status()}`);
  return (await response.json()).account;
}

async function invite(page) {
  await page.goto('/people');
  await page.getByRole('button', { name: 'Add person' }).click();
  const side = page.getByRole('complementary', { name: 'Add person' });
  await side.getByLabel('Name', { exact: true }).fill(colleague.name);
  await side.getByLabel('E-mail', { exact: true }).fill(owner.email);
  await side.getByRole('button', { name: 'Add', exact: true }).click();
  await side.getByText(/is already in use|belongs to Eva/).waitFor();
  await side.getByLabel('E-mail', { exact: true }).fill(colleague.email);
  await look(page, 'people, add');
  await side.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText(/Marta Kowalska was added with extension/).waitFor();
  await page.getByRole('row', { name: /Marta Kowalska/ }).waitFor();

  await page.goto('/outbox');
  await page.getByRole('row', { name: new RegExp(colleague.email) }).first().click();
  const text = await page.locator('.side .copy code').first().innerText();
  check(text.includes('/link/'), `the kept mail carries no link: ${text}`);
  await look(page, 'outbox, a mail');
  return new URL(text).pathname;
}

async function accept(page, path) {
  await page.goto(path);
  await page.getByRole('heading', { name: `Welcome, ${colleague.name}` }).waitFor();
  await look(page, 'invitation');
  // Without a mouse: the field has the focus, Enter sends.
  await page.getByLabel('New password').fill(colleague.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Hello, Marta' }).waitFor();
  check((await page.getByRole('link', { name: 'Settings' }).count()) === 0, 'a plain user is offered the settings');
  await page.goto('/profile?tab=phones');
  await page.getByRole('button', { name: 'Add phone' }).click();
  return createPhone(page, () => page.getByRole('button', { name: 'Create account data' }).click());
}

/** Finds a live call from Marta to Eva in some phase, without reload. */
const liveCall = (page, phase) => page.locator(`[data-call][data-phase="${phase}"]`, { hasText: colleague.name }).filter({ hasText: owner.name });

async function watch(page) {
  await page.goto('/live');
  await page.getByText('No calls right now.').waitFor();
  tell('call', { from: colleague.email, to: '100' });
  await liveCall(page, 'ringing').or(liveCall(page, 'talking')).first().waitFor({ timeout: 60_000 });
  await liveCall(page, 'talking').waitFor({ timeout: 60_000 });
  await look(page, 'live, talking');
  tell('answered');
  await page.locator('[data-call]').first().waitFor({ state: 'detached', timeout: 60_000 });
  await page.getByText('Just ended').waitFor();

  await page.goto('/calls');
  const row = page.getByRole('row', { name: /Marta Kowalska.*Eva Richter/ }).first();
  await row.waitFor();
  await row.click();
  const panel = page.getByRole('complementary');
  await panel.getByText(/hung up/).waitFor();
  await panel.getByText('Why it rang where it rang').waitFor();
  await look(page, 'calls, one call');
  await page.keyboard.press('Escape');

  const [table] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export' }).click()]);
  const lines = (await readFile(await table.path(), 'utf8')).trim().split('\n');
  check(lines[0].startsWith('call,started,offset,') && lines.slice(1).some((l) => l.includes('Marta Kowalska') && l.includes('Eva Richter')), `the exported log:\n${lines.join('\n')}`);
  await page.getByRole('tab', { name: 'By day' }).click();
  const days = page.getByRole('row');
  await days.nth(30).waitFor(); // thirty days, and their sum
  check(/Together\s*[1-9]/.test(await days.last().innerText()), `the days add up to nothing: ${await days.last().innerText()}`);
  await look(page, 'calls, by day');
}

async function audit(page) {
  await page.goto('/audit');
  for (const fact of [/claimed the new system/, /added Marta Kowalska/, /invited Marta Kowalska/, /added the phone/]) await page.getByText(fact).first().waitFor();
  await page.getByRole('button', { name: 'What changed' }).first().click();
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText(/Whole: \d+ entries verified/).waitFor();
  await look(page, 'audit, verified');
}

/** The tasks that need no mouse: palette, jump, list, sign out. */
async function keyboard(page) {
  await page.goto('/');
  await page.getByRole('heading', { name: 'Hello, Eva' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
  await page.getByRole('row', { name: /Marta Kowalska/ }).waitFor();
  await page.keyboard.press('/');
  await page.locator('input[type="search"]:focus').waitFor();
  await page.keyboard.type('jonas');
  await page.getByRole('row', { name: /Marta Kowalska/ }).waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Jonas Weber' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('complementary').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.locator('input[role="combobox"]:focus').waitFor();
  await page.keyboard.type('marta');
  await page.getByRole('option', { name: /Marta Kowalska/ }).waitFor();
  await look(page, 'palette');
  await page.keyboard.press('Tab');
  await page.getByRole('option', { name: /Call Marta Kowalska/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('option', { name: /Open the page of Marta Kowalska/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: colleague.name }).waitFor();
}

async function everywhere(page) {
  const people = await page.evaluate(async () => (await (await fetch('/v1/users')).json()).items);
  const id = people.find((u) => u.name === colleague.name).id;
  const routes = ['/', '/people', `/people?peek=${id}`, `/people/${id}`, `/people/${id}?tab=groups`, `/people/${id}?tab=phones`, `/people/${id}?tab=calls`, `/people/${id}?tab=activity`, '/groups',
    '/groups?tab=calls', '/groups?tab=properties', '/groups?add=top', '/talk-links', '/talk-links?add=1', '/live', '/calls', '/calls?result=days', '/audit', '/outbox', '/tokens', '/settings', '/settings?tab=mail', '/profile', '/profile?tab=phones', '/profile?tab=security', '/nowhere'];
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const theme of width === 320 ? ['light'] : ['light', 'dark']) {
      await wear(page, theme);
      await page.goto('/');
      for (const route of routes) {
        await visit(page, route);
        await look(page, `${route} ${theme} ${width}`, theme === 'dark' ? colours : undefined);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        check(wide <= 0, `${route} at ${width} px scrolls sideways by ${wide} px`);
      }
    }
  }
  await wear(page, 'light');
}

async function signOut(page) {
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.goto('/');
  await page.getByRole('button', { name: owner.name }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await look(page, 'sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Hello, Eva' }).waitFor();
}

const browser = await open();
const people = [];
try {
  check(token !== '', 'TANDEM_TOKEN is empty: give the token of the set-up link');
  const eva = await person(browser);
  people.push(eva);
  const first = await step('claim the system with the set-up wizard', () => claim(eva.page));
  tell('phone', { user: owner.email, account: first });
  const link = await step('add a colleague and find the invitation in the outbox', () => invite(eva.page));
  const marta = await person(browser);
  const second = await step('accept the invitation and create a phone', () => accept(marta.page, link));
  tell('phone', { user: colleague.email, account: second });
  if (calls) await step('watch a call appear, change and end; read its record', () => watch(eva.page));
  await step('read and verify the audit log', () => audit(eva.page));
  await step('work without a mouse', () => keyboard(eva.page));
  await step('ask axe on every route, in both themes, wide and narrow', () => everywhere(eva.page));
  await step('sign out and in again', () => signOut(eva.page));
  complaints.push(...eva.complaints, ...marta.complaints);
  await step('no fault in any console, no request to a stranger', async () => check(complaints.length === 0, [...new Set(complaints)].join('\n')));
  await step('no violation of WCAG 2.2 AA', async () => check(axeFound.length === 0, summary()));
  tell('done', { base });
} catch {
  for (const { page } of people) console.error(`${page.url()}\n${await page.locator('body').innerText().catch(() => '')}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
