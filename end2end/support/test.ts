import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type BrowserContext, type ConsoleMessage, type Page } from '@playwright/test';
import { startServer, type Server } from './server.ts';

export { expect };

export type Person = 'clerk' | 'reviewer' | 'admin';

interface PerTest {
  /** Whether the server has the demo's people and invoices; `test.use({ demo: false })` for an empty one. */
  demo: boolean;
  /** Settings of the server over its defaults; set with `test.use({ serverEnv: { … } })` at the top of a file. */
  serverEnv: Record<string, string>;
  /** The server of this spec file, with data of its own. */
  server: Server;
  /** What the pages of this test complained of, everybody's. A test that provokes a complaint says so with `allow`. */
  complaints: Complaints;
}

interface PerWorker {
  servers: FileServer;
}

/** Playwright gives several spec files to one worker, one after the other; each gets a server of its own. */
class FileServer {
  private file: string | undefined;
  private server: Server | undefined;

  async of(file: string, env: Record<string, string>, demo: boolean): Promise<Server> {
    if (this.server === undefined || this.file !== file) {
      await this.stop();
      this.server = await startServer(env, demo ? undefined : ['serve']);
      this.file = file;
    }
    return this.server;
  }

  async stop(): Promise<void> {
    const running = this.server;
    this.server = undefined;
    await running?.stop();
  }
}

/** The errors and warnings of the browser's console, and the errors of the page itself. */
export class Complaints {
  private readonly seen: string[] = [];
  private readonly allowed: RegExp[] = [];

  /** Expects complaints that match; others still fail the test. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns);
  }

  listenTo(page: Page): void {
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.seen.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => this.seen.push(`page error: ${error.stack ?? error.message}`));
    page.on('crash', () => this.seen.push('the page crashed'));
  }

  unexpected(): string[] {
    return this.seen.filter((text) => !this.allowed.some((pattern) => pattern.test(text)));
  }
}

/**
 * Playwright's `test` with a real server for each spec file, pages that must not complain, and relative addresses
 * that lead to that server.
 */
export const test = base.extend<PerTest, PerWorker>({
  demo: [true, { option: true }],
  serverEnv: [{}, { option: true }],
  servers: [
    async ({}, use) => {
      const servers = new FileServer();
      await use(servers);
      await servers.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  server: [
    async ({ servers, serverEnv, demo }, use, testInfo) => use(await servers.of(testInfo.file, serverEnv, demo)),
    { timeout: 90_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  complaints: [
    async ({ browser, context }, use) => {
      const complaints = new Complaints();
      const listen = (each: BrowserContext) => each.on('page', (page) => complaints.listenTo(page));
      listen(context);
      browser.on('context', listen);
      await use(complaints);
      browser.off('context', listen);
      expect(complaints.unexpected(), 'errors and warnings in the browser').toEqual([]);
    },
    { auto: true },
  ],
});

/** Signs in on the page, as one of the demo's people, and waits until the app stands. */
export async function signIn(page: Page, person: Person = 'clerk'): Promise<void> {
  await signInWith(page, `${person}@example.com`, 'demo-password');
}

/** Signs in on the page, and waits until the app stands. */
export async function signInWith(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/sign-in');
  await hydrated(page);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await hydrated(page);
}

/** Waits until the page answers to the person: the app says so on `<html data-hydrated>` once it has taken over. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** What axe finds wrong by WCAG 2.2 A and AA and by good practice, or by some of its rules: what and where. */
async function axeFinds(page: Page, rules?: string[]): Promise<string[]> {
  // Our pages have no frames from elsewhere: nothing is put together on another page, which takes several times as long.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await (rules ? axe.withRules(rules) : axe.withTags(tags)).analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.map((node) => node.target).join(', ')}`);
}

/** Fails on anything axe finds wrong. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await axeFinds(page), `accessibility of ${page.url()}`).toEqual([]);
}

/** Brings each colour that is on its way to another to its end: the shortest change takes a frame, and axe none. */
async function endTransitions(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
  });
}

/** The rules that a change of colours alone can break. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
const THEMES = [
  { colorScheme: 'light', contrast: 'no-preference' },
  { colorScheme: 'dark', contrast: 'no-preference' },
] as const;
const MORE_CONTRAST = [
  { colorScheme: 'light', contrast: 'more' },
  { colorScheme: 'dark', contrast: 'more' },
] as const;

/**
 * Fails on anything axe finds wrong in light, or of the colours in dark, and goes on, so that one run names all there is; of a page's
 * first state, with more contrast too.
 */
export async function expectAccessibleInAllLooks(page: Page, state: string, withContrast = false): Promise<void> {
  for (const [at, look] of (withContrast ? [...THEMES, ...MORE_CONTRAST] : THEMES).entries()) {
    await page.emulateMedia({ ...look, reducedMotion: 'reduce' });
    await endTransitions(page);
    const found = await axeFinds(page, at === 0 ? undefined : OF_COLOURS);
    expect.soft(found, `${state}, ${look.colorScheme}, contrast ${look.contrast}`).toEqual([]);
  }
}

/**
 * Pictures of the page at three widths, light and dark, in `screenshots/NAME-WIDTH-SCHEME.png`, for people to look at:
 * only where AP_INTAKE_E2E_PICTURES is set, since they take longer than most tests.
 */
export async function takeScreenshots(page: Page, name: string): Promise<void> {
  if (!process.env.AP_INTAKE_E2E_PICTURES) return;
  const before = page.viewportSize();
  for (const width of [360, 1280, 1920]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 1000 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: `screenshots/${name}-${width}-${colorScheme}.png`, animations: 'disabled' });
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}
