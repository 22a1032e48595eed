import { readFileSync } from 'node:fs';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { open, openDuplicate, openRow, rows, saved, send } from '../support/work.ts';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7105, 1);
});
test.afterAll(() => samples.remove());

test('a suspected duplicate is compared side by side, by keyboard, and judged there', async ({ page }) => {
  await signIn(page, 'clerk');
  await openDuplicate(page);
  const button = page.getByTestId('compare-button');
  const dialog = page.getByTestId('compare-dialog');
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('row', { name: /^Number/ })).toContainText('Same');
  await expect(dialog.getByRole('row', { name: /^Uploaded/ })).toContainText('Demo clerk');
  for (const name of ['This one', 'The other one']) {
    const picture = dialog.getByRole('img', { name: `${name}, Page 1 of` });
    await expect(picture).toBeVisible();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  }
  await expectAccessible(page);
  await takeScreenshots(page, 'compare');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();

  // A value that was corrected differs, in a word.
  await page.getByTestId('field-due_date').fill('2027-01-31');
  await page.getByTestId('field-due_date').press('Tab');
  await saved(page);
  await button.click();
  await expect(dialog.getByRole('row', { name: /^Due date/ })).toContainText('Differs');
  await expect(dialog.getByRole('row', { name: /^Due date/ })).toContainText('31 Jan 2027');
  await dialog.getByRole('button', { name: 'It is a duplicate' }).focus();
  await page.keyboard.press('Enter');
  const done = page.getByTestId('toast').filter({ hasText: 'Marked as a duplicate' });
  await expect(done).toBeVisible();
  await expect(dialog).toBeHidden();
  await done.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByTestId('toast').filter({ hasText: 'Back in review' })).toBeVisible();

  await button.click();
  await dialog.getByRole('button', { name: 'Not a duplicate' }).click();
  await expect(page.getByTestId('duplicate-note')).toHaveCount(0);
  await expect(dialog).toHaveCount(0);
});

test('a page that does not come, and an invoice that does not come, are asked for again', async ({ page, complaints }) => {
  complaints.allow(/Failed to load resource|transport failed/);
  await signIn(page, 'clerk');
  const file = samples.of('text_pdf')[0] ?? '';
  for (const ending of ['', '\n']) await send(page, file, Buffer.concat([readFileSync(file), Buffer.from(ending)]));
  let [broken, pictureless] = [true, true];
  await page.route('**/pages/1.png*', (route) => (pictureless ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  await page.route('**/api/fn/load_invoice*', async (route) => {
    const { id } = route.request().postDataJSON() as { id: string };
    if (broken && !page.url().includes(id)) return route.fulfill({ status: 503, body: '' });
    return route.continue();
  });
  // By a link, so that the browser and not the server asks for the other invoice.
  await open(page, '/invoices');
  await openRow(rows(page).filter({ hasText: 'Duplicate?' }).first());
  await page.getByTestId('compare-button').click();
  const dialog = page.getByTestId('compare-dialog');
  await expect(dialog.getByTestId('error-boundary')).toBeVisible();
  broken = false;
  await dialog.getByRole('button', { name: 'Try Again' }).click();
  await expect(dialog.getByRole('row', { name: /^Number/ })).toBeVisible();
  await expect(dialog.getByText('The page could not be loaded')).toHaveCount(2);
  pictureless = false;
  await dialog.getByRole('button', { name: 'Try Again' }).first().click();
  await expect(dialog.getByRole('img', { name: 'This one, Page 1 of' })).toBeVisible();
  await expect(dialog.getByText('The page could not be loaded')).toHaveCount(1);
});
