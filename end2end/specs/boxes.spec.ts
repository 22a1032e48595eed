import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { boxOf, drag, openPicture, ready, sheet, type Point } from '../support/sheet.ts';
import { another, open, saved } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(5600, 4);
});
test.afterAll(() => samples.remove());

const frame = (page: Page) => page.getByTestId('box-frame');
const dragBy = (page: Page, from: Point, by: Point) => drag(page, from, [from[0] + by[0], from[1] + by[1]]);

type Box = Awaited<ReturnType<typeof boxOf>>;
const middle = (box: Box): [number, number] => [box.x + box.width / 2, box.y + box.height / 2];

test('dragged onto other words, a box fills its field with them, for everybody and after a reload; undo brings both back', async ({
  page,
  browser,
  server,
}) => {
  const address = await openPicture(page, samples.of('text_pdf')[0]);
  const colleague = await another(browser, server.url, 'reviewer');
  await open(colleague, address);
  const [due, issued] = [page.getByTestId('field-due_date'), await page.getByTestId('field-issue_date').inputValue()];
  const dueWas = await due.inputValue();
  const [from, to] = [await boxOf(page, 'due_date'), await boxOf(page, 'issue_date')];

  await ready(page, 'due_date');
  const [there, here] = [middle(to), middle(from)];
  await dragBy(page, here, [there[0] - here[0], there[1] - here[1]]);
  await expect(due).toHaveValue(issued);
  await saved(page);
  const moved = await boxOf(page, 'due_date');
  expect(Math.abs(middle(moved)[1] - there[1])).toBeLessThan(4);
  await expect(colleague.getByTestId('field-due_date')).toHaveValue(issued);
  await expect.poll(async () => Math.round((await boxOf(colleague, 'due_date')).y - moved.y)).toBeLessThan(4);

  await page.reload();
  await hydrated(page);
  expect(Math.abs((await boxOf(page, 'due_date')).y - moved.y)).toBeLessThan(4);
  await colleague.context().close();

  // What was done before the reload can not be undone any more; what is done now can.
  await ready(page, 'due_date');
  await dragBy(page, middle(await boxOf(page, 'due_date')), [here[0] - there[0], here[1] - there[1]]);
  await expect(due).toHaveValue(dueWas);
  await saved(page);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(due).toHaveValue(issued);
  await expect.poll(async () => Math.abs((await boxOf(page, 'due_date')).y - moved.y)).toBeLessThan(4);
});

test('a corner resizes the box, and the value of the same words stays as it was typed', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[1]);
  await page.getByTestId('field-invoice_number').fill('MINE-1');
  await page.getByTestId('field-invoice_number').blur();
  await saved(page);
  const before = await boxOf(page, 'invoice_number');
  await ready(page, 'invoice_number');
  await frame(page).hover();
  const corner = await page.getByTestId('box-bottom-right').boundingBox();
  if (!corner) throw new Error('no corner');
  expect(Math.min(corner.width, corner.height)).toBeGreaterThanOrEqual(24);
  await dragBy(page, middle(corner), [3, 4]);
  await expect.poll(async () => Math.round((await boxOf(page, 'invoice_number')).height - before.height)).toBe(4);
  await saved(page);
  const after = await boxOf(page, 'invoice_number');
  expect(Math.abs(after.x - before.x)).toBeLessThan(1.5);
  await expect(page.getByTestId('field-invoice_number')).toHaveValue('MINE-1');
  await expect(page.getByTestId('field-invoice_number')).toBeFocused();
});

