// The page of all components, which only builds for development have: what the tests run is one.
import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';

test('every component in every state is readable in light, dark and with more contrast', async ({ page }) => {
  await signIn(page, 'clerk');
  await page.goto('/design');
  await hydrated(page);
  await expect(page.getByTestId('design')).toBeVisible();
  await takeScreenshots(page, 'design');
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const contrast of ['no-preference', 'more'] as const) {
      await page.emulateMedia({ colorScheme, contrast });
      await expectAccessible(page);
    }
  }
  // Forced colours: nothing that can be pressed loses its edge or its focus.
  await page.emulateMedia({ forcedColors: 'active' });
  await takeScreenshots(page, 'design-forced');
  await page.emulateMedia({ forcedColors: 'none' });

  await page.getByRole('button', { name: 'Wide dialog' }).click();
  await expect(page.getByRole('dialog', { name: 'A wide dialog' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Toast with Undo' }).click();
  await page.getByRole('button', { name: 'Toast of a failure' }).click();
  await expect(page.getByTestId('toast')).toHaveCount(2);
  await expectAccessible(page);
});
