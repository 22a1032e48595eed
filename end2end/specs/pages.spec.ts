import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { connectionIs, open, openRow, rows, tab } from '../support/work.ts';

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
  await expect(rows(page).first()).toBeVisible();
  await expectAccessible(page);
  await takeScreenshots(page, 'dashboard');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page);
  await page.getByRole('columnheader', { name: 'Gross' }).getByRole('link').click();
  await page.waitForURL(/sort=/);
  await tab(page, 'All').click();
  await page.waitForURL(/status=all/);
  await page.getByRole('searchbox').first().fill('zzz-no-such-invoice');
  await page.getByRole('searchbox').first().press('Enter');
  await page.waitForURL(/q=zzz/);
  await expect(page.getByText('No invoice matches')).toBeVisible();
  await page.goBack();
  await expect(rows(page).first()).toBeVisible();
});

test('the server never sends the dashboard without its rows', async ({ page }) => {
  await signIn(page, 'clerk');
  for (let round = 0; round < 20; round += 1) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => page.request.get('/invoices')));
    for (const answer of answers) expect(await answer.text()).toContain('data-testid="invoice-row"');
  }
});

test('the review page: field and box are linked, keys work, nothing is inaccessible', async ({ page }) => {
  await signIn(page, 'reviewer');
  const withPage = rows(page).filter({ hasText: /GmbH|Ltd|B\.?V|SARL|S\.r\.l|S\.L|Inc/ }).first();
  await openRow(withPage);
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
  // For somebody who is signed in it stands in the frame, with the ways on.
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await expect(page.getByRole('button', { name: /account of/i })).toBeVisible();
  await expectAccessible(page);
  await takeScreenshots(page, 'not-found');
  await page.getByRole('searchbox').fill('gmbh');
  await page.getByRole('searchbox').press('Enter');
  await page.waitForURL(/\/invoices\?status=all&q=gmbh/);
  await expect(rows(page).first()).toBeVisible();
});

test('the people of the demo fill in the form', async ({ page }) => {
  await page.goto('/sign-in');
  await hydrated(page);
  await page.getByRole('button', { name: /reviewer@example.com/ }).click();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/invoices/);
  await expect(page.getByRole('button', { name: /account of demo reviewer/i })).toBeVisible();
});

test('the rail is named as it reads, and says of the connection only what is known', async ({ page, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  await signIn(page, 'clerk');
  await page.getByRole('button', { name: 'Show names' }).click();
  await expect(page.getByRole('button', { name: 'Show less' })).toContainText('Show less');
  await takeScreenshots(page, 'rail-open');
  await page.context().setOffline(true);
  await connectionIs(page, 'Offline');
  await page.getByTestId('connection-status').click();
  const panel = page.locator('#connection-panel');
  await expect(panel).toContainText('Out of reach');
  await expect(panel).not.toContainText('Answers');
  await page.screenshot({ path: 'screenshots/connection.png' });
});

test('on a phone the current tab is in sight, and the search opens from its icon', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, 'clerk');
  await open(page, '/invoices?status=all');
  await expect(tab(page, 'All')).toBeInViewport({ ratio: 1 });
  const box = page.getByRole('searchbox');
  expect((await box.boundingBox())?.width).toBeLessThan(48);
  await box.click();
  await expect.poll(async () => (await box.boundingBox())?.width).toBeGreaterThan(120);
  await expectAccessible(page);
  await takeScreenshots(page, 'dashboard-phone-search');
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('pages can be read, and signing in works', async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill('clerk@example.com');
    await page.getByLabel('Password').fill('demo-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/invoices/);
    await expect(rows(page).first()).toBeVisible();
    await rows(page).first().getByRole('link').first().click();
    await expect(page.getByTestId('review')).toBeVisible();
    await expect(page.getByTestId('field-invoice_number')).toHaveValue(/\S/);
  });
});
