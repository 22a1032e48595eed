import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { allRead, another, open, rows, tab } from '../support/work.ts';
import type { Page } from '@playwright/test';

const bar = (page: Page) => page.getByTestId('bulk-bar');
const box = (page: Page, at: number) => rows(page).nth(at).getByRole('checkbox');
const toast = (page: Page, words: string | RegExp) => page.getByTestId('toast').filter({ hasText: words });

/** The list of the work to do, once the demo's invoices have been read. */
async function workToDo(page: Page): Promise<void> {
  await allRead(page);
  await open(page, '/invoices');
}

/** Rows that nothing speaks against. */
async function sureRows(page: Page): Promise<string[]> {
  const sure = rows(page).filter({ hasText: /Read surely/ });
  return sure.evaluateAll((found) => found.map((row) => row.getAttribute('data-id') ?? ''));
}

test('by keyboard alone: rows are chosen, postponed together, and all taken back', async ({ page }) => {
  await signIn(page, 'clerk');
  await workToDo(page);
  const before = await rows(page).count();
  await page.keyboard.press('j');
  await expect(rows(page).first().getByRole('link')).toBeFocused();
  await page.keyboard.press('x');
  await expect(box(page, 0)).toBeChecked();
  await expect(bar(page)).toContainText('1 chosen');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await expect(bar(page)).toContainText('3 chosen');
  await page.keyboard.press('Space');
  await expect(bar(page)).toContainText('2 chosen');
  // From the box of a row the keys go on, too.
  await page.keyboard.press('Shift+Tab');
  await expect(box(page, 2)).toBeFocused();
  await page.keyboard.press('Space');
  await expect(bar(page)).toContainText('3 chosen');
  await page.keyboard.press('k');
  await expect(rows(page).nth(1).getByRole('link')).toBeFocused();

  await page.keyboard.press('b');
  await expect(bar(page).getByRole('button', { name: 'Submit' })).toBeFocused();
  await expect(bar(page).getByRole('button', { name: 'Approve' })).toHaveCount(0);
  await expectAccessible(page);
  await page.keyboard.press('Tab');
  await expect(bar(page).getByRole('button', { name: 'Postpone' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(toast(page, '3 postponed')).toBeVisible();
  await expect(bar(page)).toHaveCount(0);
  await expect(page.locator('#main')).toBeFocused();
  await expect(rows(page)).toHaveCount(before - 3);

  await toast(page, '3 postponed').getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page, '3 back in review')).toBeVisible();
  await expect(rows(page)).toHaveCount(before);
});

test('a range by Shift and click, the whole page, and nothing again', async ({ page }) => {
  await signIn(page, 'reviewer');
  await workToDo(page);
  const count = await rows(page).count();
  await box(page, 1).click();
  await box(page, 4).click({ modifiers: ['Shift'] });
  await expect(bar(page)).toContainText('4 chosen');
  await expect(page).toHaveURL(/\/invoices$/);
  for (const name of ['Approve', 'Submit', 'Postpone', 'Clear']) {
    await expect(bar(page).getByRole('button', { name })).toBeVisible();
  }
  await expectAccessible(page);
  await takeScreenshots(page, 'bulk-chosen');

  const all = page.getByRole('checkbox', { name: 'Choose all on this page' });
  await expect(all).not.toBeChecked();
  await expect(all).toHaveJSProperty('indeterminate', true);
  await all.click();
  await expect(all).toBeChecked();
  await expect(bar(page)).toContainText(`${count} chosen`);
  await page.keyboard.press('Escape');
  await expect(bar(page)).toHaveCount(0);
  await expect(box(page, 1)).not.toBeChecked();

  // What is not shown is not chosen.
  await box(page, 0).click();
  await tab(page, 'Rejected').click();
  await expect(page.getByText('None at the moment')).toBeVisible();
  await expect(bar(page)).toHaveCount(0);
});

test('what is refused is told with its reason, and what was done can be taken back', async ({ page, browser, server }) => {
  await signIn(page, 'reviewer');
  await workToDo(page);
  const [first = '', changed = '', ...others] = await sureRows(page);
  const failing = await rows(page).filter({ hasText: /checks? fails?/, hasNotText: 'Duplicate' }).first().getAttribute('data-id');
  expect(others.length).toBeGreaterThan(0);
  const chosen = [first, changed, failing ?? ''];
  for (const id of chosen) await page.locator(`tr[data-id="${id}"]`).getByRole('checkbox').click();
  await expect(bar(page)).toContainText('3 chosen');

  // Somebody else corrects one of them. The row shows it, but it is not what was chosen.
  const admin = await another(browser, server.url, 'admin');
  const invoice = `/api/v1/invoices/${changed}`;
  const detail = (await (await admin.request.get(invoice)).json()) as { fields: Record<string, { version: number }> };
  const edited = await admin.request.patch(invoice, {
    data: {
      mutation_id: 'bulk-1',
      fields: [{ name: 'supplier_name', base_version: detail.fields.supplier_name?.version, value: 'Corrected GmbH' }],
    },
  });
  expect(edited.ok(), await edited.text()).toBe(true);
  await admin.context().close();
  await expect(page.locator(`tr[data-id="${changed}"]`)).toContainText('Corrected GmbH');
  await expect(bar(page)).toContainText('3 chosen');

  await bar(page).getByRole('button', { name: 'Approve' }).click();
  const report = page.getByTestId('bulk-report');
  await expect(report).toContainText('1 approved, 2 refused');
  await expect(report.getByRole('listitem').filter({ hasText: 'It changed since you chose it' })).toContainText('Corrected GmbH');
  await expect(report.getByRole('listitem').filter({ hasText: 'Say why to approve' }).getByRole('link')).toHaveAttribute(
    'href',
    `/invoices/${failing}`,
  );
  await expectAccessible(page);
  await takeScreenshots(page, 'bulk-report');
  await report.getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page, '1 back in review')).toBeVisible();
  await expect(page.locator(`tr[data-id="${first}"]`)).toContainText(/Read surely/);
});

