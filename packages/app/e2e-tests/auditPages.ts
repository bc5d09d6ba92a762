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
    await isAtRest(page);
    if (pictures) await browser.picture(page, `${title}-${pictures}`);
    const barriers = await lastingBarriers(page);
    found.push(...barriers.map(barrier => `${path}: ${barrier}`));
    if ((await overflow(page)) > 0) found.push(`${path} scrolls sideways`);
    await page.context().close();
  }
  assert.deepEqual(found, []);
}

/** How often a page is looked at before its barriers are taken as they are. */
const maxLooks = 5;

/** Waits until the page asks for nothing more and shows no progress. */
async function isAtRest(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.getByRole('progressbar').first().waitFor({ state: 'detached' });
}

/**
 * Lists the barriers of a page at rest.
 *
 * A card that begins to load while the page is looked at shows barriers that
 * are no more a moment later, a color that fades in among them: what counts is
 * what two looks in succession agree on.
 */
async function lastingBarriers(page: Page): Promise<string[]> {
  let barriers = await seriousViolations(page);
  for (let looks = 1; barriers.length > 0 && looks < maxLooks; looks += 1) {
    await isAtRest(page);
    const again = await seriousViolations(page);
    if (again.join('\n') === barriers.join('\n')) break;
    barriers = again;
  }
  return barriers;
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
