// A queue in real browsers: the owner sets it up, with callbacks and music of the office's own; the agent logs out and in on her own page; somebody waits,
// keeps his place, is taken out by hand, and calls again. Whoever looks sees it at the moment when it happens.
//
//   TANDEM_BASE=http://127.0.0.1:8080 TANDEM_EMAIL=… TANDEM_PASSWORD=… TANDEM_AGENT=… TANDEM_AGENT_PASSWORD=… TANDEM_TONE=music.wav node test/browser/queue.mjs
import { check, colours, cue, open, person, run, settled, shot, signIn, step, violations, visit, wear } from './browser.mjs';

const found = [];
const look = async (page, where, rules) => {
  await settled(page);
  found.push(...(await violations(page, where, rules)));
  await shot(page, `queue ${where}`);
};
const browser = await open();
const olga = await person(browser);
const eva = await person(browser);
const { page } = olga;
const side = page.getByRole('complementary').filter({ has: page.getByRole('button', { name: 'Save', exact: true }) }).or(page.getByRole('dialog')).first();
const callers = page.locator('.card', { has: page.getByRole('heading', { name: /^Callers/ }) });
const agent = page.locator('[data-agent]', { hasText: 'Eva' });
// Whose place is kept is told only to those who may see his call; the owner may not.
const callback = page.locator('[data-callback]', { hasText: 'Caller' });
const own = eva.page.locator('[data-queue]', { hasText: 'Front desk' });

async function choose(label, hit) {
  await side.getByRole('combobox', { name: label }).or(side.getByRole('textbox', { name: label })).last().click();
  await page.getByRole('option', { name: hit }).first().click();
}

async function made() {
  await visit(page, '/queues');
  await page.getByRole('button', { name: 'Add queue' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Desk');
  await page.getByLabel(/^Extension/).fill('180');
  await choose('Belongs to', 'Sales');
  await choose('Add agent', 'Eva');
  await page.getByLabel('Callers may be called back').check();
  await page.getByLabel('Tries', { exact: true }).fill('2');
  await look(page, 'new');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('link', { name: 'Desk', exact: true }).waitFor();
}

// What is typed into the form stays while music is uploaded beside it.
async function music() {
  await page.getByRole('button', { name: 'Edit Desk' }).click();
  await page.getByText('Callers hear ringing.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Front desk');
  await page.getByLabel('Upload a sound file').setInputFiles({ name: 'music.txt', mimeType: 'audio/wav', buffer: Buffer.from('no music at all') });
  await page.getByText(/WAV/).nth(1).waitFor();
  await page.getByText('Callers hear ringing.').waitFor();
  await page.getByLabel('Upload a sound file').setInputFiles(process.env.TANDEM_TONE);
  const player = page.locator('audio[aria-label="Music while waiting"]');
  await player.waitFor();
  const sound = await player.evaluate(async (a) => { const r = await fetch(a.src); return { status: r.status, type: r.headers.get('content-type'), octets: (await r.arrayBuffer()).byteLength }; });
  check(sound.status === 200 && sound.type.startsWith('audio/') && sound.octets > 16000, `the music can be heard: ${JSON.stringify(sound)}`);
  check((await page.getByLabel('Name', { exact: true }).inputValue()) === 'Front desk', 'what was typed is lost when music is uploaded');
  check(await page.getByLabel('Callers may be called back').isChecked(), 'callers may be called back');
  await look(page, 'with music');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('link', { name: 'Front desk', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Front desk' }).waitFor();
  await agent.locator('[data-duty="free"]').waitFor();
}

async function away() {
  await visit(eva.page, '/agent');
  await own.waitFor();
  await eva.page.getByRole('button', { name: 'Log out of Front desk' }).click();
  await own.locator('[data-duty="out"]').waitFor();
  await agent.locator('[data-duty="out"]').waitFor();
  await look(eva.page, 'agent');
}

async function waits() {
  await cue('calls');
  await callers.getByText('Caller', { exact: true }).waitFor();
  await own.getByText('1 caller waits', { exact: false }).waitFor();
  await look(page, 'somebody waits');
}

async function keeps() {
  await cue('keeps his place');
  await callback.getByText('Waits', { exact: true }).waitFor();
  await callers.getByText('Is called back').waitFor();
  await look(page, 'kept');
}

async function dropped() {
  await page.getByRole('button', { name: 'Do not call Caller back' }).click();
  const sure = page.getByRole('dialog');
  await sure.getByText('Caller loses the place', { exact: false }).waitFor();
  await sure.getByRole('button', { name: 'Do not call back', exact: true }).click();
  await callback.getByText('Taken out', { exact: true }).waitFor();
  await callers.getByText('Nobody waits.').waitFor();
  check((await page.getByRole('button', { name: 'Do not call Caller back' }).count()) === 0, 'who is taken out cannot be taken out again');
}

async function serves() {
  await eva.page.getByRole('button', { name: 'Log in to Front desk' }).click();
  await own.locator('[data-duty="free"]').waitFor();
  await agent.locator('[data-duty="free"]').waitFor();
  await cue('rings');
  await callers.getByText('Rings at an agent').waitFor();
  await own.locator('[data-duty="asked"]').waitFor();
  await cue('answers');
  await agent.locator('[data-duty="talking"]').waitFor();
  await own.locator('[data-duty="talking"]').waitFor();
  await callers.getByText('Nobody waits.').waitFor();
  await cue('leaves');
  await agent.locator('[data-duty="free"]').waitFor();
  await page.locator('.tile', { hasText: 'answered today' }).getByText('1', { exact: true }).waitFor();
  await eva.page.locator('.tile', { hasText: 'answered today' }).getByText('1', { exact: true }).waitFor();
}

async function everywhere() {
  for (const one of [olga, eva]) {
    await one.page.setViewportSize({ width: 390, height: 844 });
    await wear(one.page, 'dark');
    await one.page.reload();
    await one.page.locator('.tile').first().waitFor();
    await look(one.page, one === olga ? 'queue, phone, dark' : 'agent, phone, dark', colours);
    check(await one.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'on a phone nothing is wider than the screen');
  }
}

await run([browser], () => [olga, eva], async () => {
  await step('sign in', async () => {
    await signIn(page);
    await signIn(eva.page, process.env.TANDEM_AGENT, process.env.TANDEM_AGENT_PASSWORD);
  });
  await step('a queue is made', made);
  await step('it gets music', music);
  await step('the agent logs out on her own page', away);
  await step('somebody waits', waits);
  await step('he keeps his place', keeps);
  await step('he is taken out by hand', dropped);
  await step('the agent logs in and serves', serves);
  await step('on a phone, in the dark', everywhere);
  check(found.length === 0, `axe finds:\n${[...new Set(found.map((v) => `${v.what} (${v.where})`))].slice(0, 30).join('\n')}`);
});
