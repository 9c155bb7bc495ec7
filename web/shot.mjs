import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const base = 'http://127.0.0.1:17680';
for (const [lang, scheme, w, h] of [['en', 'light', 1366, 768], ['ru', 'dark', 1366, 768], ['ru', 'light', 390, 844], ['en', 'dark', 390, 844]]) {
  const c = await b.newContext({ viewport: { width: w, height: h }, colorScheme: scheme, locale: lang });
  const p = await c.newPage();
  await p.goto(base + '/sign-in');
  await p.waitForSelector('input[type=password]');
  await p.locator('input').nth(0).fill('olga@company.example');
  await p.locator('input[type=password]').fill('northwind workshop');
  await p.locator('button[type=submit]').click();
  await p.waitForURL((u) => !u.pathname.startsWith('/sign-in'), { timeout: 20000 }).catch(() => p.screenshot({ path: '/tmp/d/shots/fail.png' }));
  await p.evaluate((l) => { document.cookie = `lang=${l}`; }, lang);
  for (const [name, path] of [['retention', '/retention'], ['privacy', '/privacy'], ['recordings', '/recordings'], ['rules', '/recordings?view=rules']]) {
    await p.goto(base + path);
    await p.waitForTimeout(1500);
    if (name === 'recordings') { const r = p.locator('[role=row]').nth(1); if (await r.count()) { await r.click().catch(() => {}); await p.waitForTimeout(1200); } }
    await p.screenshot({ path: `/tmp/d/shots/${name}-${lang}-${scheme}-${w}.png`, fullPage: name === 'retention' && w < 500 });
  }
  await c.close();
}
await b.close();
