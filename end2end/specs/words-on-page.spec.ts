import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, hydrated, test } from '../support/test.ts';
import { boxOf, drag, openPicture, ready, sheet } from '../support/sheet.ts';
import { saved } from '../support/work.ts';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(5400, 4);
});
test.afterAll(() => samples.remove());

test('a frame over words fills the field one is in, and its box stands there', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[0] ?? '');
  const number = await page.getByTestId('field-invoice_number').inputValue();
  const before = await boxOf(page, 'invoice_number');

  // Into another field: the words of the number, and the box goes there.
  await ready(page, 'purchase_order');
  await drag(page, [before.x - 3, before.y - 3], [before.x + before.width + 3, before.y + before.height + 3]);
  const order = page.getByTestId('field-purchase_order');
  await expect(order).toHaveValue(new RegExp(number.replace(/[^\w]/g, '.')));
  await expect(order).not.toHaveValue(/ /);
  await expect(order).toBeFocused();
  await saved(page);
  const box = await boxOf(page, 'purchase_order');
  expect(Math.abs(box.x - before.x)).toBeLessThan(12);
  expect(Math.abs(box.y - before.y)).toBeLessThan(12);

  await page.reload();
  await hydrated(page);
  await expect(order).toHaveValue(new RegExp(number.replace(/[^\w]/g, '.')));
  expect(Math.abs((await boxOf(page, 'purchase_order')).y - box.y)).toBeLessThan(12);
});

test('amounts come without their currency, dates as dates', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[1] ?? '');
  const gross = await page.getByTestId('field-gross_total').inputValue();
  const issued = await page.getByTestId('field-issue_date').inputValue();
  const [amountAt, dateAt] = [await boxOf(page, 'gross_total'), await boxOf(page, 'issue_date')];

  await ready(page, 'net_total');
  await drag(page, [amountAt.x - 2, amountAt.y - 2], [amountAt.x + amountAt.width + 2, amountAt.y + amountAt.height + 2]);
  await expect(page.getByTestId('field-net_total')).toHaveValue(gross);

  await ready(page, 'due_date');
  await drag(page, [dateAt.x - 2, dateAt.y - 2], [dateAt.x + dateAt.width + 2, dateAt.y + dateAt.height + 2]);
  await saved(page);
  await expect(page.getByTestId('field-due_date')).toHaveValue(issued);
});

test('a click takes one word, with Shift behind what is there', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[2] ?? '');
  // The first line of a page is the supplier's name, whose words stand there once more below the box.
  await ready(page, 'purchase_order');
  const order = page.getByTestId('field-purchase_order');
  const area = await sheet(page).boundingBox();
  if (!area) throw new Error('no page');
  const words: { text: string; box: { x: number; y: number; w: number; h: number } }[] = await page.evaluate(
    async (id) => {
      const answer = await fetch(performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => name.includes('load_words'))[0] ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ id, page: 1 }),
      });
      return answer.json();
    },
    page.url().split('/invoices/')[1]?.split('?')[0],
  );
  const boxes = await page.locator('.place').evaluateAll((all) => all.map((box) => box.getBoundingClientRect().toJSON()));
  const middle = (word: (typeof words)[0]): [number, number] => [
    area.x + (word.box.x + word.box.w / 2) * area.width,
    area.y + (word.box.y + word.box.h / 2) * area.height,
  ];
  const isFree = (word: (typeof words)[0]) => {
    const [x, y] = middle(word);
    return y < 700 && boxes.every((box) => x < box.left || x > box.right || y < box.top || y > box.bottom);
  };
  const [first, second] = words.filter(isFree);
  if (!first || !second) throw new Error('no free words');
  await page.mouse.click(...middle(first));
  await expect(order).toHaveValue(first.text);
  await page.keyboard.down('Shift');
  await page.mouse.click(...middle(second));
  await page.keyboard.up('Shift');
  await expect(order).toHaveValue(`${first.text} ${second.text}`);
});

test('without a field nothing is taken, and a click on a box goes to its field', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[3] ?? '');
  const box = await boxOf(page, 'invoice_number');
  const number = await page.getByTestId('field-invoice_number').inputValue();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.getByTestId('field-invoice_number')).toBeFocused();
  await expect(page.getByTestId('field-invoice_number')).toHaveValue(number);
});
