// Why? in a real browser: a member meets a control that is closed to her, reads why, asks for access; her manager approves it; she uses
// it; when it is taken away, the open page closes it again within a moment and says so.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_MEMBER=… TANDEM_MANAGER=… TANDEM_PASSWORD=… TANDEM_OWNER=… TANDEM_OWNER_PASSWORD=… TANDEM_GROUP=ID node test/browser/why.mjs
//
// Exit status 0 means that all went well.
import { check, open, person, settled, signIn, step, violations } from './browser.mjs';

const group = process.env.TANDEM_GROUP ?? '';
const axeFound = [];

const look = async (page, where) => {
  await settled(page);
  axeFound.push(...(await violations(page, where)));
};

/** The button is closed or open, as the server says. */
const closed = (page, is) => page.waitForFunction((want) => [...document.querySelectorAll('button')].some((b) => b.textContent?.includes('Add person') && (b.getAttribute('aria-disabled') === 'true') === want), is);

const browser = await open();
try {
  const member = await person(browser);
  const manager = await person(browser);
  await step('the member reads why, by key', async () => {
    await signIn(member.page, process.env.TANDEM_MEMBER ?? '');
    await member.page.goto('/people');
    await closed(member.page, true);
    await member.page.getByRole('button', { name: 'Add person' }).focus();
    await member.page.keyboard.press('?');
    const box = member.page.getByRole('dialog', { name: 'Why?' });
    await box.getByText('Nothing that was given reaches this far.').waitFor();
    await box.getByText('Mark', { exact: true }).waitFor();
    await look(member.page, 'why');
    await box.getByRole('button', { name: 'Request access' }).click();
    await box.getByLabel('What for').fill('Two trainees begin on Monday');
    await box.getByRole('button', { name: 'Send request' }).click();
    await member.page.getByText('The request has been sent.', { exact: false }).waitFor();
  });
  await step('the member opens the whole explanation', async () => {
    await member.page.goto(`/explain?right=user.create&kind=group&id=${group}`);
    await member.page.getByText('Requested; waits for an answer').waitFor();
    await member.page.locator('.order .decides').waitFor();
    await look(member.page, 'explain');
    await member.page.goto('/people');
    await closed(member.page, true);
  });
  await step('the manager approves', async () => {
    await signIn(manager.page, process.env.TANDEM_MANAGER ?? '');
    await manager.page.locator('nav.nav').getByRole('link', { name: /^Requests/ }).click();
    await manager.page.getByText('Two trainees begin on Monday', { exact: false }).waitFor();
    await look(manager.page, 'requests');
    await manager.page.getByRole('button', { name: 'Approve', exact: true }).click();
    await manager.page.getByRole('button', { name: 'Approve', exact: true }).click();
    await manager.page.locator('.request').getByText('approved', { exact: true }).waitFor();
  });
  await step('the open page of the member lets her', () => closed(member.page, false));
  await step('what is taken away closes in the open page, with a sentence', async () => {
    const owner = await person(browser);
    await signIn(owner.page, process.env.TANDEM_OWNER ?? '', process.env.TANDEM_OWNER_PASSWORD ?? '');
    const answers = await owner.page.evaluate(async () => {
      const wishes = await (await fetch('/v1/requests')).json();
      const rights = await (await fetch(`/v1/users/${wishes.items[0].user.id}/rights`)).json();
      return Promise.all(rights.grants.map(async (g) => (await fetch(`/v1/grants/${g.id}`, { method: 'DELETE' })).status));
    });
    check(answers.length > 0 && answers.every((a) => a === 204), `ending the grant: ${answers}`);
    await closed(member.page, true);
    await member.page.getByText('Your rights have just changed.', { exact: false }).waitFor();
    await manager.page.locator('.request').getByText('expired', { exact: true }).waitFor();
  });
  check(member.complaints.filter((c) => !c.includes('403')).length === 0, `the browser complained: ${member.complaints}`);
  check(axeFound.length === 0, `accessibility: ${JSON.stringify(axeFound, null, 1)}`);
} finally {
  await browser.close();
}
