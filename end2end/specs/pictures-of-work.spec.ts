// Pictures of the pages with work on them, from an empty server on. Dates are frozen; the documents are always the same,
// and are given dates around today, so that the same checks fail on any day.
import { bringUpToDate, compareFrozen as compare, PASSWORD } from '../support/pictures.ts';
import { makeSamples } from '../support/samples.ts';
import { addPerson } from '../support/server.ts';
import { expect, hydrated, signInWith, test } from '../support/test.ts';
import { another, correct, isLive, open, rows, sendAndRead } from '../support/work.ts';

test.use({ demo: false });

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
