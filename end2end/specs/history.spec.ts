import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { openNew, saved } from '../support/work.ts';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7400);
});
test.afterAll(() => samples.remove());

test('the history is narrowed by kind, person and field, and leaves as a table', async ({ page }) => {
  await signIn(page, 'clerk');
  await openNew(page, samples.of('ubl')[0] ?? '');
  for (const [field, value] of [
    ['purchase_order', 'PO-1'],
    ['buyer_name', 'P-2 Ltd'],
    ['purchase_order', 'PO-3'],
  ] as const) {
    await page.getByTestId(`field-${field}`).fill(value);
    await page.getByTestId(`field-${field}`).press('Tab');
    await saved(page);
  }
  const history = page.getByTestId('history');
  await history.locator('summary').click();
  const entries = history.locator('.log > li');
  await expect(entries.filter({ hasText: 'PO-3' })).toHaveCount(1);
  await expect(history).toContainText(/\d+ entries, as they were written/);
  const all = await entries.count();

  await history.getByRole('button', { name: 'Values' }).click();
  await expect(entries).toHaveCount(3);
  await history.getByLabel('Field').selectOption({ label: 'Purchase order' });
  await expect(entries).toHaveCount(2);
  await expect(history).not.toContainText('P-2 Ltd');
  await history.getByRole('button', { name: 'Decisions' }).click();
  await expect(history).toContainText('Nothing of the kind happened');
  await expectAccessible(page);
  await takeScreenshots(page, 'history-none');
  await history.getByRole('button', { name: 'Show everything' }).click();
  await expect(entries).toHaveCount(all);
  await history.getByLabel('By whom').selectOption({ label: 'Reader' });
  await expect(entries.filter({ hasText: 'Demo clerk' })).toHaveCount(0);
  await history.getByLabel('By whom').selectOption({ label: 'Anybody' });
  await history.scrollIntoViewIfNeeded();
  await takeScreenshots(page, 'history');

  const download = page.waitForEvent('download');
  await history.getByRole('link', { name: 'Download as a table' }).click();
  expect((await download).suggestedFilename()).toMatch(/^history-.*\.csv$/);
});
