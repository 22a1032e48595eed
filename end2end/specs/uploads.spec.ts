import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { bring, rows, tray, trayStatus, upload } from '../support/work.ts';
import type { Page, Route } from '@playwright/test';

const INVOICES = '**/api/v1/invoices';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7003, 5);
});
test.afterAll(() => samples.remove());

/** What finds a file's row in the tray. */
const rowIn = (page: Page) => (file: string) => tray(page).getByRole('listitem').filter({ hasText: basename(file) });

test('of eleven files ten are read, three sent at a time, and the last one says why not', async ({ page }) => {
  const files = ['ubl', 'cii', 'text_pdf'].flatMap((kind) => samples.of(kind).slice(0, 4)).slice(0, 11);
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
  const row = rowIn(page);
  await upload(page, files);
  await expect(row(files[10] ?? '')).toContainText('Only 10 files can be sent at once');
  await expect(row(files[10] ?? '').getByRole('button')).toHaveCount(0);
  await expect.poll(() => held.length).toBeGreaterThanOrEqual(3);
  await expect(row(files[9] ?? '')).toContainText('Waiting to be sent');
  expect(held).toHaveLength(3);

  open = true;
  for (const route of held) await route.continue();
  await expect(trayStatus(page)).toHaveText('10 read, 1 failed', { timeout: 45_000 });
  await expect(tray(page).getByText('Read', { exact: true })).toHaveCount(10);
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
  const row = rowIn(page);
  await upload(page, files);
  await expect.poll(() => sent).toBe(3);
  for (const file of files.slice(0, 3)) {
    await row(file).getByRole('button', { name: 'Cancel' }).click();
    await expect(row(file)).toContainText('Cancelled');
    await expect(row(file).getByRole('button')).toHaveCount(0);
  }
  await expect(trayStatus(page)).toHaveText('1 file read');
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
  await expect(trayStatus(page)).toHaveText('1 file read');
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^browser-/);
  expect(keys[1]).toBe(keys[0]);
});

test('the dialog says at once what can not be sent, and lets it be taken out', async ({ page }) => {
  await signIn(page, 'reviewer');
  // By then the list has taken over from the page of signing in, and hears its keys.
  await expect(page.getByTestId('connection-status')).toContainText('Live');
  await page.keyboard.press('u');
  const dialog = page.getByRole('dialog', { name: 'Upload invoices' });
  await expect(page.getByTestId('upload-submit')).toBeDisabled();
  const pdf = { mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') };
  await dialog.getByLabel('choose them').setInputFiles([
    { name: 'letter.docx', mimeType: 'application/octet-stream', buffer: Buffer.from('words') },
    { name: 'large.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(11_500_000, 1) },
    ...Array.from({ length: 11 }, (_, at) => ({ name: `invoice-${at}.pdf`, ...pdf })),
  ]);
  const candidate = (name: string) => dialog.getByRole('listitem').filter({ hasText: name });
  await expect(candidate('letter.docx')).toContainText('Not a PDF');
  await expect(candidate('large.pdf')).toContainText('Larger than 10 MB');
  await expect(candidate('invoice-10.pdf')).toContainText('Only 10 files');
  await expect(page.getByTestId('upload-submit')).toHaveText('Upload 10 files');
  await expectAccessible(page);
  await takeScreenshots(page, 'upload-dialog');
  await dialog.getByRole('button', { name: 'Remove invoice-3.pdf' }).click();
  await expect(candidate('invoice-10.pdf')).not.toContainText('Only 10 files');
  await expect(page.getByTestId('upload-submit')).toHaveText('Upload 10 files');

  // Nothing had the focus when the key was pressed, so it goes to the button that opens the dialog.
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId('upload-button')).toBeFocused();
  await page.keyboard.press('u');
  await expect(dialog.getByRole('listitem')).toHaveCount(0);
  await page.keyboard.press('Escape');

  const row = rows(page).nth(2).getByRole('link');
  await row.focus();
  await page.keyboard.press('u');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row).toBeFocused();
});

