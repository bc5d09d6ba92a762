import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { auditPages, darkTheme, type PageToAudit } from './auditPages';
import { makeFork, waitForCatalog } from './forkForm';
import { ForkUnderTest } from './ForkUnderTest';
import { PortalApi } from './PortalApi';
import { PortalBrowser } from './PortalBrowser';

interface Rollout {
  id: string;
  state: string;
  reason: string;
  percent: number;
  commit?: { sha: string; message?: string };
  verdict?: {
    decision: string;
    canary: { requests: number; errors: number };
  };
}

const forkName = `gallery-${Date.now().toString(36)}`;
const entityPath = `/catalog/default/component/${forkName}`;
const tabPath = `${entityPath}/deployments`;
const requestsPerSecond = 60;
const rolloutTimeoutMs = 300_000;

/** Stages of seconds, and differences that few requests show. */
const quickCanary = `apiVersion: forkyard.dev/v1alpha1
kind: Delivery
spec:
  environments:
    production:
      strategy: canary
      stages:
        - { percent: 20, minutes: 0.1 }
        - { percent: 50, minutes: 0.1 }
      watchMinutes: 0.1
      checks: [smoke-test, schema]
      verdict:
        errorTolerance: 5 %
        latencyTolerance: 20 %
`;

const route = "routes.get('/', async context => {";

const pages: PageToAudit[] = [
  ['rollouts', tabPath, /Past rollouts/],
  ['delivery', `${entityPath}/dora`, /Deployment frequency/],
];

