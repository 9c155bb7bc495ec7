// Recordings in a real browser: a rule is set, a call that two phones have appears by itself, whoever listens says why, it plays, who listened
// stands below, somebody outside hears it by a link, it is held, deleted and taken back.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… node test/browser/recording.mjs
import { readFileSync } from 'node:fs';
import { check, open, person, settled, signIn, step, tell, violations, visit } from './browser.mjs';

const faults = [];
const look = async (page, where) => {
  await settled(page);
  faults.push(...(await violations(page, where)));
};

async function choose(page, label, option) {
  await page.getByRole('combobox', { name: label }).or(page.getByRole('textbox', { name: label })).last().click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

async function rule(page) {
  await visit(page, '/recordings');
  await page.getByText('Nothing is recorded', { exact: false }).first().waitFor();
  await page.getByRole('tab', { name: 'Rules', exact: true }).click();
  await page.getByRole('button', { name: /everybody/ }).click();
  await choose(page, 'Record', 'Always');
  await choose(page, 'Listening to others', 'says why');
  await look(page, 'a rule about recording');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Always · Both are told', { exact: false }).waitFor();
}

const row = (page) => page.getByRole('row', { name: /Alice.*Bob/ }).first();

async function appears(page) {
  await page.getByRole('tab', { name: 'Recordings', exact: true }).click();
  tell('call'); // two phones talk now
  await row(page).waitFor();
  await row(page).getByText('Now', { exact: true }).waitFor();
  tell('end');
  await row(page).getByText('Now', { exact: true }).waitFor({ state: 'detached' });
  await look(page, 'recordings');
}

async function heard(page) {
  await row(page).click();
  await page.getByLabel('Why do you listen?').fill('a complaint');
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  const wave = page.getByRole('slider', { name: 'Where in the recording' });
  await wave.waitFor();
  check(await wave.locator('rect').evaluateAll((bars) => bars.filter((b) => Number(b.getAttribute('height')) > 5).length > 50), 'the picture of the sound is flat');
  await page.locator('audio').evaluate((a) => { a.muted = true; });
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('audio').currentTime > 0.3);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await wave.press('Home');
  check((await wave.getAttribute('aria-valuenow')) === '0', 'Home does not go to the beginning');
  await look(page, 'a recording');
}

async function listed(page) {
  await page.getByText('a complaint', { exact: true }).waitFor();
  await page.getByText('Alice was told.', { exact: true }).waitFor();
}

// The record of the call says who was told, in which words, and leads back; it does not ask why there is no recording.
async function toldInTheCall(page) {
  const side = page.getByRole('complementary');
  await page.getByRole('link', { name: 'To the call', exact: true }).click();
  await side.getByRole('heading', { name: 'Who was told of the recording' }).waitFor();
  await side.getByText('Bob was told.', { exact: true }).waitFor();
  check((await side.getByText('“This call is being recorded.”', { exact: false }).count()) === 2, 'the words that both heard do not stand there');
  check((await side.getByRole('button', { name: 'Why is there no recording?' }).count()) === 0, 'it asks why there is no recording, though there is one');
  await look(page, 'a call that was recorded');
  await side.getByRole('link', { name: /Listen to the recording/ }).click();
  await page.getByLabel('Why do you listen?').waitFor();
}

// The list is narrowed by chips that stand in the address, and goes out as a table and as an archive with the sound.
async function found(page) {
  const narrow = async (filter, value) => {
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: filter, exact: true }).click();
    await page.getByRole('menuitem', { name: value, exact: true }).click();
  };
  await page.getByRole('complementary').getByRole('button', { name: 'Close', exact: true }).click();
  await narrow('Direction', 'Between colleagues');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Number', exact: true }).click();
  await page.getByLabel('Number', { exact: true }).fill('99');
  await look(page, 'a filter that is typed');
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await row(page).waitFor({ state: 'detached' });
  check(page.url().includes('number=99') && page.url().includes('direction=internal'), `the address does not hold the filters: ${page.url()}`);
  await page.reload();
  await page.getByRole('button', { name: 'Remove filter Number' }).click();
  await row(page).waitFor();
  await look(page, 'a list that is narrowed');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByLabel('Why do you listen?').fill('for the lawyer');
  await look(page, 'an export');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Archive with sound (ZIP)', exact: true }).click();
  const file = readFileSync(await (await saved).path());
  check(file.subarray(0, 2).toString() === 'PK' && file.includes('recordings.csv') && file.includes('WAVE'), 'the archive holds no sound or no table');
  await row(page).click();
  await page.getByLabel('Why do you listen?').fill('a complaint');
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  await page.getByText('for the lawyer', { exact: true }).waitFor();
}

// Somebody outside listens by a link with a password, until it is taken back.
async function shared(page) {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByLabel('For whom, and why').fill('the lawyer');
  await page.getByLabel('Password (optional)').fill('sesame open');
  await look(page, 'a link is made');
  await page.getByRole('button', { name: 'Make the link', exact: true }).click();
  const link = await page.getByRole('dialog').locator('code').innerText();
  await look(page, 'the link');
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.getByText('not heard yet', { exact: false }).waitFor();

  const outside = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 800 } });
  const guest = await outside.newPage();
  await guest.goto(link);
  await guest.getByLabel('Password', { exact: true }).fill('wrong wrong');
  await guest.getByRole('button', { name: 'Open', exact: true }).click();
  await guest.getByText('The password is wrong', { exact: false }).waitFor();
  await look(guest, 'a link that asks for a password');
  await guest.getByLabel('Password', { exact: true }).fill('sesame open');
  await guest.getByRole('button', { name: 'Open', exact: true }).click();
  await guest.getByRole('slider', { name: 'Where in the recording' }).waitFor();
  await guest.locator('audio').evaluate((a) => { a.muted = true; });
  await guest.getByRole('button', { name: 'Play', exact: true }).click();
  await guest.waitForFunction(() => document.querySelector('audio').currentTime > 0.3);
  await look(guest, 'a shared recording');

  await page.getByRole('button', { name: 'Take back', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back', exact: true }).click();
  await page.getByText('opens nothing any more', { exact: false }).waitFor();
  await page.getByText('heard by this person’s link', { exact: true }).waitFor();
  await guest.goto(link);
  await guest.getByRole('heading', { name: 'This link opens nothing' }).waitFor();
  await look(guest, 'a link that is over');
  await outside.close();
}

async function held(page) {
  await page.getByRole('button', { name: 'Keep for good', exact: true }).click();
  await page.getByRole('button', { name: 'Release', exact: true }).waitFor();
  check((await page.getByRole('button', { name: 'Delete', exact: true }).getAttribute('aria-disabled')) === 'true', 'what is held can be deleted');
  await page.getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByRole('button', { name: 'Keep for good', exact: true }).waitFor();
}

async function deleted(page) {
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await row(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row(page).waitFor();
}

const browser = await open();
try {
  const { page, complaints } = await person(browser);
  await step('sign in', () => signIn(page));
  await step('a rule is set', () => rule(page));
  await step('a recording appears while two talk', () => appears(page));
  await step('it is heard, for a reason', () => heard(page));
  await step('who listened stands below', () => listed(page));
  await step('the record of the call says who was told', () => toldInTheCall(page));
  await step('the list is narrowed and exported', () => found(page));
  await step('somebody outside hears it by a link', () => shared(page));
  await step('it is held and released', () => held(page));
  await step('it is deleted and taken back', () => deleted(page));
  check(complaints.length === 0, complaints.join('\n'));
  check(faults.length === 0, faults.map((f) => JSON.stringify(f)).join('\n'));
  tell('done');
} finally {
  await browser.close();
}
