import { basename } from 'node:path';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, test } from '../support/test.ts';
import type { Browser, Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7001, 2);
});
test.afterAll(() => samples.remove());

/** A second person in a browser of their own, whose pages must not complain either. */
async function secondPerson(browser: Browser, url: string, person: 'reviewer' | 'admin'): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', timezoneId: 'UTC' });
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}

const isLive = (page: Page) => expect(page.getByTestId('connection-status')).toHaveAttribute('data-state', 'Live');

/** Uploads files with the dialog, and gives the address of the first one's review page once it is read. */
async function uploadAndOpen(page: Page, files: string[]): Promise<void> {
  await page.getByTestId('upload-button').first().click();
  await page.locator('input[type=file]').first().setInputFiles(files);
  await page.getByTestId('upload-submit').click();
  const tray = page.getByTestId('processing-status');
  for (const file of files) await expect(tray).toContainText(basename(file));
  await expect(tray.getByRole('status').first()).toContainText(files.length === 1 ? '1 file read' : `${files.length} files read`);
}

test('a clerk uploads, corrects and submits; a reviewer approves; each sees the other without a reload', async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, 'clerk');
  await isLive(page);

  // The reading is told over the socket: listen to its frames.
  const stages = new Set<string>();
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      for (const [, stage] of String(payload).matchAll(/"stage":"(\w+)"/g)) if (stage) stages.add(stage);
    });
  });
  await page.reload();
  await hydrated(page);
  await isLive(page);

  const files = ['ubl', 'facturx_pdf', 'text_pdf'].map((kind) => samples.of(kind)[0] ?? '');
  await uploadAndOpen(page, files);
  expect([...stages]).toContain('fetch');
  expect([...stages]).toContain('complete');

  await page.getByTestId('processing-status').getByRole('link').last().click();
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
  const address = page.url();
  await expect(page.getByTestId('review')).toBeVisible();

  const reviewer = await secondPerson(browser, server.url, 'reviewer');
  await reviewer.goto(address);
  await hydrated(reviewer);
  await isLive(reviewer);

  // The clerk corrects a value; the reviewer sees it arrive.
  const order = page.getByTestId('field-purchase_order');
  await order.fill('PO-4711');
  await order.press('Tab');
  await expect(page.getByTestId('pending-sync')).toHaveCount(0);
  await expect(reviewer.getByTestId('field-purchase_order')).toHaveValue('PO-4711');

  // Nobody approves what they touched, and a clerk approves nothing.
  await expect(page.getByTestId('approve-button')).toHaveCount(0);
  await page.getByTestId('submit-button').click();
  // A decision on what was seen before the submission would be refused.
  await expect(reviewer.getByTestId('review')).toContainText('Awaiting approval');
  await expect(reviewer.getByTestId('approve-button')).toBeVisible();
  await reviewer.getByTestId('approve-button').click();
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  await expect(page.getByTestId('review')).toContainText('Approved');
  await reviewer.context().close();
});

test('two people change the same field: the later one chooses', async ({ page, browser, server, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|status of 409/);
  await signIn(page, 'clerk');
  await uploadAndOpen(page, samples.of('ubl').slice(1, 2));
  await page.getByTestId('processing-status').getByRole('link').last().click();
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
  await hydrated(page);

  const other = await secondPerson(browser, server.url, 'admin');
  await other.goto(page.url());
  await hydrated(other);

  // The clerk is cut off while the other one changes the field.
  await page.context().setOffline(true);
  await expect(page.getByTestId('connection-status')).not.toHaveAttribute('data-state', 'Live');
  await other.getByTestId('field-buyer_name').fill('Theirs Ltd');
  await other.getByTestId('field-buyer_name').press('Tab');
  await expect(other.getByTestId('pending-sync')).toHaveCount(0);

  const mine = page.getByTestId('field-buyer_name');
  await mine.fill('Mine Ltd');
  await mine.press('Tab');
  await expect(page.getByTestId('pending-sync')).toBeVisible();
  await page.context().setOffline(false);

  const dialog = page.getByTestId('conflict-dialog');
  await expect(dialog).toBeVisible({ timeout: 30_000 });
  await expect(dialog).toContainText('Mine Ltd');
  await expect(dialog).toContainText('Theirs Ltd');
  await expectAccessible(page);
  await page.getByTestId('keep-mine').click();
  await expect(dialog).toBeHidden();
  await expect(other.getByTestId('field-buyer_name')).toHaveValue('Mine Ltd');
  await other.context().close();
});

test('a rejection asks for a reason and stands in the history', async ({ page }) => {
  await signIn(page, 'reviewer');
  await page.getByTestId('invoice-row').first().getByRole('link').first().click();
  await page.getByTestId('reject-button').click();
  await page.getByLabel('Reason').selectOption('not_ordered');
  await page.getByLabel('Note').fill('Nobody knows of this order');
  await expectAccessible(page);
  await page.getByTestId('reject-confirm').click();
  await expect(page.getByTestId('review')).toContainText('Rejected');
  await expect(page.getByTestId('review')).toContainText('Nobody knows of this order');
});

test('the connection is cut and comes back, and nothing in between is missed', async ({ page, browser, server, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  await signIn(page, 'clerk');
  await isLive(page);
  // Rows that are pointed at would wait to be shown.
  await page.mouse.move(0, 0);
  await page.context().setOffline(true);
  await expect(page.getByTestId('connection-status')).toHaveAttribute('data-state', 'Offline');

  const other = await secondPerson(browser, server.url, 'reviewer');
  await uploadAndOpen(other, samples.of('cii').slice(0, 1));
  const name = await other.getByTestId('processing-status').getByRole('link').last().getAttribute('href');

  await page.context().setOffline(false);
  await isLive(page);
  await expect(page.locator(`a[href^="${name}"]`).first()).toBeVisible();
  await other.context().close();
});

test('a file that is no invoice fails at its own row, and the others are read', async ({ page, complaints }) => {
  complaints.allow(/status of 415/);
  await signIn(page, 'clerk');
  await page.getByTestId('upload-button').first().click();
  const good = samples.of('text_pdf')[1] ?? '';
  await page.locator('input[type=file]').first().setInputFiles(good);
  await page.getByTestId('upload-submit').click();
  const tray = page.getByTestId('processing-status');
  await expect(tray).toContainText('1 file read');

  await page.getByTestId('upload-button').first().click();
  await page.locator('input[type=file]').first().setInputFiles([
    { name: '<b>bold</b>.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nnothing more') },
    { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('only words') },
  ]);
  await page.getByTestId('upload-submit').click();
  await expect(tray).toContainText('<b>bold</b>.pdf');
  await expect(tray).toContainText('1 read, 2 failed');
  await expectAccessible(page);
});

test('the server is killed under the page and comes back', async ({ page, server, complaints }) => {
  complaints.allow(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  await signIn(page, 'clerk');
  await isLive(page);
  await server.kill();
  await expect(page.getByTestId('connection-status')).not.toHaveAttribute('data-state', 'Live');
  await server.start();
  await isLive(page);
});
