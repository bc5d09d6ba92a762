import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { PortalBrowser } from './PortalBrowser';

/** A cold cache of dependencies makes the first build slow. */
export const deploymentTimeoutMs = 240_000;

/** A portal that has just started reads its templates and bases first. */
export async function waitForCatalog(browser: PortalBrowser): Promise<void> {
  const page = await browser.openAsGuest('/create/templates/default/fork');
  const base = page.locator('input[value="acme/base-app"]');
  for (const deadline = Date.now() + 120_000; ; await page.reload()) {
    try {
      await base.waitFor({ timeout: 10_000 });
      break;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
  await page.context().close();
}

/** Goes from anywhere to the empty form. */
export async function openForm(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Create', exact: true }).click();
  await page.getByText('Fork an application').first().waitFor();
  await page
    .getByRole('button', { name: /Choose/ })
    .first()
    .click();
}

/** Fills in the first page of the form. */
export async function fillForm(
  page: Page,
  { name, title }: { name: string; title: string },
): Promise<void> {
  await page.getByLabel(/^Name/).fill(name);
  await page.getByLabel(/^Title/).fill(title);
  await page.getByLabel(/^Description/).fill('Turns a prompt into an image.');
  await page.getByLabel(/^Owner/).click();
  await page.getByRole('option', { name: 'Platform' }).click();
  await page
    .getByText(/is free/)
    .first()
    .waitFor();
  assert.equal(
    await page.getByLabel(/^Base application/).inputValue(),
    'acme/base-app',
    'The only base application is not chosen by itself',
  );
}

/** Goes from the filled form over plan and review to the running task. */
export async function submitForm(
  page: Page,
  name: string,
  onPlan: () => Promise<void> = async () => {},
): Promise<void> {
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Monthly budget').first().waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText(/nothing has been created yet|can be created/).waitFor();
  await onPlan();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByText(name).first().waitFor();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/create\/tasks\//);
}

/** Makes a fork by the form and waits until it is there. */
export async function makeFork(
  browser: PortalBrowser,
  fork: { name: string; title: string },
): Promise<void> {
  const page = await browser.openAsGuest('/');
  try {
    await openForm(page);
    await fillForm(page, fork);
    await submitForm(page, fork.name);
  } catch (error) {
    await browser.keepEvidence(fork.name);
    throw error;
  }
  const done = page.getByRole('link', { name: 'Open the fork' });
  const failure = page.getByText(/Task .*failed|Error:/);
  await done.or(failure).first().waitFor({ timeout: deploymentTimeoutMs });
  assert.ok(await done.isVisible(), `The fork ${fork.name} was not made`);
  await page.context().close();
}
