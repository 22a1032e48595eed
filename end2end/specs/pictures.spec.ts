// Pictures compared with those in `snapshots/`: what nobody meant to change looks as before. They show what is the same
// every day: the page of all components, and the pages before one is signed in. After a change that was meant:
// `npx playwright test pictures --update-snapshots`, and look at each.
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { isLive } from '../support/work.ts';
import type { Page } from '@playwright/test';

async function compare(page: Page, name: string, height: (width: number) => number): Promise<void> {
  for (const width of [360, 1280, 1920]) {
    await page.setViewportSize({ width, height: height(width) });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      await expect(page).toHaveScreenshot(`${name}-${width}-${colorScheme}.png`);
    }
  }
}

test('components look as before', async ({ page }) => {
  await signIn(page);
  await page.goto('/design');
  await hydrated(page);
  await isLive(page);
  // All of it: the page scrolls inside of its frame.
  await compare(page, 'design', (width) => (width === 360 ? 4_200 : 2_900));
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
