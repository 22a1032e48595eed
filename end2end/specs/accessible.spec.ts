// Every page in every state that a person meets, looked through by axe: light, dark, and the first state of each page
// with more contrast. One run names everything it finds.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { reissued, withDocuments } from '../support/documents.ts';
import { makeSamples, type Samples } from '../support/samples.ts';
import { addPerson, startServer } from '../support/server.ts';
import { expect, expectAccessibleInAllLooks as look, hydrated, signIn, signInWith, test } from '../support/test.ts';
import {
  allRead,
  another,
  connectionIs,
  correct,
  holdList,
  isLive,
  onReviewPage,
  open,
  openDuplicate,
  rows,
  saved,
  sendAndRead,
  tab,
  tray,
  trayStatus,
  upload,
} from '../support/work.ts';
import type { Browser, Locator, Route } from '@playwright/test';

// Each has invoices of its own, so they need not wait for each other.
test.describe.configure({ mode: 'parallel', timeout: 150_000 });

let samples: Samples;
test.beforeAll(async () => {
  samples = await makeSamples(9_900, 4);
});
test.afterAll(() => samples.remove());

const sample = (kind: string, at = 0) => samples.of(kind)[at] ?? '';
const CUT = /ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/;
const DAMAGED = Buffer.from('%PDF-1.7\nnothing more');

/** A file as it is chosen together with made-up ones. */
const asPayload = async (path: string) => ({ name: basename(path), mimeType: 'application/xml', buffer: await readFile(path) });

/** Opens a dialog or a menu, looks at it and closes it. */
async function lookInto(button: Locator, state: string): Promise<void> {
  await button.click();
  await look(button.page(), state);
  await button.page().keyboard.press('Escape');
}

test('the list: whole, narrowed, with chosen rows and what became of them', async ({ page }) => {
  // All of it is in view: what is half under the head is too small to be pressed, until it is scrolled.
  await page.setViewportSize({ width: 1280, height: 1_100 });
  await signIn(page, 'reviewer');
  await allRead(page);
  await open(page, '/invoices');
  await look(page, 'the list', true);
  await lookInto(page.getByRole('button', { name: /^Account of/ }), 'the menu of the account');
  await lookInto(page.getByTestId('bell'), 'no notifications');
  await lookInto(page.getByTestId('connection-status'), 'the connection');
  await page.getByRole('button', { name: 'Show names' }).click();
  await look(page, 'the rail with names');

  const bar = page.getByTestId('bulk-bar');
  const failing = rows(page).filter({ hasText: /checks? fails?/ }).first();
  await failing.getByRole('checkbox').click();
  await expect(bar).toContainText('1 chosen');
  await look(page, 'chosen rows');
  await bar.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByTestId('bulk-report')).toContainText('1 refused');
  await look(page, 'the report of what was refused');
  await page.keyboard.press('Escape');

  await rows(page).first().getByRole('checkbox').click();
  await bar.getByTestId('assign-button').click();
  const people = page.getByRole('group', { name: 'Assign to' });
  await expect(people.getByRole('button', { name: 'Me' })).toBeVisible();
  await look(page, 'the menu of people');
  await people.getByRole('button', { name: 'Demo clerk' }).click();
  await expect(rows(page).first()).toContainText('Assigned to');
  await expect(page.getByTestId('toast')).toBeVisible();
  await look(page, 'a row that is somebody’s, and a toast');

  for (const [address, words] of [
    ['/invoices?assigned=me', 'Nothing here is yours'],
    ['/invoices?q=no-such-invoice', 'No invoice matches'],
    ['/invoices?status=exported', 'None at the moment'],
  ] as const) {
    await open(page, address);
    await expect(page.getByText(words)).toBeVisible();
    await look(page, words);
  }
  await open(page, '/invoices?assigned=nobody');
  await expect(rows(page).first()).toBeVisible();
  await look(page, 'what is nobody’s');
});

test('the list while it is loaded, when that fails, and without a connection', async ({ page, complaints }) => {
  complaints.allow(CUT, /status of (404|502)/);
  await signIn(page, 'clerk');
  const list = await holdList(page);
  await look(page, 'the list is loaded');
  await list.fail();
  await expect(page.getByTestId('error-boundary')).toBeVisible();
  await look(page, 'the list could not be loaded');
  list.goOn();
  await page.getByRole('button', { name: 'Try Again' }).click();
  await expect(rows(page).first()).toBeVisible();

  await page.context().setOffline(true);
  await connectionIs(page, 'Offline');
  await look(page, 'the list, offline');
  await tab(page, 'All').click();
  await expect(page.getByTestId('error-boundary')).toBeVisible();
  await look(page, 'another tab, offline');
});

