import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { ready, sheet } from '../support/sheet.ts';
import { another, bring, open, openNew, saved } from '../support/work.ts';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(8101, 3, '--with-unusual-labels');
});
test.afterAll(() => samples.remove());

test('what is corrected is right on the supplier’s next invoice, says why, and can be forgotten', async ({
  page,
  browser,
  server,
}) => {
  const [first = '', next = '', last = ''] = samples.of('unusual');
  await signIn(page, 'clerk');
  const address = await openNew(page, first);
  const order = page.getByTestId('field-purchase_order');
  await expect(order).toHaveValue('');

  // The clerk clicks the order's number on the page: the fourth line of the data, in the middle of its column.
  await ready(page, 'purchase_order');
  const paper = await sheet(page).boundingBox();
  if (!paper) throw new Error('no page');
  await page.mouse.click(paper.x + (paper.width * 205) / 595, paper.y + (paper.height * 228) / 842);
  await expect(order).toHaveValue(/^45\d{8}$/);
  const corrected = await order.inputValue();
  await saved(page);
  await page.getByTestId('submit-button').click();
  await expect(page.getByTestId('review')).toContainText('Awaiting approval');

  const admin = await another(browser, server.url, 'admin');
  await open(admin, address);
  await admin.getByTestId('approve-button').click();
  await expect(admin.getByTestId('review')).toContainText('Approved');
  const rule = admin.getByTestId('learned-rule').filter({ hasText: 'Purchase order' });
  await expect(async () => {
    await admin.goto('/settings');
    await expect(rule).toContainText('right of “Merkwort”', { timeout: 2_000 });
  }).toPass();
  await expect(rule).toContainText('By Demo clerk');

  await page.goto('/');
  const taught = await bring(page, next);
  await open(page, taught);
  await expect(order).toHaveValue(/^45\d{8}$/);
  expect(await order.inputValue()).not.toBe(corrected);
  const why = page.getByTestId('learned-note');
  await expect(why).toContainText('Read as learned from a correction by Demo clerk');
  await expectAccessible(page);
  await why.scrollIntoViewIfNeeded();
  await takeScreenshots(page, 'learned-value');

  await admin.goto('/settings');
  await expect(rule).toContainText('Used on 1 invoice');
  await expectAccessible(admin);
  await rule.scrollIntoViewIfNeeded();
  await takeScreenshots(admin, 'learned-settings');
  await rule.getByRole('button', { name: /^Forget how Purchase order is read/ }).click();
  await expect(rule).toHaveCount(0);
  await admin.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect(rule).toHaveCount(1);
  await rule.getByRole('button', { name: /^Forget how Purchase order is read/ }).click();
  await expect(rule).toHaveCount(0);

  await page.goto('/');
  await open(page, await bring(page, last));
  await expect(order).toHaveValue('');
  await expect(page.getByTestId('learned-note')).toHaveCount(0);
  await admin.context().close();
});
