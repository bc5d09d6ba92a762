import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  seriousViolations,
  type PortalBrowser,
  type View,
} from './PortalBrowser';

/** Name of its picture, path, and what is seen when it is whole. */
export type PageToAudit = [title: string, path: string, sign: RegExp];

/**
 * The dark theme has the same pages and other colors. It is looked at wherever
 * somebody runs the journeys, and left out where their time is bounded.
 */
export const darkTheme = { skip: Boolean(process.env.CI) };

/** Looks for barriers on pages; with a name it takes their pictures, too. */
export async function auditPages(
  browser: PortalBrowser,
  pages: PageToAudit[],
  view: View,
  pictures?: string,
): Promise<void> {
  const found: string[] = [];
  for (const [title, path, sign] of pages) {
    const page = await browser.openAsGuest(path, view);
    await page.getByText(sign).first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.getByRole('progressbar').first().waitFor({ state: 'detached' });
    if (pictures) await browser.picture(page, `${title}-${pictures}`);
    const violations = await seriousViolations(page);
    found.push(...violations.map(violation => `${path}: ${violation}`));
    if ((await overflow(page)) > 0) found.push(`${path} scrolls sideways`);
    await page.context().close();
  }
  assert.deepEqual(found, []);
}

/** How many pixels of the page lie beyond its right edge. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.max(
      0,
      document.documentElement.scrollWidth -
        document.documentElement.clientWidth,
    ),
  );
}