test('uploads: the dialog, and the tray under way, failed and done', async ({ page, complaints }) => {
  complaints.allow(/status of 415/);
  await signIn(page, 'reviewer');
  await page.getByTestId('upload-button').click();
  await look(page, 'the dialog for uploads', true);
  await page.locator('input[type=file]').first().setInputFiles([
    await asPayload(sample('ubl')),
    { name: 'letter.docx', mimeType: 'application/octet-stream', buffer: Buffer.from('words') },
  ]);
  await expect(page.getByRole('dialog')).toContainText('Not a PDF');
  await look(page, 'files that were chosen');
  await page.keyboard.press('Escape');

  const held: Route[] = [];
  await page.route('**/api/v1/invoices', (route) => void held.push(route));
  await upload(page, [await asPayload(sample('ubl')), { name: 'damaged.pdf', mimeType: 'application/pdf', buffer: DAMAGED }]);
  await expect(tray(page)).toContainText(basename(sample('ubl')));
  await expect.poll(() => held.length).toBe(2);
  await look(page, 'files under way');
  for (const route of held) await route.continue();
  await expect(trayStatus(page)).toHaveText('1 read, 1 failed');
  await look(page, 'one read, one failed');
});

/** A clerk, who brings the invoices that somebody else decides on. */
const clerkOf = (browser: Browser, url: string) => another(browser, url, 'clerk');

test('an invoice on paper: a failing check, its dialogs and menus, and its place on the page', async ({ page, browser, server }) => {
  const clerk = await clerkOf(browser, server.url);
  const address = await sendAndRead(clerk, sample('text_pdf'));
  await correct(clerk, address, { gross_total: '99999.00' });
  await signIn(page, 'reviewer');
  await open(page, address);
  await look(page, 'an invoice with a failing check', true);
  await lookInto(page.getByTestId('reject-button'), 'the dialog for a rejection');
  await lookInto(page.getByTestId('review-more'), 'what is rarely done');
  await page.keyboard.press('?');
  await look(page, 'the sheet of keys');
  await page.keyboard.press('Escape');
  await page.getByTestId('review').getByTestId('assign-button').click();
  await expect(page.getByRole('group', { name: /^Assign to/ }).getByRole('button', { name: 'Me' })).toBeVisible();
  await look(page, 'the menu of people');
  await page.keyboard.press('Escape');

  await page.getByTestId('field-invoice_number').focus();
  await look(page, 'a value and its place');
  await page.keyboard.press('Alt+p');
  await expect(page.getByTestId('box-frame')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await look(page, 'a place that is moved');
  await page.keyboard.press('Escape');

  const history = page.getByTestId('history');
  await history.locator('summary').click();
  await history.getByRole('button', { name: 'Values' }).click();
  await look(page, 'the history, narrowed');
  await history.getByRole('button', { name: 'Decisions' }).click();
  await look(page, 'the history with nothing of the kind');

  // Somebody is in one of its fields.
  await open(clerk, address);
  await clerk.getByTestId('field-due_date').focus();
  await expect(page.getByTestId('field-other')).toBeVisible();
  await look(page, 'a colleague in a field');

  await page.getByTestId('approve-button').click();
  await page.getByTestId('anyway-confirm').click();
  await expect(page.getByTestId('anyway-dialog')).toContainText('Say in a few words why');
  await look(page, 'the dialog for approving anyway');
  await page.getByLabel('Why it is right all the same').fill('The supplier rounds');
  await page.getByTestId('anyway-confirm').click();
  await expect(page.getByTestId('review')).toContainText('Approved');
  await look(page, 'an approved invoice');
  await clerk.context().close();
});

test('an invoice as data: its lines, comments, and what is decided', async ({ page, browser, server }) => {
  const clerk = await clerkOf(browser, server.url);
  const address = await sendAndRead(clerk, await withDocuments(sample('ubl')));
  const later = await sendAndRead(clerk, sample('ubl', 1));
  await signIn(page, 'reviewer');
  await open(page, address);
  await expect(page.getByTestId('attachments').getByRole('listitem')).toHaveCount(3);
  await look(page, 'an invoice as data, with attachments', true);
  await page.getByTestId('field-line_1').click();
  await expect(page.getByTestId('cell-line_1-net')).toBeVisible();
  await page.getByTestId('cell-line_1-net').fill('ten');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('review')).toContainText('this is not a number');
  await look(page, 'a line that is corrected, and refused');
  await page.keyboard.press('Escape');

  await page.getByTestId('comments').locator('summary').click();
  const text = page.getByTestId('comment-text');
  await text.pressSequentially('@dem');
  await expect(page.getByRole('listbox', { name: 'People' })).toBeVisible();
  await look(page, 'people to mention');
  await text.fill('@Demo clerk is this the agreed price?');
  await text.press('Control+Enter');
  await expect(page.getByTestId('comment')).toHaveCount(1);
  await look(page, 'a comment');
  await expect(clerk.getByTestId('bell')).toHaveAccessibleName(/unread/);
  await clerk.getByTestId('bell').click();
  await expect(clerk.getByTestId('notice').first()).toBeVisible();
  await look(clerk, 'a notification');
  await clerk.context().close();

  await page.getByTestId('reject-button').click();
  await page.getByTestId('reject-confirm').click();
  await expect(page.getByTestId('reject-dialog')).toContainText('Choose a reason');
  await look(page, 'a rejection without a reason');
  await page.getByLabel('Reason').selectOption('not_ordered');
  await page.getByLabel('Note').fill('Nobody knows of this order');
  await page.getByTestId('reject-confirm').click();
  await expect(page.getByTestId('rejected-note')).toBeVisible();
  await look(page, 'a rejected invoice');

  await open(page, later);
  await page.getByRole('button', { name: 'Postpone' }).click();
  await expect(page.getByTestId('review')).toContainText('Postponed');
  await look(page, 'a postponed invoice');
});

