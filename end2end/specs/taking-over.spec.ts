// What the network does to a page: parts of the program arrive late, or the page is not what the server sent.
import { makeSamples, type Samples } from '../support/samples.ts';
import { expect, hydrated, signIn, takeScreenshots, test } from '../support/test.ts';
import { openNew, saved } from '../support/work.ts';
import type { Page } from '@playwright/test';

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(9_100);
});
test.afterAll(() => samples.remove());

test('what an earlier visit left unsent waits until the page is taken over', async ({ page, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/);
  await signIn(page);
  const address = await openNew(page, samples.of('ubl')[0] ?? '');
  const order = page.getByTestId('field-purchase_order');
  await page.context().setOffline(true);
  await order.fill('PO-LATE');
  await order.press('Tab');
  await expect(page.getByTestId('pending-sync')).toContainText('1 change waits');
  page.on('dialog', (question) => void question.accept());
  await page.goto('about:blank');
  await page.context().setOffline(false);

  // Longer than the tabs take to agree who sends what.
  await page.route(/\/pkg\/.*\.wasm/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, route.request().url().includes('/ap-intake') ? 0 : 2_000));
    await route.continue();
  });
  // And the change is still on its way when it arrives.
  await page.route(/\/mutate/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await route.continue();
  });
  await page.goto(address);
  await hydrated(page);
  await saved(page);
  await expect(order).toHaveValue('PO-LATE');
  await page.reload();
  await expect(order).toHaveValue('PO-LATE');
});

test('each page names the files of the program that it needs', async ({ page }) => {
  // What every page loads when there is nothing else to do.
  await page.addInitScript(() => (window.requestIdleCallback = () => 0));
  await page.goto('/sign-in');
  await expectNamed(page, /split_door_page/);
  await signIn(page, 'admin');
  const invoice = await openNew(page, samples.of('cii')[0] ?? '');
  for (const [address, part] of [
    [invoice, /split_review_page/],
    ['/settings', /split_administration/],
    ['/system/connections', /split_administration/],
    ['/invoices', /ap-intake/],
  ] as const) {
    await page.goto(address);
    await expectNamed(page, part);
  }
});

async function expectNamed(page: Page, part: RegExp): Promise<void> {
  await hydrated(page);
  const [named, loaded] = await page.evaluate(() => {
    const links = document.querySelectorAll<HTMLLinkElement>('link[rel=preload][href$=".wasm"]');
    const entries = performance.getEntriesByType('resource').map((entry) => entry.name);
    return [[...links].map((link) => link.href).sort(), entries.filter((name) => name.endsWith('.wasm')).sort()];
  });
  // Each once: as it was named, so it is asked for.
  expect(loaded).toEqual(named);
  expect(named.join(' ')).toMatch(part);
}

test('a page that stopped says so and is loaded again', async ({ page, complaints }) => {
  complaints.allow(/panicked|unreachable|hydration/);
  await signIn(page);
  // What a proxy or an extension may do to a page: an element is missing that the program looks for.
  await page.route('**/invoices', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/<main[^>]*>/, '$&<b>');
    await route.fulfill({ response: answer, body });
  });
  await page.addInitScript(() => {
    const send = navigator.sendBeacon.bind(navigator);
    navigator.sendBeacon = (to, body) => {
      if (body instanceof Blob) void body.text().then((text) => sessionStorage.setItem(`sent to ${to}`, text));
      return send(to, body);
    };
  });
  await page.goto('/invoices');
  const notice = page.getByRole('alert').filter({ hasText: 'This page has stopped' });
  await expect(notice).toBeVisible();
  // The server has it under the id that the person is told.
  await expect(notice).toContainText(/Tell support: page-\d{9}/);
  const told = /page-\d{9}/.exec(await notice.innerText())?.[0];
  const report = () => page.evaluate(() => sessionStorage.getItem('sent to /api/v1/errors'));
  await expect.poll(report).not.toBeNull();
  expect(JSON.parse((await report()) ?? '')).toMatchObject({ id: told, path: '/invoices' });
  await takeScreenshots(page, 'stopped');
  await page.unroute('**/invoices');
  await notice.getByRole('link', { name: 'Load it again' }).click();
  await hydrated(page);
  await expect(notice).toHaveCount(0);
});
