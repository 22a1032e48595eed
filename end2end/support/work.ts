// What people do in many tests: come as somebody, bring a document, open an invoice.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Browser, Locator, Page, Route } from '@playwright/test';
import { expect, hydrated, signIn, type Person } from './test.ts';

export const rows = (page: Page) => page.getByTestId('invoice-row');
export const tab = (page: Page, name: string | RegExp) => page.getByTestId('dashboard-tab').getByRole('link', { name });
export const tray = (page: Page) => page.getByTestId('processing-status');
/** The line of the tray that sums up: `1 file read`. */
export const trayStatus = (page: Page) => tray(page).getByRole('status').first();

/** Somebody in a browser of their own, signed in. */
export async function another(browser: Browser, url: string, person: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', timezoneId: 'UTC' });
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}

/** Sends files with the dialog and waits for nothing. */
export async function upload(page: Page, files: Parameters<Locator['setInputFiles']>[0]): Promise<void> {
  await page.getByTestId('upload-button').first().click();
  await page.locator('input[type=file]').first().setInputFiles(files);
  await page.getByTestId('upload-submit').click();
}

/** Sends a document past the page, with the rights of who is signed in there; gives the id of its invoice. */
export async function send(page: Page, file: string, buffer = readFileSync(file)): Promise<string> {
  const answer = await page.request.post('/api/v1/invoices', {
    multipart: { file: { name: basename(file), mimeType: 'application/octet-stream', buffer } },
  });
  expect(answer.status()).toBe(202);
  return ((await answer.json()) as { uploads: { invoice_id: string }[] }).uploads[0]?.invoice_id ?? '';
}

export interface Detail {
  status: string;
  fields: Record<string, { value: string; version: number }>;
  lines: { name: string; version: number; id: string; quantity?: string; unit_price?: string; net?: string; tax_rate?: string }[];
}

/** What the server has of an invoice. */
export async function detailOf(page: Page, id: string): Promise<Detail> {
  return (await (await page.request.get(`/api/v1/invoices/${id}`)).json()) as Detail;
}

/** Sends a document past the page and waits until it was read, or could not be; gives the address of its review page. */
export async function sendAndRead(page: Page, file: string, buffer?: Parameters<typeof send>[2]): Promise<string> {
  const id = await send(page, file, buffer);
  await expect.poll(async () => (await detailOf(page, id)).status).toMatch(/^(needs_review|failed)$/);
  return `/invoices/${id}`;
}

/** Corrects a value past the page, with the rights of who is signed in there. */
export async function correct(page: Page, address: string, values: Record<string, string>): Promise<void> {
  const id = idIn(address);
  const { fields } = await detailOf(page, id);
  const edits = Object.entries(values).map(([name, value]) => ({ name, base_version: fields[name]?.version ?? 0, value }));
  const data = { mutation_id: `corrected-${id}-${Object.entries(values).flat().join('-')}`, fields: edits };
  const answer = await page.request.patch(`/api/v1/invoices/${id}`, { data });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** The id of the invoice that an address leads to. */
export const idIn = (address: string) => address.split('/').pop()?.split(/[?#]/)[0] ?? '';

/** Waits until nothing is being read any more. */
export async function allRead(page: Page): Promise<void> {
  await expect(async () => {
    const answer = await page.request.get('/api/v1/invoices?limit=200');
    const { invoices } = (await answer.json()) as { invoices: { status: string }[] };
    expect(invoices.filter(({ status }) => ['uploaded', 'queued', 'processing'].includes(status))).toEqual([]);
  }).toPass();
}

/** Opens the demo's invoice that repeats another one in a document of another kind. */
export async function openDuplicate(page: Page): Promise<void> {
  let id = '';
  await expect(async () => {
    const answer = await page.request.get('/api/v1/invoices?status=needs_review&limit=200');
    const { invoices } = (await answer.json()) as { invoices: { id: string; duplicate_of: string | null }[] };
    id = invoices.find((invoice) => invoice.duplicate_of !== null)?.id ?? '';
    expect(id).not.toBe('');
  }).toPass();
  await open(page, `/invoices/${id}`);
}

/** Brings documents from the list and waits until all are read; gives the address of the first one's review page. */
export async function bring(page: Page, ...files: string[]): Promise<string> {
  await upload(page, files);
  for (const file of files) await expect(tray(page)).toContainText(basename(file));
  await expect(trayStatus(page)).toHaveText(files.length === 1 ? '1 file read' : `${files.length} files read`);
  return (await tray(page).getByRole('link').last().getAttribute('href')) ?? '';
}

/** A clerk in a browser of their own brings a document and leaves; gives the address of its review page. */
export async function brought(browser: Browser, url: string, file: string): Promise<string> {
  const clerk = await another(browser, url, 'clerk');
  const address = await bring(clerk, file);
  await clerk.context().close();
  return address;
}

/** Brings a document and opens it; gives its address. */
export async function openNew(page: Page, file: string): Promise<string> {
  const address = await bring(page, file);
  await open(page, address);
  return address;
}

/** Opens a page and waits until it answers and is live. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
  await isLive(page);
}

/** Opens the invoice of a row in the list, by its link. */
export async function openRow(row: Locator): Promise<void> {
  await row.getByRole('link').first().click();
  await onReviewPage(row.page());
}

/** Waits until a link has led to an invoice. */
export async function onReviewPage(page: Page): Promise<void> {
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
  await hydrated(page);
  await expect(page.getByTestId('review')).toBeVisible();
}

/** Waits until the page says this of its connection. */
export async function connectionIs(page: Page, state: string, timeout?: number): Promise<void> {
  await expect(page.getByTestId('connection-status').first()).toHaveAttribute('data-state', state, { timeout });
}

/** Waits until the socket is open. */
export async function isLive(page: Page, timeout?: number): Promise<void> {
  await connectionIs(page, 'Live', timeout);
}

/** Has the browser ask for the list, and the answer held until it is said what becomes of it. */
export async function holdList(page: Page): Promise<{ fail: () => Promise<void>; goOn: () => void }> {
  const held: Route[] = [];
  const refuse = (route: Route) => route.fulfill({ status: 502, body: '' });
  let answer = (route: Route): unknown => held.push(route);
  await page.route('**/api/fn/load_dashboard*', (route) => void answer(route));
  // From another page, so that the browser and not the server asks.
  await open(page, '/no-such-page');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Invoices', exact: true }).click();
  await expect(page.getByText('Loading invoices')).toBeAttached();
  return {
    fail: async () => {
      answer = refuse;
      for (const route of held) await refuse(route);
    },
    goOn: () => (answer = (route) => route.continue()),
  };
}

/** Waits until nothing typed is on its way. */
export async function saved(page: Page, timeout?: number): Promise<void> {
  await expect(page.getByTestId('pending-sync')).toHaveCount(0, { timeout });
}