test('with keys alone: to the box, moved, resized, put back, kept, removed and made anew', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[2]);
  const number = page.getByTestId('field-invoice_number');
  const value = await number.inputValue();
  const start = await boxOf(page, 'invoice_number');
  const area = await sheet(page).boundingBox();
  if (!area) throw new Error('no page');

  await number.focus();
  await page.keyboard.press('Alt+p');
  await expect(frame(page)).toBeFocused();
  await expect(frame(page)).toHaveAccessibleName('Place of Invoice number on page 1');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('box-told')).toContainText('% from the left');
  await page.keyboard.press('Control+ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  const shifted = await frame(page).boundingBox();
  expect(Math.abs((shifted?.y ?? 0) - start.y - area.height * 0.011)).toBeLessThan(4);
  await page.keyboard.press('Escape');
  await expect(number).toBeFocused();
  await expect(page.getByTestId('box-told')).toHaveText('Place put back');
  expect(Math.abs((await boxOf(page, 'invoice_number')).y - start.y)).toBeLessThan(1);

  // Fine steps stay on the same words.
  await page.keyboard.press('Alt+p');
  await expect(frame(page)).toBeFocused();
  await page.keyboard.press('Control+ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(number).toBeFocused();
  await expect(page.getByTestId('box-told')).toHaveText('Invoice number: place kept');
  await saved(page);
  await expect(number).toHaveValue(value);

  await page.keyboard.press('Alt+p');
  await expect(frame(page)).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(number).toBeFocused();
  await expect(number).toHaveValue(value);
  await saved(page);
  await expect(page.getByTestId('field-box-invoice_number')).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  await expect(page.getByTestId('field-box-invoice_number')).toHaveCount(0);
  await expect(number).toHaveValue(value);

  // A new one, in what is seen of the page; nothing is sent before it is kept.
  await number.focus();
  await page.keyboard.press('Alt+p');
  await expect(frame(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(frame(page)).toHaveCount(0);
  await page.keyboard.press('Alt+p');
  await expect(frame(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await saved(page);
  await expect(page.getByTestId('field-box-invoice_number')).toHaveCount(1);

  await page.locator('details.fold summary', { hasText: 'History' }).click();
  await expect(page.locator('.log')).toContainText('changed the place on the page');
  await expect(page.locator('.log')).toContainText('place on the page removed');
});

test('the button at the box removes it, and the toast brings it back', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[3]);
  const gross = page.getByTestId('field-gross_total');
  const value = await gross.inputValue();
  const before = await boxOf(page, 'gross_total');
  await ready(page, 'gross_total');
  await frame(page).hover();
  await page.getByRole('button', { name: 'Remove the place of Gross total' }).click();
  await expect(page.getByTestId('field-box-gross_total')).toHaveCount(0);
  await expect(gross).toHaveValue(value);
  await saved(page);
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => Math.abs((await boxOf(page, 'gross_total')).y - before.y)).toBeLessThan(1);
});

test('on a scan, which has no words, a frame gives a value its place', async ({ page }) => {
  await openPicture(page, samples.of('scan_image')[0]);
  await expect(page.getByTestId('field-box-invoice_number')).toHaveCount(0);
  await ready(page, 'invoice_number');
  const area = await sheet(page).boundingBox();
  if (!area) throw new Error('no page');
  await dragBy(page, [area.x + area.width * 0.3, area.y + 60], [area.width * 0.2, 24]);
  await expect(page.getByTestId('field-box-invoice_number')).toHaveCount(1);
  await saved(page);
  await expect(page.locator('.field', { has: page.getByTestId('field-invoice_number') })).toContainText('To check');
  const box = await boxOf(page, 'invoice_number');
  expect(Math.abs(box.x - area.x - area.width * 0.3)).toBeLessThan(6);
  await page.getByTestId('field-invoice_number').fill('S-17');
  await page.getByTestId('field-invoice_number').press('Tab');
  await saved(page);
  await page.reload();
  await hydrated(page);
  await expect(page.getByTestId('field-invoice_number')).toHaveValue('S-17');
  expect(Math.abs((await boxOf(page, 'invoice_number')).width - box.width)).toBeLessThan(2);
});

test('keys take a box to another page', async ({ page }) => {
  await signIn(page);
  const list = await (await page.request.get('/api/v1/invoices?limit=200')).json();
  let long = '';
  for (const { id } of list.invoices as { id: string }[]) {
    const invoice = await (await page.request.get(`/api/v1/invoices/${id}`)).json();
    if (invoice.pages?.length > 1 && invoice.status === 'needs_review') long = id;
  }
  await open(page, `/invoices/${long}`);
  await page.getByTestId('field-invoice_number').focus();
  await page.keyboard.press('Alt+p');
  await expect(frame(page)).toBeFocused();
  await page.keyboard.press('PageUp');
  await expect(frame(page)).toHaveAccessibleName(/on page 1$/);
  await page.keyboard.press('PageDown');
  await expect(frame(page)).toHaveAccessibleName(/on page 2$/);
  await expect(frame(page)).toBeFocused();
  await expect(frame(page)).toBeInViewport();
  await page.keyboard.press('Enter');
  await saved(page);
  await expect(page.locator('#page-2').getByTestId('field-box-invoice_number')).toHaveCount(1);
});
