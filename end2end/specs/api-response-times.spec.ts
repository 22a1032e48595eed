import { expect, hydrated, signIn, test } from '../support/test.ts';
import { isLive, openRow, rows } from '../support/work.ts';
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
  expect(calls()).not.toContain('load_dashboard');
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
  expect(calls().filter((call) => call === 'load_dashboard')).toEqual([]);
  expect(calls().filter((call) => call === 'load_invoice')).toHaveLength(1);
});
