import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import {
  PortalApi,
  quantile,
  reportBenchmark,
  withTemporaryPortal,
} from '@forkyard/launcher';
import { buildFrontends } from '../entity-page/frontends';
import { PageVisitor } from '../entity-page/PageVisitor';
import { BackendProcess, type BackendOptions } from './BackendProcess';

const rounds = 5;
/** A component of the embedded default, in the catalogs of both. */
const component = 'base-app';

interface Sample {
  seconds: number;
  usableSeconds: number;
  megabytes: number;
}

/**
 * What do our plugins add to the time until a backend, and then its first page,
 * is there, and to its memory?
 */
export async function run(): Promise<void> {
  const root = join(__dirname, '../..');
  const frontends = await buildFrontends();
  await withTemporaryPortal({ servicesOnly: true }, async portal => {
    const { environment } = portal;
    const ours: BackendOptions = {
      entry: join(root, 'packages/backend/src/index.ts'),
      environment,
      frontend: frontends.ours,
    };
    const stock: BackendOptions = {
      entry: join(__dirname, 'stockBackend.ts'),
      environment: {
        ...environment,
        DATABASE_URL: await createDatabase(portal.cloudDatabaseUrl, 'stock'),
        APP_CONFIG_permission_enabled: 'false',
      },
      frontend: frontends.stock,
    };
    const visitor = await PageVisitor.launch();
    try {
      // The first start of each runs migrations, and counts for neither.
      await fillCatalog(ours);
      await fillCatalog(stock);
      const samples: Sample[] = [];
      const peerSamples: Sample[] = [];
      for (let round = 0; round < rounds; round += 1) {
        samples.push(await startOnce(ours, visitor));
        peerSamples.push(await startOnce(stock, visitor));
      }
      await report(samples, peerSamples);
    } finally {
      await visitor.close();
    }
  });
}

async function startOnce(
  options: BackendOptions,
  visitor: PageVisitor,
): Promise<Sample> {
  const backend = await BackendProcess.start(options);
  try {
    const seconds = backend.elapsedSeconds;
    let usableSeconds = Number.NaN;
    await visitor.visit({
      url: `${backend.url}/catalog`,
      usable: async page => {
        await page
          .locator(`a[href$="/component/${component}"]`)
          .first()
          .waitFor();
        usableSeconds = backend.elapsedSeconds;
      },
      complete: async () => {},
    });
    await delay(5_000);
    return {
      seconds,
      usableSeconds,
      megabytes: await backend.residentMegabytes(),
    };
  } finally {
    await backend.stop();
  }
}

/** Starts it once, until the catalog has read what is to be on the page. */
async function fillCatalog(options: BackendOptions): Promise<void> {
  const backend = await BackendProcess.start(options);
  try {
    const api = new PortalApi();
    await api.signIn();
    const path = `/api/catalog/entities/by-name/component/default/${component}`;
    const deadline = Date.now() + 60_000;
    while (!(await api.request('GET', path).catch(() => undefined))) {
      if (Date.now() > deadline) {
        throw new Error(`The catalog had no component '${component}' in 60 s.`);
      }
      await delay(200);
    }
  } finally {
    await backend.stop();
  }
}

async function report(ours: Sample[], stock: Sample[]): Promise<void> {
  const measure = (
    name: string,
    unit: string,
    pick: (sample: Sample) => number,
  ) => ({
    measure: name,
    ours: quantile(ours.map(pick), 0.5),
    peer: quantile(stock.map(pick), 0.5),
    peerName: 'the same Backstage without our plugins',
    unit,
    samples: ours.map(pick),
    peerSamples: stock.map(pick),
  });
  await reportBenchmark({
    name: 'start',
    question:
      'How much later is the backend ready and its first page usable, and how much more memory does it hold, with our plugins?',
    measures: [
      measure('ready', 's', sample => sample.seconds),
      measure('catalog page usable', 's', sample => sample.usableSeconds),
      measure('resident memory', 'MB', sample => sample.megabytes),
    ],
    notes: [
      `Median of ${rounds} starts each, in turns, on migrated databases with the same small catalog, backends from TypeScript sources, frontends built for production. The page is /catalog with its first component on it, in Chromium with an empty cache, opened when the backend is ready; everything counts from the start of the backend's process. Memory 5 s after the page was there.`,
    ],
  });
}

async function createDatabase(adminUrl: string, name: string) {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return adminUrl.replace(/\/[^/]*$/, `/${name}`);
}
