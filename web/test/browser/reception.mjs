// The reception in real browsers: the owner makes a guest room, the receptionist checks a guest in by keyboard, chooses what the room may call, asks why it cannot, has him woken and left alone, says
// that the room is clean, and checks him out. The owner's list follows what the receptionist does.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… TANDEM_DESK=… TANDEM_DESK_PASSWORD=… node test/browser/reception.mjs
import { check, colours, cue, open, person, run, settled, shot, signIn, step, violations, visit, wear } from './browser.mjs';

const found = [];
const look = async (page, where, rules) => {
  await settled(page);
  found.push(...(await violations(page, where, rules)));
  await shot(page, `reception ${where}`);
};
const browser = await open();
const olga = await person(browser);
const rita = await person(browser);
const { page } = rita;
const panel = page.getByRole('complementary').or(page.getByRole('dialog')).filter({ hasText: 'Housekeeping' }).first();
const row = (p, text) => p.getByRole('row').filter({ hasText: text });
const choice = (group, name) => panel.getByRole('radiogroup', { name: group }).getByRole('radio', { name, exact: true });

async function made() {
  const p = olga.page;
  await visit(p, '/reception');
  await p.getByText('There is no guest room yet.', { exact: false }).waitFor();
  await look(p, 'empty');
  await p.getByRole('button', { name: 'Add a room' }).first().click();
  await p.getByRole('combobox', { name: 'Extension' }).or(p.getByRole('textbox', { name: 'Extension' })).last().click();
  await p.getByRole('option', { name: /Room 7/ }).click();
  await look(p, 'add');
  await p.getByRole('button', { name: 'Save', exact: true }).click();
  await row(p, 'Room 7').getByText('Vacant', { exact: true }).waitFor();
  await p.getByRole('button', { name: 'No guest room any more' }).waitFor();
  await visit(p, '/reception'); // the whole width for the list
}

// From the list to the guest's name without the mouse.
async function arrives() {
  await visit(page, '/reception');
  await row(page, 'Room 7').waitFor();
  await look(page, 'list');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const name = panel.getByLabel('Guest', { exact: true });
  await name.waitFor();
  check(await name.evaluate((e) => e === document.activeElement), 'the field for the name has the focus');
  await page.keyboard.type('Ada Nowak');
  await choice('Calls outside', 'As the group may').focus();
  await page.keyboard.press('ArrowRight'); // from the last to the first
  await page.keyboard.press('Enter');
  check((await choice('Calls outside', 'None').getAttribute('aria-checked')) === 'true', 'nothing outside is chosen');
  await look(page, 'check in');
  await panel.getByLabel('Note', { exact: false }).focus();
  await page.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Check out' }).waitFor();
  await row(page, 'Ada Nowak').waitFor();
  await row(olga.page, 'Ada Nowak').waitFor();
}

async function why() {
  await panel.getByRole('link', { name: 'Why can this room not call a number?' }).click();
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.getByLabel('Which number', { exact: false }).first().fill('030 901820');
  await page.keyboard.press('Enter');
  await page.getByText('At check-in it was chosen that the room calls nothing outside.').waitFor();
  await look(page, 'why');
  await page.goBack();
  await panel.getByRole('button', { name: 'Check out' }).waitFor();
  await choice('Calls outside', 'In the country').click();
  await panel.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The stay is changed.').first().waitFor();
}

async function woken() {
  await panel.getByRole('button', { name: 'Set a call' }).click();
  const form = page.getByRole('dialog').filter({ has: page.getByLabel('Time', { exact: false }) });
  await form.getByLabel('Time', { exact: false }).first().fill('06:45');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await panel.getByText('next', { exact: false }).filter({ hasText: '06:45' }).waitFor();
  await row(olga.page, 'Ada Nowak').getByText('06:45', { exact: false }).waitFor();
  await choice('Presence', 'Do not disturb').click();
  await row(page, 'Ada Nowak').getByRole('img', { name: 'Do not disturb' }).waitFor();
  await choice('Housekeeping', 'Inspected').click();
  await row(page, 'Ada Nowak').getByText('Inspected', { exact: true }).waitFor();
  await row(olga.page, 'Ada Nowak').getByText('Inspected', { exact: true }).waitFor();
  await look(page, 'stay');
}

async function leaves() {
  await panel.getByRole('button', { name: 'Check out' }).focus();
  await page.keyboard.press('Enter');
  const sure = page.getByRole('dialog').filter({ hasText: 'Check out Ada Nowak?' });
  await sure.getByText('1 wake-up or reminder call').waitFor();
  await sure.getByText('the status that was chosen').waitFor();
  await look(page, 'check out');
  await page.keyboard.press('Escape');
  await sure.waitFor({ state: 'hidden' });
  await panel.getByRole('button', { name: 'Check out' }).click();
  await sure.getByRole('button', { name: 'Check out', exact: true }).click();
  await sure.waitFor({ state: 'hidden' });
  await row(page, 'Room 7').getByText('Vacant', { exact: true }).waitFor();
  await row(page, 'Room 7').getByText('To clean', { exact: true }).waitFor();
  await panel.getByText('This room is still to be cleaned.').waitFor();
  check((await choice('Calls outside', 'As the group may').getAttribute('aria-checked')) === 'true', 'the choice ended with the stay');
  check((await page.getByText('06:45').count()) === 0, 'nobody is woken any more');
  await look(page, 'vacant again');
}

async function everywhere() {
  await page.setViewportSize({ width: 390, height: 844 });
  await wear(page, 'dark');
  await visit(page, '/reception');
  await page.reload();
  await page.getByText('Room 7').first().waitFor();
  await look(page, 'phone, dark', colours);
  check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'on a phone nothing is wider than the screen');
  await page.getByText('Room 7').first().click();
  await panel.waitFor();
  await look(page, 'phone, dark, room', colours);
  check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'on a phone no room is wider than the screen');
}

await run([browser], () => [olga, rita], async () => {
  await step('sign in', async () => {
    await signIn(olga.page);
    await signIn(page, process.env.TANDEM_DESK, process.env.TANDEM_DESK_PASSWORD);
  });
  await step('a room is made', made);
  await step('a guest arrives, by keyboard', arrives);
  await step('why the room cannot call', why);
  await step('he is to be woken, and left alone', woken);
  await step('he leaves', leaves);
  await step('on a phone, in the dark', everywhere);
  check(found.length === 0, `axe finds:\n${[...new Set(found.map((v) => `${v.what} (${v.where})`))].slice(0, 30).join('\n')}`);
});
