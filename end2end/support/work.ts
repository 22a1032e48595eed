// What people do in many tests: come as somebody, bring a document, open an invoice.
import type { Browser, Page } from '@playwright/test';
import { expect, hydrated, signIn, type Person } from './test.ts';

/** Somebody in a browser of their own, signed in. */
export async function another(browser: Browser, url: string, person: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', timezoneId: 'UTC' });
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}

/** Brings documents from the list and waits until all are read; gives the address of the first one's review page. */
export async function bring(page: Page, ...files: string[]): Promise<string> {
  await page.getByTestId('upload-button').first().click();
  await page.locator('input[type=file]').first().setInputFiles(files);
  await page.getByTestId('upload-submit').click();
  const tray = page.getByTestId('processing-status');
  await expect(tray).toContainText(files.length === 1 ? '1 file read' : `${files.length} files read`);
  return (await tray.getByRole('link').last().getAttribute('href')) ?? '';
}

/** A clerk in a browser of their own brings a document and leaves; gives the address of its review page. */
export async function brought(browser: Browser, url: string, file: string): Promise<string> {
  const clerk = await another(browser, url, 'clerk');
  const address = await bring(clerk, file);
  await clerk.context().close();
  return address;
}

/** Opens a page and waits until it answers and is live. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
  await isLive(page);
}

/** Waits until the socket is open. */
export async function isLive(page: Page): Promise<void> {
  await expect(page.getByTestId('connection-status')).toHaveAttribute('data-state', 'Live');
}

/** Waits until nothing typed is on its way. */
export async function saved(page: Page): Promise<void> {
  await expect(page.getByTestId('pending-sync')).toHaveCount(0);
}
