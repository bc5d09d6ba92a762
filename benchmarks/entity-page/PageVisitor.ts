import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

export interface Visit {
  /** Start of the largest contentful paint, ms after the navigation began. */
  largestPaint: number;
  /** When the sign of the page was seen, ms after the navigation began. */
  usable: number;
  /** When everything that was asked for was seen, likewise. */
  complete: number;
  /** Bytes of the scripts over the wire, compressed, with their headers. */
  scriptBytes: number;
  scripts: number;
}

export interface Destination {
  url: string;
  /** Waits for what tells a user that the page can be used. */
  usable(page: Page): Promise<void>;
  /** Waits for all of it. */
  complete(page: Page): Promise<void>;
}

/** A Chromium that comes to every page for the first time. */
export class PageVisitor {
  static async launch(): Promise<PageVisitor> {
    const executablePath = [
      process.env.CHROMIUM_PATH,
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ].find(path => path && existsSync(path));
    if (!executablePath) {
      throw new Error(
        'No Chromium was found. Install one, or name it in CHROMIUM_PATH.',
      );
    }
    const browser = await chromium.launch({
      executablePath,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    return new PageVisitor(browser);
  }

  private constructor(private readonly browser: Browser) {}

  get version(): string {
    return this.browser.version();
  }

  /**
   * Opens a page with an empty cache, as the guest who has signed in before:
   * a click on "Enter" would end what the browser counts as largest paint.
   */
  async visit(destination: Destination): Promise<Visit> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 1000 },
      locale: 'en-US',
      reducedMotion: 'reduce',
    });
    try {
      await context.addInitScript(() =>
        localStorage.setItem('@backstage/core:SignInPage:provider', 'guest'),
      );
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      const transferred = await countScripts(page);
      await page.goto(destination.url, { waitUntil: 'commit' });
      await destination.usable(page);
      const usable = await page.evaluate(() => performance.now());
      await destination.complete(page);
      const complete = await page.evaluate(() => performance.now());
      await page.waitForLoadState('networkidle');
      const picture = process.env.SCREENSHOTS_DIR;
      if (picture) {
        const { host } = new URL(destination.url);
        await page.screenshot({ path: `${picture}/${host}.png` });
      }
      const largestPaint = await readLargestPaint(page);
      return { largestPaint, usable, complete, ...transferred() };
    } finally {
      await context.close();
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

async function countScripts(page: Page) {
  const session = await page.context().newCDPSession(page);
  const requests = new Set<string>();
  let scriptBytes = 0;
  let scripts = 0;
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') requests.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!requests.has(requestId)) return;
    scriptBytes += encodedDataLength;
    scripts += 1;
  });
  await session.send('Network.enable');
  return () => ({ scriptBytes, scripts });
}

function readLargestPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>(resolve => {
        new PerformanceObserver(list =>
          resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN),
        ).observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );
}
