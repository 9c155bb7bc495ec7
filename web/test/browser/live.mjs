// A supervisor among live calls: finds one by name and by key, reads who hears whom, listens in the browser, whispers, and leaves. A call that is on hold, and one
// that has ended, are shown as they are now.
import { check, cue, hears, run, settled, shot, signIn, sounding, speaker, step, violations, visit } from './browser.mjs';

const found = [];
const browser = await sounding();
const one = await speaker(browser);
const { page } = one;
const card = (name) => page.locator('.call-card').filter({ hasText: name });

await run([browser], () => [one], async () => {
  await step('sign in; this browser is a phone', async () => {
    await signIn(page);
    await page.evaluate(async () => {
      const me = await (await fetch('/v1/session')).json();
      localStorage.setItem('tandem.phone', me.user.id);
      location.reload();
    });
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await cue('ready');
  });
  await step('the call is found by what is typed, and narrowed to by what it does', async () => {
    await visit(page, '/live');
    await card('Bob').waitFor();
    await card('Dave').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('carol');
    await card('Dave').waitFor({ state: 'detached' });
    check((await page.locator('.call-card').count()) === 1, 'more than the call of Carol');
    await page.getByRole('tab', { name: /^Waiting/ }).click();
    await page.getByText('Nothing matches.').waitFor();
    await page.getByRole('tab', { name: /^Talking/ }).click();
    await card('Carol').waitFor();
  });
  await step('by keys into the call; who hears whom stands there', async () => {
    await page.locator('[data-list]').focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const table = page.getByRole('table', { name: 'Who hears whom' });
    await table.waitFor();
    const rows = async () => (await table.locator('tbody tr').allInnerTexts()).map((r) => r.replace(/\s+/g, ' ')).join('; ');
    check((await rows()) === 'You Carol and Bob; Carol Bob; Bob Carol', `listening: ${await rows()}`);
    await page.getByRole('radio', { name: /^Whisper \w+ hears|^Whisper(?! to)/ }).first().check();
    check((await rows()) === 'You Carol and Bob; Carol Bob and you; Bob Carol', `whispering: ${await rows()}`);
    await settled(page);
    found.push(...(await violations(page, 'taking part')));
    await shot(page, 'live-watch');
    await page.getByRole('radio', { name: /^Listen/ }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Listen', exact: true }).click();
  });
  await step('the browser answers by itself and hears both', async () => {
    await page.locator('.strip .timer').waitFor();
    await page.locator('.strip').getByText('Bob and Carol', { exact: true }).waitFor();
    await page.locator('.strip').getByText('You listen', { exact: true }).waitFor();
    await card('Carol').getByRole('button', { name: 'You listen' }).waitFor();
    await hears(page, 440, 700);
    await cue('listening');
    await settled(page);
    found.push(...(await violations(page, 'live calls')));
    await shot(page, 'live-listening');
  });
  await step('whisper', async () => {
    await card('Carol').getByRole('button', { name: 'You listen' }).click();
    await page.getByRole('radio', { name: /^Whisper(?! to)/ }).first().check();
    await page.getByRole('dialog').getByRole('button', { name: 'Whisper', exact: true }).click();
    await card('Carol').getByRole('button', { name: 'You whisper', exact: true }).waitFor();
    await cue('whispering');
  });
  await step('leave, and the call goes on', async () => {
    await card('Carol').getByRole('button', { name: 'You whisper', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await page.locator('.strip').waitFor({ state: 'detached' });
    await cue('left');
    await page.locator('[data-part]').first().waitFor();
  });
  await step('on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await settled(page);
    found.push(...(await violations(page, 'live calls on a phone')));
    await shot(page, 'live-phone');
  });
  check(found.length === 0, `axe: ${JSON.stringify(found, null, 1)}`);
});
