import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';

test('signing in: a wrong password is said, a right one leads on, signing out ends it', async ({ page, complaints }) => {
  complaints.allow(/status of 401|status of 4\d\d/);
  await page.goto('/invoices');
  await page.waitForURL(/\/sign-in/);
  await hydrated(page);
  await expectAccessible(page);
  await takeScreenshots(page, 'sign-in');
  await page.getByLabel('E-mail').fill('clerk@example.com');
  await page.getByLabel('Password').fill('not-it');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await signIn(page, 'clerk');
  await expect(page.getByTestId('invoice-table')).toBeVisible();
  await page.getByRole('button', { name: /account/i }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
  await page.goto('/invoices');
  await page.waitForURL(/\/sign-in/);
});

test('the dashboard: tabs, search, sorting and pages live in the address', async ({ page }) => {
  await signIn(page, 'reviewer');
  await expect(page.getByTestId('invoice-row').first()).toBeVisible();
  await expectAccessible(page);
  await takeScreenshots(page, 'dashboard');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page);
  await page.getByRole('columnheader', { name: 'Gross' }).getByRole('link').click();
  await page.waitForURL(/sort=/);
  await page.getByTestId('dashboard-tab').getByRole('link', { name: 'All' }).click();
  await page.waitForURL(/status=all/);
  await page.getByRole('searchbox').first().fill('zzz-no-such-invoice');
  await page.getByRole('searchbox').first().press('Enter');
  await page.waitForURL(/q=zzz/);
  await expect(page.getByText('No invoice matches')).toBeVisible();
  await page.goBack();
  await expect(page.getByTestId('invoice-row').first()).toBeVisible();
});

test('the review page: field and box are linked, keys work, nothing is inaccessible', async ({ page }) => {
  await signIn(page, 'reviewer');
  const withPage = page.getByTestId('invoice-row').filter({ hasText: /GmbH|Ltd|B\.?V|SARL|S\.r\.l|S\.L|Inc/ }).first();
  await withPage.getByRole('link').first().click();
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
  await hydrated(page);
  await expect(page.getByTestId('review')).toBeVisible();
  await expectAccessible(page);
  await takeScreenshots(page, 'review');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page);
});

test('a page that is not there says so', async ({ page, complaints }) => {
  complaints.allow(/status of 404/);
  await signIn(page, 'clerk');
  const answer = await page.goto('/no-such-page');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('pages can be read, and signing in works', async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill('clerk@example.com');
    await page.getByLabel('Password').fill('demo-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/invoices/);
    await expect(page.getByTestId('invoice-row').first()).toBeVisible();
    await page.getByTestId('invoice-row').first().getByRole('link').first().click();
    await expect(page.getByTestId('review')).toBeVisible();
    await expect(page.getByTestId('field-invoice_number')).toHaveValue(/\S/);
  });
});
