import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { another, brought, isLive, open, rows, saved } from '../support/work.ts';
import type { Locator, Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7100, 8);
});
test.afterAll(() => samples.remove());

const review = (page: Page) => page.getByTestId('review');
const hasFocus = (locator: Locator) => expect(locator).toBeFocused();

test('what is no value stops the decision and stays in its field', async ({ page, browser, server }) => {
  const address = await brought(browser, server.url, samples.of('ubl')[0] ?? '');
  await signIn(page, 'reviewer');
  await open(page, address);
  const gross = page.getByTestId('field-gross_total');
  await gross.fill('a lot');
  await gross.press('Control+Enter');
  await hasFocus(gross);
  await expect(gross).toHaveValue('a lot');
  await expect(review(page)).toContainText('This is not an amount');
  await expect(page).toHaveURL(new RegExp(address.split('?')[0] ?? ''));
  await expect(page.getByTestId('toast')).toHaveCount(0);
  await gross.press('Escape');
  await expect(gross).not.toHaveValue('a lot');
});

test('what the server refuses stays in its field, with the reason', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 422/);
  const address = await brought(browser, server.url, samples.of('ubl')[1] ?? '');
  await signIn(page, 'clerk');
  await open(page, address);
  const iban = page.getByTestId('field-iban');
  await iban.fill('DE89 3704 0044 0532 0130 01');
  await iban.press('Tab');
  await expect(review(page)).toContainText('check digits');
  await expect(iban).toHaveValue('DE89 3704 0044 0532 0130 01');
  await expect(iban).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByTestId('toast')).toHaveCount(0);
  await page.getByTestId('submit-button').click();
  await hasFocus(iban);
  await iban.fill('DE89 3704 0044 0532 0130 00');
  await iban.press('Tab');
  await saved(page);
  await expect(iban).not.toHaveAttribute('aria-invalid', 'true');
});

test('a decision waits for what was just typed', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 403/);
  const address = await brought(browser, server.url, samples.of('ubl')[2] ?? '');
  await signIn(page, 'clerk');
  await open(page, address);
  const order = page.getByTestId('field-purchase_order');
  await order.fill('PO-1');
  await page.getByTestId('submit-button').click();
  await expect(page.getByTestId('toast')).toHaveText(/Submitted for approval/);
  await expect(review(page)).toContainText('Awaiting approval');
  await expect(order).toHaveValue('PO-1');
  await page.reload();
  await expect(order).toHaveValue('PO-1');

  // Who changed it does not approve it, and hears why; the change stays.
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, address);
  const theirs = reviewer.getByTestId('field-purchase_order');
  await theirs.fill('PO-2');
  await theirs.press('Control+Enter');
  await expect(reviewer.getByTestId('toast')).toContainText('You changed this invoice');
  await expect(theirs).toHaveValue('PO-2');
  await expect(reviewer.getByTestId('approve-button')).toHaveCount(0);
  await reviewer.context().close();
});

test('keys in a dialog are meant for the dialog', async ({ page, browser, server }) => {
  const address = await brought(browser, server.url, samples.of('ubl')[3] ?? '');
  await signIn(page, 'reviewer');
  await open(page, address);
  await page.getByTestId('reject-button').click();
  await hasFocus(page.getByLabel('Reason'));
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('reject-dialog')).toContainText('Choose a reason');
  await page.keyboard.press('Control+ArrowUp');
  await expect(page.getByTestId('reject-dialog')).toBeVisible();
  await page.getByLabel('Reason').selectOption('not_ordered');
  await page.keyboard.press('Control+Enter');
  await hasFocus(page.getByLabel('Note'));
  await page.keyboard.type('Nobody knows of it');
  await page.keyboard.press('Control+Enter');
  await expect(review(page)).toContainText('Rejected');
  await hasFocus(page.getByRole('heading', { level: 1 }));
});

