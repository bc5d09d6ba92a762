import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { makeFork, waitForCatalog } from './forkForm';
import { ForkUnderTest } from './ForkUnderTest';
import { PortalBrowser } from './PortalBrowser';

const forkName = `ledger-${Date.now().toString(36)}`;
const entityPath = `/catalog/default/component/${forkName}`;
const requests = 60;
/** Charges and findings are read every minute. */
const knownTimeoutMs = 240_000;

/** A package that the advisory GHSA-xvch-5gv4-984h calls critical. */
const vulnerableLockfile = JSON.stringify({
  name: 'tools',
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': { name: 'tools', dependencies: { minimist: '1.2.0' } },
    'node_modules/minimist': { version: '1.2.0', license: 'MIT' },
  },
});

describe("the team lead's journey", { concurrency: false }, () => {
  const fork = new ForkUnderTest(forkName);
  let browser: PortalBrowser;

  before(async () => {
    browser = await PortalBrowser.launch();
    await waitForCatalog(browser);
    await makeFork(browser, { name: forkName, title: 'Ledger' });
    await fork.answers('/', 200);
    await fork.send('/', requests);
  });
  afterEach(async context => {
    if ('passed' in context && !context.passed) {
      await browser.keepEvidence('team-lead');
    }
  });
  after(async () => {
    fork.close();
    await browser.close();
  });

  it('sees budget, cost, findings and alerts of a fork in one row', async () => {
    const page = await browser.openAsGuest('/forks');
    const row = rowOf(page);
    await row
      .getByRole('meter', { name: 'Error budget left' })
      .waitFor({ timeout: knownTimeoutMs });
    await row
      .getByRole('meter', { name: 'Cost this month of its budget' })
      .waitFor({ timeout: knownTimeoutMs });
    await row
      .getByRole('link', { name: '0', exact: true })
      .waitFor({ timeout: knownTimeoutMs });
    await row.getByText('None', { exact: true }).waitFor();
    await page.context().close();
  });

  it('finds the fork with a critical finding, and waives it with a reason', async () => {
    await fork.write(
      'tools/package-lock.json',
      'Add a tool',
      vulnerableLockfile,
    );
    const page = await browser.openAsGuest('/forks?sort=criticals');
    const row = rowOf(page);
    await row
      .getByRole('link', { name: '1', exact: true })
      .waitFor({ timeout: knownTimeoutMs });
    await choose(page, 'Findings', 'With criticals');
    await page.waitForURL(/findings=critical/);
    await row.getByRole('link', { name: '1', exact: true }).click();

    await page.waitForURL(`**${entityPath}/security`);
    const finding = page.getByRole('listitem').filter({ hasText: 'minimist' });
    await finding.first().getByRole('button').first().click();
    await finding.getByText('GHSA-xvch-5gv4-984h').first().waitFor();
    await browser.picture(page, 'security');
    await finding.getByRole('button', { name: 'Waive' }).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByLabel(/Why may it stay/)
      .fill('The tool runs on our machines only.');
    await dialog.getByRole('button', { name: /^Waive/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('No open findings.').waitFor();

    await page.goto(`${browser.url}/forks`);
    await rowOf(page)
      .getByRole('link', { name: '0', exact: true })
      .waitFor({ timeout: knownTimeoutMs });
    await page.context().close();
  });

  it('sorts and filters by each column, and keeps both in the address', async () => {
    const page = await browser.openAsGuest('/forks');
    for (const [column, sort] of [
      ['Budget left', 'budget'],
      ['Cost / budget', 'cost'],
      ['Criticals', 'criticals'],
      ['Alerts', 'alerts'],
    ]) {
      await page.getByRole('button', { name: column }).click();
      await page.waitForURL(new RegExp(`sort=${sort}`));
      await rowOf(page).waitFor();
    }
    await choose(page, 'Error budget', 'Within budget');
    await choose(page, 'Cost', 'Within budget');
    await rowOf(page).waitFor();
    await choose(page, 'Error budget', 'Spent');
    await rowOf(page).waitFor({ state: 'detached' });
    assert.match(page.url(), /budget=exhausted/);
    await page.context().close();
  });

  it('drills from the row into its tabs', async () => {
    const page = await browser.openAsGuest('/forks');
    await rowOf(page)
      .getByRole('meter', { name: /budget left/ })
      .click();
    await page.waitForURL(`**${entityPath}/slos`);
    const counted = fork.requests.toLocaleString('en-US');
    await page.getByText(`${counted} requests in the last 24 hours`).waitFor();
    await page.goBack();
    await rowOf(page)
      .getByRole('meter', { name: /Cost this month/ })
      .click();
    await page.waitForURL(`**${entityPath}/cost`);
    await page.getByText('Edge Requests').first().waitFor();
    await page.locator('[class*=MuiChartsSurface]').first().waitFor();
    await browser.picture(page, 'cost');
    await page.context().close();
  });

  it('sees on the team page what the forks of the team cost together', async () => {
    const page = await browser.openAsGuest('/catalog/default/group/platform');
    await page.getByRole('link', { name: 'Cost', exact: true }).click();
    const table = page.getByRole('table', { name: /Cost of the team/ });
    await table.locator(`a[href$="/${forkName}"]`).waitFor();
    await browser.picture(page, 'team-cost');
    await page.context().close();
  });

  function rowOf(page: Page): Locator {
    return page.getByRole('row').filter({ hasText: forkName });
  }
});

/** Chooses an option of one of the portfolio's filters. */
async function choose(page: Page, filter: string, option: string) {
  await page.getByRole('combobox', { name: new RegExp(`^${filter}`) }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}
