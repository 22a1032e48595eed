import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, signInWith, takeScreenshots, test } from '../support/test.ts';
import { another, bring, open, rows } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7101, 2);
});
test.afterAll(() => samples.remove());

async function setLimit(admin: Page, limit: string): Promise<void> {
  await admin.getByRole('button', { name: 'Change Demo reviewer' }).click();
  const dialog = admin.getByTestId('change-person-dialog');
  await dialog.getByLabel(/Approves up to/).fill(limit);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
}

test('a reviewer is refused over their limit, and approves once an admin raised it', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  const address = await bring(page, samples.of('ubl')[0] ?? '');
  await expect(page.getByRole('link', { name: 'Settings' })).toHaveCount(0);

  const admin = await another(browser, server.url, 'admin');
  await admin.getByRole('link', { name: 'Settings' }).click();
  await admin.waitForURL('**/settings');
  const row = admin.getByTestId('member-row').filter({ hasText: 'Demo reviewer' });
  await expect(row).toContainText('any amount');
  await setLimit(admin, '1,00');
  await expect(row).toContainText('1.00 EUR');

  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, address);
  await expect(reviewer.getByTestId('review')).toContainText('Over your limit of 1.00 EUR');
  await expect(reviewer.getByTestId('approve-button')).toHaveCount(0);

  await setLimit(admin, '');
  await expect(row).toContainText('any amount');
  await reviewer.reload();
  await hydrated(reviewer);
  await reviewer.getByTestId('approve-button').click();
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  await admin.context().close();
  await reviewer.context().close();
});

test('an admin adds a person, the last admin stays, and somebody stands in', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of (409|422)/);
  await signIn(page, 'admin');
  await open(page, '/settings');
  await page.getByTestId('add-person').click();
  const dialog = page.getByTestId('add-person-dialog');
  await dialog.getByLabel('Name').fill('Ada Example');
  await dialog.getByLabel('E-mail').fill('clerk@example.com');
  await dialog.getByLabel('Role').selectOption('reviewer');
  await dialog.getByLabel(/Approves up to/).fill('5.000');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(dialog).toContainText('has an account already');
  await expectAccessible(page);
  await takeScreenshots(page, 'settings-add');
  await dialog.getByLabel('E-mail').fill('ada@example.com');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const password = (await dialog.getByTestId('made-up-password').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Done' }).click();
  const ada = page.getByTestId('member-row').filter({ hasText: 'Ada Example' });
  await expect(ada).toContainText('5,000.00 EUR');

  await page.getByRole('button', { name: 'Change Demo admin' }).click();
  const change = page.getByTestId('change-person-dialog');
  await change.getByRole('button', { name: 'Disable' }).click();
  await expect(change).toContainText('is the only admin');
  await change.getByRole('button', { name: 'Cancel' }).click();

  const standIn = page.getByTestId('stand-in-form');
  await standIn.getByLabel('Who stands in').selectOption({ label: 'Ada Example' });
  await standIn.getByRole('button', { name: 'Hand over' }).click();
  await expect(page.getByTestId('stand-ins')).toContainText('Ada Example stands in for you');
  await expectAccessible(page);
  await takeScreenshots(page, 'settings');

  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', timezoneId: 'UTC' });
  const other = await context.newPage();
  await signInWith(other, 'ada@example.com', password.trim());
  await open(other, '/settings');
  await expect(other.getByTestId('stand-ins')).toContainText('You stand in for Demo admin');
  await expect(other.getByTestId('members-table')).toHaveCount(0);
  await context.close();
});

test('above an amount, two people approve', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  const address = await bring(page, samples.of('ubl')[1] ?? '');

  const admin = await another(browser, server.url, 'admin');
  await open(admin, '/settings');
  await admin.getByLabel('Two approvals above').fill('0');
  await admin.getByRole('button', { name: 'Save rules' }).click();
  await expect(admin.getByLabel('Two approvals above')).toHaveValue('0.00');

  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, address);
  await reviewer.getByTestId('approve-button').click();
  await expect(reviewer.getByTestId('first-approval')).toContainText('1 of 2 approvals: Demo reviewer');
  await expect(reviewer.getByTestId('review')).toContainText('Awaiting approval');
  await expect(reviewer.getByTestId('approve-button')).toHaveCount(0);
  await expectAccessible(reviewer);
  await takeScreenshots(reviewer, 'first-approval');
  await open(page, '/invoices?status=awaiting_approval');
  await expect(rows(page).first()).toContainText('1 of 2');

  await open(admin, address);
  await expect(admin.getByTestId('first-approval')).toContainText('Demo reviewer');
  await admin.getByTestId('approve-button').click();
  await expect(admin.getByTestId('first-approval')).toHaveCount(0);
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  await admin.context().close();
  await reviewer.context().close();
});

test('a clerk is told that there is nothing to set', async ({ page, complaints }) => {
  complaints.allow(/status of 403/);
  await signIn(page, 'clerk');
  await page.goto('/settings');
  await hydrated(page);
  await expect(page.getByTestId('error-boundary')).toContainText('lacks the right');
});
