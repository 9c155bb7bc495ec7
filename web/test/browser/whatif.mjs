// What if in a real browser: the end of a restriction is put into the draft, calls of the past are replayed, a group is opened down to the call,
// the draft is saved as a file, and applied.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… node test/browser/whatif.mjs
import { check, colours, open, person, settled, signIn, step, violations, visit, wear } from './browser.mjs';

const found = [];
const look = async (page, where, only) => {
  await settled(page);
  found.push(...(await violations(page, where, only)));
};
const picture = async (page, name) => { if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` }); };

async function drafted(page) {
  await visit(page, '/whatif');
  await page.getByText('Nothing is drafted', { exact: false }).waitFor();
  await look(page, 'an empty draft');
  await picture(page, 'whatif-empty');
  await page.getByRole('link', { name: 'Restriction', exact: true }).click();
  await page.getByRole('button', { name: /No mobiles/ }).click();
  await page.getByRole('button', { name: 'Try first', exact: true }).click();
  await page.getByText('would be changed', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete instead', exact: true }).click();
  await page.getByText('would be deleted', { exact: true }).waitFor();
}

async function replayed(page) {
  await page.getByRole('button', { name: 'Replay the calls', exact: true }).click();
  await page.getByText('What the draft would change', { exact: true }).waitFor();
  await page.getByText('drafted', { exact: true }).first().waitFor(); // a line of the log reads as if it were done
  await page.getByText('Allowed', { exact: false }).first().waitFor();
  const group = page.getByRole('button', { expanded: false }).filter({ hasText: /call/ }).first();
  await group.click();
  await page.getByRole('link', { name: /Alice/ }).first().waitFor();
  await look(page, 'what would have changed');
  await picture(page, 'whatif');
}

async function everywhere(page) {
  for (const [name, size] of [['phone', { width: 390, height: 844 }], ['desk', { width: 1366, height: 768 }]]) {
    await page.setViewportSize(size);
    await settled(page);
    check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), `the page is wider than a ${name}`);
    await picture(page, `whatif-${name}`);
  }
}

async function applied(page) {
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await page.getByLabel('Reason', { exact: true }).fill('costs');
  await page.getByRole('dialog').getByRole('button', { name: 'Apply', exact: true }).click();
  await page.getByText('change is in force', { exact: false }).or(page.getByText('changes are in force', { exact: false })).first().waitFor();
  await page.getByText('Nothing is drafted', { exact: false }).waitFor();
  await page.getByText('What the draft has changed', { exact: true }).waitFor();
  await page.getByText('applied', { exact: true }).first().waitFor();
  check(await page.getByText('drafted', { exact: true }).count() === 0, 'what is applied is still called drafted');
  await visit(page, '/restrictions');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('No mobiles').waitFor({ state: 'detached' });
}

const browser = await open();
try {
  const { page, complaints } = await person(browser);
  await step('sign in', () => signIn(page));
  await step('the end of a restriction is drafted', () => drafted(page));
  await step('calls are replayed', () => replayed(page));
  await step('on every screen', () => everywhere(page));
  await step('the draft is applied', () => applied(page));
  await step('it can be seen in the dark', async () => { await wear(page, 'dark'); await page.reload(); await visit(page, '/whatif'); await look(page, 'dark', colours); await picture(page, 'whatif-dark'); });
  check(complaints.length === 0, complaints.join('\n'));
  check(found.length === 0, found.map((f) => `${f.where}: ${f.what}`).join('\n'));
} finally {
  await browser.close();
}
