import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import {
  findFreePort,
  portalPorts,
  PortalApi,
  quantile,
  reportBenchmark,
  requestHost,
  withTemporaryPortal,
} from '@forkyard/launcher';
import { BackendProcess } from '../start/BackendProcess';
import { buildFrontends } from './frontends';
import { PageVisitor, type Visit } from './PageVisitor';

const rounds = 9;
const name = 'measured';
const requests = 300;
const cards = [
  'Alerts',
  'Deployments',
  'Error budget',
  'Cost this month',
  'Findings',
  'About this fork',
];
const dataTimeoutMs = 180_000;

/**
 * Is the page of a fork, with a card of each part of the portal, as quickly
 * there as Backstage's own page of the same component?
 */
export async function run(): Promise<void> {
  const { ours, stock } = await buildFrontends();
  await withTemporaryPortal({ servicesOnly: true }, async portal => {
    const backends: BackendProcess[] = [];
    const visitor = await PageVisitor.launch();
    try {
      for (const [frontend, port] of [
        [ours, portalPorts.backend],
        [stock, await findFreePort()],
      ] as const) {
        process.stdout.write(`Starting a backend on port ${port}\n`);
        backends.push(
          await BackendProcess.start({
            entry: join(__dirname, '../../packages/backend/src/index.ts'),
            environment: portal.environment,
            frontend,
            port,
          }),
        );
      }
      await makeForkWithData();
      const [oursVisits, stockVisits] = await measure(
        visitor,
        backends.map(backend => backend.url),
      );
      await report(oursVisits, stockVisits, visitor.version);
    } finally {
      await visitor.close();
      for (const backend of backends) await backend.stop();
    }
  });
}

/** Makes a fork, sends it requests, and waits until every card has numbers. */
async function makeForkWithData(): Promise<void> {
  const api = new PortalApi();
  await api.signIn();
  process.stdout.write('Making a fork\n');
  await untilTrue(
    () => 'the form was there',
    async () => {
      await api.request(
        'GET',
        '/api/catalog/entities/by-name/template/default/fork',
      );
      return true;
    },
  );
  const task = await api.createFork({
    name,
    title: 'Measured',
    description: 'Made by the benchmark',
    owner: 'group:default/platform',
    baseApplication: 'acme/base-app',
    sloTier: 'standard',
    monthlyBudgetUsd: 10,
    onFailure: 'keep',
  });
  await api.waitForTask(task);
  for (let sent = 0; sent < requests; sent += 1) {
    await requestHost(`${name}.localhost:${portalPorts.gateway}`, '/');
  }
  process.stdout.write('Waiting until every card has its numbers\n');
  let missing: string[] = [];
  await untilTrue(
    () => `there was data for: ${missing.join(', ')}`,
    async () => {
      const { vitals } = await api.request<{
        vitals: {
          slo?: { status: string };
          cost?: object;
          findings?: object;
        };
      }>('GET', `/api/forks/forks/${name}`);
      missing = [
        ...(vitals.slo?.status === 'ok' ? [] : ['slo']),
        ...(vitals.cost ? [] : ['cost']),
        ...(vitals.findings ? [] : ['findings']),
      ];
      return missing.length === 0;
    },
  );
}

async function untilTrue(what: () => string, check: () => Promise<boolean>) {
  const deadline = Date.now() + dataTimeoutMs;
  while (!(await check().catch(() => false))) {
    if (Date.now() > deadline) {
      throw new Error(
        `It took longer than ${dataTimeoutMs} ms until ${what()}.`,
      );
    }
    await delay(500);
  }
}

/** Visits both in turns; the first visit of each counts for neither. */
async function measure(visitor: PageVisitor, [oursUrl, stockUrl]: string[]) {
  const oursVisits: Visit[] = [];
  const stockVisits: Visit[] = [];
  const path = `/catalog/default/component/${name}`;
  for (let round = 0; round <= rounds; round += 1) {
    const ours = await visitor.visit({
      url: `${oursUrl}${path}`,
      usable: aboutCard,
      complete: allCards,
    });
    const stock = await visitor.visit({
      url: `${stockUrl}${path}`,
      usable: aboutCard,
      complete: relations,
    });
    if (round > 0) {
      oursVisits.push(ours);
      stockVisits.push(stock);
    }
  }
  return [oursVisits, stockVisits];
}

/** Both pages have Backstage's own card with the description. */
async function aboutCard(page: Page): Promise<void> {
  await page.getByText('About', { exact: true }).first().waitFor();
  await page.getByText('Made by the benchmark').first().waitFor();
}

/** Both have the graph of relations, which is drawn last. */
async function relations(page: Page): Promise<void> {
  await page.getByText('View graph').first().waitFor();
}

async function allCards(page: Page): Promise<void> {
  await relations(page);
  for (const card of cards) {
    await page.getByText(card, { exact: true }).first().waitFor();
  }
  await page.waitForFunction(
    () => !document.querySelector('main [aria-busy="true"]'),
  );
}

async function report(ours: Visit[], stock: Visit[], chromium: string) {
  const measure = (
    title: string,
    unit: string,
    pick: (visit: Visit) => number,
  ) => ({
    measure: title,
    ours: quantile(ours.map(pick), 0.5),
    peer: quantile(stock.map(pick), 0.5),
    peerName: 'the same Backstage without our plugins',
    unit,
    samples: ours.map(pick),
    peerSamples: stock.map(pick),
  });
  await reportBenchmark({
    name: 'entity-page',
    question:
      "How much later, and heavier, is a fork's page with all its cards than Backstage's own page of the same component?",
    measures: [
      measure('largest paint', 'ms', visit => visit.largestPaint),
      measure('about card is there', 'ms', visit => visit.usable),
      measure('all cards have their data', 'ms', visit => visit.complete),
      measure('JavaScript', 'kB', visit => visit.scriptBytes / 1000),
      measure('script files', 'files', visit => visit.scripts),
    ],
    notes: [
      `Median of ${rounds} visits each, in turns, after one that counts for neither; Chromium ${chromium}, 1280 x 1000, empty cache each time, no throttling, the guest signed in by an earlier visit.`,
      `Both frontends are production builds, each served compressed by @backstage/plugin-app-backend from its own backend; the two backends are the same portal on one database and answer the same page's API calls.`,
      "The peer is packages/app without our plugins, navigation, theme and home page, with Backstage's own in their place. JavaScript is the bytes over the wire of all scripts until the network is idle.",
    ],
  });
}
