// A language model that helps to read: chosen where files are sent, asked, and told of in the invoice. The model here is
// a server of the test's own that answers as the real ones do.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeSamples, type Samples } from '../support/samples.ts';
import { startServer, type Server as Program } from '../support/server.ts';
import { expect, expectAccessible, hydrated, takeScreenshots, test } from '../support/test.ts';

let samples: Samples;
let model: Server;
let program: Program;
const asked: string[] = [];

test.beforeAll(async () => {
  samples = await makeSamples(8200, 1);
  model = createServer((request, answer) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked.push(Buffer.concat(parts).toString());
      const message = { role: 'assistant', content: JSON.stringify({ invoice_number: null, lines: [] }) };
      answer.setHeader('content-type', 'application/json');
      answer.end(
        JSON.stringify({
          choices: [{ message, finish_reason: 'stop' }],
          usage: { prompt_tokens: 900, completion_tokens: 100 },
        }),
      );
    });
  });
  model.listen(0, '127.0.0.1');
  await once(model, 'listening');
  const { port } = model.address() as AddressInfo;
  program = await startServer({
    AP_INTAKE_OPENAI_BASE_URL: `http://127.0.0.1:${port}`,
    AP_INTAKE_OPENAI_MODEL: 'small-1',
  });
});
test.afterAll(async () => {
  await program.stop();
  model.close();
  await samples.remove();
});

test('a model is chosen with the files, and the invoice says that it helped', async ({ page }) => {
  await page.goto(`${program.url}/sign-in`);
  await hydrated(page);
  await page.getByLabel('E-mail').fill('clerk@example.com');
  await page.getByLabel('Password').fill('demo-password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await hydrated(page);
  await page.getByTestId('upload-button').first().click();
  const choice = page.getByLabel('Language model that helps to read');
  await expect(choice).toHaveValue('local');
  await choice.selectOption('small-1');
  await expectAccessible(page);
  await takeScreenshots(page, 'upload-model');
  await page.locator('input[type=file]').first().setInputFiles(samples.of('text_pdf')[0] ?? '');
  await page.getByTestId('upload-submit').click();
  const row = page.getByTestId('processing-status').getByRole('link').last();
  await row.click();
  await expect(page.getByTestId('review')).toContainText('small-1 helped to read this (1000 tokens)');
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain('<<<DOCUMENT');
});
