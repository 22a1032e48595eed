// A phone in the hand: places on the page by touch, and the places of lines.
import { makeSamples, type Samples } from '../support/samples.ts';
import { boxOf, openPicture, sheet, type Point } from '../support/sheet.ts';
import { expect, hydrated, test } from '../support/test.ts';
import { detailOf, idIn, saved } from '../support/work.ts';
import type { Locator, Page, Route } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(5_800, 4, '--with-unusual-labels');
});
test.afterAll(() => samples.remove());

const frame = (page: Page) => page.getByTestId('box-frame');
const pane = (page: Page, name: string) => page.getByRole('group', { name: 'What is shown' }).getByRole('button', { name });

/** Taps the word of the fourth line of the data, in the middle of its column. */
async function tapWord(page: Page): Promise<void> {
  const paper = await sheet(page).boundingBox();
  if (!paper) throw new Error('no page');
  await page.touchscreen.tap(paper.x + (paper.width * 205) / 595, paper.y + (paper.height * 228) / 842);
}

async function middleOf(locator: Locator): Promise<Point> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('it is not on the screen');
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** A finger goes down, along and up. */
async function swipe(page: Page, from: Point, by: Point): Promise<void> {
  const devices = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    devices.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: from[0] + by[0] * share, y: from[1] + by[1] * share }],
    });
  await touch('touchStart', 0);
  for (const share of [0.25, 0.5, 0.75, 1]) await touch('touchMove', share);
  await touch('touchEnd', 1);
  await devices.detach();
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('a word that is tapped fills the field one was in', async ({ page }) => {
    await openPicture(page, samples.of('unusual')[0]);
    const order = page.getByTestId('field-purchase_order');
    await expect(order).toHaveValue('');
    await order.tap();
    await pane(page, 'Document').tap();
    await expect(page.getByText('Tap a word to fill: Purchase order')).toBeVisible();
    await tapWord(page);
    await saved(page);
    await pane(page, 'Values').tap();
    await expect(order).toHaveValue(/^45\d{8}$/);
    // Without a field one was in, a tap fills nothing.
    await page.reload();
    await hydrated(page);
    await pane(page, 'Document').tap();
    await expect(page.getByText('Tap a word to fill')).toHaveCount(0);
  });

  test('a tap whose words come late is for the field one was in, and one that gets none says so', async ({ page, complaints }) => {
    complaints.allow(/status of 503/);
    const held: Route[] = [];
    let asked = 0;
    await page.route('**/api/fn/load_words*', (route) => {
      asked += 1;
      held.push(route);
    });
    await openPicture(page, samples.of('unusual')[1]);
    const order = page.getByTestId('field-purchase_order');
    await order.tap();
    await pane(page, 'Document').tap();
    await tapWord(page);
    await tapWord(page);
    await expect.poll(() => held.length).toBeGreaterThan(0);
    for (const route of held.splice(0)) await route.fulfill({ status: 503, body: '' });
    await expect(page.getByTestId('toast').filter({ hasText: 'could not be loaded' })).toHaveCount(1);
    expect(asked, 'two taps ask once').toBe(1);

    // Once more; and one is in another field when they come.
    await tapWord(page);
    await expect.poll(() => held.length).toBe(1);
    await pane(page, 'Values').tap();
    const number = page.getByTestId('field-invoice_number');
    const before = await number.inputValue();
    await number.tap();
    for (const route of held.splice(0)) await route.continue();
    await expect(sheet(page)).toHaveAttribute('data-takes', '');
    await expect(number).toHaveValue(before);
    await expect(order).toHaveValue('');
  });

  test('turned, with room for page and values, a tap on the page fills nothing', async ({ page }) => {
    await openPicture(page, samples.of('unusual')[2]);
    const order = page.getByTestId('field-purchase_order');
    await order.tap();
    await pane(page, 'Document').tap();
    await page.setViewportSize({ width: 1280, height: 900 });
    await expect(order).toBeVisible();
    await tapWord(page);
    // The words are there, and the tap was answered.
    await expect(sheet(page)).toHaveAttribute('data-takes', '');
    await expect(order).toHaveValue('');
  });

  test('a place is resized, moved and removed with a finger, and the page stays where it is', async ({ page }) => {
    await openPicture(page, samples.of('text_pdf')[0]);
    const number = page.getByTestId('field-invoice_number');
    await number.fill('MINE-1');
    await number.blur();
    await saved(page);
    await number.tap();
    await pane(page, 'Document').tap();
    await expect(frame(page)).toBeInViewport();
    const before = await boxOf(page, 'invoice_number');
    const pageWas = await sheet(page).boundingBox();

    const corner = page.getByTestId('box-bottom-right');
    await expect(corner).toBeVisible();
    const size = await corner.boundingBox();
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(24);
    await swipe(page, await middleOf(corner), [12, 9]);
    await expect.poll(async () => Math.round((await boxOf(page, 'invoice_number')).height - before.height)).toBe(9);
    await saved(page);

    const wide = await boxOf(page, 'invoice_number');
    await swipe(page, await middleOf(frame(page)), [0, 60]);
    await expect.poll(async () => Math.round((await boxOf(page, 'invoice_number')).y - wide.y)).toBe(60);
    await saved(page);
    expect(await sheet(page).boundingBox(), 'nothing scrolled').toEqual(pageWas);
    await page.reload();
    await hydrated(page);

    await number.tap();
    await pane(page, 'Document').tap();
    await page.getByRole('button', { name: 'Remove the place of Invoice number' }).tap();
    await expect(page.getByTestId('field-box-invoice_number')).toHaveCount(0);
    await expect(number).toBeFocused();
  });

  test('a place that is tapped leads to its value', async ({ page }) => {
    await openPicture(page, samples.of('text_pdf')[1]);
    await pane(page, 'Document').tap();
    await page.getByTestId('field-box-gross_total').tap();
    await expect(page.getByTestId('field-gross_total')).toBeFocused();
    await expect(page.getByTestId('field-gross_total')).toBeInViewport();
    await expect(pane(page, 'Values')).toHaveAttribute('aria-pressed', 'true');
    // Back at the page its place is in sight, with what it is held by; another tap leads to the value again.
    await pane(page, 'Document').tap();
    await expect(frame(page)).toBeInViewport();
    await frame(page).tap();
    await expect(page.getByTestId('field-gross_total')).toBeFocused();
  });

  test('a tap is over before what it leads to stands under the finger', async ({ page }) => {
    await openPicture(page, samples.of('text_pdf')[3]);
    await pane(page, 'Document').tap();
    await page.getByTestId('field-box-gross_total').tap();
    await pane(page, 'Document').tap();
    await expect(frame(page)).toBeInViewport();
    // The browser's own mouse events of a tap come after these, on a busy phone much later.
    await frame(page).evaluate(async (frame) => {
      const { left, top, width, height } = frame.getBoundingClientRect();
      const at = { bubbles: true, button: 0, pointerId: 1, clientX: left + width / 2, clientY: top + height / 2 };
      frame.dispatchEvent(new PointerEvent('pointerdown', at));
      frame.dispatchEvent(new PointerEvent('pointerup', at));
      for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
    });
    await expect(pane(page, 'Document')).toHaveAttribute('aria-pressed', 'true');
    await frame(page).dispatchEvent('click');
    await expect(page.getByTestId('field-gross_total')).toBeFocused();
  });
});

