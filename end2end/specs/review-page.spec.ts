import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, test } from '../support/test.ts';
import { another, bring, open, openNew, openRow, rows, saved, trayStatus, upload } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7200, 4, '--with-batch');
});
test.afterAll(() => samples.remove());

/** Opens the newest invoice of a tab. */
async function openNewest(page: Page, status: string): Promise<void> {
  await open(page, `/invoices?status=${status}`);
  await openRow(rows(page).first());
}

test('what could not be read says so, hides the empty form and can be discarded', async ({ page }) => {
  await signIn(page, 'clerk');
  await upload(page, { name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nnothing') });
  await expect(trayStatus(page)).toHaveText('1 file failed');
  await openNewest(page, 'failed');
  const review = page.getByTestId('review');
  await expect(review).toContainText('could not be read');
  await expect(page.getByTestId('field-invoice_number')).toHaveCount(0);
  await expectAccessible(page);
  await page.getByTestId('discard-button').click();
  await page.getByTestId('discard-confirm').click();
  await expect(review).toContainText('Cancelled');
});

test('data without a picture is written out, money stands before parties', async ({ page }) => {
  await signIn(page, 'clerk');
  await openNew(page, samples.of('ubl')[0] ?? '');
  const sheet = page.getByRole('region', { name: 'The invoice, written out' });
  const number = await page.getByTestId('field-invoice_number').inputValue();
  await expect(sheet).toContainText(number);
  const groups = page.getByRole('region', { name: 'Values' }).locator('.group-title');
  await expect(groups).toHaveText(['Invoice', 'Totals', 'Payment', 'Supplier', 'Buyer']);
  await expectAccessible(page);

  // The sheet follows what is corrected.
  await page.getByTestId('field-buyer_name').fill('Corrected Ltd');
  await page.getByTestId('field-buyer_name').press('Tab');
  await expect(sheet).toContainText('Corrected Ltd');

  // On paper there are no tools, and the first page holds more than the head.
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('link', { name: 'Back to the list' })).toBeHidden();
  await expect(page.getByTestId('submit-button')).toBeHidden();
  const top = await sheet.evaluate((element) => element.getBoundingClientRect().top);
  expect(top).toBeLessThan(200);
});

test('the written-out invoice shows what waits to be sent', async ({ page, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/);
  await signIn(page, 'clerk');
  await openNew(page, samples.of('ubl')[2] ?? '');
  const sheet = page.getByRole('region', { name: 'The invoice, written out' });
  await page.context().setOffline(true);
  await page.getByTestId('field-buyer_name').fill('Waiting Ltd');
  await page.getByTestId('field-buyer_name').press('Tab');
  await page.getByTestId('field-line_1').click();
  await page.getByTestId('field-line_1').fill('Waiting wares');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('pending-sync')).toContainText('2 changes wait');
  await expect(sheet).toContainText('Waiting Ltd');
  await expect(sheet).toContainText('Waiting wares');
  await page.context().setOffline(false);
  await saved(page, 30_000);
});

test('a field that was not read is asked for and filled in by keys', async ({ page }) => {
  await signIn(page, 'clerk');
  await openNew(page, samples.of('ubl')[3] ?? '');
  const rounding = page.getByTestId('field-rounding_amount');
  await expect(rounding).toHaveCount(0);
  const add = page.getByRole('button', { name: 'Add a field to Totals' });
  await add.focus();
  await page.keyboard.press('Enter');
  await expect(add).toHaveAttribute('aria-expanded', 'true');
  await expectAccessible(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(add).toBeFocused();
  await expect(add).toHaveAttribute('aria-expanded', 'false');

  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Rounding', exact: true }).press('Enter');
  await expect(rounding).toBeFocused();
  await rounding.fill('0.02');
  await rounding.press('Tab');
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(rounding).toHaveValue('0.02');
});

test('the pages fit again by a button, and the thumbnail of the page one sees is marked', async ({ page }) => {
  await signIn(page, 'clerk');
  await openNew(page, samples.of('batch')[0] ?? '');
  const thumb = (number: number) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: `Page ${number}`, exact: true });
  await expect(thumb(1)).toHaveAttribute('aria-current', 'true');
  await page.locator('.sheets').evaluate((sheets) => sheets.scrollTo(0, sheets.scrollHeight));
  await expect(thumb(1)).not.toHaveAttribute('aria-current');
  await expect(page.locator('.thumb').last()).toHaveAttribute('aria-current', 'true');
  await thumb(1).click();
  await expect(thumb(1)).toHaveAttribute('aria-current', 'true');

  const tools = page.getByRole('group', { name: 'Zoom' });
  await tools.getByRole('button', { name: 'Larger (+)' }).click();
  await expect(tools).toContainText('125 %');
  await tools.getByRole('button', { name: 'Fit the width (0)' }).click();
  await expect(tools).toContainText('100 %');
});

