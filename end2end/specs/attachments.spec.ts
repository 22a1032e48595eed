import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withDocuments } from '../support/documents.ts';
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, signIn, test } from '../support/test.ts';
import { bring, open } from '../support/work.ts';

const run = promisify(execFile);
let samples: Samples;
let folder: string;
test.beforeAll(async () => {
  samples = await makeSamples(5700, 2);
  folder = await mkdtemp(join(tmpdir(), 'ap-intake-attachments-'));
});
test.afterAll(async () => {
  await samples.remove();
  await rm(folder, { recursive: true, force: true });
});

test('files in the XML are listed and kept, never shown; documents elsewhere are opened by the person alone', async ({ page }) => {
  await signIn(page);
  await open(page, await bring(page, await withDocuments(samples.of('ubl')[0] ?? '')));
  const list = page.getByTestId('attachments');
  await expect(list.getByRole('listitem')).toHaveCount(3);
  const [file, elsewhere, script] = [0, 1, 2].map((at) => list.getByRole('listitem').nth(at));
  if (!file || !elsewhere || !script) throw new Error('no rows');
  await expect(file).toContainText('sheet.html');
  await expect(file).toContainText('Time sheet');
  await expect(file).not.toContainText('..');
  const [download] = await Promise.all([page.waitForEvent('download'), file.getByRole('link').click()]);
  expect(download.suggestedFilename()).toBe('sheet.html');
  expect(await readFile(await download.path(), 'utf8')).toContain('<script>');

  const href = (await file.getByRole('link').getAttribute('href')) ?? '';
  const answer = await page.request.get(href);
  expect(answer.headers()['content-type']).toBe('application/octet-stream');
  expect(answer.headers()['content-disposition']).toContain('attachment; filename="sheet.html"');
  expect(answer.headers()['x-content-type-options']).toBe('nosniff');
  expect(answer.headers()['content-security-policy']).toContain('sandbox');
  expect((await page.request.get(`${href}9`)).status()).toBe(404);

  await expect(elsewhere).toContainText('https://files.example.com/t-2?token=1');
  const link = elsewhere.getByRole('link', { name: /Open files\.example\.com/ });
  await expect(link).toHaveAttribute('rel', /noopener noreferrer/);
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(script).toContainText('javascript:alert(1)');
  await expect(script.getByRole('link')).toHaveCount(0);
  await expectAccessible(page);
});

test('a file inside a PDF is listed, the invoice itself is not; who is not signed in gets neither', async ({ page, browser, server }) => {
  await run(process.env.AP_INTAKE_BIN ?? '', ['samples', folder, '--seed', '5701', '--count', '1', '--with-attachment']);
  await signIn(page);
  const address = await bring(page, join(folder, 'attachment-0000.pdf'));
  await open(page, address);
  const rows = page.getByTestId('attachments').getByRole('listitem');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('time-sheet.csv');
  await expect(rows).toContainText('Table (CSV)');
  const href = (await rows.getByRole('link').getAttribute('href')) ?? '';
  expect(await (await page.request.get(href)).text()).toContain('day;hours');

  // On paper they are named.
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await expect(page.getByTestId('printed')).toContainText('time-sheet.csv');
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: 'screen' });

  const stranger = await browser.newContext({ baseURL: server.url });
  expect((await stranger.request.get(href)).status()).toBe(401);
  expect((await stranger.request.get(href.replace(/\/1$/, ''))).status()).toBe(401);
  await stranger.close();

  // An invoice without any says nothing of them.
  await page.goto('/invoices');
  await open(page, await bring(page, samples.of('text_pdf')[0] ?? ''));
  await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
  await expect(page.getByTestId('attachments')).toHaveCount(0);
});
