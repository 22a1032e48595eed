import { basename } from 'node:path';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test, type Person } from '../support/test.ts';
import type { Browser, Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7101, 2);
});
test.afterAll(() => samples.remove());

/** Somebody in a browser of their own, whose pages must not complain either. */
async function another(browser: Browser, url: string, person: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', timezoneId: 'UTC' });
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}

/** Uploads a file as the clerk and gives the address of its review page once it is read. */
async function upload(page: Page, file: string): Promise<string> {
  await page.goto('/invoices');
  await hydrated(page);
  await page.getByTestId('upload-button').first().click();
  await page.locator('input[type=file]').first().setInputFiles(file);
  await page.getByTestId('upload-submit').click();
  const tray = page.getByTestId('processing-status');
  await expect(tray).toContainText(basename(file));
  await expect(tray.getByRole('status').first()).toContainText('1 file read');
  const address = await tray.getByRole('link').last().getAttribute('href');
  return address ?? '';
}

async function setLimit(admin: Page, limit: string): Promise<void> {
  await admin.getByRole('button', { name: 'Change Demo reviewer' }).click();
  const dialog = admin.getByTestId('change-person-dialog');
  await dialog.getByLabel(/Approves up to/).fill(limit);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
}

test('a reviewer is refused over their limit, and approves once an admin raised it', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  const address = await upload(page, samples.of('ubl')[0] ?? '');
  await expect(page.getByRole('link', { name: 'Settings' })).toHaveCount(0);

  const admin = await another(browser, server.url, 'admin');
  await admin.getByRole('link', { name: 'Settings' }).click();
  await admin.waitForURL('**/settings');
  const row = admin.getByTestId('member-row').filter({ hasText: 'Demo reviewer' });
  await expect(row).toContainText('any amount');
  await setLimit(admin, '1,00');
  await expect(row).toContainText('1.00 EUR');

  const reviewer = await another(browser, server.url, 'reviewer');
  await reviewer.goto(address);
  await hydrated(reviewer);
  await expect(reviewer.getByTestId('review')).toContainText('Over your limit of 1.00 EUR');
  await expect(reviewer.getByTestId('approve-button')).toHaveCount(0);
  await takeScreenshots(reviewer, 'over-limit');

  await setLimit(admin, '');
  await expect(row).toContainText('any amount');
  await reviewer.reload();
  await hydrated(reviewer);
  await reviewer.getByTestId('approve-button').click();
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  await admin.context().close();
  await reviewer.context().close();
});

test('an admin keeps people and rules; two approve above an amount', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of (409|422)/);
  await signIn(page, 'clerk');
  const address = await upload(page, samples.of('ubl')[1] ?? '');

  const admin = await another(browser, server.url, 'admin');
  await admin.goto('/settings');
  await hydrated(admin);
  await admin.getByTestId('add-person').click();
  const dialog = admin.getByTestId('add-person-dialog');
  await dialog.getByLabel('Name').fill('Ada Example');
  await dialog.getByLabel('E-mail').fill('clerk@example.com');
  await dialog.getByLabel('Role').selectOption('reviewer');
  await dialog.getByLabel(/Approves up to/).fill('5.000');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(dialog).toContainText('has an account already');
  await expectAccessible(admin);
  await takeScreenshots(admin, 'settings-add');
  await dialog.getByLabel('E-mail').fill('ada@example.com');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const password = (await dialog.getByTestId('made-up-password').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Done' }).click();
  const ada = admin.getByTestId('member-row').filter({ hasText: 'Ada Example' });
  await expect(ada).toContainText('5,000.00 EUR');

  // The last admin stays.
  await admin.getByRole('button', { name: 'Change Demo admin' }).click();
  const change = admin.getByTestId('change-person-dialog');
  await change.getByRole('button', { name: 'Disable' }).click();
  await expect(change).toContainText('is the only admin');
  await takeScreenshots(admin, 'settings-change');
  await change.getByRole('button', { name: 'Cancel' }).click();

  await admin.getByLabel('Two approvals above').fill('0');
  await admin.getByRole('button', { name: 'Save rules' }).click();
  await expect(admin.getByLabel('Two approvals above')).toHaveValue('0.00');
  const standIn = admin.getByTestId('stand-in-form');
  await standIn.getByLabel('Who stands in').selectOption({ label: 'Ada Example' });
  await standIn.getByRole('button', { name: 'Hand over' }).click();
  await expect(admin.getByTestId('stand-ins')).toContainText('Ada Example stands in for you');
  // What is said of a step goes away by itself; it would cover the page.
  await expect(admin.getByTestId('toast')).toHaveCount(0, { timeout: 20_000 });
  await expectAccessible(admin);
  await takeScreenshots(admin, 'settings');

  const reviewer = await another(browser, server.url, 'reviewer');
  await reviewer.goto(address);
  await hydrated(reviewer);
  await reviewer.getByTestId('approve-button').click();
  await expect(reviewer.getByTestId('first-approval')).toContainText('1 of 2 approvals: Demo reviewer');
  await expect(reviewer.getByTestId('review')).toContainText('Awaiting approval');
  await expect(reviewer.getByTestId('approve-button')).toHaveCount(0);
  await expectAccessible(reviewer);
  await takeScreenshots(reviewer, 'first-approval');

  const second = await browser.newContext({ baseURL: server.url, locale: 'en-GB', timezoneId: 'UTC' });
  const adaPage = await second.newPage();
  await adaPage.goto('/sign-in');
  await hydrated(adaPage);
  await adaPage.getByLabel('E-mail').fill('ada@example.com');
  await adaPage.getByLabel('Password').fill(password.trim());
  await adaPage.getByRole('button', { name: 'Sign in' }).click();
  await adaPage.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await adaPage.goto('/settings');
  await hydrated(adaPage);
  await expect(adaPage.getByTestId('stand-ins')).toContainText('You stand in for Demo admin');
  await expect(adaPage.getByTestId('members-table')).toHaveCount(0);
  await takeScreenshots(adaPage, 'settings-reviewer');
  await adaPage.goto(address);
  await hydrated(adaPage);
  await expect(adaPage.getByTestId('first-approval')).toContainText('Demo reviewer');
  await adaPage.getByTestId('approve-button').click();
  await expect(adaPage.getByTestId('first-approval')).toHaveCount(0);
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  for (const one of [admin.context(), reviewer.context(), second]) await one.close();
});

test('a clerk is told that there is nothing to set', async ({ page, complaints }) => {
  complaints.allow(/status of 403/);
  await signIn(page, 'clerk');
  await page.goto('/settings');
  await hydrated(page);
  await expect(page.getByTestId('error-boundary')).toContainText('lacks the right');
});
