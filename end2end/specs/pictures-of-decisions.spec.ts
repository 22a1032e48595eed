// Pictures of what becomes of an invoice: split, compared, approved all the same, rejected, on paper.
import { bringUpToDate, compareFrozen as compare, freezeDates, PASSWORD } from '../support/pictures.ts';
import { makeSamples } from '../support/samples.ts';
import { addPerson } from '../support/server.ts';
import { expect, signInWith, test } from '../support/test.ts';
import { another, correct, open, sendAndRead } from '../support/work.ts';
import type { Locator } from '@playwright/test';

test.use({ demo: false });

test('what becomes of an invoice looks as before', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 409/);
  test.setTimeout(240_000);
  for (const role of ['clerk', 'reviewer']) await addPerson(server, `${role}@example.com`, role, `Demo ${role}`, PASSWORD);
  const samples = await makeSamples(9_960, 1, '--with-batch');
  const clerk = await another(browser, server.url, 'clerk');
  const batch = await sendAndRead(clerk, samples.of('batch')[0] ?? '');
  const paper = await bringUpToDate(clerk, samples.of('text_pdf')[0] ?? '', 10);
  const again = await sendAndRead(clerk, samples.of('text_pdf')[0] ?? '');
  const data = await bringUpToDate(clerk, samples.of('ubl')[0] ?? '', 10);
  await samples.remove();

  await signInWith(page, 'reviewer@example.com', PASSWORD);
  const shown = async (address: string) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await open(page, address);
    await page.locator('.page-sheet img').first().evaluate(async (picture: HTMLImageElement) => picture.decode());
  };
  const drawn = (dialog: Locator) =>
    dialog.locator('img').evaluateAll((all) => Promise.all(all.map((picture) => (picture as HTMLImageElement).decode())));

  await shown(batch);
  await compare(page, 'split', page.getByTestId('split-note'));
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByTestId('split-button').click();
  const split = page.getByTestId('split-dialog');
  await drawn(split);
  await compare(page, 'split-dialog', split);

  await shown(again);
  await page.getByTestId('compare-button').click();
  const both = page.getByTestId('compare-dialog');
  await expect(both).toContainText('Same');
  await drawn(both);
  await compare(page, 'compare', both);

  await correct(clerk, data, { gross_total: '9999.00' });
  await page.setViewportSize({ width: 1280, height: 900 });
  await open(page, data);
  await page.getByTestId('approve-button').click();
  await compare(page, 'approve-anyway', page.getByTestId('anyway-dialog'));

  await page.setViewportSize({ width: 1280, height: 900 });
  await shown(paper);
  await page.getByTestId('reject-button').click();
  await page.getByTestId('reject-dialog').getByLabel('Reason').selectOption('wrong_amount');
  await page.getByTestId('reject-dialog').getByLabel('Note').fill('Not what was agreed');
  await page.getByTestId('reject-confirm').click();
  await expect(page.getByTestId('rejected-note')).toContainText('Not what was agreed');
  await page.getByTestId('toast').getByRole('button', { name: 'Dismiss' }).click();
  await compare(page, 'rejected');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  await freezeDates(page);
  await expect.soft(page).toHaveScreenshot('rejected-on-paper.png', { fullPage: true, maxDiffPixelRatio: 0.01, timeout: 30_000 });
  await clerk.context().close();
});
