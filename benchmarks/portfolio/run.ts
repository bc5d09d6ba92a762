import { Client } from 'pg';
import {
  PortalApi,
  quantile,
  reportBenchmark,
  withTemporaryPortal,
  type Measure,
} from '@forkyard/launcher';
import { fill } from './fill';

const sizes = [100, 1_000, 10_000];
const samples = 200;

const pages = {
  forks: '/api/forks/forks?limit=25&sort=name',
  failingFirst: '/api/forks/forks?limit=25',
  leastBudget: '/api/forks/forks?limit=25&sort=budget',
  dearest: '/api/forks/forks?limit=25&sort=cost',
  mostCriticals: '/api/forks/forks?limit=25&sort=criticals',
  mostAlerts: '/api/forks/forks?limit=25&sort=alerts',
  burning: '/api/forks/forks?limit=25&sort=cost&budget=burning',
  catalog:
    '/api/catalog/entities/by-query?limit=25&filter=kind=component,spec.type=service&orderField=metadata.name,asc',
};

/** Does the first page of the portfolio stay as quick as the catalog's own? */
export async function run(): Promise<void> {
  await withTemporaryPortal({ backendOnly: true }, async portal => {
    const api = new PortalApi();
    await api.signIn();
    const client = new Client({
      connectionString: portal.environment.DATABASE_URL,
    });
    await client.connect();
    const measures: Measure[] = [];
    let filled = 0;
    try {
      for (const size of sizes) {
        await fill(client, filled + 1, size);
        filled = size;
        measures.push(...(await measure(api, size)));
      }
    } finally {
      await client.end();
    }
    await reportBenchmark({
      name: 'portfolio',
      question:
        "How long does the first page of the fork list take, with all columns, against the catalog's own first page of the same components?",
      measures,
      notes: [
        `${samples} requests each in turns, one at a time, over loopback HTTP with the guest's token, after 20 to warm up. Rows were put into the tables directly.`,
      ],
    });
  });
}

async function measure(api: PortalApi, size: number): Promise<Measure[]> {
  const times: Record<keyof typeof pages, number[]> = {
    forks: [],
    failingFirst: [],
    leastBudget: [],
    dearest: [],
    mostCriticals: [],
    mostAlerts: [],
    burning: [],
    catalog: [],
  };
  for (let round = 0; round < samples + 20; round += 1) {
    for (const [name, path] of Object.entries(pages)) {
      const began = performance.now();
      const { items } = await api.request<{ items: unknown[] }>('GET', path);
      const elapsed = performance.now() - began;
      if (items.length < 20) throw new Error(`${path} gave ${items.length}`);
      if (round >= 20) times[name as keyof typeof pages].push(elapsed);
    }
  }
  const rows: Measure[] = [];
  for (const [title, name] of [
    ['by name', 'forks'],
    ['failing first', 'failingFirst'],
    ['least budget first', 'leastBudget'],
    ['dearest first', 'dearest'],
    ['most criticals first', 'mostCriticals'],
    ['most alerts first', 'mostAlerts'],
    ['burning, dearest first', 'burning'],
  ] as const) {
    for (const [label, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const) {
      rows.push({
        measure: `${label}, ${size} forks, ${title}`,
        ours: quantile(times[name], share),
        peer: quantile(times.catalog, share),
        peerName: 'catalog /entities/by-query by name',
        unit: 'ms',
        samples: times[name],
        peerSamples: times.catalog,
      });
    }
  }
  return rows;
}
