// Measures the dashboard in Chromium: node benches/browser.mjs ADDRESS COOKIE prints one JSON object, for each measure
// the milliseconds of every run. Each load has a fresh context, so that nothing is cached. CHROMIUM names the browser.

import { createRequire } from 'node:module';

const require = createRequire(new URL('../end2end/package.json', import.meta.url));
const { chromium } = require('playwright-core');

const RUNS = 9;
const SLOWER = 4;
const LIMIT_MS = 20_000;

const [address, cookie] = process.argv.slice(2);
if (!cookie) throw new Error('usage: node benches/browser.mjs ADDRESS COOKIE');

// What other traffic a browser would make on its own is off.
const browser = await chromium.launch({
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
async function freshPage(slower) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const [name, ...value] = cookie.split('=');
  await context.addCookies([{ name, value: value.join('='), url: address }]);
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  if (slower > 1) {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  }
  return page;
}

/** Runs in the page from its start: presses the upload button again and again until the dialog opens. */
function pressUntilItReacts() {
  window.reactedAt = undefined;
  const press = () => {
    document.querySelector('[data-testid="upload-button"]')?.click();
    if (document.querySelector('dialog[open]')) window.reactedAt = performance.now();
    else setTimeout(press, 5);
  };
  press();
}

/** Largest contentful paint so far, in milliseconds since the navigation began. */
function largestPaint() {
  return new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({
      type: 'largest-contentful-paint',
      buffered: true,
    });
  });
}

/** Paint and reaction are loads of their own: a press counts as input, after which the browser reports no more paints. */
async function load(slower) {
  const painted = await freshPage(slower);
  await painted.goto(`${address}/invoices`);
  await painted.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  const lcp = await painted.evaluate(largestPaint);
  await painted.context().close();

  const pressed = await freshPage(slower);
  await pressed.addInitScript(pressUntilItReacts);
  await pressed.goto(`${address}/invoices`);
  const handle = await pressed.waitForFunction(() => window.reactedAt, undefined, { polling: 50 });
  const reacts = await handle.jsonValue();
  await pressed.context().close();
  return { lcp, reacts };
}

/** Presses a tab and gives the time until its rows stand in the page and the browser has painted them. */
function pressTab(label) {
  const rowsNow = () => document.querySelector('[data-testid="invoice-row"]')?.textContent;
  const before = rowsNow();
  const tabs = [...document.querySelectorAll('[data-testid="dashboard-tab"] a')];
  const tab = tabs.find((tab) => tab.textContent.trim().startsWith(label));
  return new Promise((resolve, reject) => {
    if (!tab) return reject(new Error(`no tab ${label}`));
    const start = performance.now();
    const look = () => {
      if (rowsNow() === undefined || rowsNow() === before) return;
      changes.disconnect();
      // The frame with the rows is painted after this callback; the message comes after the paint.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - start);
        port2.postMessage(0);
      });
    };
    const changes = new MutationObserver(look);
    changes.observe(document.body, { childList: true, subtree: true, characterData: true });
    tab.click();
  });
}

/** Each tab is asked for once in a page, so that none comes from the page's own cache. */
async function filters() {
  const times = [];
  while (times.length < RUNS) {
    const page = await freshPage(1);
    await page.goto(`${address}/invoices`);
    await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
    for (const label of ['Awaiting approval', 'Exported', 'Rejected']) times.push(await page.evaluate(pressTab, label));
    await page.context().close();
  }
  return times;
}

const found = { lcp: [], reacts: [], lcp_slow: [], reacts_slow: [], filter: [] };
try {
  await load(1); // The first one starts the browser's own processes.
  for (let run = 0; run < RUNS; run += 1) {
    const plain = await load(1);
    const slow = await load(SLOWER);
    found.lcp.push(plain.lcp);
    found.reacts.push(plain.reacts);
    found.lcp_slow.push(slow.lcp);
    found.reacts_slow.push(slow.reacts);
  }
  found.filter = await filters();
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
