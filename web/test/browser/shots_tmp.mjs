import { open, person, settled, visit } from './browser.mjs';
const out = process.env.OUT, pages = (process.env.PAGES ?? '/').split(',');
const b = await open();
for (const v of (process.env.VIEWS ?? 'light,dark,phone').split(',')) {
  const { page, complaints } = await person(b, { viewport: v === 'phone' ? { width: 390, height: 844 } : { width: 1366, height: 768 }, colorScheme: v === 'dark' ? 'dark' : 'light', locale: process.env.LOCALE ?? 'en' });
  await page.goto('/');
  await page.waitForSelector('input');
  await page.fill('input[type=email]', process.env.WHO ?? 'olga@company.example');
  if (!(await page.$('input[type=password]'))) { await page.keyboard.press('Enter'); await page.waitForSelector('input[type=password]'); }
  await page.fill('input[type=password]', 'northwind workshop');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(1500);
  for (const p of pages) {
    await page.goto(p); await page.waitForTimeout(1200); await settled(page).catch(()=>{});
    await page.screenshot({ path: `${out}/${v}${p.replace(/[^a-z0-9]/gi, '_')}.png` });
  }
  console.log(v, complaints);
}
await b.close();
