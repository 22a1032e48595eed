import { basename } from 'node:path';
import { makeSamples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, test } from '../support/test.ts';
import { tray, trayStatus, upload } from '../support/work.ts';

// Nobody reads, so that what is uploaded waits for as long as the test looks at it.
test.use({ serverEnv: { AP_INTAKE_WORKERS: '0' } });

test('an upload outlives a reload; its row cancels it, has it read again, sets it aside', async ({ page }) => {
  const samples = await makeSamples(7004);
  const file = samples.of('ubl')[0] ?? '';
  // The reviewer has uploaded nothing in the demo, so the tray holds this file only.
  await signIn(page, 'reviewer');
  await upload(page, file);

  const row = tray(page).getByRole('listitem').filter({ hasText: basename(file) });
  await expect(row).toContainText('Waiting for its turn');
  await samples.remove();

  await page.reload();
  await hydrated(page);
  await expect(row).toContainText('Waiting for its turn');
  await expect(trayStatus(page)).toHaveText('1 file under way');
  await expectAccessible(page);

  await row.getByRole('button', { name: 'Cancel' }).click();
  await expect(row).toContainText('Cancelled');
  await row.getByRole('button', { name: 'Retry' }).click();
  await expect(row).toContainText('Waiting for its turn');
  await expect(row.getByRole('button')).toHaveText(['Pause', 'Cancel']);

  await row.getByRole('button', { name: 'Pause' }).click();
  await expect(row).toContainText('Paused');
  await row.getByRole('button', { name: 'Go on' }).click();
  await expect(row).toContainText('Waiting for its turn');
});
