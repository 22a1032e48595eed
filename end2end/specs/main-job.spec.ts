import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, test } from '../support/test.ts';
import { another, bring, connectionIs, isLive, onReviewPage, open, openRow, rows, saved, tray, upload } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7001, 2);
});
test.afterAll(() => samples.remove());

/** Goes on to the invoice that was brought first, from the tray. */
async function openFromTray(page: Page): Promise<void> {
  await tray(page).getByRole('link').last().click();
  await onReviewPage(page);
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
  await bring(page, ...files);
  expect([...stages]).toContain('fetch');
  expect([...stages]).toContain('complete');

  await openFromTray(page);
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, page.url());

  // The clerk corrects a value; the reviewer sees it arrive.
  const order = page.getByTestId('field-purchase_order');
  await order.fill('PO-4711');
  await order.press('Tab');
  await saved(page);
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
  await bring(page, samples.of('ubl')[1] ?? '');
  await openFromTray(page);

  const other = await another(browser, server.url, 'admin');
  await open(other, page.url());

  // The clerk is cut off while the other one changes the field.
  await page.context().setOffline(true);
  await expect(page.getByTestId('connection-status')).not.toHaveAttribute('data-state', 'Live');
  await other.getByTestId('field-buyer_name').fill('Theirs Ltd');
  await other.getByTestId('field-buyer_name').press('Tab');
  await saved(other);

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
  await openRow(rows(page).first());
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
  await connectionIs(page, 'Offline');

  const other = await another(browser, server.url, 'reviewer');
  const address = await bring(other, samples.of('cii')[0] ?? '');

  await page.context().setOffline(false);
  await isLive(page);
  await expect(page.locator(`a[href^="${address}"]`).first()).toBeVisible();
  await other.context().close();
});

test('a file that is no invoice fails at its own row, and the others are read', async ({ page, complaints }) => {
  complaints.allow(/status of 415/);
  await signIn(page, 'clerk');
  await bring(page, samples.of('text_pdf')[1] ?? '');

  await upload(page, [
    { name: '<b>bold</b>.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nnothing more') },
    { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('only words') },
  ]);
  await expect(tray(page)).toContainText('<b>bold</b>.pdf');
  await expect(tray(page)).toContainText('1 read, 2 failed');
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
