import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, bring, detailOf, idIn, onReviewPage, open, openNew, rows, saved } from '../support/work.ts';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(8500, 1, '--with-batch');
});
test.afterAll(() => samples.remove());

test('a file of three invoices is split where a person says, and each is an invoice of its own', async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('batch')[0] ?? '');
  const note = page.getByTestId('split-note');
  await expect(note).toContainText('This file seems to hold 3 invoices');
  await expect(note.getByRole('row')).toHaveCount(4);
  await expectAccessible(page);
  await takeScreenshots(page, 'split-proposed');

  // A reviewer sees it, and can not approve it as it is.
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, address);
  await expect(reviewer.getByTestId('split-note')).toBeVisible();
  await expect(reviewer.getByTestId('approve-button')).toHaveCount(0);

  await page.getByTestId('split-button').click();
  const dialog = page.getByTestId('split-dialog');
  const confirm = dialog.getByTestId('split-confirm');
  await expect(confirm).toHaveText('Split into 3 invoices');
  await expect(dialog.getByRole('checkbox', { checked: true })).toHaveCount(2);
  await expectAccessible(page);
  await takeScreenshots(page, 'split-dialog');

  // By keyboard: the last beginning is taken away and set again.
  const last = dialog.getByRole('checkbox').last();
  await last.focus();
  await page.keyboard.press('Space');
  await expect(confirm).toHaveText('Split into 2 invoices');
  await page.keyboard.press('Space');
  await expect(confirm).toHaveText('Split into 3 invoices');
  await confirm.click();

  await expect(page.getByRole('status').filter({ hasText: 'Split into 3 invoices' })).toBeVisible();
  await expect(page).not.toHaveURL(new RegExp(idIn(address)));
  await onReviewPage(page);
  await expect(page.getByTestId('field-gross_total')).not.toHaveValue('');
  await expect(page.getByTestId('split-note')).toHaveCount(0);
  const from = page.getByTestId('split-from');
  await expect(from).toHaveText('batch-0000.pdf');
  await takeScreenshots(page, 'split-part');

  // Whoever has the file open sees what became of it.
  const into = reviewer.getByTestId('split-into');
  await expect(into.getByRole('link')).toHaveCount(3);
  await expectAccessible(reviewer);
  await into.getByRole('link').nth(1).click();
  await expect(reviewer.getByTestId('split-from')).toBeVisible();
  await from.click();
  await expect(page.getByTestId('split-into')).toContainText('Split into 3 invoices');
  await page.locator('summary', { hasText: 'History' }).click();
  await expect(page.getByTestId('review')).toContainText('split the file');
  await reviewer.context().close();
});

test('a file that is one invoice all the same is kept whole', async ({ page, browser, server }) => {
  const other = await makeSamples(8501, 1, '--with-batch');
  await signIn(page, 'clerk');
  await openNew(page, other.of('batch')[0] ?? '');
  await page.getByTestId('keep-whole').press('Enter');
  await expect(page.getByTestId('split-note')).toHaveCount(0);
  // The button is gone; keys go on from the top of the page.
  await expect(page.getByTestId('review').locator('h1')).toBeFocused();
  // The menu still offers it.
  await page.getByTestId('review-more').click();
  await page.getByRole('button', { name: 'Split into invoices…' }).click();
  const dialog = page.getByTestId('split-dialog');
  await expect(dialog.getByRole('checkbox', { checked: true })).toHaveCount(0);
  await expect(dialog.getByTestId('split-confirm')).toBeDisabled();
  await page.keyboard.press('Escape');

  // An invoice of one page has nothing to split.
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, await bring(reviewer, samples.of('text_pdf')[0] ?? ''));
  await reviewer.getByTestId('review-more').click();
  await expect(reviewer.getByRole('button', { name: 'Split into invoices…' })).toHaveCount(0);
  await reviewer.context().close();
  await other.remove();
});

/** Something that waits until it is let go. */
function gate(): { closed: Promise<void>; open: () => void } {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

test('what was typed just before arrives before it is said what the file holds', async ({ page }) => {
  const other = await makeSamples(8502, 1, '--with-batch');
  const { closed, open: letGo } = gate();
  await page.routeWebSocket('**/api/v1/invoices/updates', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage(async (message) => {
      if (String(message).includes('"mutate"')) await closed;
      server.send(message);
    });
  });
  let said = 0;
  page.on('request', (request) => {
    if (request.url().includes('/split_invoice')) said += 1;
  });
  await signIn(page, 'clerk');
  const address = await openNew(page, other.of('batch')[0] ?? '');
  await page.getByTestId('field-purchase_order').fill('PO-7');
  // The press leaves the field.
  await page.getByTestId('keep-whole').click();
  await expect(page.getByTestId('keep-whole')).toBeDisabled();
  expect(said, 'asked before the value arrived').toBe(0);
  letGo();
  await expect(page.getByTestId('split-note')).toHaveCount(0);
  await saved(page);
  expect(said).toBe(1);
  expect((await detailOf(page, idIn(address))).fields.purchase_order?.value).toBe('PO-7');
  await other.remove();
});

test('a file is not split while a value in it is refused', async ({ page }) => {
  const other = await makeSamples(8503, 1, '--with-batch');
  await signIn(page, 'clerk');
  await openNew(page, other.of('batch')[0] ?? '');
  const gross = page.getByTestId('field-gross_total');
  await gross.fill('a lot');
  await page.getByTestId('keep-whole').click();
  await expect(page.getByTestId('toast').filter({ hasText: 'Nothing was decided' })).toBeVisible();
  await expect(gross).toBeFocused();
  await expect(page.getByTestId('split-note')).toBeVisible();
  await other.remove();
});

test('who leaves the page while a file is split goes on elsewhere', async ({ page }) => {
  const other = await makeSamples(8504, 1, '--with-batch');
  const { closed, open: letGo } = gate();
  await page.route('**/api/fn/split_invoice*', async (route) => {
    await closed;
    await route.continue();
  });
  await signIn(page, 'clerk');
  await openNew(page, other.of('batch')[0] ?? '');
  await page.getByTestId('split-button').click();
  await page.getByTestId('split-confirm').click();
  await expect(page.getByTestId('split-button')).toBeDisabled();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(rows(page).first()).toBeVisible();
  letGo();
  await expect(page.getByTestId('toast').filter({ hasText: 'Split into 3 invoices' })).toBeVisible();
  await expect(page).toHaveURL(/\/invoices(\?.*)?$/);
  // The page still answers.
  await page.getByTestId('upload-button').first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await other.remove();
});
