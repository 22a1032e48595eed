import { expect, hydrated, signIn, test } from '../support/test.ts';
import type { Page } from '@playwright/test';

/** Far above what benchmarks measure: only a page that hangs takes longer. */
const PATIENCE_MS = 3_000;

/** Counts the requests for data that the page makes from now on. */
function countCalls(page: Page): () => string[] {
  const calls: string[] = [];
  page.on('request', (request) => {
    const call = /\/api\/fn\/([a-z_]+)/.exec(request.url())?.[1];
    if (call) calls.push(call);
  });
  return () => calls;
}

const isLive = (page: Page) => expect(page.getByTestId('connection-status')).toHaveAttribute('data-state', 'Live');

test('the list is on the page when it arrives, and arrives soon', async ({ page }) => {
  await signIn(page, 'clerk');
  const calls = countCalls(page);
  await page.goto('/invoices');
  await expect(page.getByTestId('invoice-row').first()).toBeVisible();
  const arrived = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return navigation ? navigation.responseEnd - navigation.startTime : Infinity;
  });
  expect(arrived).toBeLessThan(PATIENCE_MS);
  await hydrated(page);
  await isLive(page);
  expect(calls()).not.toContain('load_dashboard');
});

test('what was loaded is not asked for again', async ({ page }) => {
  await signIn(page, 'clerk');
  await isLive(page);
  const calls = countCalls(page);
  await page.getByTestId('invoice-row').first().getByRole('link').first().click();
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
  await expect(page.getByTestId('review')).toBeVisible();
  await page.goBack();
  await expect(page.getByTestId('invoice-row').first()).toBeVisible();
  await page.goForward();
  await expect(page.getByTestId('review')).toBeVisible();
  await page.goBack();
  await expect(page.getByTestId('invoice-row').first()).toBeVisible();
  expect(calls().filter((call) => call === 'load_dashboard')).toEqual([]);
  expect(calls().filter((call) => call === 'load_invoice')).toHaveLength(1);
});