test('a duplicate is told once, beside the other invoice', async ({ page }) => {
  await signIn(page, 'clerk');
  await bring(page, samples.of('ubl')[1] ?? '');
  await upload(page, samples.of('ubl')[1] ?? '');
  await expect(trayStatus(page)).toHaveText('1 read, 1 already here');
  await openNewest(page, 'needs_review');
  const note = page.getByTestId('duplicate-note');
  await expect(note).toContainText('The same file was uploaded before');
  await expect(page.getByText('The same file was uploaded before')).toHaveCount(1);
  const number = await page.getByTestId('field-invoice_number').inputValue();
  await expect(note.getByRole('row', { name: /^Number/ }).getByText(number)).toHaveCount(2);
  await expectAccessible(page);
  const here = page.url();
  await note.getByRole('link').click();
  await expect(page).not.toHaveURL(here);
  await expect(page.getByTestId('duplicate-note')).toHaveCount(0);
});

test('a failed check: amounts once, as the page writes them; approving asks why', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  await openNew(page, samples.of('text_pdf')[0] ?? '');
  const gross = page.getByTestId('field-gross_total');
  await gross.fill('99999');
  await gross.press('Tab');
  const notes = page.locator('#field-gross_total-notes');
  await expect(notes).toContainText(/: expected [\d,]+\.\d\d, found 99,999\.00$/);
  await expect(page.getByRole('link', { name: 'Gross total is not net plus VAT', exact: true })).toBeVisible();

  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, page.url());
  await expect(reviewer.getByTestId('approve-button')).toHaveText('Approve anyway…');
  await reviewer.getByTestId('approve-button').click();
  await reviewer.getByTestId('anyway-confirm').click();
  await expect(reviewer.getByLabel('Why it is right all the same')).toBeFocused();
  await expect(reviewer.getByTestId('anyway-dialog')).toContainText('Say in a few words why');
  await expectAccessible(reviewer);
  await reviewer.getByLabel('Why it is right all the same').fill('The supplier rounds');
  await reviewer.getByTestId('anyway-confirm').click();
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  await reviewer.getByText('History', { exact: true }).click();
  await expect(reviewer.getByTestId('review')).toContainText('The supplier rounds');
  await reviewer.context().close();
});

test('a rejected invoice says on top by whom and why', async ({ page }) => {
  await signIn(page, 'reviewer');
  await openRow(rows(page).last());
  await page.getByTestId('reject-button').click();
  await page.getByLabel('Reason').selectOption('wrong_amount');
  await page.getByLabel('Note').fill('Two lines are not ours');
  await page.getByTestId('reject-confirm').click();
  const note = page.getByTestId('rejected-note');
  await expect(note).toContainText('Rejected by Demo reviewer');
  await expect(note).toContainText('Two lines are not ours');
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect(note).toHaveCount(0);
});

test('the divider moves by keys and stays where it was left', async ({ page }) => {
  await signIn(page, 'reviewer');
  await openRow(rows(page).first());
  const divider = page.getByRole('separator', { name: 'Width of the values' });
  const values = page.getByRole('region', { name: 'Values' });
  const width = async () => (await values.boundingBox())?.width ?? 0;
  const before = await width();
  await divider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(divider).toHaveAttribute('aria-valuenow', '504');
  await expect.poll(width).toBeGreaterThan(before);
  await page.reload();
  await expect(divider).toHaveAttribute('aria-valuenow', '504');
});

test('on a phone one pane shows at a time, and the rest is in the menu', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, 'reviewer');
  await openRow(rows(page).nth(1));
  const values = page.getByRole('region', { name: 'Values' });
  await expect(values).toBeVisible();
  await page.getByRole('button', { name: 'Document', exact: true }).click();
  await expect(values).toBeHidden();
  await expect(page.getByRole('region', { name: 'Document', exact: true })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Other invoices' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Undo/ })).toBeVisible();
  await page.getByTestId('review-more').click();
  await expect(page.getByRole('button', { name: 'Reject…' })).toBeVisible();
  await expectAccessible(page);
});

test('a value that was only confirmed is told once in the history', async ({ page }) => {
  await signIn(page, 'reviewer');
  await openRow(rows(page).filter({ hasText: 'Officine Valtorre' }).filter({ hasText: 'Not read surely' }).first());
  const name = page.getByTestId('field-supplier_name');
  await expect(name).toBeVisible();
  const supplier = await name.inputValue();
  await name.focus();
  await page.keyboard.press('Enter');
  await page.getByText('History', { exact: true }).click();
  const entry = page.getByRole('listitem').filter({ hasText: 'verified' }).first();
  await expect(entry).toContainText(`Supplier name: ${supplier}`);
  await expect(entry).not.toContainText('→');
});

interface Discounted {
  id: string;
  allowances?: { percentage: string }[];
}

test('what the document as a whole takes off is told with its reason', async ({ page }) => {
  await signIn(page, 'clerk');
  const { invoices } = (await (await page.request.get('/api/v1/invoices?q=lindhagen')).json()) as { invoices: { id: string }[] };
  const details = await Promise.all(
    invoices.map(async ({ id }) => (await (await page.request.get(`/api/v1/invoices/${id}`)).json()) as Discounted),
  );
  const discounted = details.find(({ allowances }) => allowances?.length === 2);
  const [first] = discounted?.allowances ?? [];
  await open(page, `/invoices/${discounted?.id}`);
  const told = page.getByTestId('allowances');
  await expect(told.getByRole('row').first()).toContainText(`Rabatt · ${first?.percentage} % · VAT 19 %`);
  await expect(told).toContainText(/\u2212 \d+\.\d\d/);
  await expectAccessible(page);
});
