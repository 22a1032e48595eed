// Two people on one invoice, at the same time.
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, correct, open, openNew, saved } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7500, 3);
});
test.afterAll(() => samples.remove());

test('two changes of one text go together', async ({ page, browser, server, complaints }) => {
  complaints.allow(/status of 409/);
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('ubl')[0] ?? '');
  const terms = (of: Page) => of.getByTestId('field-payment_terms');
  await terms(page).fill('Pay within 30 days.\nRing before delivery.');
  await terms(page).press('Tab');
  await saved(page);
  const other = await another(browser, server.url, 'reviewer');
  await open(other, address);

  await terms(page).fill('Pay within 30 days.\nRing twice before delivery.');
  await terms(other).fill('Pay within 14 days.\nRing before delivery.');
  await terms(other).press('Tab');
  await saved(other);
  await terms(page).press('Tab');
  const dialog = page.getByTestId('conflict-dialog');
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Both/ })).toHaveAttribute('aria-pressed', 'true');
  await expectAccessible(page);
  await takeScreenshots(page, 'conflict-text');
  await dialog.getByTestId('merge').click();
  const both = 'Pay within 14 days.\nRing twice before delivery.';
  await saved(page);
  await expect(terms(page)).toHaveValue(both);
  await expect(terms(other)).toHaveValue(both);
});

test('what somebody else changes appears by itself and is marked for a moment, what one changes oneself is not', async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('cii')[0] ?? '');
  const other = await another(browser, server.url, 'reviewer');
  await open(other, address);
  // Every mark that was ever set on a field: one that stands for two seconds could be missed.
  for (const of of [page, other]) {
    await of.evaluate(() => {
      const marked: string[] = [];
      Reflect.set(window, 'marked', marked);
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const row = target as Element;
          if (row.matches('.field.fresh')) marked.push(row.querySelector('[data-testid]')?.getAttribute('data-testid') ?? '');
        }
      }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['class'] });
    });
  }
  const marked = (of: Page) => of.evaluate(() => [...new Set(Reflect.get(window, 'marked') as string[])]);
  const order = (of: Page) => of.getByTestId('field-purchase_order');
  await order(page).fill('PO-SEEN');
  await order(page).press('Tab');
  await saved(page);
  await expect(order(other)).toHaveValue('PO-SEEN');
  expect(await marked(other)).toEqual(['field-purchase_order']);
  expect(await marked(page)).toEqual([]);
  await expect(other.locator('.field.fresh')).toHaveCount(0);
  await other.context().close();
});

test('amounts are asked about together, and Undo brings back the side that was not chosen', async ({
  page,
  browser,
  server,
  complaints,
}) => {
  complaints.allow(/status of 409/);
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('ubl')[2] ?? '');
  const other = await another(browser, server.url, 'reviewer');
  const [net, gross, buyer] = ['net_total', 'gross_total', 'buyer_name'].map((name) => page.getByTestId(`field-${name}`));
  if (!net || !gross || !buyer) throw new Error('no fields');
  const before = { net: await net.inputValue(), gross: await gross.inputValue() };
  const undo = async (words: string) =>
    page.getByTestId('toast').filter({ hasText: words }).getByRole('button', { name: 'Undo' }).click();

  await net.fill('90');
  await correct(other, address, { gross_total: '120.00' });
  await net.press('Tab');
  const dialog = page.getByTestId('conflict-dialog');
  const [mine, theirs] = [0, 1].map((at) => dialog.getByRole('group', { name: 'Amounts' }).getByRole('button').nth(at));
  if (!mine || !theirs) throw new Error('no choices');
  await expect(mine).toContainText(/Net total 90[.,]00/);
  await expect(mine).toContainText(`Gross total ${before.gross}`);
  await expect(theirs).toContainText(`Net total ${before.net}`);
  await expect(theirs).toContainText(/Gross total 120[.,]00/);
  await expect(theirs).toContainText('Net and VAT make');
  await expectAccessible(page);
  await takeScreenshots(page, 'conflict-amounts');
  await dialog.getByTestId('use-theirs').click();
  await expect(gross).toHaveValue(/^120[.,]00$/);
  await expect(net).toHaveValue(before.net);
  await undo('Theirs kept');
  await expect(net).toHaveValue(/^90[.,]00$/);
  await expect(gross).toHaveValue(before.gross);
  await saved(page);

  await buyer.fill('Mine Ltd');
  await correct(other, address, { buyer_name: 'Theirs Ltd' });
  await buyer.press('Tab');
  await dialog.getByRole('button', { name: /^Mine/ }).click();
  await dialog.getByTestId('merge').click();
  await expect(buyer).toHaveValue('Mine Ltd');
  await saved(page);
  await undo('Mine kept');
  await expect(buyer).toHaveValue('Theirs Ltd');
  await saved(page);
  await other.context().close();
});

