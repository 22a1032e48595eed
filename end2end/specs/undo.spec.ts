// What undo takes back: one action of the person, from the moment it was done.
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { isLive, openNew, saved } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(9700, 4);
});
test.afterAll(() => samples.remove());
test.beforeEach(({ page }) => signIn(page, 'clerk'));

const lines = (page: Page) => page.locator('.table-lines .row-plain, .table-lines .row-form');
const order = (page: Page) => page.getByTestId('field-purchase_order');

/** Presses a key where nothing is typed. */
async function pressOnPage(page: Page, key: string): Promise<void> {
  await page.getByTestId('review').locator('h1').click();
  await page.keyboard.press(key);
}

test('a toast takes back its own change, whatever was changed since', async ({ page }) => {
  await openNew(page, samples.of('ubl')[0] ?? '');
  const count = await lines(page).count();
  await page.getByTestId('field-line_1').click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(lines(page)).toHaveCount(count - 1);
  await order(page).fill('PO-SINCE');
  await order(page).press('Tab');
  const undo = page.getByTestId('toast').getByRole('button', { name: 'Undo' });
  await undo.click();
  await expect(lines(page)).toHaveCount(count);
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(lines(page)).toHaveCount(count);
  await expect(order(page)).toHaveValue('PO-SINCE');
});

test('a toast whose change was undone by the key says so', async ({ page }) => {
  await openNew(page, samples.of('ubl')[1] ?? '');
  const count = await lines(page).count();
  await order(page).fill('PO-BEFORE');
  await order(page).press('Tab');
  await page.getByTestId('field-line_1').click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await pressOnPage(page, 'Control+z');
  await expect(lines(page)).toHaveCount(count);
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByTestId('toast')).toContainText('There is nothing left to undo here');
  await saved(page);
  await expect(order(page)).toHaveValue('PO-BEFORE');
});

test('the buttons undo and redo, as long as there is something', async ({ page }) => {
  await openNew(page, samples.of('cii')[0] ?? '');
  const undo = page.getByRole('button', { name: /^Undo \(/ });
  const redo = page.getByRole('button', { name: /^Redo \(/ });
  const before = await order(page).inputValue();
  await expect(undo).toBeDisabled();
  await expect(redo).toBeDisabled();
  for (const value of ['PO-ONE', 'PO-TWO']) {
    await order(page).fill(value);
    await order(page).press('Tab');
    await saved(page);
  }
  await expect(redo).toBeDisabled();
  await undo.click();
  await expect(order(page)).toHaveValue('PO-ONE');
  await undo.click();
  await expect(order(page)).toHaveValue(before);
  await expect(undo).toBeDisabled();
  await redo.click();
  await expect(order(page)).toHaveValue('PO-ONE');
  // Another change: what was undone can not be done again.
  await order(page).fill('PO-THREE');
  await order(page).press('Tab');
  await expect(redo).toBeDisabled();
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(order(page)).toHaveValue('PO-THREE');
});

test('a change that waits for the connection is undone before an older one', async ({ page, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/);
  await openNew(page, samples.of('ubl')[2] ?? '');
  const name = page.getByTestId('field-buyer_name');
  const before = await order(page).inputValue();
  await name.fill('Older Ltd');
  await name.press('Tab');
  await saved(page);
  await page.context().setOffline(true);
  await order(page).fill('PO-OFFLINE');
  await order(page).press('Tab');
  await expect(page.getByTestId('pending-sync')).toContainText('1 change waits');
  await pressOnPage(page, 'Control+z');
  await expect(order(page)).toHaveValue(before);
  await expect(name).toHaveValue('Older Ltd');
  await pressOnPage(page, 'Control+Shift+Z');
  await expect(order(page)).toHaveValue('PO-OFFLINE');
  await pressOnPage(page, 'Control+z');
  await page.context().setOffline(false);
  await isLive(page, 40_000);
  await saved(page);
  await expect(page.getByTestId('conflict-dialog')).toBeHidden();
  await page.reload();
  await hydrated(page);
  await expect(order(page)).toHaveValue(before);
  await expect(name).toHaveValue('Older Ltd');
});

test('a paste and a split are each undone and redone at once', async ({ page }) => {
  await openNew(page, samples.of('ubl')[3] ?? '');
  const count = await lines(page).count();
  await page.getByTestId('add-line').click();
  await page.getByTestId(`field-line_${count + 1}`).evaluate((control) => {
    const copied = new DataTransfer();
    const table = Array.from({ length: 4 }, (_, at) => `Bolts ${at}\t10\tbox\t1.50\t19\t15.00`).join('\r\n');
    copied.setData('text/plain', table);
    control.dispatchEvent(new ClipboardEvent('paste', { clipboardData: copied, bubbles: true, cancelable: true }));
  });
  await expect(lines(page)).toHaveCount(count + 4);
  await page.keyboard.press('Escape');
  await saved(page);
  await expect(lines(page)).toHaveCount(count + 4);

  await page.getByTestId(`field-line_${count + 1}`).click();
  await page.getByRole('button', { name: 'Split' }).click();
  await expect(lines(page)).toHaveCount(count + 5);
  await pressOnPage(page, 'Control+z');
  await expect(lines(page)).toHaveCount(count + 4);
  await expect(page.locator(`[data-row=line_${count + 1}]`).first()).toContainText('15.00');
  await pressOnPage(page, 'Control+z');
  await expect(lines(page)).toHaveCount(count);
  await pressOnPage(page, 'Control+Shift+Z');
  await expect(lines(page)).toHaveCount(count + 4);
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(lines(page)).toHaveCount(count + 4);
});
