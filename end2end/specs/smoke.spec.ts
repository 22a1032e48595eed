import { expect, test } from '../support/test.ts';

test('the server is ready and answers with a page', async ({ page, request }) => {
  const health = await request.get('/health/ready');
  expect(health.status()).toBe(200);

  const answer = await page.goto('/');
  expect(answer?.status()).toBe(200);
  await expect(page).toHaveTitle(/AP Intake/);
});
