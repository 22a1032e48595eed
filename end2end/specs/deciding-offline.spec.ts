// Decisions while the server can not be reached: they show at once, wait, go when the connection is back, and go back
// with the reason when they are refused.
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, brought, connectionIs, isLive, open, rows, saved } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(4711, 8);
});
test.afterAll(() => samples.remove());

const CUT = /ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/;
const review = (page: Page) => page.getByTestId('review');
const pending = (page: Page) => review(page).getByTestId('pending-sync');
const toast = (page: Page, words: string | RegExp) => page.getByTestId('toast').filter({ hasText: words });
const rowOf = (page: Page, address: string) => page.locator(`tr[data-id="${address.split('/').pop()}"]`);

async function cutOff(page: Page): Promise<void> {
  await page.context().setOffline(true);
  await connectionIs(page, 'Offline');
}

async function statusOf(page: Page, address: string): Promise<string> {
  const answer = await page.request.get(`/api/v1${address.split('?')[0]}`);
  return ((await answer.json()) as { status: string }).status;
}

test('an approval made offline shows at once, outlives a reload, and is taken when the connection is back', async ({
  page,
  browser,
  server,
  complaints,
}) => {
  complaints.allow(CUT);
  const address = await brought(browser, server.url, samples.of('ubl')[0] ?? '');
  await signIn(page, 'reviewer');
  await rowOf(page, address).getByRole('link').click();
  await hydrated(page);
  await isLive(page);
  await cutOff(page);
  await page.getByTestId('approve-button').click();
  await expect(review(page)).toContainText('Approved');
  await expect(pending(page)).toContainText('1 change waits for the connection');
  await takeScreenshots(page, 'decided-offline');

  // In the list it stands as it will be, and says that nobody else knows yet.
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await expect(rowOf(page, address)).toContainText('Approved');
  await expect(rowOf(page, address).getByTestId('pending-sync')).toBeVisible();
  const outside = await another(browser, server.url, 'reviewer');
  expect(await statusOf(outside, address)).toBe('needs_review');

  page.on('dialog', (question) => void question.accept());
  const leaving = page.close({ runBeforeUnload: true });
  await leaving;
  const later = await page.context().newPage();
  await page.context().setOffline(false);
  await open(later, address);
  await expect(review(later)).toContainText('Approved');
  await expect.poll(() => statusOf(outside, address)).toBe('approved');
  await saved(later);
  await outside.context().close();
});

test('what was decided offline can be taken back before it is sent', async ({ page, browser, server, complaints }) => {
  complaints.allow(CUT);
  const address = await brought(browser, server.url, samples.of('ubl')[1] ?? '');
  await signIn(page, 'reviewer');
  await open(page, address);
  await cutOff(page);
  await page.getByTestId('approve-button').click();
  await expect(review(page)).toContainText('Approved');
  await page.getByTestId('take-back').click();
  await expect(review(page)).toContainText('To review');
  await expect(page.getByTestId('approve-button')).toBeEnabled();
  await page.context().setOffline(false);
  await isLive(page);
  await saved(page);
  expect(await statusOf(page, address)).toBe('needs_review');
});

test('what changed meanwhile was not decided on: it goes back with the reason', async ({
  page,
  browser,
  server,
  complaints,
}) => {
  complaints.allow(CUT);
  complaints.allow(/status of 409/);
  const address = await brought(browser, server.url, samples.of('ubl')[2] ?? '');
  await signIn(page, 'reviewer');
  await open(page, address);
  await cutOff(page);
  await page.getByTestId('approve-button').click();
  await expect(review(page)).toContainText('Approved');

  const other = await another(browser, server.url, 'clerk');
  await open(other, address);
  await other.getByTestId('field-purchase_order').fill('PO-77');
  await other.getByTestId('field-purchase_order').press('Tab');
  await saved(other);

  await page.context().setOffline(false);
  await expect(toast(page, 'The invoice changed since you opened it')).toBeVisible({ timeout: 30_000 });
  await expect(review(page)).toContainText('To review');
  await expect(page.getByTestId('field-purchase_order')).toHaveValue('PO-77');
  await expect(page.getByTestId('approve-button')).toBeEnabled();
  await other.context().close();
});

test('a value typed offline arrives before the decision that goes on from it', async ({
  page,
  browser,
  server,
  complaints,
}) => {
  complaints.allow(CUT);
  const address = await brought(browser, server.url, samples.of('ubl')[3] ?? '');
  await signIn(page, 'clerk');
  await open(page, address);
  await cutOff(page);
  const order = page.getByTestId('field-purchase_order');
  await order.fill('PO-1');
  await order.press('Tab');
  await order.fill('PO-2');
  await order.press('Tab');
  await page.getByTestId('submit-button').click();
  await expect(review(page)).toContainText('Awaiting approval');
  await expect(pending(page)).toContainText('3 changes wait');
  await page.context().setOffline(false);
  await expect.poll(() => statusOf(page, address), { timeout: 30_000 }).toBe('awaiting_approval');
  await expect(order).toHaveValue('PO-2');
  await saved(page);
});

test('decisions about several invoices wait too', async ({ page, browser, server, complaints }) => {
  complaints.allow(CUT);
  const first = await brought(browser, server.url, samples.of('cii')[0] ?? '');
  const second = await brought(browser, server.url, samples.of('cii')[1] ?? '');
  await signIn(page, 'clerk');
  await isLive(page);
  for (const address of [first, second]) await rowOf(page, address).getByRole('checkbox').click();
  await expect(page.getByTestId('bulk-bar')).toContainText('2 chosen');
  await cutOff(page);
  await page.getByTestId('bulk-bar').getByRole('button', { name: 'Postpone' }).click();
  await expect(toast(page, '2 waiting for the connection')).toBeVisible();
  for (const address of [first, second]) await expect(rowOf(page, address)).toContainText('Postponed');
  await page.context().setOffline(false);
  for (const address of [first, second]) {
    await expect.poll(() => statusOf(page, address), { timeout: 30_000 }).toBe('postponed');
  }
  await expect(rows(page).getByTestId('pending-sync')).toHaveCount(0);
});