test('an invoice that raises questions: two at once, twice there, unreadable, another account', async ({
  page,
  browser,
  server,
  complaints,
}) => {
  complaints.allow(/status of 409/);
  await signIn(page, 'clerk');
  const address = await sendAndRead(page, sample('cii'));
  await open(page, address);
  const reviewer = await another(browser, server.url, 'reviewer');
  await page.getByTestId('field-buyer_name').fill('Mine Ltd');
  await correct(reviewer, address, { buyer_name: 'Theirs Ltd' });
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('conflict-dialog')).toBeVisible();
  await look(page, 'two changes of one value');
  await page.getByTestId('use-theirs').click();
  await saved(page);

  await openDuplicate(page);
  await look(page, 'an invoice that may be there twice');
  await page.getByTestId('compare-button').click();
  await expect(page.getByTestId('compare-dialog').getByRole('row', { name: /^Number/ })).toBeVisible();
  await look(page, 'two invoices side by side');
  await page.keyboard.press('Escape');

  await open(page, await sendAndRead(page, 'damaged.pdf', DAMAGED));
  await expect(page.getByTestId('review')).toContainText('could not be read');
  await look(page, 'an invoice that could not be read');
  await page.getByTestId('discard-button').click();
  await look(page, 'the dialog for discarding');
  await page.getByTestId('discard-confirm').click();
  await expect(page.getByTestId('review')).toContainText('Cancelled');
  await look(page, 'a discarded invoice');

  const ubl = sample('ubl', 2);
  const account = (number: string, account: string) => reissued(ubl, { number, account, issued: '2026-10-11' });
  const first = await sendAndRead(page, await account('LOOK-1', 'DE89370400440532013000'));
  await open(reviewer, first);
  await reviewer.getByTestId('approve-button').click();
  await expect(reviewer.getByTestId('review')).toContainText('Approved');
  await open(reviewer, await sendAndRead(page, await account('LOOK-2', 'AT611904300234573201')));
  await expect(reviewer.getByTestId('account-note')).toBeVisible();
  await look(reviewer, 'an account that changed');
  await reviewer.getByTestId('verify-account').click();
  await reviewer.getByTestId('verify-confirm').click();
  await expect(reviewer.getByTestId('verify-dialog')).toContainText('Say in a few words how');
  await look(reviewer, 'the dialog for verifying an account');
  await reviewer.context().close();
});

