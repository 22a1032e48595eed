// What becomes of what is typed when others change it too, or its page is left.
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { another, open, openNew, saved } from '../support/work.ts';
import type { Browser, Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(9800, 6);
});
test.afterAll(() => samples.remove());
test.beforeEach(({ page }) => signIn(page, 'clerk'));

const order = (page: Page) => page.getByTestId('field-purchase_order');
const gross = (page: Page) => page.getByTestId('field-gross_total');
const date = (page: Page) => page.getByTestId('field-issue_date');
const isWhole = (page: Page) => date(page).evaluate((control) => control.matches(':valid'));
const toasts = (page: Page) => page.getByTestId('toast');

/** Somebody else changes the date, and then another field by which the page shows that both have arrived. */
async function changedByAnother(page: Page, browser: Browser, url: string, address: string): Promise<void> {
  const admin = await another(browser, url, 'admin');
  await open(admin, address);
  await date(admin).fill('2030-05-05');
  await date(admin).press('Tab');
  await order(admin).fill('PO-THEIRS');
  await order(admin).press('Tab');
  await saved(admin);
  await admin.context().close();
  await expect(order(page)).toHaveValue('PO-THEIRS');
}

test('a date that is being typed meets that of somebody else', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 409/);
  const address = await openNew(page, samples.of('ubl')[0] ?? '');
  await date(page).focus();
  await page.keyboard.press('ArrowUp');
  const typed = await date(page).inputValue();
  await changedByAnother(page, browser, server.url, address);
  await expect(date(page)).toHaveValue(typed);
  // Tab goes on to the date's next part first.
  await order(page).focus();
  await page.getByTestId('keep-mine').click();
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(date(page)).toHaveValue(typed);
});

test('a part of a date is not replaced, and clears nothing', async ({ page, browser, server }) => {
  const address = await openNew(page, samples.of('ubl')[1] ?? '');
  await date(page).focus();
  await page.keyboard.press('Delete');
  expect(await isWhole(page)).toBe(false);
  await changedByAnother(page, browser, server.url, address);
  expect(await isWhole(page)).toBe(false);
  await date(page).press('Control+ArrowDown');
  await expect(toasts(page)).toContainText('not saved yet');
  await open(page, address);
  await expect(date(page)).toHaveValue('2030-05-05');
});

test('what is half typed is saved when a key leads to another invoice', async ({ page }) => {
  const address = await openNew(page, samples.of('ubl')[2] ?? '');
  await order(page).fill('PO-LEFT');
  await page.keyboard.press('Control+ArrowDown');
  await page.waitForURL((url) => !url.pathname.startsWith(address.split('?')[0] ?? ''));
  await open(page, address);
  await expect(order(page)).toHaveValue('PO-LEFT');

  await page.getByTestId('field-line_1').click();
  await page.getByTestId('cell-line_1-unit').fill('crate');
  await page.keyboard.press('Control+ArrowUp');
  await page.waitForURL((url) => !url.pathname.startsWith(address.split('?')[0] ?? ''));
  await open(page, address);
  await expect(page.locator('[data-row=line_1]').first()).toContainText('crate');
});

test('what is half typed is saved when the page is left another way', async ({ page }) => {
  const address = await openNew(page, samples.of('ubl')[3] ?? '');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await page.goBack();
  await hydrated(page);
  await order(page).fill('PO-BACK');
  await page.goForward();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await open(page, address);
  await expect(order(page)).toHaveValue('PO-BACK');
});

test('what can not be saved is said on leaving, and is there on coming back', async ({ page }) => {
  await openNew(page, samples.of('ubl')[4] ?? '');
  await gross(page).fill('a lot');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await expect(toasts(page)).toContainText('not saved yet: Gross');
  await toasts(page).getByRole('button', { name: 'Look at it' }).click();
  await expect(gross(page)).toHaveValue('a lot');
  await expect(page.getByTestId('review')).toContainText('This is not an amount');
  await gross(page).press('Escape');
  await expect(gross(page)).not.toHaveValue('a lot');
  await expect(page.getByTestId('review')).not.toContainText('This is not an amount');
});

/** Whether closing the tab asks first; the person stays. */
async function asksOnClosing(page: Page): Promise<boolean> {
  const asked = page.waitForEvent('dialog', { timeout: 5_000 }).catch(() => null);
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  await dialog?.dismiss();
  return dialog?.type() === 'beforeunload';
}

test('closing the tab asks first while something typed is not saved', async ({ page }) => {
  const address = await openNew(page, samples.of('ubl')[5] ?? '');
  // A browser asks only where somebody did something.
  await gross(page).click();
  await gross(page).fill('a lot');
  expect(await asksOnClosing(page)).toBe(true);
  await gross(page).press('Escape');
  await order(page).fill('PO-TYPED');
  expect(await asksOnClosing(page)).toBe(true);
  await saved(page);
  await page.goto(address);
  await hydrated(page);
  await expect(order(page)).toHaveValue('PO-TYPED');
  await order(page).focus();
  expect(await asksOnClosing(page)).toBe(false);
});
