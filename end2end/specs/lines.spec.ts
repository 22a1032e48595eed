import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, open, openNew, saved } from '../support/work.ts';
import type { Locator, Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(9300, 9);
});
test.afterAll(() => samples.remove());
test.beforeEach(({ page }) => signIn(page, 'clerk'));

const lines = (page: Page) => page.locator('.table-lines .row-plain, .table-lines .row-form');
const row = (page: Page, number: number) => page.locator(`[data-row=line_${number}]`).first();
/** A cell of a line by its number, or of another row by its name. */
const cell = (page: Page, of: number | string, name: string) =>
  page.getByTestId(`cell-${typeof of === 'number' ? `line_${of}` : of}-${name}`);
const figure = async (locator: Locator) => Number((await locator.innerText()).replaceAll(',', ''));

test('a line is corrected by keyboard, shown to others and undone', async ({ page, browser, server }) => {
  const address = await openNew(page, samples.of('ubl')[0] ?? '');
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, address);

  await page.getByTestId('field-line_1').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('field-line_1')).toBeFocused();
  await cell(page, 1, 'unit_price').fill('10');
  await cell(page, 1, 'quantity').fill('2*3+1');
  await page.keyboard.press('Tab');
  await expect(cell(page, 1, 'quantity')).toHaveValue('7');
  await expect(cell(page, 1, 'net')).toHaveValue('70.00');
  await cell(page, 1, 'quantity').press('Enter');
  await saved(page);
  await expect(row(page, 1)).toContainText('70.00');
  await expect(row(reviewer, 1)).toContainText('70.00');
  await page.keyboard.press('Escape');

  await page.getByTestId('review').locator('h1').click();
  await page.keyboard.press('Control+z');
  await saved(page);
  await expect(row(reviewer, 1)).not.toContainText('70.00');
  await reviewer.context().close();
});

