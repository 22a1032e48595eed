// Pictures of a page, compared with those in `snapshots/`. After a change that was meant:
// `npx playwright test pictures --update-snapshots`, and look at each.
import { expect } from './test.ts';
import { correct, sendAndRead } from './work.ts';
import type { Locator, Page } from '@playwright/test';

const WIDTHS = [360, 1280, 1920];

/**
 * Compares the page, or a part of it, at three widths, light and dark, with `snapshots/NAME-WIDTH-SCHEME.png`; names all
 * that differ.
 */
export async function comparePictures(page: Page, name: string, height: (width: number) => number, part?: Locator): Promise<void> {
  // Of a document's page the browser takes whichever width it has or needs: its letters differ a little.
  const options = (await page.locator('.page-sheet img').count()) > 0 ? { maxDiffPixelRatio: 0.01 } : {};
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: height(width) });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      const file = `${name}-${width}-${colorScheme}.png`;
      await (part ? expect.soft(part).toHaveScreenshot(file, options) : expect.soft(page).toHaveScreenshot(file, options));
    }
  }
}

/** Waits until the page is laid out and painted anew, which of a long page can take longer than a picture may. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
  });
}

/**
 * Writes one day and hour in place of all, and one name in place of those of servers: what is shown of them depends on
 * when the test runs, what is compared does not. Only the document is changed, nothing that the page knows.
 */
export async function freezeDates(page: Page): Promise<void> {
  await page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const shown = text.nodeValue ?? '';
      const frozen = shown
        .replace(/\b\d{2} [A-Z][a-z]{2} \d{4}/g, '02 Nov 2026')
        .replace(/\b\d{2}:\d{2}\b/g, '12:00')
        .replace(/\b[0-9a-f]{12}\b/g, '0123456789ab');
      if (frozen !== shown) text.nodeValue = frozen;
    }
    for (const input of document.querySelectorAll<HTMLInputElement>('input[type=date]')) {
      if (input.value) input.value = '2026-11-02';
    }
  });
}

/** Of everybody on these servers. */
export const PASSWORD = 'demo-password';

/** Compares the page, or a part of it, with its dates frozen and from its top. */
export async function compareFrozen(page: Page, name: string, part?: Locator): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.querySelector('#main')?.scrollTo(0, 0));
  await freezeDates(page);
  await comparePictures(page, name, (width) => (width === 360 ? 740 : 900), part);
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A document with days around today. */
export async function bringUpToDate(page: Page, file: string, due: number): Promise<string> {
  const address = await sendAndRead(page, file);
  await correct(page, address, { issue_date: inDays(-20), due_date: inDays(due) });
  return address;
}
