import { expect, hydrated, signIn, test } from '../support/test.ts';
import { isLive, openRow, rows } from '../support/work.ts';
import type { Page } from '@playwright/test';

/** Far above what benchmarks measure: only a page that hangs takes longer. */
const PATIENCE_MS = 3_000;

/** The requests for data that the page makes from now on: what is asked, and of what. */
function countCalls(page: Page): () => string[] {
  const calls: string[] = [];
  page.on('request', (request) => {
    const call = /\/api\/fn\/([a-z_]+)/.exec(request.url())?.[1];
    if (call) calls.push(`${call} ${request.postData() ?? ''}`);
  });
  return () => calls;
}

test('the list is on the page when it arrives, and arrives soon', async ({ page }) => {
  await signIn(page, 'clerk');
  const calls = countCalls(page);
  await page.goto('/invoices');
  await expect(rows(page).first()).toBeVisible();
  const arrived = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return navigation ? navigation.responseEnd - navigation.startTime : Infinity;
  });
  expect(arrived).toBeLessThan(PATIENCE_MS);
  await hydrated(page);
  await isLive(page);
  expect(calls().filter((call) => call.startsWith('load_dashboard'))).toEqual([]);
});

test('what was loaded is not asked for again', async ({ page }) => {
  await signIn(page, 'clerk');
  await isLive(page);
  const calls = countCalls(page);
  await openRow(rows(page).first());
  await page.goBack();
  await expect(rows(page).first()).toBeVisible();
  await page.goForward();
  await expect(page.getByTestId('review')).toBeVisible();
  await page.goBack();
  await expect(rows(page).first()).toBeVisible();
  expect(calls().filter((call) => call.startsWith('load_dashboard'))).toEqual([]);
  // The one that was opened, and perhaps the next, which is loaded ahead: each once.
  const invoices = calls().filter((call) => call.startsWith('load_invoice'));
  expect(invoices.length).toBeLessThanOrEqual(2);
  expect(new Set(invoices).size).toBe(invoices.length);
});