test('a line one is in shows its place, and a place that is clicked leads to its line', async ({ page }) => {
  const id = idIn(await openPicture(page, samples.of('text_pdf')[2]));
  const place = (line: number) => page.getByTestId(`field-box-line_${line}`);
  const line = (number: number) => page.getByTestId(`field-line_${number}`);
  await expect(place(1)).not.toHaveAttribute('data-on');
  await line(1).focus();
  await expect(place(1)).toHaveAttribute('data-on', '');
  await expect(place(1)).toBeInViewport();
  await expect(frame(page)).toHaveAccessibleName(/^Place of Line “.+” on page 1$/);
  // What the line says changes elsewhere, and the place is called by it.
  const { name, version, id: number, quantity, unit_price, net, tax_rate } = (await detailOf(page, id)).lines[0]!;
  const value = JSON.stringify({ id: number, description: 'Renamed part', quantity, unit_price, net, tax_rate });
  const data = { mutation_id: 'renamed', fields: [{ name, base_version: version, value }] };
  const answer = await page.request.patch(`/api/v1/invoices/${id}`, { data });
  expect(answer.ok(), await answer.text()).toBe(true);
  await expect(frame(page)).toHaveAccessibleName('Place of Line “Renamed part” on page 1');

  await page.getByTestId('field-invoice_number').focus();
  await expect(place(1)).not.toHaveAttribute('data-on');
  await place(2).click();
  await expect(line(2)).toBeFocused();
  await expect(line(2)).toBeInViewport();
  await expect(place(2)).toHaveAttribute('data-on', '');
  // From the place by keys, and back.
  await page.keyboard.press('Alt+p');
  await expect(frame(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(line(2)).toBeFocused();

  // As a form it keeps its place.
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('cell-line_2-net')).toBeVisible();
  await expect(place(2)).toHaveAttribute('data-on', '');
});
