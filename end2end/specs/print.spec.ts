import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, signIn, test } from '../support/test.ts';
import { bring, open, saved } from '../support/work.ts';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(5800, 2);
});
test.afterAll(() => samples.remove());

test('an invoice is printed as a document: head, values, lines, VAT, checks, history, and no controls', async ({ page }, info) => {
  await signIn(page);
  await open(page, await bring(page, samples.of('facturx_pdf')[0] ?? ''));
  const number = await page.getByTestId('field-invoice_number').inputValue();
  const supplier = await page.getByTestId('field-supplier_name').inputValue();
  await page.getByTestId('field-note').or(page.getByTestId('field-purchase_order')).first().fill('PO 4711');
  await page.keyboard.press('Tab');
  await saved(page);
  await expect(page.getByTestId('printed')).toHaveCount(0);

  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const paper = page.getByTestId('printed');
  await expect(paper).toBeVisible();
  await expect(paper.getByRole('heading', { level: 1 })).toHaveText(supplier);
  const head = paper.locator('header');
  await expect(head).toContainText(number);
  for (const label of ['Issue date', 'Gross total']) await expect(head).toContainText(label);
  const titles = await paper.getByRole('heading', { level: 2 }).allTextContents();
  for (const title of ['Totals', 'Supplier', 'Lines', 'VAT', 'Checks', 'History']) expect(titles).toContain(title);
  await expect(paper).toContainText('PO 4711');
  expect((await paper.boundingBox())?.y ?? 999).toBeLessThan(60);

  // Nothing to press or to type into, and ink on white whatever the theme.
  expect(await page.locator('button, a, input, select, textarea, summary').filter({ visible: true }).count()).toBe(0);
  expect(await paper.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(0, 0, 0)');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.screenshot({ path: info.outputPath('print.png'), fullPage: true });

  const pdf = await page.pdf({ format: 'A4', path: info.outputPath('print.pdf') });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThanOrEqual(1);
  expect(pages).toBeLessThanOrEqual(4);

  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await expect(paper).toHaveCount(0);
});