test('an e-mail brings a row for each file with it, and says what can not be read', async ({ page }) => {
  await signIn(page, 'reviewer');
  const invoice = samples.of('ubl')[4] ?? '';
  const part = (name: string, type: string, content: Buffer) =>
    `--b\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content.toString('base64')}\r\n`;
  const head = 'From: s@example.com\r\nTo: ap@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
  const files = [part('with-mail.xml', 'application/xml', readFileSync(invoice)), part('terms.zip', 'application/zip', Buffer.from('PK'))];
  await upload(page, [{ name: 'mail.eml', mimeType: 'message/rfc822', buffer: Buffer.from(`${head}${files.join('')}--b--\r\n`) }]);
  await expect(trayStatus(page)).toHaveText('1 read, 1 failed');
  await expect(rowIn(page)('with-mail.xml').getByRole('link', { name: 'Open' })).toBeVisible();
  await expect(rowIn(page)('terms.zip')).toContainText('none of the types we take');
  await expect(tray(page)).not.toContainText('mail.eml');
  await takeScreenshots(page, 'upload-email');
});

test('files dropped while the dialog is open are chosen, not sent', async ({ page }) => {
  await signIn(page, 'reviewer');
  await page.getByTestId('upload-button').first().click();
  const files = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['%PDF-1.7'], 'dropped.pdf', { type: 'application/pdf' }));
    return data;
  });
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: files });
  await expect(page.getByRole('dialog')).toContainText('dropped.pdf');
  await expect(page.getByTestId('upload-submit')).toHaveText('Upload 1 file');
  await expect(tray(page)).toHaveCount(0);
});

test('a file that is here already leads to the first; what was put away stays away', async ({ page }) => {
  await signIn(page, 'reviewer');
  const file = samples.of('scan_image')[0] ?? '';
  const damaged = { name: 'damaged.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nnothing more') };
  const row = rowIn(page);
  const status = trayStatus(page);
  await bring(page, file);
  await upload(page, file);
  await expect(row(file).first()).toContainText('Already here');
  await expect(row(file).first().getByRole('link', { name: 'See the first one' })).toHaveAttribute('href', /\/invoices\/./);
  await expect(status).toHaveText('1 read, 1 already here');

  await upload(page, damaged);
  await expect(status).toHaveText('1 read, 1 already here, 1 failed');
  await expect(row('damaged.pdf')).not.toContainText('Retry');
  await expectAccessible(page);
  await takeScreenshots(page, 'tray');

  // After a reload only the failure is told, in one line, until it is put away.
  await page.reload();
  await hydrated(page);
  await expect(status).toHaveText('1 file failed');
  await expect(row('damaged.pdf')).toBeHidden();
  await tray(page).getByRole('button', { name: 'Files' }).click();
  await expect(row('damaged.pdf')).toBeVisible();
  await tray(page).getByRole('button', { name: 'Clear what is done' }).click();
  await expect(tray(page)).toHaveCount(0);
  const asked = page.waitForResponse(/my_uploads/);
  await page.reload();
  await hydrated(page);
  await asked;
  await expect(tray(page)).toHaveCount(0);
});

for (const width of [360, 1280]) {
  test(`at ${width} px the tray leaves the decision on an invoice free`, async ({ page }) => {
    await page.setViewportSize({ width, height: 740 });
    await signIn(page, 'reviewer');
    const row = rowIn(page);
    const file = samples.of('cii')[3] ?? '';
    await upload(page, file);
    await row(file).first().getByRole('link', { name: 'Open' }).click();
    await expect(page.getByTestId('review')).toBeVisible();
    await expect(row(file).first()).toBeHidden();
    const box = await tray(page).boundingBox();
    const actions = await page.locator('.actions').boundingBox();
    const overlaps = !!box && !!actions && box.y < actions.y + actions.height && actions.y < box.y + box.height;
    expect(overlaps).toBe(false);
    if (width === 360) {
      const form = await page.getByTestId('review').boundingBox();
      expect((form?.y ?? 0) + (form?.height ?? 0)).toBeLessThanOrEqual((box?.y ?? 0) + 1);
    }
    await takeScreenshots(page, `review-tray-${width}`);
  });
}
