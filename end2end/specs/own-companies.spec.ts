// An admin says whose invoices come here; one to somebody else is marked.
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, open, sendAndRead } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7301, 1);
});
test.afterAll(() => samples.remove());

test('an invoice to somebody else is marked, until the companies are ours', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 422/);
  await signIn(page, 'admin');
  await open(page, '/settings');
  const form = page.getByTestId('companies-form');
  const rows = form.getByTestId('company-row');
  // The demo's companies, and an empty row.
  const count = await rows.count();
  expect(count).toBeGreaterThan(2);
  await form.getByLabel('Name of one more company').fill('  Somewhere   Else Ltd');
  await form.getByLabel('VAT id of one more company').fill('gb 980 7806 84');
  await form.getByRole('button', { name: 'Save companies' }).click();
  await expect(rows).toHaveCount(count + 1);
  await expect(form.getByLabel('Name of Somewhere Else Ltd')).toHaveValue('Somewhere Else Ltd');
  await expect(form.getByLabel('VAT id of Somewhere Else Ltd')).toHaveValue('GB980780684');
  await expect(form.getByLabel('Name of one more company')).toHaveValue('');
  await form.scrollIntoViewIfNeeded();
  await takeScreenshots(page, 'own-companies');
  await expectAccessible(page);

  // A VAT id without a name is refused, and what was typed stays.
  await form.getByLabel('VAT id of one more company').fill('DE136695976');
  await form.getByRole('button', { name: 'Save companies' }).click();
  await expect(form.getByRole('alert')).toContainText('Which company has the VAT id DE136695976?');
  await takeScreenshots(page, 'own-companies-refused');
  await form.getByLabel('VAT id of one more company').fill('');

  // What comes to the same as before is shown in the form that is kept.
  const vatId = form.getByLabel('VAT id of Somewhere Else Ltd');
  await vatId.fill('gb 980.7806 84');
  await form.getByRole('button', { name: 'Save companies' }).click();
  await expect(vatId).toHaveValue('GB980780684');

  // On a phone each field has its name above it, filled or not.
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  for (const words of ['Name', 'VAT id']) await expect(rows.first().getByText(words, { exact: true })).toBeVisible();
  if (size) await page.setViewportSize(size);

  // All but the new one are taken off.
  for (let place = 0; place < count - 1; place++) {
    const { 0: name, 1: vatId } = await rows.nth(place).getByRole('textbox').all();
    await name?.fill('');
    await vatId?.fill('');
  }
  await form.getByRole('button', { name: 'Save companies' }).click();
  await expect(rows).toHaveCount(2);

  const clerk = await another(browser, server.url, 'clerk');
  await open(clerk, await sendAndRead(clerk, samples.of('ubl')[0] ?? ''));
  await expect(clerk.getByTestId('review')).toContainText('which is none of our companies');
  await takeScreenshots(clerk, 'own-companies-invoice');
  await clerk.context().close();
});

test('a company that another admin added meanwhile stays', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 409/);
  await signIn(page, 'admin');
  await open(page, '/settings');
  const other = await another(browser, server.url, 'admin');
  await open(other, '/settings');
  const add = async (admin: Page, name: string) => {
    const form = admin.getByTestId('companies-form');
    await form.getByLabel('Name of one more company').fill(name);
    await form.getByRole('button', { name: 'Save companies' }).click();
    return form;
  };
  const theirs = await add(other, 'Theirs Ltd');
  await expect(theirs.getByLabel('Name of Theirs Ltd')).toBeVisible();

  const form = await add(page, 'Mine Ltd');
  await expect(form.getByRole('alert')).toContainText('Somebody changed the list meanwhile');
  await expect(form.getByLabel('Name of Theirs Ltd')).toHaveValue('Theirs Ltd');
  await add(page, 'Mine Ltd');
  await expect(form.getByLabel('Name of Mine Ltd')).toHaveValue('Mine Ltd');
  await expect(form.getByLabel('Name of Theirs Ltd')).toHaveValue('Theirs Ltd');
  await expect(form.getByRole('alert')).toBeEmpty();
  await other.context().close();
});
