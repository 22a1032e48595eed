import { reissued } from '../support/documents.ts';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, bring, brought, open } from '../support/work.ts';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7800, 1);
});
test.afterAll(() => samples.remove());

/** The same supplier's invoice with another number and date; gives the file. */
const invoice = (number: string, day: number) =>
  reissued(samples.of('ubl')[0] ?? '', { number, issued: `2026-10-${day}` });

test('what raises no question is approved without a person, once an admin allows it', async ({ page, browser, server }) => {
  // Nobody allowed it yet, and the supplier is not known.
  const first = await brought(browser, server.url, await invoice('TOUCH-1', 11));
  const reviewer = await another(browser, server.url, 'reviewer');
  await open(reviewer, first);
  await reviewer.getByTestId('approve-button').click();
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  const second = await brought(browser, server.url, await invoice('TOUCH-2', 12));
  await open(reviewer, second);
  await expect(reviewer.getByTestId('approve-button')).toBeVisible();

  await signIn(page, 'admin');
  await page.goto('/settings');
  await hydrated(page);
  const form = page.getByTestId('rules-form');
  await expect(form.getByLabel(/Approve without a person/)).not.toBeChecked();
  await expect(form.getByLabel(/at least this surely/)).toHaveValue('0.975');
  await form.getByLabel(/Approve without a person/).check();
  await form.getByLabel('Never above').fill('1.000.000');
  await takeScreenshots(page, 'settings-touchless');
  await form.getByRole('button', { name: 'Save rules' }).click();
  await expect(form.getByLabel('Never above')).toHaveValue('1,000,000.00');
  await page.reload();
  await hydrated(page);
  await expect(form.getByLabel(/Approve without a person/)).toBeChecked();

  const clerk = await another(browser, server.url, 'clerk');
  const third = await bring(clerk, await invoice('TOUCH-3', 13));
  await open(reviewer, third);
  await expect(reviewer.getByTestId('touchless-note')).toContainText('Approved without a person');
  await expect(reviewer.getByTestId('touchless-note')).toContainText('not above 1,000,000.00 EUR');
  await expect(reviewer.getByTestId('approve-button')).toHaveCount(0);
  await expectAccessible(reviewer);
  await takeScreenshots(reviewer, 'touchless');
  await reviewer.locator('summary', { hasText: 'History' }).click();
  await expect(reviewer.getByTestId('review')).toContainText('Touchless approved without a person');

  // Taken back as any approval, then a person decides.
  await reviewer.getByRole('button', { name: 'Reopen' }).click();
  await expect(reviewer.getByTestId('touchless-note')).toHaveCount(0);
  await reviewer.getByTestId('approve-button').click();
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  await expect(reviewer.getByTestId('touchless-note')).toHaveCount(0);
  await clerk.context().close();
  await reviewer.context().close();
});
