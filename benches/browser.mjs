// Measures the dashboard in Chromium: node benches/browser.mjs ADDRESS COOKIE prints one JSON object, for each measure
// the milliseconds of every run. Each load has a fresh context, so that nothing is cached.

import { RUNS, SLOWER, address, browser, freshPage, largestPaint, takenOver } from './chromium.mjs';

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

/** Paint and reaction are loads of their own: a press counts as input, after which the browser reports no more paints. */
async function load(slower) {
  const painted = await freshPage(slower);
  await painted.goto(`${address}/invoices`);
  await takenOver(painted);
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
async function pressTab(label) {
  const rowsNow = () => document.querySelector('[data-testid="invoice-row"]')?.textContent;
  const before = rowsNow();
  const tabs = [...document.querySelectorAll('[data-testid="dashboard-tab"] a')];
  const tab = tabs.find((tab) => tab.textContent.trim().startsWith(label));
  if (!tab) throw new Error(`no tab ${label}`);
  const start = performance.now();
  const shown = window.changed(() => rowsNow() !== undefined && rowsNow() !== before);
  tab.click();
  await shown;
  return (await window.painted()) - start;
}

/** Each tab is asked for once in a page, so that none comes from the page's own cache. */
async function filters() {
  const times = [];
  while (times.length < RUNS) {
    const page = await freshPage(1);
    await page.goto(`${address}/invoices`);
    await takenOver(page);
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