describe(
  'a new version on its way to its users',
  { concurrency: false },
  () => {
    const fork = new ForkUnderTest(forkName);
    const api = new PortalApi();
    let browser: PortalBrowser;
    let stop = async () => {};

    const list = async () => {
      const query = new URLSearchParams({
        entityRef: `component:default/${forkName}`,
      });
      return (
        await api.get<{ items: Rollout[] }>(`/deployments/rollouts?${query}`)
      ).items;
    };

    /** Waits until the newest rollout is of the commit and as it should be. */
    const reaches = async (
      sha: string,
      isReached: (rollout: Rollout) => boolean,
    ): Promise<Rollout> => {
      const deadline = Date.now() + rolloutTimeoutMs;
      for (;;) {
        const newest = (await list().catch(() => []))[0];
        if (newest?.commit?.sha === sha && isReached(newest)) return newest;
        if (Date.now() > deadline) {
          throw new Error(`The rollout of ${sha} is ${JSON.stringify(newest)}`);
        }
        await delay(500);
      }
    };

    /** Waits until the file's own commit is live, by itself or by our word. */
    const shipped = async () => {
      const entityRef = `component:default/${forkName}`;
      const deadline = Date.now() + rolloutTimeoutMs;
      for (;;) {
        const { environments } = await api.get<{
          environments: { environment: string; plan: { strategy: string } }[];
        }>(`/deployments/delivery?${new URLSearchParams({ entityRef })}`);
        const production = environments.find(
          ({ environment }) => environment === 'production',
        );
        const rollouts = await list();
        const isOver = rollouts.every(({ state }) => state === 'promoted');
        // Nobody visits it yet, so no verdict would come.
        const held = rollouts.find(({ state }) => state === 'progressing');
        if (held) {
          const path = `/deployments/rollouts/${held.id}/promote`;
          await api.post(path).catch(() => {});
        }
        const isPlanned = production?.plan.strategy === 'canary';
        if (isPlanned && isOver && (await fork.isStaged())) return;
        if (Date.now() > deadline) throw new Error('The plan is not in force');
        await delay(1000);
      }
    };

    before(async () => {
      browser = await PortalBrowser.launch();
      await waitForCatalog(browser);
      await makeFork(browser, { name: forkName, title: 'Gallery' });
      await fork.answers('/', 200);
      await fork.write('forkyard.yaml', 'Roll out by canary', quickCanary);
      await shipped();
      await fork.send('/', 400);
    });
    afterEach(async context => {
      await stop();
      if ('passed' in context && !context.passed) {
        await browser.keepEvidence('delivery');
      }
    });
    after(async () => {
      fork.close();
      await browser.close();
    });

    /** Commits a version whose page runs the code first. */
    const ship = (message: string, code: string) =>
      fork.commit('src/routes/pageRoutes.tsx', message, text =>
        text
          .replace(/\n.*\/\/ trial$/m, '')
          .replace(route, `${route}\n    ${code} // trial`),
      );

    it('takes back a version that fails one of five requests, by itself', async () => {
      const failedBefore = fork.failures;
      stop = fork.drive('/', requestsPerSecond);
      const sha = await ship(
        'Greet by name',
        "if (Math.random() < 0.2) throw new Error('There is no name');",
      );
      const tab = await browser.openAsGuest(tabPath, { height: 1100 });
      const rollout = region(tab, sha);
      await rollout.waitFor({ timeout: rolloutTimeoutMs });
      const ended = await reaches(sha, ({ state }) => state === 'aborted');
      await rollout.getByText('Aborted').first().waitFor();
      await rollout
        .getByText(/requests of users met the new version/)
        .waitFor();
      await browser.picture(tab, 'canary-aborted');
      await stop();
      const met = ended.verdict?.canary;
      assert.ok(met && met.errors > 0, 'Nobody was counted');
      assert.ok(met.errors <= fork.failures - failedBefore);
      const statuses = await fork.send('/', 60);
      assert.deepEqual([...statuses.keys()], [200], 'Somebody meets it still');
      await tab.context().close();
    });

    it('lets a fix past the spent error budget only when somebody breaks the glass', async () => {
      stop = fork.drive('/', requestsPerSecond);
      const sha = await ship(
        'Greet slowly',
        'await new Promise(resolve => setTimeout(resolve, 400));',
      );
      const tab = await browser.openAsGuest(tabPath, { height: 1000 });
      const rollout = region(tab, sha);
      await rollout
        .getByRole('button', { name: 'Break the glass of production' })
        .click({ timeout: rolloutTimeoutMs });
      const dialog = tab.getByRole('dialog');
      await dialog.getByLabel(/^Reason/).fill('Users wait for this fix');
      await dialog.getByRole('button', { name: /^Break the glass/ }).click();
      await dialog.waitFor({ state: 'detached' });
      await reaches(sha, ({ state }) => state === 'progressing');
      await tab.context().close();
    });

    it('takes back a version that is slow', async () => {
      stop = fork.drive('/', requestsPerSecond);
      const [{ commit }] = await list();
      const ended = await reaches(
        commit?.sha ?? '',
        ({ state }) => state === 'aborted',
      );
      assert.equal(commit?.message, 'Greet slowly');
      assert.match(ended.reason, /slow/);
    });

    it('brings a good version to everybody, although the portal dies on the way', async () => {
      stop = fork.drive('/', requestsPerSecond);
      const sha = await ship('Greet politely', "void 'politely';");
      await reaches(sha, ({ state }) => state === 'progressing');
      process.kill(Number(process.env.PORTAL_PID), 'SIGUSR2');
      const ended = await reaches(sha, ({ state }) => state === 'promoted');
      assert.equal(ended.percent, 100);
    });

    it('holds a version that nobody meets, until somebody decides', async () => {
      const sha = await ship('Greet nobody', "void 'nobody';");
      const tab = await browser.openAsGuest(tabPath, { height: 1200 });
      const rollout = region(tab, sha);
      await rollout.waitFor({ timeout: rolloutTimeoutMs });
      await reaches(
        sha,
        ({ state, verdict }) =>
          state === 'progressing' && verdict?.decision === 'hold',
      );
      await rollout
        .getByText(/its time is over/)
        .first()
        .waitFor();
      await browser.picture(tab, 'canary-held');
      await rollout.getByRole('button', { name: /^Promote/ }).click();
      const dialog = tab.getByRole('dialog');
      await dialog.getByRole('button', { name: /^Promote/ }).click();
      await reaches(sha, ({ percent }) => percent === 100);
      await tab.context().close();
    });

    it('goes back by one press, stays there, and is released', async () => {
      const tab = await browser.openAsGuest(tabPath, { height: 1000 });
      await tab
        .getByRole('button', { name: /^Roll back production from/i })
        .first()
        .click();
      const dialog = tab.getByRole('dialog');
      await dialog
        .getByText(/schema migrations/i)
        .first()
        .waitFor();
      await dialog.getByRole('button', { name: /^Roll back/ }).click();
      await dialog.waitFor({ state: 'detached', timeout: 60_000 });
      await tab
        .getByText(/Pinned by rollback/)
        .first()
        .waitFor();
      await browser.picture(tab, 'pinned');
      await tab.context().close();
    });

    it('has no serious barrier in the dark theme', darkTheme, () =>
      auditPages(browser, pages, { theme: 'dark' }, 'dark'),
    );

    it('has no serious barrier on a phone, and nothing to scroll sideways', () =>
      auditPages(browser, pages, { width: 390, height: 844 }, 'phone'));
  },
);

/** What the section of a rollout is called on the tab. */
function region(tab: Page, sha: string) {
  return tab.getByRole('region', {
    name: `Canary of ${sha.slice(0, 7)} to production`,
  });
}
