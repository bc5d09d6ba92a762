import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { auditPages, darkTheme, type PageToAudit } from './auditPages';
import { makeFork, waitForCatalog } from './forkForm';
import { ForkUnderTest } from './ForkUnderTest';
import { PortalBrowser } from './PortalBrowser';

const forkName = `checkout-${Date.now().toString(36)}`;
const entityPath = `/catalog/default/component/${forkName}`;
/** Served by the application. */
const page = '/';
/** Served as a file, and counted all the same. */
const file = '/robots.txt';

const goodRequests = 120;
const badRequests = 10;
/** So many that the failures are less than the 0.1 % that users may expect. */
const healingRequests = 15_000;

/** Drains are sent every second and counted at once. */
const countedTimeoutMs = 120_000;
const alertTimeoutMs = 240_000;

const pages: PageToAudit[] = [
  ['slos', `${entityPath}/slos`, /requests in the last/],
  ['cost', `${entityPath}/cost`, /this month/],
  ['security', `${entityPath}/security`, /Sources/],
  [
    'runbook',
    `${entityPath}/runbooks?runbook=runbooks/high-error-rate.md`,
    /Run this runbook/,
  ],
  ['overview', entityPath, /Error budget/],
];

describe("the on-call engineer's journey", { concurrency: false }, () => {
  const fork = new ForkUnderTest(forkName);
  let browser: PortalBrowser;
  let goodSha = '';

  before(async () => {
    browser = await PortalBrowser.launch();
    await waitForCatalog(browser);
    await makeFork(browser, { name: forkName, title: 'Checkout' });
    await fork.answers(page, 200);
  });
  afterEach(async context => {
    if ('passed' in context && !context.passed) {
      await browser.keepEvidence('on-call');
    }
  });
  after(async () => {
    fork.close();
    await browser.close();
  });

  it('shows as many requests as were sent', async () => {
    const statuses = await fork.send(page, goodRequests);
    assert.deepEqual([...statuses.keys()], [200]);
    const tab = await browser.openAsGuest(`${entityPath}/slos`);
    await requestsShown(tab, fork);
    goodSha = await liveSha(browser);
    await tab.context().close();
  });

  it('fires when a bad version spends the error budget, and says so everywhere', async () => {
    await fork.commit('src/routes/pageRoutes.tsx', 'Greet by name', text =>
      text.replace(
        "routes.get('/', async context => {",
        "$&\n    throw new Error('There is no name');",
      ),
    );
    await fork.answers(page, 500);
    const statuses = await fork.send(page, badRequests);
    assert.deepEqual([...statuses.keys()], [500]);

    const home = await browser.openAsGuest('/');
    const firing = home.getByRole('region', { name: 'Alerts' });
    await firing
      .getByRole('listitem')
      .filter({ hasText: forkName })
      .first()
      .waitFor({ timeout: alertTimeoutMs });
    await browser.picture(home, 'home-firing');

    await home.getByRole('link', { name: 'Forks', exact: true }).click();
    const row = home.getByRole('row').filter({ hasText: forkName });
    await row.getByText(/\d firing/).waitFor({ timeout: alertTimeoutMs });
    await row.getByText('Failing').waitFor({ timeout: alertTimeoutMs });
    await browser.picture(home, 'portfolio-firing');
    await home.context().close();
  });

  it('leads from the alert to the runbook, which rolls back', async () => {
    const tab = await browser.openAsGuest(entityPath, { height: 1000 });
    await tab
      .getByRole('link', { name: 'Alerts and runbooks' })
      .first()
      .click();
    const alerts = tab.getByRole('list', { name: 'Open alerts' });
    const worst = alerts.getByRole('listitem').first();
    await worst.getByText('Firing').waitFor();
    await worst.getByRole('button', { name: 'Acknowledge' }).click();
    await worst.getByText('Acknowledged', { exact: true }).waitFor();
    await worst.getByRole('button', { name: 'Open runbook' }).click();
    await tab.getByRole('button', { name: 'Run this runbook' }).click();
    const run = tab.getByRole('region', { name: /^Run of/ });
    await reachRollback(run);
    await browser.picture(tab, 'runbook-run');
    await run.getByRole('button', { name: 'Roll back production' }).click();
    const dialog = tab.getByRole('dialog');
    await dialog.getByText(/does not undo/).waitFor();
    await dialog.getByRole('button', { name: 'Roll back production' }).click();
    await dialog.waitFor({ state: 'detached', timeout: 60_000 });
    await fork.answers(page, 200);
    assert.equal(await liveSha(browser), goodSha);
    await browser.picture(tab, 'runbook-rolled-back');
  });

  it('resolves the alert once users are served again, and keeps who did what', async () => {
    const statuses = await fork.send(file, healingRequests);
    assert.deepEqual([...statuses.keys()], [200]);
    const tab = await browser.openAsGuest(`${entityPath}/runbooks`, {
      height: 1000,
    });
    await tab.getByText('Nothing fires').waitFor({ timeout: alertTimeoutMs });
    await tab.getByRole('button', { name: 'Show what is over' }).click();
    await tab
      .getByRole('list', { name: 'Resolved alerts' })
      .getByText(/acknowledged by guest/)
      .first()
      .waitFor();
    await tab
      .getByRole('region', { name: 'Recent runs' })
      .getByRole('button')
      .first()
      .click();
    const timeline = tab.getByRole('list', { name: 'Timeline' });
    await timeline.getByText(/guest/).first().waitFor();
    await browser.picture(tab, 'runbook-timeline');
    await tab.context().close();
  });

  it('has counted every request that was answered', async () => {
    const tab = await browser.openAsGuest(`${entityPath}/slos`, {
      height: 1400,
    });
    await requestsShown(tab, fork);
    await tab.locator('[class*=MuiChartsSurface]').first().waitFor();
    await browser.picture(tab, 'slos');
    await tab.context().close();
  });

  it('has no serious barrier in the dark theme', darkTheme, () =>
    auditPages(browser, pages, { theme: 'dark' }, 'dark'),
  );

  it('has no serious barrier on a phone, and nothing to scroll sideways', () =>
    auditPages(browser, pages, { width: 390, height: 844 }, 'phone'));
});

