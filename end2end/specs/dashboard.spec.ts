import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, connectionIs, isLive, open, rows, send, tab } from '../support/work.ts';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7005, 6);
});
test.afterAll(() => samples.remove());

test('the focus stays with its invoice while others upload, and what is new waits', async ({ page, browser, server }) => {
  const other = await another(browser, server.url, 'admin');
  await signIn(page, 'clerk');
  await open(page, '/invoices?status=all');

  const link = rows(page).nth(1).getByRole('link');
  const id = await rows(page).nth(1).getAttribute('data-id');
  const first = await rows(page).first().getAttribute('data-id');
  await link.focus();
  await send(other, samples.of('ubl')[0] ?? '');
  await send(other, samples.of('ubl')[1] ?? '');

  const show = page.getByRole('button', { name: '2 new, show' });
  await expect(show).toBeVisible({ timeout: 20_000 });
  await expect(rows(page).first()).toHaveAttribute('data-id', first ?? '');
  await expect(page.locator(`[data-id="${id}"] a`)).toBeFocused();
  await expectAccessible(page);
  await takeScreenshots(page, 'dashboard-new');

  await show.click();
  await expect(show).toBeHidden();
  await expect(rows(page).nth(3)).toHaveAttribute('data-id', id ?? '');
  await expect(rows(page).first().getByRole('link')).toBeFocused();
  await other.context().close();
});

test('a row that changes is highlighted for a moment, in its place', async ({ page, browser, server }) => {
  const other = await another(browser, server.url, 'admin');
  await signIn(page, 'clerk');
  await open(page, '/invoices?status=all');
  await page.mouse.move(0, 0);
  const id = await send(other, samples.of('cii')[0] ?? '');
  // It comes by itself, as nobody looks at the rows.
  const row = page.locator(`tr[data-id="${id}"]`);
  await expect(row).toHaveClass(/fresh/, { timeout: 20_000 });
  await expect(row).toContainText('To review', { timeout: 20_000 });
  await expect(row).not.toHaveClass(/fresh/);
  await other.context().close();
});

test('offline, another tab keeps the tabs and says so; back online it loads by itself', async ({ page, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/);
  await signIn(page, 'clerk');
  await isLive(page);
  await page.context().setOffline(true);
  await connectionIs(page, 'Offline');
  await tab(page, 'All').click();
  await expect(page.getByTestId('error-boundary')).toBeVisible();
  await expect(tab(page, 'All')).toHaveAttribute('aria-current', 'page');
  await expect(tab(page, /To review/)).toBeVisible();
  await takeScreenshots(page, 'dashboard-offline');

  await page.context().setOffline(false);
  await isLive(page);
  await expect(rows(page).first()).toBeVisible();
  await expect(page.getByTestId('error-boundary')).toHaveCount(0);
});

test('a failed load is not kept: Try Again and coming back ask again', async ({ page, complaints }) => {
  complaints.allow(/Failed to load resource/);
  await signIn(page, 'clerk');
  await isLive(page);
  let broken = true;
  await page.route('**/api/fn/load_dashboard*', (route) => (broken ? route.fulfill({ status: 502, body: '' }) : route.continue()));
  await tab(page, 'All').click();
  await expect(page.getByTestId('error-boundary')).toBeVisible();
  broken = false;
  await page.getByRole('button', { name: 'Try Again' }).click();
  await expect(rows(page).first()).toBeVisible();

  broken = true;
  await tab(page, 'Rejected').click();
  await expect(page.getByTestId('error-boundary')).toBeVisible();
  await tab(page, /To review/).click();
  await expect(rows(page).first()).toBeVisible();
  broken = false;
  await tab(page, 'Rejected').click();
  await expect(page.getByText('None at the moment')).toBeVisible();
});

test('the way back leads to the page and the row one came from', async ({ page, browser, server }) => {
  const other = await another(browser, server.url, 'admin');
  for (const file of ['text_pdf', 'facturx_pdf', 'scan_image'].flatMap((kind) => samples.of(kind))) await send(other, file);
  await signIn(page, 'clerk');
  await open(page, '/invoices?status=all&page=2');
  const row = rows(page).last();
  const id = await row.getAttribute('data-id');
  await row.getByRole('link').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}\?status=all&page=2/);
  await expect(page.getByTestId('review')).toBeVisible();
  await page.locator('.page-head a').first().click();
  await page.waitForURL(/\/invoices\?status=all&page=2/);
  await expect(page.locator(`tr[data-id="${id}"] a`)).toBeFocused();
  await other.context().close();
});

test('a search stays in its tab, keeps the focus, and can be cleared', async ({ page }) => {
  await signIn(page, 'clerk');
  const box = page.getByRole('searchbox');
  await page.keyboard.press('/');
  await expect(box).toBeFocused();
  await page.keyboard.type('gmbh');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/invoices\?q=gmbh$/);
  await expect(box).toBeFocused();
  await expect(page.locator('.matches')).toContainText(/\d+ match(es)? in To review/);
  await expectAccessible(page);
  await takeScreenshots(page, 'dashboard-search');
  await page.getByRole('link', { name: 'Search all invoices' }).click();
  await page.waitForURL(/status=all&q=gmbh/);
  await page.getByRole('search').getByRole('link', { name: 'Clear the search' }).click();
  await page.waitForURL(/status=all$/);
  await expect(box).toBeFocused();
  await expect(box).toHaveValue('');
});

test('in forced colours the current tab and the live dot can be told', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await signIn(page, 'clerk');
  await isLive(page);
  const line = (name: string | RegExp) => tab(page, name).evaluate((link) => getComputedStyle(link).borderBottomColor);
  expect(await line(/To review/)).not.toBe(await line('All'));
  const dot = page.locator('.pill-dot');
  const seen = await dot.evaluate((element) => getComputedStyle(element).backgroundColor);
  const behind = await page.locator('body').evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(seen).not.toBe(behind);
  await page.screenshot({ path: 'screenshots/dashboard-forced.png' });
});