test('lines are added, split and removed', async ({ page }) => {
  await openNew(page, samples.of('ubl')[1] ?? '');
  const count = await lines(page).count();
  const sum = await figure(page.getByTestId('lines-sum'));

  await page.getByTestId('add-line').click();
  await page.keyboard.type('Freight');
  await cell(page, count + 1, 'net').fill('12,5');
  await page.keyboard.press('Enter');
  await saved(page);
  await expect(lines(page)).toHaveCount(count + 1);
  expect(await figure(page.getByTestId('lines-sum'))).toBeCloseTo(sum + 12.5, 2);

  await page.getByTestId(`field-line_${count + 1}`).click();
  await page.getByRole('button', { name: 'Split' }).click();
  await saved(page);
  await expect(lines(page)).toHaveCount(count + 2);
  await expect(lines(page).last()).toContainText('6.25');
  expect(await figure(page.getByTestId('lines-sum'))).toBeCloseTo(sum + 12.5, 2);

  await page.getByTestId(`field-line_${count + 1}`).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(lines(page)).toHaveCount(count + 1);
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect(lines(page)).toHaveCount(count + 2);
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(lines(page)).toHaveCount(count + 2);

  // One that was added and left empty is none.
  await page.getByTestId('add-line').click();
  await expect(page.getByTestId(`field-line_${count + 3}`)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(lines(page)).toHaveCount(count + 2);
});

test('cells are pasted from a spreadsheet', async ({ page }) => {
  await openNew(page, samples.of('ubl')[2] ?? '');
  const count = await lines(page).count();
  await page.getByTestId('add-line').click();
  await page.getByTestId(`field-line_${count + 1}`).evaluate((control) => {
    const copied = new DataTransfer();
    copied.setData('text/plain', 'Bolts\t10\tbox\t1.50\t19\t15.00\r\nNuts\t4\tbox\t2.25\t19%\t9.00\r\n');
    control.dispatchEvent(new ClipboardEvent('paste', { clipboardData: copied, bubbles: true, cancelable: true }));
  });
  await cell(page, count + 1, 'net').press('Enter');
  await saved(page);
  await expect(lines(page)).toHaveCount(count + 2);
  await page.reload();
  await hydrated(page);
  await expect(row(page, count + 1)).toContainText(/Bolts\s*10\s*box\s*1\.50\s*19\s*15\.00/);
  await expect(row(page, count + 2)).toContainText(/Nuts\s*4\s*box\s*2\.25\s*19\s*9\.00/);
});

test('what a paste could not take is named, and quoted cells are one cell', async ({ page }) => {
  await openNew(page, samples.of('cii')[0] ?? '');
  const count = await lines(page).count();
  await page.getByTestId('add-line').click();
  await page.getByTestId(`field-line_${count + 1}`).evaluate((control) => {
    const copied = new DataTransfer();
    copied.setData('text/plain', '"Bolts,\nzinc"\tten\tbox\r\nNuts\t4\tbox\tcheap\r\n');
    control.dispatchEvent(new ClipboardEvent('paste', { clipboardData: copied, bubbles: true, cancelable: true }));
  });
  await expect(page.getByTestId('toast')).toContainText(
    new RegExp(`2 cells could not be taken: row ${count + 1} Quantity “ten”, row ${count + 2} .* “cheap”`),
  );
  await cell(page, count + 1, 'quantity').press('Enter');
  await saved(page);
  await expect(lines(page)).toHaveCount(count + 2);
  await expect(row(page, count + 1)).toContainText('Bolts, zinc');
});

test('a VAT row is added, edited and removed', async ({ page }) => {
  await openNew(page, samples.of('cii')[1] ?? '');
  const vat = page.locator('details').filter({ has: page.getByTestId('add-vat-row') });
  await vat.locator('summary').click();
  const vatRows = vat.locator('.row-plain, .row-form');
  const count = await vatRows.count();
  const added = vat.locator(`[data-row=vat_row_${count + 1}]`).first();

  await page.getByTestId('add-vat-row').click();
  await expect(page.getByTestId(`field-vat_row_${count + 1}`)).toBeFocused();
  await page.keyboard.type('S');
  await cell(page, `vat_row_${count + 1}`, 'tax_rate').fill('7 %');
  await cell(page, `vat_row_${count + 1}`, 'base').fill('200');
  await page.keyboard.press('Tab');
  // The VAT follows its base and rate.
  await expect(cell(page, `vat_row_${count + 1}`, 'tax')).toHaveValue('14.00');
  await page.keyboard.press('Enter');
  await saved(page);
  await expect(vatRows).toHaveCount(count + 1);
  await expect(added).toContainText(/S\s*7\s*200\.00\s*14\.00/);

  await page.getByTestId(`field-vat_row_${count + 1}`).click();
  await cell(page, `vat_row_${count + 1}`, 'base').fill('300');
  await page.keyboard.press('Enter');
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(added).toContainText(/S\s*7\s*300\.00\s*21\.00/);

  await vat.locator('summary').click();
  await page.getByTestId(`field-vat_row_${count + 1}`).click();
  await vat.getByRole('button', { name: 'Remove' }).click();
  await expect(vatRows).toHaveCount(count);
  await expect(page.getByTestId('toast')).toContainText('VAT row removed');
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(vatRows).toHaveCount(count);
});

test('two people in one line: other cells are merged, the same cell is asked about', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 409/);
  const address = await openNew(page, samples.of('ubl')[3] ?? '');
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, address);

  // Both begin from the same line; what the one saves arrives while the other still types.
  const begin = async (who: Page) => {
    await who.getByTestId('field-line_1').click();
    await expect(cell(who, 1, 'unit')).toBeVisible();
  };
  await begin(reviewer);
  await begin(page);
  await page.getByTestId('field-line_1').fill('Written by the clerk');
  await page.keyboard.press('Enter');
  await saved(page);
  await cell(reviewer, 1, 'unit').fill('crate');
  await reviewer.keyboard.press('Enter');
  await saved(reviewer);
  for (const who of [page, reviewer]) {
    await expect(row(who, 1)).toContainText('Written by the clerk');
    await expect(row(who, 1)).toContainText('crate');
    await expect(who.getByTestId('conflict-dialog')).toBeHidden();
  }

  await page.keyboard.press('Escape');
  await reviewer.keyboard.press('Escape');
  await begin(reviewer);
  await begin(page);
  await cell(page, 1, 'unit').fill('pallet');
  await page.keyboard.press('Enter');
  await saved(page);
  await cell(reviewer, 1, 'unit').fill('sack');
  await reviewer.keyboard.press('Enter');
  const dialog = reviewer.getByTestId('conflict-dialog');
  await expect(dialog).toContainText('Line “Written by the clerk”');
  await expect(dialog).toContainText('Unit sack');
  await expect(dialog).toContainText('Unit pallet');
  await dialog.getByTestId('keep-mine').click();
  await saved(reviewer);
  await expect(row(page, 1)).toContainText('sack');
  await reviewer.context().close();
});

