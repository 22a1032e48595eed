// The browser that measures: one Chromium, a context that was never here for each load, and what runs inside of pages.
// `node SCRIPT ADDRESS COOKIE`; CHROMIUM names the browser.

import { createRequire } from 'node:module';

const require = createRequire(new URL('../end2end/package.json', import.meta.url));
const { chromium } = require('playwright-core');

export const RUNS = 9;
export const SLOWER = 4;
const LIMIT_MS = 20_000;

export const [address, cookie] = process.argv.slice(2);
if (!cookie) throw new Error('usage: node SCRIPT ADDRESS COOKIE');

// What other traffic a browser would make on its own is off.
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

/** A page of a browser that was never here, signed in. */
export async function freshPage(slower) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const [name, ...value] = cookie.split('=');
  await context.addCookies([{ name, value: value.join('='), url: address }]);
  const page = await context.newPage();
  await page.addInitScript(helpers);
  page.setDefaultTimeout(LIMIT_MS);
  if (slower > 1) {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  }
  return page;
}

/** Runs in each page from its start. `painted()` comes when what stands in the page now has been painted. */
function helpers() {
  // The frame is painted after this callback; the message comes after the paint.
  window.painted = () =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(0);
      }),
    );
  // Comes with the first change of the page after which `holds` does.
  window.changed = (holds) =>
    new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        changes.disconnect();
        resolve();
      };
      const changes = new MutationObserver(look);
      changes.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
      look();
    });
}

/** Largest contentful paint so far, in milliseconds since the navigation began. */
export function largestPaint() {
  return new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({
      type: 'largest-contentful-paint',
      buffered: true,
    });
  });
}

/** Waits until the page answers. */
export const takenOver = (page) => page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
