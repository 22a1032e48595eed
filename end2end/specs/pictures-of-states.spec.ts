// Pictures of pages on the way: while something is loaded, sent or failed, without a connection, read only, opened up.
import { bringUpToDate, compareFrozen as compare, PASSWORD } from '../support/pictures.ts';
import { makeSamples, type Samples } from '../support/samples.ts';
import { addPerson } from '../support/server.ts';
import { expect, signInWith, test } from '../support/test.ts';
import { another, connectionIs, correct, holdList, isLive, open, rows, sendAndRead, tray, trayStatus, upload } from '../support/work.ts';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Page } from '@playwright/test';

test.use({ demo: false });
test.describe.configure({ timeout: 240_000 });

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(9_970, 2);
});
test.afterAll(() => samples.remove());

const sample = (kind: string, at = 0) => samples.of(kind)[at] ?? '';
const signInAs = (page: Page, role: string) => signInWith(page, `${role}@example.com`, PASSWORD);
/** As wide as dialogs and menus are opened. */
const wide = (page: Page) => page.setViewportSize({ width: 1280, height: 900 });

const known = new Set<string>();
test.beforeEach(async ({ server }) => {
  if (known.has(server.url)) return;
  known.add(server.url);
  for (const role of ['admin', 'clerk', 'reviewer', 'auditor']) {
    await addPerson(server, `${role}@example.com`, role, `Demo ${role}`, PASSWORD);
  }
});

test('the list on its way looks as before', async ({ page, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch|status of (404|502)/);
  await signInAs(page, 'clerk');
  await bringUpToDate(page, sample('facturx_pdf'), 10);
  const list = await holdList(page);
  await compare(page, 'list-loading');
  await list.fail();
  await expect(page.getByTestId('error-boundary')).toBeVisible();
  await compare(page, 'list-failed');
  list.goOn();
  await page.getByRole('button', { name: 'Try Again' }).click();
  await expect(rows(page).first()).toBeVisible();
  await open(page, '/invoices?q=no-such-invoice');
  await compare(page, 'list-nothing-found');
  await open(page, '/invoices');
  await page.context().setOffline(true);
  await connectionIs(page, 'Offline');
  await compare(page, 'list-offline');
});

test('uploads look as before', async ({ page, complaints }) => {
  complaints.allow(/status of 415/);
  await signInAs(page, 'clerk');
  const ubl = { name: basename(sample('ubl')), mimeType: 'application/xml', buffer: await readFile(sample('ubl')) };
  await page.getByTestId('upload-button').click();
  await page.locator('input[type=file]').first().setInputFiles([
    ubl,
    { name: 'letter.docx', mimeType: 'application/octet-stream', buffer: Buffer.from('words') },
  ]);
  await expect(page.getByRole('dialog')).toContainText('Not a PDF');
  await compare(page, 'upload-dialog', page.getByRole('dialog'));
  await wide(page);
  await page.keyboard.press('Escape');
  await upload(page, [ubl, { name: 'damaged.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nnothing more') }]);
  await expect(trayStatus(page)).toHaveText('1 read, 1 failed');
  await compare(page, 'upload-tray', tray(page));
});

test('an invoice that is worked on looks as before', async ({ page, browser, server }) => {
  const clerk = await another(browser, server.url, 'clerk');
  const address = await bringUpToDate(clerk, sample('cii', 1), 10);
  await signInAs(page, 'reviewer');
  await open(page, address);
  await page.keyboard.press('?');
  await compare(page, 'keys', page.getByRole('dialog'));
  await page.keyboard.press('Escape');

  await wide(page);
  await page.getByTestId('field-line_1').click();
  await page.getByTestId('cell-line_1-net').fill('ten');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('review')).toContainText('this is not a number');
  await compare(page, 'line-refused');
  await wide(page);
  await page.keyboard.press('Escape');

  await page.getByTestId('comments').locator('summary').click();
  await page.getByTestId('comment-text').fill('@Demo clerk is this the agreed price?');
  await page.getByTestId('comment-text').press('Control+Enter');
  await expect(page.getByTestId('comment')).toHaveCount(1);
  await compare(page, 'comments', page.getByTestId('comments'));
  await wide(page);
  await page.getByTestId('history').locator('summary').click();
  await expect(page.getByTestId('history').getByRole('listitem').first()).toBeVisible();
  await compare(page, 'history', page.getByTestId('history'));

  await wide(page);
  await expect(clerk.getByTestId('bell')).toHaveAccessibleName(/unread/);
  await clerk.getByTestId('bell').click();
  await expect(clerk.getByTestId('notice').first()).toBeVisible();
  await compare(clerk, 'notifications', clerk.locator('.menu-bell'));
  await clerk.context().close();
});

test('what an auditor sees looks as before', async ({ page, browser, server }) => {
  const clerk = await another(browser, server.url, 'clerk');
  const address = await bringUpToDate(clerk, sample('text_pdf'), 10);
  await clerk.context().close();
  await signInAs(page, 'auditor');
  await open(page, '/invoices');
  await expect(rows(page).first()).toBeVisible();
  await compare(page, 'list-auditor');
  await wide(page);
  await open(page, address);
  await page.locator('.page-sheet img').first().evaluate(async (picture: HTMLImageElement) => picture.decode());
  await compare(page, 'review-auditor');
});

test('what can not be done to all looks as before', async ({ page }) => {
  await signInAs(page, 'reviewer');
  for (const [at, kind] of ['ubl', 'cii'].entries()) {
    const address = await bringUpToDate(page, sample(kind, at === 0 ? 1 : 0), 10);
    if (at === 1) await correct(page, address, { gross_total: '9999.00' });
  }
  await open(page, '/invoices');
  await expect(rows(page).nth(1)).toBeVisible();
  for (const at of [0, 1]) await rows(page).nth(at).getByRole('checkbox').check();
  await page.getByTestId('bulk-bar').getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByTestId('bulk-report')).toContainText('refused');
  await compare(page, 'bulk-report');
});

test('people and connections look as before', async ({ page }) => {
  await signInAs(page, 'admin');
  await open(page, '/settings');
  await page.getByTestId('add-person').click();
  await compare(page, 'person-dialog', page.getByTestId('add-person-dialog'));
  await wide(page);
  await page.keyboard.press('Escape');
  await open(page, '/system/connections');
  await isLive(page);
  await compare(page, 'connections');
});