test('what is no number stays in its cell, and stops the decision', async ({ page }) => {
  await openNew(page, samples.of('ubl')[4] ?? '');
  await page.getByTestId('field-line_1').click();
  await cell(page, 1, 'net').fill('ten');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('review')).toContainText('Not saved: Net: this is not a number');
  await expect(cell(page, 1, 'net')).toHaveValue('ten');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('toast')).toHaveCount(0);
  await cell(page, 1, 'net').fill('10');
  await page.keyboard.press('Enter');
  await saved(page);
  await expect(row(page, 1)).toContainText('10.00');
});

test('Enter reaches a line that does not add up, and goes on from it', async ({ page }) => {
  await openNew(page, samples.of('ubl')[6] ?? '');
  await page.getByTestId('field-line_1').click();
  await cell(page, 1, 'net').fill('1');
  await cell(page, 1, 'net').press('Tab');
  await expect(cell(page, 1, 'item_number')).toBeFocused();
  await page.getByTestId('field-invoice_number').click();
  await saved(page);
  await expect(page.getByTestId('field-line_1')).toHaveAccessibleDescription(/^Line 1: .* but the line says 1\.00$/);

  await page.getByTestId('review').locator('h1').click();
  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(cell(page, 1, 'net')).toBeFocused({ timeout: 500 });
  }).toPass();
  await expect(cell(page, 1, 'net')).toHaveAttribute('aria-invalid', 'true');
  await expect(cell(page, 1, 'net')).toHaveAccessibleDescription(/^Line 1: /);
  await expect(cell(page, 1, 'unit')).not.toHaveAttribute('aria-invalid');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(cell(page, 1, 'net')).toHaveCount(0);
  await expect(page.locator(':focus')).not.toHaveAttribute('id', /line_/);
});

test('a VAT row with a failing check is in sight, and Enter reaches it', async ({ page }) => {
  await openNew(page, samples.of('ubl')[7] ?? '');
  const table = page.getByRole('table', { name: 'VAT', exact: true });
  await expect(table).toBeHidden();
  await page.locator('.fold > summary').filter({ hasText: /^\s*VAT/ }).click();
  await page.getByTestId('field-vat_row_1').click();
  const tax = page.getByTestId('cell-vat_row_1-tax');
  await tax.fill('1');
  await tax.press('Enter');
  await saved(page);
  await expect(table).toContainText(/expected .* found 1\.00/);
  await page.reload();
  await hydrated(page);
  await expect(table).toBeVisible();

  await page.getByTestId('review').locator('h1').click();
  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(tax).toBeFocused({ timeout: 500 });
  }).toPass();
  await expect(tax).toHaveAttribute('aria-invalid', 'true');
});

test('item number and category stand under the description and are corrected in the open row', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await openNew(page, samples.of('ubl')[8] ?? '');
  // The standard category is that of nearly all lines: only another one is told.
  await expect(row(page, 1).locator('.row-aside')).toHaveText(/^Item \S+$/);
  await page.getByTestId('field-line_1').click();
  await cell(page, 1, 'item_number').fill('A-4711');
  await cell(page, 1, 'item_number').press('Tab');
  await cell(page, 1, 'tax_category').fill('AE');
  await cell(page, 1, 'tax_category').press('Enter');
  await saved(page);
  await expect(row(page, 1).locator('.row-aside')).toHaveText('Item A-4711 · VAT category AE');
  await page.keyboard.press('Escape');
  const width = () => page.locator('.fold:has(.table-lines) > div').evaluate((area) => area.scrollWidth);
  const before = await width();
  await page.locator('.row-aside').evaluateAll((asides: HTMLElement[]) => asides.forEach((aside) => (aside.hidden = true)));
  expect(before, 'the table is no wider for it').toBe(await width());
});

test('the lines are accessible, to look at and as a form', async ({ page }) => {
  await openNew(page, samples.of('ubl')[5] ?? '');
  await expectAccessible(page);
  await page.getByTestId('field-line_1').click();
  await expect(cell(page, 1, 'net')).toBeVisible();
  await expectAccessible(page);
  await page.getByTestId('add-line').scrollIntoViewIfNeeded();
  await takeScreenshots(page, 'lines');
});
