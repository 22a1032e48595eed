import { reissued } from '../support/documents.ts';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, bring, brought, open } from '../support/work.ts';

const KNOWN = 'DE89370400440532013000';
const OTHER = 'AT611904300234573201';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7700, 3);
});
test.afterAll(() => samples.remove());

/** One invoice as a supplier's, with a number and an account of its own; gives the file. */
const invoice = (number: string, account: string) =>
  reissued(samples.of('ubl')[0] ?? '', { number, account, issued: `2026-10-${10 + Number(number.slice(-1))}` });

test('a changed account blocks approval until a second person verified it', async ({ page, browser, server }) => {
  const first = await brought(browser, server.url, await invoice('BANK-1', KNOWN));
  await signIn(page, 'reviewer');
  await open(page, first);
  // The first account of a supplier is told and stops nobody.
  await expect(page.locator('#field-iban-notes')).toContainText('none is known for this supplier yet');
  await expect(page.getByTestId('verify-account')).toBeVisible();
  await page.getByTestId('approve-button').click();
  await expect(page.getByTestId('review')).toContainText('Approved');

  const clerk = await another(browser, server.url, 'clerk');
  const address = await bring(clerk, await invoice('BANK-2', OTHER));
  await open(page, address);
  await expect(page.locator('#field-iban-notes')).toContainText('differs from the known one ending in 3000');
  const note = page.getByTestId('account-note');
  await expect(note).toContainText('DE89 3704 0044 0532 0130 00');
  await expect(page.getByTestId('approve-button')).toHaveCount(0);
  await expectAccessible(page);
  await note.scrollIntoViewIfNeeded();
  await takeScreenshots(page, 'account-changed');

  // Who brought it does not verify it.
  await open(clerk, address);
  await expect(clerk.getByTestId('account-note')).toContainText('Somebody who neither uploaded nor changed');
  await expect(clerk.getByTestId('verify-account')).toHaveCount(0);

  await page.getByTestId('verify-account').click();
  const dialog = page.getByTestId('verify-dialog');
  await expect(dialog).toContainText('AT61 1904 3002 3457 3201');
  await expect(dialog).toContainText('DE89 3704 0044 0532 0130 00');
  await dialog.getByTestId('verify-confirm').click();
  await expect(dialog).toContainText('Say in a few words how');
  await expectAccessible(page);
  await takeScreenshots(page, 'account-verify');
  await dialog.getByLabel('How it was verified').fill('Called the accountant we know');
  await dialog.getByTestId('verify-confirm').click();
  await expect(note).toContainText('Account verified by Demo reviewer');
  await expect(page.locator('#field-iban-notes')).not.toContainText('differs');
  // Seen at once by whoever has it open.
  await expect(clerk.getByTestId('account-note')).toContainText('Account verified by Demo reviewer');
  await page.locator('summary', { hasText: 'History' }).click();
  await expect(page.getByTestId('review')).toContainText('verified the bank account');
  await expect(page.getByTestId('review')).toContainText('Called the accountant we know');

  await page.getByTestId('approve-button').click();
  await expect(page.getByTestId('review')).toContainText('Approved');
  await clerk.context().close();
});

test('a wrong account is rejected for that reason', async ({ page, browser, server }) => {
  const known = await brought(browser, server.url, await invoice('BANK-3', KNOWN));
  await signIn(page, 'reviewer');
  await open(page, known);
  if (await page.getByTestId('verify-account').count()) {
    await page.getByTestId('approve-button').click();
    await expect(page.getByTestId('review')).toContainText('Approved');
  }
  const address = await brought(browser, server.url, await invoice('BANK-4', 'BE68539007547034'));
  await open(page, address);
  await page.getByTestId('reject-account').click();
  const dialog = page.getByTestId('reject-dialog');
  await expect(dialog.getByLabel('Reason')).toHaveValue('wrong_account');
  await dialog.getByLabel('Note').fill('They know nothing of it');
  await page.getByTestId('reject-confirm').click();
  await expect(page.getByTestId('rejected-note')).toContainText("Bank account is not the supplier's");
  // The usual button asks for the reason anew.
  const next = await brought(browser, server.url, await invoice('BANK-5', 'BE68539007547034'));
  await open(page, next);
  await page.getByTestId('reject-button').click();
  await expect(page.getByTestId('reject-dialog').getByLabel('Reason')).toHaveValue('');
});

test('an admin keeps the reasons for a rejection', async ({ page, browser, server }) => {
  const address = await brought(browser, server.url, await invoice('BANK-6', KNOWN));
  await signIn(page, 'admin');
  await page.goto('/settings');
  await hydrated(page);
  const form = page.getByTestId('reasons-form');
  const rows = form.getByTestId('reason-row');
  const before = await rows.count();
  await form.getByLabel('Reason: Looks fraudulent').fill('Smells of fraud');
  await rows.nth(1).getByLabel('Offered').uncheck();
  await form.getByLabel('One more reason').fill('Price is not the agreed one');
  await form.getByRole('button', { name: 'Save reasons' }).click();
  await expect(rows).toHaveCount(before + 1);
  await expect(form.getByLabel('One more reason')).toHaveValue('');
  await expectAccessible(page);
  await takeScreenshots(page, 'settings-rules');

  await open(page, address);
  await page.getByTestId('reject-button').click();
  const choice = page.getByTestId('reject-dialog').getByLabel('Reason');
  await expect(choice.locator('option', { hasText: 'Smells of fraud' })).toHaveCount(1);
  await expect(choice.locator('option[value=not_ordered]')).toHaveCount(0);
  await choice.selectOption({ label: 'Price is not the agreed one' });
  await page.getByTestId('reject-dialog').getByLabel('Note').fill('See the contract');
  await page.getByTestId('reject-confirm').click();
  await expect(page.getByTestId('rejected-note')).toContainText('Price is not the agreed one: See the contract');
});
