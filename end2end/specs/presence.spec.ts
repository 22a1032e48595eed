import { expect, expectAccessible, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { makeSamples, type Samples } from '../support/samples.ts';
import { another, isLive, open, openNew, openRow, rows } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(7900);
});
test.afterAll(() => samples.remove());

// Two browsers, one after the other: twice the time of other tests.
test.describe.configure({ timeout: 120_000 });

const faces = (page: Page) => page.getByTestId('presence').getByRole('listitem');

test('two people on one invoice see each other, the field and the pointer', async ({ page, browser, server }) => {
  await signIn(page, 'clerk');
  await openNew(page, samples.of('text_pdf')[0] ?? '');
  await expect(page.getByTestId('presence')).toHaveCount(0);
  const before = await page.getByTestId('field-due_date').boundingBox();
  const rita = await another(browser, server.url, 'reviewer');
  await open(rita, page.url());

  await expect(faces(page)).toHaveText([/Demo reviewer/]);
  await expect(faces(rita)).toHaveText([/Demo clerk/]);
  await expect(page.locator('[aria-live]', { hasText: 'Demo reviewer is here' })).toHaveCount(1);

  // Who is in a field has the right of way; the other is told at the control, and may write all the same.
  await rita.getByTestId('field-due_date').focus();
  const field = page.getByTestId('field-due_date');
  await expect(field).toHaveAccessibleDescription(/Demo reviewer is editing/);
  await expect(page.getByTestId('field-other')).toHaveText('Demo reviewer is editing');
  expect(await field.boundingBox(), 'nothing moves').toEqual(before);
  // Its place on the page is in the same person's colour.
  const colour = (await page.locator('.field', { has: field }).getAttribute('data-who')) ?? 'none';
  await expect(page.getByTestId('field-box-due_date')).toHaveAttribute('data-who', colour);
  await field.focus();
  await expect(rita.getByTestId('field-other')).toHaveText('Demo clerk is here');
  await field.fill('2031-01-31');
  await field.blur();
  await expect(rita.getByTestId('field-due_date')).toHaveValue('2031-01-31');

  // The pointer stands at the same share of the page.
  const sheet = rita.locator('.page-sheet').first();
  const box = (await sheet.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await rita.mouse.move(box.x + box.width * 0.2, box.y + 50);
  await rita.mouse.move(box.x + box.width * 0.5, box.y + 100);
  const pointer = page.getByTestId('pointer');
  await expect(pointer).toContainText('Demo reviewer');
  await expect.poll(() => pointer.evaluate((element) => Math.round(parseFloat(element.style.left)))).toBe(50);
  await expectAccessible(page);
  await rita.mouse.move(5, 5);
  await expect(pointer).toHaveCount(0);

  // The field left, the right of way goes to whoever is in it.
  await field.focus();
  await rita.getByTestId('field-invoice_number').focus();
  await expect(rita.getByTestId('field-other')).toHaveText('Demo clerk is editing');
  await expect(page.getByTestId('field-other')).toHaveText('Demo reviewer is editing');
  await rita.getByTestId('field-invoice_number').blur();
  await expect(page.getByTestId('field-other')).toHaveCount(0);
  await rita.context().close();
});

test('of many people four have a face and the others are a number', async ({ page }) => {
  let say: (message: object) => void = () => {};
  await page.routeWebSocket('**/api/v1/invoices/updates', (socket) => {
    socket.connectToServer();
    say = (message) => socket.send(JSON.stringify(message));
  });
  await signIn(page, 'reviewer');
  await openRow(rows(page).first());
  const id = page.url().match(/[0-9a-f-]{36}/)?.[0] ?? '';
  await isLive(page);
  const names = ['Ana Alba', 'Bo Berg', 'Cleo Clerk', 'Dora Dahl', 'Edi Esser', 'Finn Falk', 'Gina Gelb'];
  const joins = names.map((name, at) => ({
    connection: `other-${at}`,
    user: `0192a1b2-0000-7000-8000-00000000000${at}`,
    name,
    clock: 1,
    state: at === 1 ? { field: 'due_date' } : { cursor: { page: 1, x: 1500 * at, y: 900 * at } },
  }));
  say({ type: 'presence', room: `invoice:${id}`, joins });
  await expect(faces(page)).toHaveText([/Ana Alba/, /Bo Berg/, /Cleo Clerk/, /Dora Dahl/, /^\+3and Edi Esser, Finn Falk, Gina Gelb$/]);
  await expect(page.getByTestId('field-other')).toHaveText('Bo Berg is here');
  await expectAccessible(page);
  await takeScreenshots(page, 'presence');
});

test('a page loaded again is there once, and one that is closed is gone within 6 seconds', async ({ page, browser, server }) => {
  await signIn(page, 'reviewer');
  await openRow(rows(page).first());
  const cleo = await another(browser, server.url, 'clerk');
  await open(cleo, page.url());
  await expect(faces(page)).toHaveCount(1);

  // Every number of faces from here on, as the page shows it.
  await page.evaluate(() => {
    const seen: number[] = [];
    const count = () => seen.push(document.querySelectorAll('[data-testid=presence] > li').length);
    new MutationObserver(count).observe(document.body, { childList: true, subtree: true });
    Object.assign(window, { seenFaces: seen });
  });
  const saidWhere = cleo
    .waitForEvent('websocket')
    .then((socket) => socket.waitForEvent('framesent', ({ payload }) => payload.includes('"presence"')));
  await cleo.reload();
  await saidWhere;
  // A second tab is the same person.
  const tab = await cleo.context().newPage();
  await tab.goto(page.url());
  await hydrated(tab);
  await expect(faces(tab)).toHaveText([/Demo reviewer/]);
  await expect(faces(page)).toHaveCount(1);
  await tab.close();

  const seen = await page.evaluate(() => (window as unknown as { seenFaces: number[] }).seenFaces);
  expect(seen.every((count) => count === 1), `${seen}`).toBe(true);

  await cleo.close();
  await expect(page.getByTestId('presence')).toHaveCount(0, { timeout: 6_000 });
  await cleo.context().close();
});

test('going back to the list is leaving, and without a connection nobody is shown', async ({ page, browser, server, complaints }) => {
  complaints.allow(/WebSocket|ERR_CONNECTION_REFUSED/);
  await signIn(page, 'reviewer');
  await openRow(rows(page).first());
  const cleo = await another(browser, server.url, 'clerk');
  await open(cleo, page.url());
  await expect(faces(page)).toHaveCount(1);
  const here = page.url();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL((url) => url.pathname === '/invoices');
  await expect(cleo.getByTestId('presence')).toHaveCount(0);
  await page.goto(here);
  await expect(faces(page)).toHaveCount(1);
  await expect(faces(cleo)).toHaveCount(1);

  await server.kill();
  await expect(cleo.getByTestId('presence')).toHaveCount(0);
  await server.start();
  await expect(faces(cleo)).toHaveText([/Demo reviewer/], { timeout: 40_000 });
  await cleo.context().close();
});
