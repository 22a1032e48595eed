// Scans, read by OCR where it is installed.
import { spawnSync } from 'node:child_process';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { open, send } from '../support/work.ts';

let samples: Samples;
test.use({ serverEnv: { AP_INTAKE_OCR: 'true' } });
test.beforeAll(async () => {
  samples = await makeSamples(8100, 2);
});
test.afterAll(() => samples.remove());
test.skip(spawnSync('tesseract', ['--version']).status !== 0, 'tesseract is not installed');

test('a scan is read: values stand on its words, which can be pointed at', async ({ page }) => {
  await signIn(page, 'clerk');
  const id = await send(page, samples.of('scan_image')[0] ?? '');
  await expect(async () => {
    const answer = await page.request.get(`/api/v1/invoices/${id}`);
    expect(((await answer.json()) as { status: string }).status).toBe('needs_review');
  }).toPass({ timeout: 60_000 });
  await open(page, `/invoices/${id}`);
  await expect(page.getByTestId('field-gross_total')).not.toHaveValue('');
  await page.getByTestId('field-gross_total').focus();
  await expect(page.getByTestId('field-box-gross_total')).toBeVisible();
  await expectAccessible(page);
  await takeScreenshots(page, 'review-scan');

  // The words under the pointer are those that OCR found, asked for without reading it again.
  await page.getByTestId('field-note').or(page.getByTestId('field-purchase_order')).first().focus();
  const words = page.waitForResponse((answer) => answer.url().includes('load_words'));
  await page.locator('.page-sheet').first().hover();
  const found = (await (await words).json()) as { text: string }[];
  expect(found.length).toBeGreaterThan(10);
});