test('many are asked for in parts, and what a lost connection held back is sent when it is back', async ({
  page,
  complaints,
}) => {
  complaints.allow(/Failed to load resource|ERR_FAILED|transport failed|Failed to fetch/);
  await signIn(page, 'clerk');
  await workToDo(page);
  const count = await rows(page).count();
  expect(count).toBeGreaterThan(10);
  const ids = await rows(page).evaluateAll((found) => found.map((row) => row.getAttribute('data-id') ?? ''));
  const asked: number[] = [];
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/api/fn/decide_all*', async (route) => {
    const { mutations } = route.request().postDataJSON() as { mutations: unknown[] };
    asked.push(mutations.length);
    if (asked.length === 1) return route.continue();
    await held;
    return route.abort();
  });
  await page.getByRole('checkbox', { name: 'Choose all on this page' }).click();
  await bar(page).getByRole('button', { name: 'Postpone' }).click();
  await expect(bar(page)).toContainText(`10 of ${count} done`);
  await expect(bar(page).getByRole('progressbar')).toBeVisible();
  await takeScreenshots(page, 'bulk-progress');
  go();
  const said = toast(page, `10 postponed, ${count - 10} waiting for the connection`);
  await expect(said).toBeVisible();
  expect(asked).toEqual([10, Math.min(10, count - 10)]);
  await expect(async () => {
    for (const id of ids) {
      const answer = await page.request.get(`/api/v1/invoices/${id}`);
      expect(((await answer.json()) as { status: string }).status).toBe('postponed');
    }
  }).toPass();
  await page.unroute('**/api/fn/decide_all*');
  await said.getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page, '10 back in review')).toBeVisible();
  for (const id of ids.slice(10)) await page.request.post(`/api/v1/invoices/${id}/reopen`, { data: {} });
});
