import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright-core';

/** How a visitor looks at the portal. */
export interface View {
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
}

const launchArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A browser at the portal of `PORTAL_URL`.
 *
 * Writes pictures into `SCREENSHOTS_DIR` when it is set, and what a page looked
 * like when a test failed into `test-results`.
 */
export class PortalBrowser {
  readonly url = process.env.PORTAL_URL ?? 'http://localhost:3000';
  readonly #pages: Page[] = [];

  static async launch(): Promise<PortalBrowser> {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: launchArguments,
    });
    return new PortalBrowser(browser);
  }

  private constructor(private readonly browser: Browser) {}

  /** Opens a path of the portal, signed in as the guest. */
  async openAsGuest(path: string, view: View = {}): Promise<Page> {
    const { theme = 'light', width = 1280, height = 800 } = view;
    const context = await this.browser.newContext({
      viewport: { width, height },
      locale: 'en-US',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await context.addInitScript(
      chosen => localStorage.setItem('theme', chosen),
      theme,
    );
    const page = await context.newPage();
    this.#pages.push(page);
    page.setDefaultTimeout(60_000);
    await page.goto(`${this.url}${path}`);
    await page.getByRole('button', { name: 'Enter' }).click();
    // Nothing of the page is to be hovered before it is looked at.
    await page.mouse.move(0, 0);
    return page;
  }

  /** Opens an address outside the portal and tells its status. */
  async statusOf(address: string): Promise<number | undefined> {
    const context = await this.browser.newContext();
    try {
      const page = await context.newPage();
      const response = await page.goto(address);
      return response?.status();
    } finally {
      await context.close();
    }
  }

  /** Takes a picture for the documentation, when pictures are asked for. */
  async picture(page: Page, name: string): Promise<void> {
    const folder = process.env.SCREENSHOTS_DIR;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await page.screenshot({
      path: join(folder, `${name}.png`),
      animations: 'disabled',
    });
  }

  /** Keeps what every open page looks like, to see why a test failed. */
  async keepEvidence(name: string): Promise<void> {
    const folder = join(__dirname, '../../../test-results');
    await mkdir(folder, { recursive: true });
    for (const [index, page] of this.#pages.entries()) {
      if (page.isClosed()) continue;
      await page.screenshot({ path: join(folder, `${name}-${index}.png`) });
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/**
 * Lists what axe finds serious or critical on a page, in words.
 *
 * One finding is left out, because it is Backstage UI's: a tab of a page's
 * header names a panel (`aria-controls`) that is not on the page.
 */
export async function seriousViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes
        .filter(
          ({ html }) =>
            id !== 'aria-valid-attr-value' || !html.includes('bui-Tab'),
        )
        .map(node => `${id}: ${help}: ${node.html.slice(0, 200)}`),
    );
}
