import { expect, hydrated, signIn, test } from '../support/test.ts';
import { connectionIs } from '../support/work.ts';
import type { Page, WebSocketRoute } from '@playwright/test';

/** What is given up or tried again takes its time. */
const state = (page: Page, name: string) => connectionIs(page, name, 30_000);

/** Stands between the page's sockets and the server: `meet` gets each new one with its number, from 1. */
async function betweenSockets(page: Page, meet: (socket: WebSocketRoute, number: number) => Promise<void> | void) {
  let opened = 0;
  await page.routeWebSocket('**/api/v1/invoices/updates', (socket) => meet(socket, ++opened));
  return () => opened;
}

/** What the server says to a socket whose session is over. */
const SIGNED_OUT = JSON.stringify({ type: 'bye', code: 'signed_out', reconnect: false });

test('a tab whose session was renewed in another tab stays live', async ({ page, complaints }) => {
  complaints.allow(/WebSocket/);
  await signIn(page, 'clerk');
  const opened = await betweenSockets(page, (socket, number) => {
    if (number === 1) socket.send(SIGNED_OUT);
    else socket.connectToServer();
  });
  await page.reload();
  await hydrated(page);
  await expect.poll(opened).toBe(2);
  await state(page, 'Live');
});

test('a tab whose session ended says so and asks no more', async ({ page, complaints }) => {
  complaints.allow(/WebSocket|status of 401/);
  await signIn(page, 'clerk');
  const sockets: WebSocketRoute[] = [];
  await betweenSockets(page, (socket) => {
    sockets.push(socket);
    socket.connectToServer();
  });
  await page.reload();
  await hydrated(page);
  await state(page, 'Live');
  await page.context().clearCookies();
  sockets[0]?.send(SIGNED_OUT);
  await state(page, 'Signed out');
});

test('a tab whose session ended while it was cut off says so and asks no more', async ({ page, complaints }) => {
  complaints.allow(/WebSocket|status of 401/);
  await signIn(page, 'clerk');
  const sockets: WebSocketRoute[] = [];
  const opened = await betweenSockets(page, (socket, number) => {
    sockets.push(socket);
    if (number === 1) socket.connectToServer();
    else void socket.close({ code: 1011 });
  });
  await page.reload();
  await hydrated(page);
  await state(page, 'Live');
  await page.context().clearCookies();
  await sockets[0]?.close({ code: 1011 });
  await state(page, 'Signed out');
  expect(opened()).toBeLessThan(5);
});

test('a connection that never opens is given up for another', async ({ page }) => {
  await signIn(page, 'clerk');
  const opened = await betweenSockets(page, (socket, number) => {
    // A promise that is never kept: the socket stays connecting.
    if (number === 1) return new Promise<void>(() => {});
    socket.connectToServer();
  });
  await page.reload();
  await hydrated(page);
  await state(page, 'Connecting');
  await state(page, 'Live');
  expect(opened()).toBe(2);
});

test('what the server could not take in is asked for again', async ({ page, complaints }) => {
  complaints.allow(/WebSocket/);
  await signIn(page, 'clerk');
  const opened = await betweenSockets(page, (socket, number) => {
    const server = socket.connectToServer();
    if (number > 1) return;
    socket.onMessage((message) => {
      const dropped = { type: 'error', code: 'rate_limited', message: 'Too many messages', temporary: true };
      if (String(message).includes('"hello"')) socket.send(JSON.stringify(dropped));
      else server.send(message);
    });
  });
  await page.reload();
  await hydrated(page);
  await expect.poll(opened).toBe(2);
  await state(page, 'Live');
});
