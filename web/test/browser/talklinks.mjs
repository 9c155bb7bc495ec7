// Talk links where they are administered, in a real browser: one is made by keys, its address copied, opened by a visitor, switched off, given another
// address, and deleted; a group leads to its own. Nothing is without a name for whoever cannot see, and nothing scrolls sideways on a narrow screen.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… TANDEM_GROUP=… node test/browser/talklinks.mjs
import { check, colours, cue, open, person, run, settled, shot, signIn, step, violations, visit } from './browser.mjs';

const found = [];
const browser = await open();
const one = await person(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
const { page } = one;
const group = process.env.TANDEM_GROUP ?? '';

const look = async (where) => {
  await settled(page);
  found.push(...(await violations(page, where)));
};
const side = () => page.getByRole('complementary');
const row = (name) => page.getByRole('main').getByRole('button', { name: new RegExp(`^${name}`) });
const button = (name, at = page) => at.getByRole('button', { name, exact: true });
const focused = () => page.evaluate(() => { const e = document.activeElement; return e?.labels?.[0]?.textContent?.trim() ?? e?.getAttribute('aria-label') ?? e?.textContent?.trim() ?? ''; });
/** What a visitor finds at an address. */
const opens = (path) => page.evaluate(async (key) => (await fetch(`/v1/talk/${key}`)).status, path.split('/').pop());

/** Goes on with Tab until something has the focus. */
async function reach(name) {
  const passed = [];
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press('Tab');
    const here = await focused();
    if (here.startsWith(name)) return;
    passed.push(here);
  }
  throw new Error(`no Tab leads to ${name}, only to ${passed.join(' | ')}`);
}

