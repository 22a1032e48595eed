import { defineConfig } from '@playwright/test';

// Each spec file starts a server of its own (support/server.ts), so there is no webServer here.
export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: Number(process.env.AP_INTAKE_E2E_WORKERS ?? 2),
  retries: 0,
  forbidOnly: process.env.CI === 'true',
  timeout: 60_000,
  globalTimeout: 25 * 60_000,
  expect: {
    timeout: 10_000,
    // Letters are drawn a little differently from machine to machine; what moved or changed colour is more than that.
    toHaveScreenshot: { maxDiffPixelRatio: 0.003, animations: 'disabled' },
  },
  snapshotPathTemplate: 'snapshots/{arg}{ext}',
  reporter: [['list'], ['./support/closing-line.ts']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Recording doubles the time of all tests. A failure has its picture and what stood on the page without it.
    trace: process.env.AP_INTAKE_E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
