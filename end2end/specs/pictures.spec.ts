// Pictures of what is the same every day: the page of all components, and the pages before one is signed in.
import { comparePictures as compare, freezeDates, painted } from '../support/pictures.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { isLive } from '../support/work.ts';

test('components look as before', async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto('/design');
  await hydrated(page);
  await isLive(page);
  await freezeDates(page);
  const parts = page.getByTestId('design').locator('section[aria-label]');
  const names = await parts.evaluateAll((all) => all.map((part) => (part.getAttribute('aria-label') ?? '').toLowerCase().replace(/[^a-z]+/g, '-')));
  expect(new Set(names).size).toBe(names.length);
  for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [360, 'light']] as const) {
    // Each part is in view as a whole: the page scrolls inside of its frame.
    await page.setViewportSize({ width, height: 2_600 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await painted(page);
    for (const [at, name] of names.entries()) {
      await expect.soft(parts.nth(at)).toHaveScreenshot(`design-${name}-${width}-${colorScheme}.png`);
    }
  }
});

test('the way in looks as before', async ({ page, complaints }) => {
  complaints.allow(/status of 404/);
  await page.goto('/sign-in');
  await hydrated(page);
  await compare(page, 'sign-in', () => 800);
  await page.goto('/nowhere');
  await hydrated(page);
  await compare(page, 'nowhere', () => 800);
});
