import { expect, signIn, test } from '../support/test.ts';
import { open, openRow, rows, tab } from '../support/work.ts';

const DASHBOARD = '**/api/fn/load_dashboard*';

test('a page whose data can not be had says so in its place, and offers to try again', async ({ page, complaints }) => {
  complaints.allow(/status of 500/);
  await signIn(page, 'clerk');
  await page.route(DASHBOARD, (route) => route.fulfill({ status: 500, body: '{"error":"Internal server error"}' }));
  await tab(page, 'All').click();
  const failed = page.getByTestId('error-boundary');
  await expect(failed).toBeVisible();
  await expect(failed).toContainText('Something went wrong');
  await expect(failed.getByRole('button', { name: 'Try Again' })).toBeVisible();
  await expect(page.getByTestId('upload-button').first()).toBeVisible();
});

test('Try Again recovers once the server answers', async ({ page, complaints }) => {
  complaints.allow(/status of 500/);
  await signIn(page, 'clerk');
  let calls = 0;
  let broken = true;
  await page.route(DASHBOARD, (route) => {
    calls += 1;
    return broken ? route.fulfill({ status: 500, body: '{"error":"Internal server error"}' }) : route.continue();
  });
  await tab(page, 'All').click();
  await expect(page.getByTestId('error-boundary')).toBeVisible();
  broken = false;
  const before = calls;
  await page.getByRole('button', { name: 'Try Again' }).click();
  await expect(page.getByTestId('invoice-table')).toBeVisible();
  await expect(page.getByTestId('error-boundary')).toHaveCount(0);
  expect(calls).toBeGreaterThan(before);
});

test('one pane that fails leaves the others standing, says so in its place, and recovers', async ({ page, complaints }) => {
  complaints.allow(/status of 500/, /server function transport failed/);
  await signIn(page, 'clerk');
  await page.route('**/api/fn/load_history*', (route) => route.fulfill({ status: 500, body: '' }));
  await openRow(rows(page).first());
  await expect(page.getByTestId('field-gross_total')).toBeVisible();
  const history = page.getByTestId('history');
  await history.locator('summary').click();
  const failed = history.getByTestId('error-boundary');
  await expect(failed).toContainText('Something went wrong');
  await expect(page.getByTestId('error-boundary')).toHaveCount(1);
  await expect(page.getByTestId('field-gross_total')).toBeEditable();

  await page.unroute('**/api/fn/load_history*');
  await failed.getByRole('button', { name: 'Try Again' }).click();
  await expect(failed).toHaveCount(0);
  await expect(history.locator('.log > li').first()).toBeVisible();
});

test('what is answered after its page was left disturbs nothing', async ({ page }) => {
  await signIn(page, 'admin');
  let letGo = () => {};
  const closed = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route('**/api/fn/announce_maintenance*', async (route) => {
    await closed;
    await route.continue();
  });
  await open(page, '/system/connections');
  await page.getByTestId('maintenance-notice').fill('Back at 12:30');
  await page.getByRole('button', { name: 'Tell everybody' }).click();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Invoices', exact: true }).click();
  await expect(rows(page).first()).toBeVisible();
  letGo();
  await expect(page.getByTestId('toast').filter({ hasText: 'Everybody is told' })).toBeVisible();
  await tab(page, 'All').click();
  await page.waitForURL(/status=all/);
});
