// Voicemail in a real browser: a message that a phone leaves appears by itself, is heard, found, forwarded to a colleague, kept as a file, deleted
// and taken back; the PIN for other phones is set.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… node test/browser/voicemail.mjs
import { check, open, person, settled, signIn, step, tell, violations, visit } from './browser.mjs';

const found = [];
const look = async (page, where) => {
  await settled(page);
  found.push(...(await violations(page, where)));
};

const row = (page) => page.getByRole('row', { name: /Alice/ }).first();

async function arrives(page) {
  await visit(page, '/voicemail');
  await page.getByText('No messages.', { exact: false }).waitFor();
  tell('call'); // the phone leaves its message now
  await row(page).waitFor();
  await look(page, 'voicemail');
}

async function heard(page) {
  await row(page).click();
  await page.getByText('Alice left it').waitFor();
  const audio = page.locator('audio');
  await audio.evaluate(async (a) => {
    a.muted = true;
    await a.play();
    await new Promise((done) => a.addEventListener('ended', done, { once: true }));
  });
  await page.getByText(/heard it$/).first().waitFor();
  await look(page, 'a message');
}

async function forwarded(page) {
  await page.getByRole('button', { name: 'Forward', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'To whom' }).or(dialog.getByRole('textbox', { name: 'To whom' })).last().click();
  await page.getByRole('option', { name: /Alice/ }).first().click();
  await look(page, 'forwarding a message');
  await dialog.getByRole('button', { name: 'Forward', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Forwarded to Alice', { exact: false }).waitFor();
}

async function kept(page) {
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  const file = await download;
  check(file.suggestedFilename().endsWith('Alice.wav'), `the file is called ${file.suggestedFilename()}`);
}

async function sought(page) {
  await page.getByRole('tab', { name: 'New', exact: true }).click();
  await row(page).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Heard', exact: true }).click();
  await row(page).waitFor();
  await page.getByRole('searchbox').or(page.getByLabel('Name or number')).first().fill('nobody');
  await row(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await row(page).waitFor();
}

async function deleted(page) {
  await row(page).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await row(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row(page).waitFor();
}

async function pin(page) {
  await visit(page, '/profile?tab=voicemail');
  await page.getByLabel('New PIN').fill('123456');
  await page.getByRole('button', { name: 'Set PIN' }).click();
  await page.getByText('guess', { exact: false }).first().waitFor();
  await page.getByLabel('New PIN').fill('480213');
  await page.getByRole('button', { name: 'Set PIN' }).click();
  await page.getByText('PIN set', { exact: false }).waitFor();
  await look(page, 'own mailbox');
}

const browser = await open();
try {
  const { page, complaints } = await person(browser);
  await step('sign in', () => signIn(page));
  await step('a message appears', () => arrives(page));
  await step('it is heard, and the history says so', () => heard(page));
  await step('it is forwarded', () => forwarded(page));
  await step('it is downloaded', () => kept(page));
  await step('it is found', () => sought(page));
  await step('it is deleted and taken back', () => deleted(page));
  await step('the PIN is set', () => pin(page));
  check(complaints.length === 0, complaints.join('\n'));
  check(found.length === 0, found.join('\n'));
  tell('done');
} finally {
  await browser.close();
}
