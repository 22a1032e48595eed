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
  // The last region is the app's own: the one before it is a sample.
  await expect(page.locator('.toasts').last().getByTestId('toast')).toHaveCount(2);
  await expectAccessible(page);
});

test('the samples are the real components: each id is there once, and they answer', async ({ page }) => {
  await signIn(page, 'clerk');
  await page.goto('/design');
  await hydrated(page);
  // Chosen once the page stands; the code of the bar comes with the choice.
  await expect(page.getByTestId('bulk-bar').filter({ hasText: '1 chosen' })).toHaveCount(2);
  const ids = await page.locator('[id]').evaluateAll((elements) => elements.map((element) => element.id));
  expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([]);

  await page.getByRole('button', { name: 'Reject', exact: true }).click();
  const reject = page.getByRole('dialog', { name: 'Reject this invoice' });
  await reject.getByTestId('reject-confirm').click();
  await expect(reject.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  const due = page.getByTestId('field-amount_due');
  await page.getByRole('button', { name: 'Somebody changes the amount due' }).click();
  await expect(due).toHaveValue(/1.190.00/);
  await expect(page.locator('.field.fresh').filter({ has: due })).toHaveCount(1);

  // Left open: settled, it asks the server for an invoice that is none.
  await page.getByRole('button', { name: 'Conflict', exact: true }).click();
  const conflict = page.getByTestId('conflict-dialog');
  await expect(conflict.getByRole('group', { name: 'Amounts' })).toBeVisible();
  await expectAccessible(page);
});