/** Numbers that look random and are the same in every run (mulberry32). */
function drawn(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** What the question about a field calls it. */
const LABELS: Record<string, string> = {
  'Invoice number': 'invoice_number',
  'Supplier name': 'supplier_name',
  'Buyer name': 'buyer_name',
  'Purchase order': 'purchase_order',
  'Payment reference': 'payment_reference',
};
const FIELDS = Object.values(LABELS);

interface Typed {
  field: string;
  value: string;
}

/** What one person typed, and what became of it as far as they were told. */
interface Diary {
  typed: Typed[];
  /** Values that met somebody else's, and the fields of all such meetings. */
  met: Set<string>;
  asked: Set<string>;
}

/** Types, goes offline and answers questions until the time is over. */
async function editAtRandom(page: Page, name: string, draw: (below: number) => number, until: number): Promise<Diary> {
  const diary: Diary = { typed: [], met: new Set(), asked: new Set() };
  const dialog = page.getByTestId('conflict-dialog');
  for (let count = 0; Date.now() < until; count += 1) {
    if (draw(8) === 0) await page.context().setOffline(draw(2) === 0);
    if (await dialog.isVisible()) {
      await answer(page, draw, diary);
      continue;
    }
    const field = FIELDS[draw(FIELDS.length)] ?? '';
    const value = `${name} ${count}`;
    const input = page.getByTestId(`field-${field}`);
    try {
      await input.fill(value, { timeout: 2_000 });
      await input.press('Tab', { timeout: 2_000 });
      // Where a question came up before the field was left, the value was begun and not typed.
      if (!(await dialog.isVisible())) diary.typed.push({ field, value });
    } catch (error) {
      if (!(await dialog.isVisible())) throw error;
    }
  }
  await page.context().setOffline(false);
  return diary;
}

async function answer(page: Page, draw: (below: number) => number, diary: Diary): Promise<void> {
  const button = ['keep-mine', 'use-theirs', 'merge'][draw(3)] ?? 'merge';
  // In one go: what is read is what is answered, though another question may come at any moment.
  const asked = await page.evaluate((button) => {
    const dialog = document.querySelector('[data-testid=conflict-dialog][open]');
    const groups = [...(dialog?.querySelectorAll('[role=group]') ?? [])];
    const asked = groups.map((group) => ({
      label: group.getAttribute('aria-label') ?? '',
      mine: group.querySelector('button span:last-child')?.textContent ?? '',
    }));
    dialog?.querySelector<HTMLElement>(`[data-testid=${button}]`)?.click();
    return asked;
  }, button);
  for (const { label, mine } of asked) {
    diary.asked.add(label);
    diary.met.add(mine);
  }
}

/** Answers whatever is still asked, and waits until nothing is on its way. */
async function settle(page: Page, diary: Diary): Promise<void> {
  await expect(async () => {
    if (await page.getByTestId('conflict-dialog').isVisible()) await answer(page, () => 1, diary);
    await expect(page.getByTestId('conflict-dialog')).toBeHidden({ timeout: 500 });
    await expect(page.getByTestId('pending-sync')).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 60_000 });
}

const SECONDS = Number(process.env.AP_INTAKE_E2E_RANDOM_SECONDS ?? '20');

test('two people who edit at random end with the same, and nothing is lost', async ({ page, browser, server, complaints }) => {
  test.setTimeout(SECONDS * 1_000 + 120_000);
  complaints.allow(/status of 409/, /ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/);
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('ubl')[1] ?? '');
  const other = await another(browser, server.url, 'reviewer');
  await open(other, address);
  const until = Date.now() + SECONDS * 1_000;
  const [clerk, reviewer] = await Promise.all([
    editAtRandom(page, 'clerk', drawn(1), until),
    editAtRandom(other, 'reviewer', drawn(2), until),
  ]);
  await settle(page, clerk);
  await settle(other, reviewer);
  await settle(page, clerk);

  const id = new URL(page.url()).pathname.split('/').pop();
  const detail = (await (await page.request.get(`/api/v1/invoices/${id}`)).json()) as { fields: Record<string, { value: string }> };
  for (const field of FIELDS) {
    const stored = detail.fields[field]?.value ?? '';
    await expect(page.getByTestId(`field-${field}`), field).toHaveValue(stored);
    await expect(other.getByTestId(`field-${field}`), field).toHaveValue(stored);
  }

  const history = (await (await page.request.get(`/api/v1/invoices/${id}/history`)).json()) as {
    changes: { name: string; after: string | null }[];
  }[];
  const kept = new Set(history.flatMap((entry) => entry.changes).map((change) => change.after));
  for (const diary of [clerk, reviewer]) {
    // How many depends on the machine; without some, the rest proves nothing.
    expect(diary.typed.length, 'edits made').toBeGreaterThan(3);
    const isTold = ({ value }: Typed) => kept.has(value) || diary.met.has(value);
    // Whoever types again in a field before they were asked about the value before is asked about the newer one.
    const isReplaced = ({ field }: Typed, at: number) =>
      diary.typed.slice(at + 1).some((later) => later.field === field && isTold(later));
    const lost = diary.typed.filter((typed, at) => !isTold(typed) && !isReplaced(typed, at));
    expect(lost, 'typed, and neither kept nor asked about').toEqual([]);
    const theirs = new Set((diary === clerk ? reviewer : clerk).typed.map(({ field }) => field));
    expect([...diary.asked].filter((label) => !theirs.has(LABELS[label] ?? '')), 'asked without a reason').toEqual([]);
  }
});
