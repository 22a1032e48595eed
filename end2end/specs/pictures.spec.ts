// Pictures of what is the same every day: the page of all components, and the pages before one is signed in.
import { comparePictures as compare } from '../support/pictures.ts';
import { hydrated, signIn, test } from '../support/test.ts';
import { isLive } from '../support/work.ts';

test('components look as before', async ({ page }) => {
  await signIn(page);
  await page.goto('/design');
  await hydrated(page);
  await isLive(page);
  // All of it: the page scrolls inside of its frame.
  const height = (width: number) => (width === 360 ? 4_200 : 2_900);
  await compare(page, 'design', height);
  await page.emulateMedia({ contrast: 'more' });
  await compare(page, 'design-contrast', height);
});

test('the way in looks as before', async ({ page, complaints }) => {
  complaints.allow(/status of 404/);
  await page.goto('/sign-in');
  await hydrated(page);
  await compare(page, 'sign-in', () => 800);
  await page.goto('/nowhere');
  await hydrated(page);
  await compare(page, 'nowhere', () => 800);
});
