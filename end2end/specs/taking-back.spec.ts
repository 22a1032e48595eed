import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, test } from '../support/test.ts';
import { another, bring, open, openNew } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7900, 3);
});
test.afterAll(() => samples.remove());

const review = (page: Page) => page.getByTestId('review');
const reopen = (page: Page) => page.getByRole('button', { name: 'Reopen', exact: true });
const toast = (page: Page, words: string) => page.getByTestId('toast').filter({ hasText: words });

async function historyTells(page: Page, words: string): Promise<void> {
  const history = page.getByTestId('history');
  await history.locator('summary').click();
  await expect(history).toContainText(words);
}

test('a clerk takes back what they submitted, by Undo and by hand; another can not', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  await openNew(page, samples.of('ubl')[0] ?? '');
  const submit = page.getByTestId('submit-button');
  await submit.click();
  await expect(review(page)).toContainText('Awaiting approval');
  await toast(page, 'Submitted for approval').getByRole('button', { name: 'Undo' }).click();
  await expect(review(page)).toContainText('To review');

  await submit.click();
  await expect(reopen(page)).toBeVisible();
  await expectAccessible(page);
  // What it waits for can be given at any moment; then it is the approver's.
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, page.url());
  await reopen(page).click();
  await expect(review(page)).toContainText('To review');
  await expect(review(reviewer)).toContainText('To review');
  await historyTells(page, 'Demo clerk reopened');

  await submit.click();
  await expect(review(reviewer)).toContainText('Awaiting approval');
  await reviewer.getByTestId('approve-button').click();
  await expect(review(page)).toContainText('Approved');
  await expect(reopen(page)).toHaveCount(0);
  await reviewer.context().close();
});

test('an approval is revoked by hand, and the invoice can be decided again', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  const address = await bring(page, samples.of('ubl')[1] ?? '');
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, address);
  await reviewer.getByTestId('approve-button').click();
  await expect(review(reviewer)).toContainText('Approved');
  await expect(reviewer.getByTestId('approve-button')).toHaveCount(0);
  await reopen(reviewer).click();
  await expect(toast(reviewer, 'Back in review')).toBeVisible();
  await expect(review(reviewer)).toContainText('To review');
  await historyTells(reviewer, 'Demo reviewer reopened');
  await expect(reviewer.getByTestId('approve-button')).toBeEnabled();
  await reviewer.context().close();
});

test('going on to the next is forgotten with the question that it waited for', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('text_pdf')[0] ?? '');
  await page.getByTestId('field-gross_total').fill('99999');
  await page.getByTestId('field-gross_total').press('Tab');
  await expect(page.locator('#field-gross_total-notes')).toContainText('99,999.00');
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, address);
  await expect(reviewer.getByTestId('approve-button')).toHaveText('Approve anyway…');
  await reviewer.keyboard.press('Control+Enter');
  await expect(reviewer.getByTestId('anyway-dialog')).toBeVisible();
  await reviewer.keyboard.press('Escape');
  await expect(reviewer.getByTestId('anyway-dialog')).toBeHidden();
  await reviewer.getByTestId('approve-button').click();
  await reviewer.getByLabel('Why it is right all the same').fill('The supplier rounds');
  await reviewer.getByTestId('anyway-confirm').click();
  await expect(toast(reviewer, 'Approved')).toBeVisible();
  // The page goes on when a decision was answered; this one stays and tells of it.
  await historyTells(reviewer, 'The supplier rounds');
  await expect(reviewer).toHaveURL(new RegExp(`${address}$`));
  await reviewer.context().close();
});
