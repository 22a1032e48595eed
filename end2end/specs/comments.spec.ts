import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, test } from '../support/test.ts';
import { another, isLive, open, openNew } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7301, 4);
});
test.afterAll(() => samples.remove());

const bellCount = (page: Page, name: string) => expect(page.getByTestId('bell')).toHaveAccessibleName(name);

/** Writes in the composer and sends with the keys. */
async function write(page: Page, text: string): Promise<void> {
  const box = page.getByTestId('comment-text');
  if (!(await box.isVisible())) await page.getByTestId('comments').locator('summary').click();
  await box.fill(text);
  await box.press('Control+Enter');
}

test('a mention rings the other person’s bell at once and leads to the thread, which is live', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  const reviewer = await another(browser, server.url, 'reviewer');
  await isLive(reviewer);
  await bellCount(reviewer, 'Notifications');
  await openNew(page, samples.of('ubl')[0] ?? '');
  const title = await page.locator('.review-name').innerText();

  // The name is completed with the keys alone; Enter then chooses and does not send.
  await page.getByTestId('comments').locator('summary').click();
  const box = page.getByTestId('comment-text');
  await box.focus();
  await box.pressSequentially('@dem');
  const names = page.getByRole('listbox', { name: 'People' });
  await expect(names.getByRole('option')).toHaveText(['Demo admin', 'Demo reviewer']);
  await expect(names.getByRole('option', { selected: true })).toHaveText('Demo admin');
  await expectAccessible(page);
  await box.press('ArrowUp');
  await expect(names.getByRole('option', { selected: true })).toHaveText('Demo reviewer');
  await expect(box).toHaveAttribute('aria-activedescendant', 'mention-1');
  await box.press('Enter');
  await expect(names).toBeHidden();
  await expect(box).toHaveValue('@Demo reviewer ');
  await box.pressSequentially('is this the agreed price?');
  await box.press('Control+Enter');
  const own = page.getByTestId('comment');
  await expect(own).toHaveCount(1);
  await expect(own.locator('.mention')).toHaveText('@Demo reviewer');
  await expect(box).toHaveValue('');
  await expect(box).toBeFocused();
  // Ctrl+Enter in the box decides nothing.
  await expect(page.getByTestId('review')).toContainText('To review');

  await bellCount(reviewer, 'Notifications, 1 unread');
  await expect(reviewer.getByTestId('toast')).toContainText(`Demo clerk mentioned you: ${title}`);
  await bellCount(page, 'Notifications');
  await reviewer.getByTestId('bell').click();
  const notice = reviewer.getByTestId('notice');
  await expect(notice).toContainText('is this the agreed price?');
  await expect(notice).toContainText(title);
  await expectAccessible(reviewer);
  await notice.click();
  await expect(reviewer).toHaveURL(new RegExp(`${new URL(page.url()).pathname}#comments$`));
  await expect(reviewer.getByRole('dialog', { name: 'Notifications' })).toBeHidden();
  await expect(reviewer.getByTestId('comment')).toBeInViewport();
  await expect(reviewer.getByTestId('bell')).toBeInViewport();
  await expect(reviewer.getByTestId('toast'), 'it was seen').toHaveCount(0);
  await bellCount(reviewer, 'Notifications');

  // Both ways, without a reload; and the history has it.
  await write(reviewer, 'Yes, it is.');
  await expect(own).toHaveText([/agreed price/, /Yes, it is\./]);
  await expect(reviewer.getByTestId('comment')).toHaveCount(2);
  await page.getByText('History', { exact: true }).click();
  await expect(page.locator('.log')).toContainText('Demo reviewer commented');
  await expectAccessible(page);
  await reviewer.context().close();
});

test('whoever was away finds it; read in one tab is read in the other', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  await openNew(page, samples.of('ubl')[1] ?? '');
  await write(page, '@Demo reviewer one');
  await write(page, '@Demo reviewer two');
  await expect(page.getByTestId('comment')).toHaveCount(2);

  const reviewer = await another(browser, server.url, 'reviewer');
  await bellCount(reviewer, 'Notifications, 2 unread');
  const other = await reviewer.context().newPage();
  await open(other, '/invoices');
  await bellCount(other, 'Notifications, 2 unread');
  await reviewer.getByTestId('bell').press('Enter');
  await expect(reviewer.getByTestId('notice').filter({ hasText: /Unread/ })).toHaveCount(2);
  await reviewer.getByRole('button', { name: 'Mark all read' }).click();
  await bellCount(reviewer, 'Notifications');
  await bellCount(other, 'Notifications');
  await reviewer.keyboard.press('Escape');
  await expect(reviewer.getByTestId('bell')).toBeFocused();
  await reviewer.reload();
  await hydrated(reviewer);
  await bellCount(reviewer, 'Notifications');
  await reviewer.context().close();
});

test('a comment that can not be sent stays, with its reason and Try again', async ({ page, complaints }) => {
  complaints.allow(/Failed to load resource/, /ERR_FAILED/, /server function transport failed/);
  await signIn(page, 'clerk');
  await openNew(page, samples.of('ubl')[2] ?? '');
  await page.route('**/api/fn/add_comment*', (route) => route.abort());
  await write(page, 'Please look');
  const pending = page.getByTestId('comment-pending');
  await expect(pending).toContainText('Not sent');
  await expect(pending).toContainText('Please look');
  await expectAccessible(page);
  await page.unroute('**/api/fn/add_comment*');
  await pending.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('comment')).toHaveText(/Please look/);
  await expect(pending).toHaveCount(0);
});

test('a comment that is being written outlives the page and a reload', async ({ page }) => {
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('cii')[0] ?? '');
  const box = page.getByTestId('comment-text');
  await page.getByTestId('comments').locator('summary').click();
  await box.fill('Half a thou');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await open(page, address);
  await expect(box).toBeVisible();
  await expect(box).toHaveValue('Half a thou');
  await box.press('Control+Enter');
  await expect(page.getByTestId('comment')).toHaveText(/Half a thou/);
  await page.reload();
  await hydrated(page);
  await expect(box).toHaveValue('');
});

test('a comment that could not be sent outlives the page and a reload, until it is sent or given up', async ({ page, complaints }) => {
  complaints.allow(/Failed to load resource/, /ERR_FAILED/, /server function transport failed/);
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('ubl')[3] ?? '');
  await page.route('**/api/fn/add_comment*', (route) => route.abort());
  await write(page, 'Whose order is it?');
  await write(page, 'Never mind');
  const pending = page.getByTestId('comment-pending');
  await expect(pending.filter({ hasText: 'Not sent' })).toHaveCount(2);
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await open(page, address);
  await expect(pending).toHaveText([/Whose order is it\?.*Not sent/s, /Never mind.*Not sent/s]);
  await expect(pending.first()).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(pending).toHaveCount(2);
  await expectAccessible(page);

  await page.unroute('**/api/fn/add_comment*');
  await pending.filter({ hasText: 'Never mind' }).getByRole('button', { name: 'Discard' }).click();
  await pending.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('comment')).toHaveText(/Whose order is it\?/);
  await expect(pending).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  await expect(page.getByTestId('comment')).toHaveCount(1);
  await expect(pending).toHaveCount(0);
});
