import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, test } from '../support/test.ts';
import { openPicture, sheet } from '../support/sheet.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(6200, 2);
});
test.afterAll(() => samples.remove());

const zoom = (page: Page) => page.locator('.sheets').getAttribute('data-zoom');
const width = async (page: Page) => (await sheet(page).boundingBox())?.width ?? 0;

/** Where on the page, in parts of it, a point of the screen lies. */
const partAt = (page: Page, at: { x: number; y: number }) =>
  sheet(page).evaluate((element, { x, y }) => {
    const box = element.getBoundingClientRect();
    return { x: (x - box.x) / box.width, y: (y - box.y) / box.height };
  }, at);

test('keys and buttons zoom, and the picture stays sharp', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[0] ?? '');
  const picture = sheet(page).locator('img');
  const shownAs = () => picture.evaluate((image: HTMLImageElement) => new URLSearchParams(image.currentSrc.split('?')[1]).get('width'));
  expect(await shownAs()).toBe('800');
  const fits = await width(page);
  await page.locator('.sheets').focus();
  for (const _ of '1234') await page.keyboard.press('+');
  expect(await zoom(page)).toBe('300');
  await expect.poll(async () => Math.abs((await width(page)) - 3 * fits)).toBeLessThan(2);
  await expect.poll(shownAs).toBe('1800');
  await page.keyboard.press('-');
  expect(await zoom(page)).toBe('200');
  await page.keyboard.press('0');
  await expect.poll(async () => Math.abs((await width(page)) - fits)).toBeLessThan(1);

  await page.getByRole('button', { name: 'Larger (+)' }).click();
  expect(await zoom(page)).toBe('125');
});

test('Ctrl and the wheel zoom around the pointer; the wheel alone and arrows move the page', async ({ page }) => {
  await openPicture(page, samples.of('text_pdf')[1] ?? '');
  const area = await page.locator('.sheets').boundingBox();
  if (!area) throw new Error('no pages');
  const pointer = { x: area.x + area.width * 0.7, y: area.y + area.height * 0.6 };
  await page.mouse.move(pointer.x, pointer.y);
  const before = await partAt(page, pointer);
  await page.keyboard.down('Control');
  for (const _ of '123') await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  await expect.poll(() => zoom(page)).toBe('200');
  await expect.poll(async () => Math.abs((await partAt(page, pointer)).x - before.x)).toBeLessThan(0.01);
  expect(Math.abs((await partAt(page, pointer)).y - before.y)).toBeLessThan(0.01);

  const moved = () => page.locator('.sheets').evaluate((element) => [element.scrollLeft, element.scrollTop]);
  const [left, top] = await moved();
  await page.mouse.wheel(0, 60);
  await expect.poll(async () => (await moved())[1]).toBeGreaterThan(top ?? 0);
  expect(await zoom(page)).toBe('200');
  await page.locator('.sheets').focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await moved())[0]).toBeGreaterThan(left ?? 0);

  await page.mouse.move(pointer.x, pointer.y);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, 120);
  await page.keyboard.up('Control');
  await expect.poll(() => zoom(page)).toBe('150');
});
