// Measures the review page in Chromium: node benches/review.mjs ADDRESS COOKIE prints one JSON object, for each measure
// the values of every run. The newest invoices of the server are PDFs with pages.

import { RUNS, SLOWER, address, browser, freshPage, largestPaint, takenOver } from './chromium.mjs';

const LINES = 200;
const KEYS = 60;

/** Runs in the page from its start: asks for the sheet of keys again and again until it opens. */
function pressUntilItReacts() {
  const press = () => {
    document.body?.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true, cancelable: true }));
    if (document.querySelector('dialog[open]')) window.reactedAt = performance.now();
    else setTimeout(press, 5);
  };
  press();
}

/** What moved without anybody's doing, from 0; `layout-shift` entries since the navigation began. */
function shifts() {
  return new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => resolve(sum), 200);
  });
}

async function load(path, slower) {
  const painted = await freshPage(slower);
  await painted.goto(address + path);
  await takenOver(painted);
  await painted.waitForFunction(() => document.querySelector('.page-sheet img')?.complete);
  const lcp = await painted.evaluate(largestPaint);
  const shift = await painted.evaluate(shifts);
  await painted.context().close();

  const pressed = await freshPage(slower);
  await pressed.addInitScript(pressUntilItReacts);
  await pressed.goto(address + path);
  const handle = await pressed.waitForFunction(() => window.reactedAt, undefined, { polling: 50 });
  const reacts = await handle.jsonValue();
  await pressed.context().close();
  return { lcp, shift, reacts };
}

/** Goes to the next invoice by its keys: until its values are painted, and until its first page is. */
async function goNext() {
  const name = () => document.querySelector('.review-name')?.textContent + document.querySelector('.review')?.dataset.id;
  const number = () => document.querySelector('[data-testid="field-invoice_number"]')?.value;
  const picture = () => document.querySelector('.page-sheet img');
  const [nameBefore, numberBefore, pictureBefore] = [name(), number(), picture()?.src];
  const start = performance.now();
  const valuesCome = window.changed(() => name() !== nameBefore || number() !== numberBefore);
  const pictureComes = window.changed(() => picture() && picture().src !== pictureBefore);
  const keys = { key: 'ArrowDown', ctrlKey: true, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new KeyboardEvent('keydown', keys));
  await valuesCome;
  const values = (await window.painted()) - start;
  await pictureComes;
  await picture().decode();
  return { values, picture: (await window.painted()) - start };
}

/** Walks through the invoices at a person's pace: half a second for each. */
async function walk(first, count) {
  const times = [];
  const page = await freshPage(1);
  await page.goto(address + first);
  await takenOver(page);
  for (let step = 0; step < count; step += 1) {
    await page.waitForTimeout(500);
    times.push(await page.evaluate(goNext));
  }
  await page.context().close();
  return times;
}

/** Adds lines until the invoice has 200. */
async function fill(page, id) {
  const at = `${address}/api/v1/invoices/${id}`;
  const known = await (await page.request.get(at)).json();
  const fields = [];
  for (let number = known.lines.length + 1; number <= LINES; number += 1) {
    const line = { id: String(number), description: `Sheet steel ${number}`, quantity: '2', unit_price: '5.00', net: '10.00', tax_rate: '19' };
    fields.push({ name: `line_${number}`, base_version: 0, value: JSON.stringify(line) });
  }
  while (fields.length > 0) {
    const answer = await page.request.patch(at, { data: { mutation_id: crypto.randomUUID(), fields: fields.splice(0, 100) } });
    if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
  }
}

/** Types into a line in the middle of many: from each key to the paint that shows it. */
async function typing(id) {
  const page = await freshPage(1);
  await fill(page, id);
  await page.goto(`${address}/invoices/${id}`);
  await takenOver(page);
  const row = page.getByTestId('field-line_100');
  await row.evaluate((row) => (row.closest('details').open = true));
  await row.focus();
  await page.keyboard.press('Enter');
  await page.locator('input[data-testid="field-line_100"]').focus();
  await page.evaluate(() => {
    window.times = [];
    window.addEventListener('keydown', (event) => {
      const start = event.timeStamp;
      window.painted().then((at) => window.times.push(at - start));
    }, true);
  });
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press(key % 10 === 9 ? 'Tab' : String(key % 10));
    await page.waitForFunction((count) => window.times.length >= count, key + 1);
  }
  const times = await page.evaluate(() => window.times);
  await page.context().close();
  return times;
}

const found = { lcp: [], reacts: [], lcp_slow: [], reacts_slow: [], shift: [], next: [], picture: [], key: [] };
try {
  const page = await freshPage(1);
  const newest = await (await page.request.get(`${address}/api/v1/invoices?status=needs_review&sort=-created&limit=12`)).json();
  const ids = newest.invoices.map((invoice) => invoice.id);
  await page.context().close();
  const first = `/invoices/${ids[0]}`;
  await load(first, 1); // The first one starts the browser's own processes.
  for (let run = 0; run < RUNS; run += 1) {
    const plain = await load(first, 1);
    const slow = await load(first, SLOWER);
    found.lcp.push(plain.lcp);
    found.reacts.push(plain.reacts);
    found.shift.push(plain.shift, slow.shift);
    found.lcp_slow.push(slow.lcp);
    found.reacts_slow.push(slow.reacts);
  }
  for (let run = 0; run < 4; run += 1) {
    for (const times of await walk(first, ids.length - 2)) {
      found.next.push(times.values);
      found.picture.push(times.picture);
    }
  }
  found.key = await typing(ids.at(-1));
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
