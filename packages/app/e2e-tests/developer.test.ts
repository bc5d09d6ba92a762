import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { auditPages, darkTheme, type PageToAudit } from './auditPages';
import {
  deploymentTimeoutMs,
  fillForm,
  openForm,
  submitForm,
  waitForCatalog,
} from './forkForm';
import { PortalBrowser } from './PortalBrowser';

const forkName =
  process.env.FORK_NAME ?? `image-studio-${Date.now().toString(36)}`;
const entityPath = `/catalog/default/component/${forkName}`;

const pages: PageToAudit[] = [
  ['home', '/', /What needs you/],
  ['portfolio', '/forks', new RegExp(forkName)],
  ['entity-page', entityPath, /^Production serves/],
  ['deployments', `${entityPath}/deployments`, /^Production serves/],
  ['form', '/create/templates/default/fork', /Base application/],
];

describe("the developer's journey", { concurrency: false }, () => {
  let browser: PortalBrowser;

  before(async () => {
    browser = await PortalBrowser.launch();
    await waitForCatalog(browser);
  });
  afterEach(async context => {
    if ('passed' in context && !context.passed) {
      await browser.keepEvidence('developer');
    }
  });
  after(async () => {
    await browser.close();
  });

  it('leads from an empty form to a fork that answers', async () => {
    const page = await browser.openAsGuest('/', { height: 1000 });
    await page.getByRole('heading', { name: 'What needs you' }).waitFor();
    await page
      .getByRole('region', { name: 'Forks' })
      .getByText(/You have no forks yet|Needs you/)
      .waitFor();

    await openForm(page);
    await fillForm(page, { name: forkName, title: 'Image studio' });
    await browser.picture(page, 'form');
    await submitForm(page, forkName, () => browser.picture(page, 'plan'));
    const open = page.getByRole('link', { name: 'Open the fork' });
    await page.getByRole('button', { name: 'Show Logs' }).click();
    await page
      .getByText(/Beginning step Deploy to production/)
      .or(open)
      .first()
      .waitFor({ timeout: deploymentTimeoutMs });
    await browser.picture(page, 'progress');
    const failure = page.getByText(/Task .*failed|Error:/);
    await open.or(failure).first().waitFor({ timeout: deploymentTimeoutMs });
    const productionUrl = await open.getAttribute('href');
    assert.ok(productionUrl, 'The task gave no URL of production');
    assert.equal(await browser.statusOf(productionUrl), 200);
  });

  it('shows on the catalog page what is live', async () => {
    const page = await browser.openAsGuest(entityPath);
    await page.getByText('All deployments').waitFor();
    await page.getByText(/^Production serves [0-9a-f]{7}\.$/).waitFor();
    await browser.picture(page, 'entity-page');
    await page.getByRole('link', { name: 'how it was created' }).click();
    await page.getByText('Registration', { exact: true }).first().waitFor();
    await browser.picture(page, 'provisioning');
    await page.goBack();

    await page.getByText('All deployments').click();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('Ready', { exact: true }).first().waitFor();
    await browser.picture(page, 'deployments');

    await timeline
      .getByRole('button', { name: /^Build log of/ })
      .first()
      .click();
    const log = page.getByRole('log');
    await log
      .getByText(/npm|build/i)
      .first()
      .waitFor();
    await browser.picture(page, 'build-log');
    await page.keyboard.press('Escape');
    await log.waitFor({ state: 'detached' });
  });

  it('builds the same commit again on request, and shows it going live', async () => {
    const page = await browser.openAsGuest(`${entityPath}/deployments`);
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline
      .getByRole('button', { name: /^Redeploy/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('What it will not undo').waitFor();
    await dialog.getByRole('button', { name: /^Redeploy/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show 1 new deployment' }).click();
    const newest = timeline.getByRole('listitem').first();
    await newest
      .filter({ hasText: 'Ready' })
      .getByText('Live', { exact: true })
      .waitFor({ timeout: deploymentTimeoutMs });
    assert.equal(await timeline.getByText('Live', { exact: true }).count(), 1);
  });

  it('finds the fork healthy in the portfolio and on the home page', async () => {
    const page = await browser.openAsGuest('/forks');
    const row = page.getByRole('row').filter({ hasText: forkName });
    await row.getByText('Healthy').waitFor({ timeout: 60_000 });
    await browser.picture(page, 'portfolio');

    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('link', { name: forkName }).waitFor();
    await browser.picture(page, 'home-light');
  });

  it(
    'has no serious barrier on the main pages in the dark theme',
    darkTheme,
    () => auditPages(browser, pages, { theme: 'dark' }, 'dark'),
  );

  it('has no serious barrier on a phone, and nothing to scroll sideways', () =>
    auditPages(browser, pages, { width: 390, height: 844 }, 'phone'));
});
