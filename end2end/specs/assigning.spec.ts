// Whose work an invoice is: given and taken, shown in the list, filtered, told behind the bell.
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, brought, open, rows } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(4712, 6);
});
test.afterAll(() => samples.remove());

const button = (page: Page) => page.getByTestId('review').getByTestId('assign-button');
const toast = (page: Page, words: string | RegExp) => page.getByTestId('toast').filter({ hasText: words });
const rowOf = (page: Page, address: string) => page.locator(`tr[data-id="${address.split('/').pop()}"]`);
const whose = (page: Page, name: string) => page.getByRole('navigation', { name: 'Whose work' }).getByRole('link', { name });

test('an invoice is given to somebody, who is told and finds it among their own', async ({ page, browser, server }) => {
  const address = await brought(browser, server.url, samples.of('ubl')[0] ?? '');
  const other = await another(browser, server.url, 'reviewer');
  await signIn(page, 'clerk');
  await open(page, address);
  await button(page).click();
  const menu = page.getByRole('group', { name: /^Assign to/ });
  await expect(menu.getByRole('button', { name: 'Me' })).toBeVisible();
  await expect(menu.getByRole('button', { name: 'Nobody' })).toHaveCount(0);
  await expectAccessible(page);
  await takeScreenshots(page, 'assign-menu');
  await menu.getByRole('button', { name: 'Demo reviewer' }).click();
  await expect(button(page)).toContainText('Demo reviewer');
  await expect(toast(page, 'Given to Demo reviewer')).toBeVisible();

  // Told at once, and among their own work.
  await expect(other.getByTestId('bell')).toHaveAccessibleName(/1 unread/);
  await other.getByTestId('bell').click();
  await expect(other.getByTestId('notice').first()).toContainText('Demo clerk gave you');
  await other.keyboard.press('Escape');
  await other.keyboard.press('m');
  await other.waitForURL(/assigned=me/);
  await expect(rows(other)).toHaveCount(1);
  await expect(rowOf(other, address)).toContainText(/Assigned to .*Demo reviewer/);
  await expectAccessible(other);
  await takeScreenshots(other, 'assigned-mine');

  // Taken back by whoever gave it: the list of the other one follows.
  await toast(page, 'Given to Demo reviewer').getByRole('button', { name: 'Undo' }).click();
  await expect(button(page)).toContainText('Assign');
  await expect(other.getByText('Nothing here is yours')).toBeVisible();
  await takeScreenshots(other, 'assigned-none');
  await other.context().close();
});

test('by keyboard: it is taken, and given back', async ({ page, browser, server }) => {
  const address = await brought(browser, server.url, samples.of('ubl')[1] ?? '');
  await signIn(page, 'clerk');
  await open(page, address);
  await page.keyboard.press('Alt+a');
  await expect(button(page)).toContainText('Demo clerk');
  await button(page).focus();
  await page.keyboard.press('Enter');
  const nobody = page.getByRole('group', { name: /^Assign to/ }).getByRole('button', { name: 'Nobody' });
  await nobody.focus();
  await page.keyboard.press('Enter');
  await expect(button(page)).toContainText('Assign');
  const history = page.getByTestId('history');
  await expect(history).toContainText('assigned it');
  await expect(history).toContainText('It was with Demo clerk');
});

test('several are given at once, and those of nobody are found', async ({ page, browser, server }) => {
  const first = await brought(browser, server.url, samples.of('cii')[0] ?? '');
  const second = await brought(browser, server.url, samples.of('cii')[1] ?? '');
  await signIn(page, 'reviewer');
  for (const address of [first, second]) await rowOf(page, address).getByRole('checkbox').click();
  await page.getByTestId('bulk-bar').getByTestId('assign-button').click();
  await page.getByRole('group', { name: 'Assign to' }).getByRole('button', { name: 'Demo clerk' }).click();
  await expect(toast(page, '2 given to Demo clerk')).toBeVisible();
  for (const address of [first, second]) await expect(rowOf(page, address)).toContainText(/Assigned to .*Demo clerk/);
  await whose(page, 'Nobody’s').click();
  await page.waitForURL(/assigned=nobody/);
  await expect(rowOf(page, first)).toHaveCount(0);
  await expect(whose(page, 'Nobody’s')).toHaveAttribute('aria-current', 'true');
  await whose(page, 'Everybody’s').click();
  await expect(rowOf(page, first)).toBeVisible();
});