test('closing a dialog gives the focus back, and ? tells the keys', async ({ page, browser, server }) => {
  const address = await brought(browser, server.url, samples.of('ubl')[4] ?? '');
  await signIn(page, 'reviewer');
  await open(page, address);
  await page.getByTestId('reject-button').click();
  await page.keyboard.press('Escape');
  await hasFocus(page.getByTestId('reject-button'));
  await page.keyboard.press('?');
  await expect(page.getByTestId('keys-dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('keys-dialog')).toBeHidden();
  await page.getByTestId('approve-button').click();
  await expect(review(page)).toContainText('Approved');
  await hasFocus(page.getByRole('heading', { level: 1 }));
  await page.keyboard.press('Control+ArrowDown');
  await hasFocus(page.getByRole('heading', { level: 1 }));
});

test('changes made offline outlive the page and a reload', async ({ page, browser, server, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/);
  const address = await brought(browser, server.url, samples.of('ubl')[5] ?? '');
  await signIn(page, 'clerk');
  await rows(page).first().waitFor();
  await page.locator(`a[href^="${address.split('?')[0]}"]`).first().click();
  await hydrated(page);
  await isLive(page);
  const order = page.getByTestId('field-purchase_order');
  await expect(order).toBeVisible();
  await page.context().setOffline(true);
  await order.fill('PO-OFFLINE');
  await order.press('Tab');
  await expect(page.getByTestId('pending-sync')).toContainText('1 change waits');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');

  // Leaving for good asks first; the edit waits in the browser.
  const asked = page.waitForEvent('dialog');
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await closing;
  page.on('dialog', (question) => void question.accept());
  await page.context().setOffline(false);
  await page.goto(address);
  await hydrated(page);
  await saved(page);
  await expect(order).toHaveValue('PO-OFFLINE');
  await page.reload();
  await expect(order).toHaveValue('PO-OFFLINE');
});

test('Enter confirms a type as it was read', async ({ page, browser, server }) => {
  const address = await brought(browser, server.url, samples.of('text_pdf')[0] ?? '');
  await signIn(page, 'clerk');
  await open(page, address);
  const row = page.locator('.field').filter({ has: page.getByTestId('field-document_type') });
  await page.getByTestId('field-document_type').focus();
  await page.keyboard.press('Enter');
  await saved(page);
  await expect(row).toContainText('Confirmed by a person');
});

test('undo stands on the own edit: a later change of somebody else is asked about', async ({
  page,
  browser,
  server,
  complaints,
}) => {
  complaints.allow(/status of 409/);
  const address = await brought(browser, server.url, samples.of('ubl')[6] ?? '');
  await signIn(page, 'clerk');
  await open(page, address);
  const name = page.getByTestId('field-buyer_name');
  const before = await name.inputValue();
  await name.fill('Mine Ltd');
  await name.press('Tab');
  await saved(page);
  const admin = await another(browser, server.url, 'admin');
  await open(admin, address);
  await admin.getByTestId('field-buyer_name').fill('Theirs Ltd');
  await admin.getByTestId('field-buyer_name').press('Tab');
  await saved(admin);
  await expect(name).toHaveValue('Theirs Ltd');
  await page.getByRole('button', { name: /^Undo/ }).click();
  const dialog = page.getByTestId('conflict-dialog');
  await expect(dialog).toBeVisible();
  await expect(dialog).toContainText('Buyer name');
  await hasFocus(dialog.locator('[data-focus]').first());

  // Escape keeps theirs, and says how to get mine back.
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('toast')).toContainText('Theirs kept');
  await expect(name).toHaveValue('Theirs Ltd');
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect(admin.getByTestId('field-buyer_name')).toHaveValue(before);
  await admin.context().close();
});

test('discarding asks first and can be taken back, and a missing invoice is said to be missing', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 404/);
  const address = await brought(browser, server.url, samples.of('ubl')[7] ?? '');
  await signIn(page, 'clerk');
  await open(page, address);
  await page.getByTestId('review-more').click();
  await page.getByRole('button', { name: 'Discard invoice…' }).click();
  await page.getByTestId('discard-confirm').click();
  await expect(review(page)).toContainText('Cancelled');
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect(review(page)).toContainText('To review');
  await expect(review(page)).not.toContainText('Cancelled');
  await page.goto('/invoices/01920000-0000-7000-8000-000000000000');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Invoice not found');
  await expect(page.getByRole('link', { name: 'All invoices', exact: true })).toBeVisible();
});
