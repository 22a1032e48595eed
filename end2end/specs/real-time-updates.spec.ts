import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { another, bring, connectionIs, isLive, open, openNew, saved } from '../support/work.ts';
import type { Page, WebSocketRoute } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7301, 2);
});
test.afterAll(() => samples.remove());

type Message = Record<string, any>;

const UPDATES = '**/api/v1/invoices/updates';
/** A connection that was cut waits before it tries again, longer each time. */
const BACK_WITHIN_MS = 30_000;

/** The messages of a frame: one, or an array of them. */
function messagesOf(payload: string | Buffer): Message[] {
  const read = JSON.parse(String(payload)) as Message | Message[];
  return Array.isArray(read) ? read : [read];
}

/** How often the history says that the order number was changed. */
async function changesInHistory(page: Page): Promise<number> {
  const id = new URL(page.url()).pathname.split('/').pop();
  const answer = await page.request.get(`/api/v1/invoices/${id}/history`);
  const history = (await answer.json()) as { changes?: { name: string }[] }[];
  return history.flatMap((entry) => entry.changes ?? []).filter((change) => change.name === 'purchase_order').length;
}

test('the reading of an invoice is told over the socket, to its end', async ({ page }) => {
  const heard: Message[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(...messagesOf(payload))));
  await signIn(page, 'clerk');
  await isLive(page);
  await bring(page, samples.of('text_pdf')[0] ?? '');
  const told = heard.filter((message) => message.type === 'processing_status');
  expect(told.map((message) => message.data.status)).toContain('processing');
  expect(told.at(-1)?.data).toMatchObject({ status: 'completed', progress: 100, invoice_status: 'needs_review' });
});

test('without a socket the page says so, shows its invoices and asks for changes', async ({ page, browser, server, complaints }) => {
  complaints.allow(/WebSocket/);
  await page.routeWebSocket(UPDATES, (socket) => void socket.close({ code: 1011 }));
  await signIn(page, 'clerk');
  await connectionIs(page, 'Reconnecting', BACK_WITHIN_MS);
  await expect(page.getByTestId('invoice-table')).toBeVisible();
  await page.mouse.move(0, 0);

  const other = await another(browser, server.url, 'reviewer');
  const address = await bring(other, samples.of('cii')[0] ?? '');
  await expect(page.locator(`a[href^="${address}"]`).first()).toBeVisible({ timeout: 30_000 });
  await other.context().close();
});

test('a change whose answer was lost is sent again under its number, and made once', async ({ page, complaints }) => {
  complaints.allow(/WebSocket/);
  const sent: Message[] = [];
  let cuts = 0;
  await page.routeWebSocket(UPDATES, (socket: WebSocketRoute) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      sent.push(...messagesOf(message).filter(({ type }) => type === 'mutate'));
      server.send(message);
    });
    server.onMessage((message) => {
      const isAnswer = messagesOf(message).some(({ type }) => type === 'mutation_result');
      // The server has decided, and the browser never hears of it.
      if (isAnswer && cuts++ === 0) void socket.close({ code: 1011 });
      else socket.send(message);
    });
  });
  await signIn(page, 'clerk');
  await openNew(page, samples.of('ubl')[0] ?? '');
  const order = page.getByTestId('field-purchase_order');
  await order.fill('PO-1');
  await order.blur();
  await expect.poll(() => changesInHistory(page)).toBe(1);
  await saved(page, BACK_WITHIN_MS);
  expect(cuts).toBeGreaterThanOrEqual(1);
  expect(sent[0]).toMatchObject({ mutation_id: 1 });
  expect(new Set(sent.map(({ client_id, mutation_id }) => `${client_id}/${mutation_id}`)).size).toBe(1);

  await isLive(page, BACK_WITHIN_MS);
  await order.fill('PO-2');
  await order.blur();
  await expect.poll(() => changesInHistory(page)).toBe(2);
  expect(sent.at(-1)).toMatchObject({ mutation_id: 2 });
});

test('what a closed tab could not send, the next one sends', async ({ page, context, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/);
  await signIn(page, 'clerk');
  const address = await openNew(page, samples.of('facturx_pdf')[0] ?? '');
  await context.setOffline(true);
  const order = page.getByTestId('field-purchase_order');
  await order.fill('PO-3');
  await order.blur();
  await expect(page.getByTestId('pending-sync')).toBeVisible();
  await page.close({ runBeforeUnload: false });

  await context.setOffline(false);
  const next = await context.newPage();
  await next.goto(address);
  await hydrated(next);
  await expect.poll(() => changesInHistory(next), { timeout: 30_000 }).toBe(1);
  await expect(next.getByTestId('field-purchase_order')).toHaveValue('PO-3');
});

test('an administrator sees who is connected, closes one, and tells everybody', async ({ page, browser, server, complaints }) => {
  complaints.allow(/WebSocket/);
  await signIn(page, 'clerk');
  await isLive(page);
  const admin = await another(browser, server.url, 'admin');
  await open(admin, '/system/connections');
  const row = admin.getByTestId('connections-table').getByRole('row', { name: /Demo clerk/ });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('all ·');
  await expectAccessible(admin);
  await takeScreenshots(admin, 'connections');

  const before = await row.textContent();
  await row.getByRole('button', { name: 'Close' }).click();
  // It comes back by itself, as another one.
  await expect(row).not.toHaveText(before ?? '', { timeout: BACK_WITHIN_MS });
  await expect(row).toHaveCount(1, { timeout: BACK_WITHIN_MS });
  await isLive(page, BACK_WITHIN_MS);

  await admin.getByTestId('maintenance-notice').fill('Back at 12:30: a new version is installed');
  await admin.getByRole('button', { name: 'Tell everybody' }).click();
  await expect(page.getByTestId('maintenance')).toContainText('Back at 12:30');
  await expectAccessible(page);
  await takeScreenshots(page, 'maintenance');
  await page.reload();
  await hydrated(page);
  await expect(page.getByTestId('maintenance')).toContainText('Back at 12:30');
  await admin.getByRole('button', { name: 'Take back' }).click();
  await expect(page.getByTestId('maintenance')).toHaveCount(0);
  await admin.context().close();
});

test('who is no administrator is told so', async ({ page, complaints }) => {
  complaints.allow(/status of 403/);
  await signIn(page, 'clerk');
  await page.goto('/system/connections');
  await hydrated(page);
  await expect(page.getByTestId('error-boundary')).toContainText('lacks the right');
});
