import { expect, expectAccessible, signIn, takeScreenshots, test } from '../support/test.ts';
import { rows } from '../support/work.ts';

test('more contrast is shown at once and the next time', async ({ page }) => {
  await signIn(page, 'clerk');
  const root = page.locator('html');
  const line = () => root.evaluate((html) => getComputedStyle(html).getPropertyValue('--line'));
  const before = await line();
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByLabel('More contrast').check();
  await expect(root).toHaveAttribute('data-contrast', 'more');
  expect(await line()).not.toBe(before);
  await expectAccessible(page);
  await takeScreenshots(page, 'contrast-menu');
  await page.reload();
  await expect(root).toHaveAttribute('data-contrast', 'more');
  await rows(page).first().getByRole('link').first().click();
  await expect(page.getByTestId('review')).toBeVisible();
  await expectAccessible(page);
  await takeScreenshots(page, 'contrast-review');
});

test('keys without Ctrl are switched off and on', async ({ page }) => {
  await signIn(page, 'clerk');
  await rows(page).first().waitFor();
  const keys = page.getByLabel(/^Keys without Ctrl/);
  const choose = async (on: boolean) => {
    await page.getByRole('button', { name: /^Account of/ }).click();
    await keys.setChecked(on);
    await page.keyboard.press('Escape');
    await expect(keys).toBeHidden();
  };
  const search = page.getByRole('searchbox');
  await choose(false);
  await page.keyboard.press('j');
  await page.keyboard.press('/');
  await expect(search).not.toBeFocused();
  await expect(rows(page).first().getByRole('link').first()).not.toBeFocused();
  // Arrows are no signs.
  await page.keyboard.press('ArrowDown');
  await expect(rows(page).first().getByRole('link').first()).toBeFocused();
  await page.reload();
  await choose(true);
  await page.keyboard.press('/');
  await expect(search).toBeFocused();
});
