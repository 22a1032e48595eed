// Pictures of the pages with work on them, from an empty server on. Dates are frozen; the documents are always the same,
// and are given dates around today, so that the same checks fail on any day.
import { comparePictures, freezeDates } from '../support/pictures.ts';
import { makeSamples } from '../support/samples.ts';
import { addPerson } from '../support/server.ts';
import { expect, hydrated, signInWith, test } from '../support/test.ts';
import { another, correct, isLive, open, rows, sendAndRead } from '../support/work.ts';
import type { Locator, Page } from '@playwright/test';

test.use({ demo: false });

const PASSWORD = 'demo-password';

async function compare(page: Page, name: string, part?: Locator): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.querySelector('#main')?.scrollTo(0, 0));
  await freezeDates(page);
  await comparePictures(page, name, (width) => (width === 360 ? 740 : 900), part);
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A document with days around today. */
async function bringUpToDate(page: Page, file: string, due: number): Promise<string> {
  const address = await sendAndRead(page, file);
  await correct(page, address, { issue_date: inDays(-20), due_date: inDays(due) });
  return address;
}

test('pages look as before, from the first account to a decision', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 409/);
  test.setTimeout(240_000);
  await page.goto('/setup');
  await hydrated(page);
  await compare(page, 'setup');
  await page.getByLabel('Name').fill('Demo admin');
  await page.getByLabel('E-mail').fill('admin@example.com');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await hydrated(page);
  await isLive(page);
  await compare(page, 'first-use');

  for (const role of ['clerk', 'reviewer']) await addPerson(server, `${role}@example.com`, role, `Demo ${role}`, PASSWORD);
  await open(page, '/settings');
  await compare(page, 'settings');
  await page.context().clearCookies();

  const samples = await makeSamples(9_950, 2);
  const clerk = await another(browser, server.url, 'clerk');
  const sent: Record<string, string> = {};
  for (const [at, kind] of ['scan_image', 'cii', 'facturx_pdf', 'ubl', 'text_pdf'].entries()) {
    for (const file of samples.of(kind).slice(0, kind === 'scan_image' ? 1 : 2)) {
      sent[kind] = await (kind === 'scan_image' ? sendAndRead(clerk, file) : bringUpToDate(clerk, file, at === 1 ? -5 : 10));
    }
  }
  await correct(clerk, sent.text_pdf ?? '', { gross_total: '9999.00' });
  await samples.remove();

  await signInWith(page, 'reviewer@example.com', PASSWORD);
  await open(page, '/invoices');
  for (const at of [1, 2, 4]) await rows(page).nth(at).getByRole('checkbox').check();
  await expect(page.getByTestId('bulk-bar')).toContainText('3 chosen');
  await compare(page, 'list-chosen');

  await open(page, sent.ubl ?? '');
  await compare(page, 'review-data');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByTestId('reject-button').click();
  await expect(page.getByTestId('reject-dialog')).toBeVisible();
  await compare(page, 'reject', page.getByTestId('reject-dialog'));
  await page.keyboard.press('Escape');

  await page.setViewportSize({ width: 1280, height: 900 });
  await open(page, sent.text_pdf ?? '');
  await page.locator('.page-sheet img').first().evaluate(async (picture: HTMLImageElement) => picture.decode());
  await compare(page, 'review-page');
  await page.getByTestId('field-supplier_name').fill('Mine Ltd');
  await correct(clerk, sent.text_pdf ?? '', { supplier_name: 'Theirs Ltd' });
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('conflict-dialog')).toBeVisible();
  await compare(page, 'conflict', page.getByTestId('conflict-dialog'));
  await clerk.context().close();
});

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
  await expect.soft(page).toHaveScreenshot('rejected-on-paper.png', { fullPage: true });
  await clerk.context().close();
});