await run([browser], () => [one], async () => {
  await step('sign in', () => signIn(page));
  await step('nothing yet', async () => {
    await page.locator('nav.nav').getByRole('link', { name: 'Talk links', exact: true }).click();
    await page.getByText('No Talk links yet.', { exact: false }).waitFor();
    await look('nothing yet');
  });
  await step('one is made with keys alone', async () => {
    await button('Add a Talk link').first().focus();
    await page.keyboard.press('Enter');
    await side().getByLabel('What visitors read').waitFor();
    check((await focused()).startsWith('What visitors read'), `it begins at ${await focused()}`);
    await page.keyboard.type('Sales in the north');
    await reach('End of the address');
    await page.keyboard.type('north');
    await reach('Choose');
    await look('a new link');
    await page.keyboard.press('ArrowRight'); // to the next kind of place
    await page.keyboard.press('Escape');
    await side().waitFor({ state: 'detached' });
    check((await focused()) === 'Add a Talk link', `after Escape the focus is at ${await focused()}`);
    await page.keyboard.press('Enter');
    await side().getByLabel('What visitors read').waitFor();
    await page.keyboard.type('Sales in the north');
    await reach('End of the address');
    await page.keyboard.type('north');
    await side().getByText('A colleague', { exact: true }).click();
    await side().getByRole('combobox', { name: 'Which person' }).or(side().getByRole('textbox', { name: 'Which person' })).first().click();
    await page.getByRole('option', { name: /Bob/ }).click();
    await reach('Save');
    await page.keyboard.press('Enter');
    await side().waitFor({ state: 'detached' });
    await row('Sales in the north').getByText('Open', { exact: true }).waitFor();
    await row('Sales in the north').getByText('/talk/north · Bob', { exact: false }).waitFor();
    check((await opens('/talk/north')) === 200, 'a visitor finds nothing there');
    await look('one link');
  });
  await step('its address is copied', async () => {
    await row('Sales in the north').click();
    await button('Copy Address', side()).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    check(copied === `${new URL(page.url()).origin}/talk/north`, `copied was ${copied}`);
    await look('a link');
    await shot(page, 'talk-link');
  });
  await step('what cannot be is said at its field', async () => {
    await side().getByLabel('End of the address').fill('not a name!');
    await button('Save', side()).click();
    await page.waitForFunction(() => document.querySelector('aside [aria-invalid="true"]'));
    check((await focused()).startsWith('End of the address') || (await side().getByLabel('End of the address').getAttribute('aria-invalid')) === 'true', 'the field is not marked');
    await look('a wrong address');
    await side().getByLabel('End of the address').fill('north-sales');
    await side().getByLabel('What visitors read').fill('The north');
    await button('Save', side()).click();
    await row('The north').getByText('/talk/north-sales', { exact: false }).waitFor();
    check((await opens('/talk/north')) === 404 && (await opens('/talk/north-sales')) === 200, 'the old address lives, or the new one does not');
  });
  await step('a secret in place of a name is shown once', async () => {
    await row('The north').click();
    await button('Another secret address', side()).click();
    await button('Another secret address', page.getByRole('dialog')).click();
    await side().getByText('The address – it is shown this once').waitFor();
    const secret = await side().locator('code').innerText();
    check((await opens(secret)) === 200 && (await opens('/talk/north-sales')) === 404, 'the secret opens nothing, or the old address still does');
    await look('a secret');
    await button('Close', side()).last().click();
    await row('The north').click();
    check(!(await side().innerText()).includes(secret), 'the secret can be read again');
  });
  await step('switched off, and on again by somebody else', async () => {
    await side().getByRole('switch', { name: 'Visitors can call by it' }).or(side().getByRole('checkbox', { name: 'Visitors can call by it' })).first().focus();
    await page.keyboard.press('Space');
    await button('Save', side()).click();
    await row('The north').getByText('Off', { exact: true }).waitFor();
    await look('a link that is off');
    await page.evaluate(async () => {
      const [link] = (await (await fetch('/v1/talk-links')).json()).items;
      await fetch(`/v1/talk-links/${link.id}`, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ off: false }) });
    });
    await row('The north').getByText('Open', { exact: true }).waitFor();
  });
  await step('a group leads to its own', async () => {
    await visit(page, `/groups/${group}?tab=calls`);
    await page.getByText('A Talk link can lead here once it is saved where calls go.').waitFor();
    await cue('entrance');
    await page.getByRole('link', { name: 'Add a Talk link', exact: true }).click();
    await side().getByLabel('What visitors read').fill('Workshop');
    await side().getByLabel('End of the address').fill('workshop');
    check((await side().getByLabel('Belongs to').last().inputValue()) === 'Workshop', 'it does not belong to the group');
    await look('a link of a group');
    await button('Save', side()).click();
    await row('Workshop').getByText('Workshop', { exact: false }).first().waitFor();
    await visit(page, `/groups/${group}?tab=calls`);
    await page.getByRole('link', { name: '/talk/workshop Open' }).waitFor();
    await look('a group and its links');
    await shot(page, 'talk-link-group');
    await page.getByRole('link', { name: '/talk/workshop Open' }).click();
    check((await side().getByLabel('What visitors read').inputValue()) === 'Workshop', 'the group does not lead to its link');
    await page.keyboard.press('Escape');
  });
  await step('narrow, and in the dark', async () => {
    for (const [width, route] of [[390, '/talk-links'], [320, '/talk-links'], [320, '/talk-links?add=1'], [320, `/groups/${group}?tab=calls`]]) {
      await page.setViewportSize({ width, height: 800 });
      await visit(page, route);
      await look(`${route} at ${width} px`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(wide <= 0, `${route} at ${width} px scrolls sideways by ${wide} px`);
      if (route === '/talk-links') {
        const tall = await row('The north').evaluate((e) => e.getBoundingClientRect().height);
        check(tall < 120, `at ${width} px a row is ${tall} px high`);
        await shot(page, `talk-links-${width}`);
      }
    }
    await page.setViewportSize({ width: 1366, height: 768 });
    await visit(page, '/talk-links');
    await page.evaluate(() => { document.documentElement.dataset.mantineColorScheme = 'dark'; });
    await settled(page);
    found.push(...(await violations(page, 'in the dark', colours)));
    await page.evaluate(() => { document.documentElement.dataset.mantineColorScheme = 'light'; });
  });
  await step('all are switched off at once', async () => {
    await button('Switch all off').click();
    await page.getByRole('dialog').getByText('Links that are switched off: 2.', { exact: false }).waitFor();
    await look('all off?');
    await button('Switch all off', page.getByRole('dialog')).click();
    await row('The north').getByText('Off', { exact: true }).waitFor();
    await row('Workshop').getByText('Off', { exact: true }).waitFor();
    check((await opens('/talk/workshop')) === 404, 'a visitor still gets in');
  });
  await step('one is deleted', async () => {
    await row('The north').click();
    await button('Delete link', side()).click();
    const asked = page.getByRole('dialog', { name: 'Delete The north?' });
    await asked.waitFor();
    check((await focused()) === 'Cancel', `the question begins at ${await focused()}`);
    await look('delete?');
    await page.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    await row('The north').waitFor();
    await button('Delete link', side()).click();
    await button('Delete link', asked).click();
    await row('The north').waitFor({ state: 'detached' });
    await row('Workshop').waitFor();
  });
  check(found.length === 0, found.map((v) => `${v.where}: ${v.what}`).join('\n'));
});