/** Waits until the tab tells the numbers, as it sums them up in a sentence. */
async function requestsShown(tab: Page, fork: ForkUnderTest): Promise<void> {
  const requests = fork.requests.toLocaleString('en-US');
  const sum = `${requests} requests in the last 24 hours, ${fork.failures} failed`;
  await tab.getByText(sum).waitFor({ timeout: countedTimeoutMs });
}

/** Reads which commit serves production off the entity page. */
async function liveSha(browser: PortalBrowser): Promise<string> {
  const tab = await browser.openAsGuest(`${entityPath}/deployments`);
  const sentence = tab.getByText(/^Production serves [0-9a-f]{7}[.,]/);
  const text = await sentence.first().textContent();
  await tab.context().close();
  return text?.match(/[0-9a-f]{7}/)?.[0] ?? '';
}

/** Answers what the runbook asks until it offers the rollback. */
async function reachRollback(run: Locator): Promise<void> {
  const rollback = run.getByRole('button', { name: 'Roll back production' });
  const answer = run.getByRole('group', { name: /^Answers to step/ });
  for (let asked = 0; asked < 5; asked += 1) {
    await rollback.or(answer).first().waitFor({ timeout: 60_000 });
    if (await rollback.isVisible()) return;
    const question = await answer.getAttribute('aria-label');
    await answer.getByRole('button').first().click();
    await run
      .getByRole('group', { name: question ?? '' })
      .waitFor({ state: 'detached' });
  }
  throw new Error('The runbook did not come to its rollback');
}