test('an auditor sees everything and changes nothing', async ({ page, server }) => {
  await addPerson(server, 'auditor@example.com', 'auditor', 'Ada Auditor', 'demo-password');
  await signInWith(page, 'auditor@example.com', 'demo-password');
  await allRead(page);
  await open(page, '/invoices?status=all');
  await expect(rows(page).first()).toBeVisible();
  await look(page, 'the list of an auditor');
  await rows(page).first().getByRole('link').click();
  await onReviewPage(page);
  await expect(page.getByTestId('field-invoice_number')).toHaveAttribute('readonly', '');
  await look(page, 'an invoice, to read only');
});

test('settings and connections, with their dialogs', async ({ page, complaints }) => {
  complaints.allow(/status of (409|422)/);
  await signIn(page, 'admin');
  await open(page, '/settings');
  await look(page, 'settings', true);
  await page.getByRole('button', { name: 'Change Demo admin' }).click();
  const change = page.getByTestId('change-person-dialog');
  await change.getByRole('button', { name: 'Disable' }).click();
  await expect(change).toContainText('is the only admin');
  await look(page, 'a person that can not be disabled');
  await page.keyboard.press('Escape');
  await page.getByTestId('add-person').click();
  const dialog = page.getByTestId('add-person-dialog');
  await look(page, 'the dialog for a person');
  await dialog.getByLabel('Name').fill('Bo Example');
  await dialog.getByLabel('E-mail').fill('bo@example.com');
  await dialog.getByLabel('Role').selectOption('reviewer');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(dialog.getByTestId('made-up-password')).toBeVisible();
  await look(page, 'a password that was made up');
  await dialog.getByRole('button', { name: 'Done' }).click();
  const standIn = page.getByTestId('stand-in-form');
  await standIn.getByLabel('Who stands in').selectOption({ label: 'Bo Example' });
  await standIn.getByRole('button', { name: 'Hand over' }).click();
  await expect(page.getByTestId('stand-ins')).toContainText('stands in for you');
  await look(page, 'settings with somebody who stands in');

  await open(page, '/system/connections');
  await expect(page.getByTestId('connections-table')).toBeVisible();
  await look(page, 'connections', true);
  await page.getByTestId('maintenance-notice').fill('Back at 12:30');
  await page.getByRole('button', { name: 'Tell everybody' }).click();
  await expect(page.getByTestId('maintenance')).toContainText('Back at 12:30');
  await look(page, 'a notice to everybody');
  await page.getByRole('button', { name: 'Take back' }).click();
});

test('what is refused or missing', async ({ page, complaints }) => {
  complaints.allow(/status of 4(0[134]|22)/);
  await page.goto('/sign-in');
  await hydrated(page);
  await look(page, 'signing in', true);
  await page.getByLabel('E-mail').fill('clerk@example.com');
  await page.getByLabel('Password').fill('not-it');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'a wrong password');
  await page.goto('/no-such-page');
  await hydrated(page);
  await look(page, 'no such page, for nobody');

  await signIn(page, 'clerk');
  for (const [address, state] of [
    ['/no-such-page', 'no such page'],
    ['/invoices/01920000-0000-7000-8000-000000000000', 'no such invoice'],
    ['/settings', 'settings of a clerk'],
  ] as const) {
    await page.goto(address);
    await hydrated(page);
    await look(page, state, address === '/no-such-page');
  }
});

test('a page that stopped', async ({ page, complaints }) => {
  complaints.allow(/panicked|unreachable|hydration/);
  await signIn(page, 'clerk');
  // What a proxy or an extension may do to a page: an element is missing that the program looks for.
  await page.route('**/invoices', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<main[^>]*>/, '$&<b>') });
  });
  await page.goto('/invoices');
  await expect(page.getByRole('alert').filter({ hasText: 'This page has stopped' })).toBeVisible();
  await look(page, 'a page that stopped');
});

test('an empty server: its first account, and no invoices yet', async ({ page }) => {
  const empty = await startServer({}, ['serve']);
  try {
    await page.goto(`${empty.url}/setup`);
    await hydrated(page);
    await look(page, 'the first account', true);
    await page.getByLabel('Name').fill('Ada Example');
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL((url) => url.pathname === '/invoices');
    await hydrated(page);
    await isLive(page);
    await expect(page.getByText('No invoices yet')).toBeVisible();
    await look(page, 'no invoices yet', true);
    await page.goto('about:blank');
  } finally {
    await empty.stop();
  }
});
