// The page of a document on the screen: its picture, the boxes on it, the words under the pointer.
import { expect, signIn } from './test.ts';
import { openNew } from './work.ts';
import type { Page } from '@playwright/test';

export type Point = [number, number];

export const sheet = (page: Page) => page.locator('.page-sheet').first();

/** A clerk brings a document with pages and opens it; its picture is there. Gives its address. */
export async function openPicture(page: Page, file = ''): Promise<string> {
  await signIn(page);
  const address = await openNew(page, file);
  await sheet(page).locator('img').evaluate(async (picture: HTMLImageElement) => picture.decode());
  return address;
}

/** Where a value was read from, on the screen. */
export async function boxOf(page: Page, field: string) {
  const box = await page.getByTestId(`field-box-${field}`).boundingBox();
  if (!box) throw new Error(`${field} has no box`);
  return box;
}

/** Puts the focus into a field, and the pointer over the page until its words are there. */
export async function ready(page: Page, field: string): Promise<void> {
  await page.getByTestId(`field-${field}`).focus();
  await sheet(page).hover({ position: { x: 5, y: 5 } });
  await expect(sheet(page)).toHaveAttribute('data-takes', '');
}

export async function drag(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
  await page.mouse.move(...to);
  await page.mouse.up();
}
