import { basename } from 'node:path';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, signIn, test } from '../support/test.ts';
import type { Page, Route } from '@playwright/test';

const INVOICES = '**/api/v1/invoices';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7003, 4);
});
test.afterAll(() => samples.remove());

/** Sends files with the dialog; gives what finds a file's row in the tray. */
async function upload(page: Page, files: string[]): Promise<(file: string) => ReturnType<Page['locator']>> {
  await page.getByTestId('upload-button').first().click();
  await page.locator('input[type=file]').first().setInputFiles(files);
  await page.getByTestId('upload-submit').click();
  const rows = page.getByTestId('processing-status').getByRole('listitem');
  return (file) => rows.filter({ hasText: basename(file) });
}

test('of eleven files ten are read, three sent at a time, and the last one says why not', async ({ page }) => {
  const files = ['ubl', 'cii', 'text_pdf'].flatMap((kind) => samples.of(kind)).slice(0, 11);
  expect(files).toHaveLength(11);
  const held: Route[] = [];
  let open = false;
  let sent = 0;
  await page.route(INVOICES, (route) => {
    sent += 1;
    if (open) return route.continue();
    held.push(route);
  });

  // The reviewer has uploaded nothing in the demo, so the tray holds these files only.
  await signIn(page, 'reviewer');
  const row = await upload(page, files);
  await expect(row(files[10] ?? '')).toContainText('Only 10 files can be sent at once');
  await expect(row(files[10] ?? '').getByRole('button')).toHaveCount(0);
  await expect.poll(() => held.length).toBeGreaterThanOrEqual(3);
  await expect(row(files[9] ?? '')).toContainText('Waiting to be sent');
  expect(held).toHaveLength(3);

  open = true;
  for (const route of held) await route.continue();
  const tray = page.getByTestId('processing-status');
  await expect(tray.getByRole('status').first()).toHaveText('1 file failed', { timeout: 45_000 });
  await expect(tray.getByText('Read', { exact: true })).toHaveCount(10);
  expect(sent).toBe(10);
});

test('a file is stopped on its way, and the one that waited for its place is read', async ({ page }) => {
  const files = samples.of('facturx_pdf').slice(0, 4);
  let sent = 0;
  await page.route(INVOICES, (route) => {
    sent += 1;
    // The first three never arrive.
    if (sent > 3) return route.continue();
  });

  await signIn(page, 'reviewer');
  const row = await upload(page, files);
  await expect.poll(() => sent).toBe(3);
  for (const file of files.slice(0, 3)) {
    await row(file).getByRole('button', { name: 'Cancel' }).click();
    await expect(row(file)).toContainText('Cancelled');
    await expect(row(file).getByRole('button')).toHaveCount(0);
  }
  await expect(page.getByTestId('processing-status').getByRole('status').first()).toHaveText('1 file read');
  await expect(row(files[3] ?? '').getByRole('link', { name: 'Open' })).toBeVisible();
});

test('a file is sent again under the same key while the server is busy', async ({ page, complaints }) => {
  complaints.allow(/status of 503/);
  const keys: string[] = [];
  await page.route(INVOICES, (route) => {
    keys.push(route.request().headers()['idempotency-key'] ?? '');
    return keys.length === 1 ? route.fulfill({ status: 503, body: '' }) : route.continue();
  });

  await signIn(page, 'reviewer');
  await upload(page, samples.of('text_pdf').slice(3, 4));
  await expect(page.getByTestId('processing-status').getByRole('status').first()).toHaveText('1 file read');
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^browser-/);
  expect(keys[1]).toBe(keys[0]);
});
