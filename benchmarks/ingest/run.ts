import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import createKnex, { type Knex } from 'knex';
import {
  quantile,
  reportBenchmark,
  withTemporaryPortal,
} from '@forkyard/launcher';
import {
  canPin,
  CONNECTIONS,
  IngestProcess,
  keepOffIngestCore,
  startPinned,
} from './IngestProcess';
import { LINES_PER_BATCH, makeDeliveries, type Delivery } from './lines';

const ROUNDS = 15;
const BATCHES_PER_ROUND = 150;
const JSON_PARSE = 'JSON.parse of the same lines';

interface Round {
  /** Microseconds a line. */
  elapsed: number;
  cpu: number;
  parse: Parse;
}

/** The same of the peer. */
interface Parse {
  elapsed: number;
  cpu: number;
}

/** How near does ingest come to the time that parsing alone takes? */
export async function run(): Promise<void> {
  await withDatabase(async (knex, databaseUrl) => {
    const { rounds, megabytes } = await measureRounds(knex, databaseUrl);
    const lost = await killInTheMiddle(knex, databaseUrl);
    const parse = rounds.map(round => round.parse.elapsed);
    const parseCpu = rounds.map(round => round.parse.cpu);
    const linesPerSecond = 1e6 / median(rounds.map(({ elapsed }) => elapsed));
    await reportBenchmark({
      name: 'ingest',
      question:
        'How long does a line of a log drain take, through HTTP to committed roll-ups on one core, against JSON.parse of the same bytes?',
      measures: [
        {
          measure: 'elapsed per line',
          ours: median(rounds.map(({ elapsed }) => elapsed)),
          peer: median(parse),
          peerName: JSON_PARSE,
          unit: 'µs',
          samples: rounds.map(({ elapsed }) => elapsed),
          peerSamples: parse,
        },
        {
          measure: 'processor time per line',
          ours: median(rounds.map(({ cpu }) => cpu)),
          peer: median(parseCpu),
          peerName: JSON_PARSE,
          unit: 'µs',
          samples: rounds.map(({ cpu }) => cpu),
          peerSamples: parseCpu,
        },
        {
          measure: 'lines lost or counted twice',
          ours: lost,
          unit: 'lines',
          samples: [lost],
        },
      ],
      notes: [
        `${Math.round(linesPerSecond)} lines a second; median of ${ROUNDS} rounds of ${BATCHES_PER_ROUND * 1.1 * LINES_PER_BATCH} lines, ${LINES_PER_BATCH} a delivery (NDJSON, signed, all documented fields), ${CONNECTIONS} connections, each round in turn with its peer. A tenth of the deliveries of each round was sent a second time.`,
        canPin
          ? 'The process that ingests is pinned to one core; the sender and PostgreSQL are pinned to another.'
          : 'Nothing is pinned to a core here.',
        `Resident memory at the end ${Math.round(megabytes)} MB. Lines lost or counted twice: over all rounds, and over a run in which the process was killed with SIGKILL in the middle, started again, and sent what it had not answered and a part of what it had.`,
      ],
    });
  });
}

const median = (samples: number[]) => quantile(samples, 0.5);

async function measureRounds(knex: Knex, databaseUrl: string) {
  const ingest = await IngestProcess.start(databaseUrl);
  const rounds: Round[] = [];
  try {
    // The first round warms up, and counts for neither.
    for (let number = 0; number <= ROUNDS; number += 1) {
      const name = `round ${number}`;
      const round = await measureRound(knex, ingest, name);
      if (number > 0) rounds.push(round);
    }
    return { rounds, megabytes: (await ingest.usage()).megabytes };
  } finally {
    await ingest.end('SIGTERM');
  }
}

async function measureRound(
  knex: Knex,
  ingest: IngestProcess,
  name: string,
): Promise<Round> {
  const now = Date.now();
  const deliveries = makeDeliveries({
    round: name,
    count: BATCHES_PER_ROUND,
    now,
  });
  const repeated = deliveries.filter((_, index) => index % 10 === 0);
  const before = await readCounts(knex);
  const cpuBefore = await ingest.usage();
  await pinDatabase(knex);
  const began = performance.now();
  await ingest.send([...deliveries, ...repeated]);
  const elapsedMs = performance.now() - began;
  const cpuAfter = await ingest.usage();
  const after = await readCounts(knex);
  if (difference(before, after, deliveries) !== 0) {
    throw new Error(
      `Lines were lost or counted twice in ${name}: ${JSON.stringify({ before, after })}`,
    );
  }
  const lines = (deliveries.length + repeated.length) * LINES_PER_BATCH;
  return {
    elapsed: (elapsedMs * 1000) / lines,
    cpu: ((cpuAfter.cpuSeconds - cpuBefore.cpuSeconds) * 1e6) / lines,
    parse: await measureParse(name, now),
  };
}

async function measureParse(name: string, now: number): Promise<Parse> {
  const child = startPinned('parseMain.ts', [
    name,
    String(BATCHES_PER_ROUND),
    String(now),
  ]);
  const [line] = (await once(
    createInterface({ input: child.stdout! }),
    'line',
  )) as [string];
  const [, elapsed, , cpu] = line.split(' ').map(Number);
  return { elapsed, cpu };
}

/** Gives how many lines were lost or counted twice. */
async function killInTheMiddle(
  knex: Knex,
  databaseUrl: string,
): Promise<number> {
  const deliveries = makeDeliveries({
    round: 'kill',
    count: BATCHES_PER_ROUND,
    now: Date.now(),
  });
  const before = await readCounts(knex);
  const first = await IngestProcess.start(databaseUrl);
  let killed: Promise<void> | undefined;
  const taken = await first.send(deliveries, count => {
    if (count === BATCHES_PER_ROUND / 2) killed = first.end('SIGKILL');
  });
  await killed;
  const again = deliveries.filter(
    (delivery, index) => !taken.has(delivery) || index % 3 === 0,
  );
  if (taken.size === deliveries.length) throw new Error('Killed too late');
  const second = await IngestProcess.start(databaseUrl);
  try {
    await second.send(again);
  } finally {
    await second.end('SIGTERM');
  }
  return difference(before, await readCounts(knex), deliveries);
}

interface Counts {
  requests: number;
  errors: number;
}

async function readCounts(knex: Knex): Promise<Counts> {
  const row = (await knex('rollup_minutes')
    .sum({ requests: 'requests', errors: 'errors' })
    .first()) as { requests: string | null; errors: string | null };
  return { requests: Number(row.requests), errors: Number(row.errors) };
}

function difference(before: Counts, after: Counts, sent: Delivery[]): number {
  const sum = (read: (delivery: Delivery) => number) =>
    sent.reduce((total, delivery) => total + read(delivery), 0);
  return (
    Math.abs(after.requests - before.requests - sum(one => one.requests)) +
    Math.abs(after.errors - before.errors - sum(one => one.errors))
  );
}

/** The processes of PostgreSQL that serve us; new ones come from others. */
async function pinDatabase(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { pid: number }[] }>(
    'select pid from pg_stat_activity',
  );
  for (const { pid } of rows) await keepOffIngestCore(pid).catch(() => {});
}

async function withDatabase(
  body: (knex: Knex, databaseUrl: string) => Promise<void>,
): Promise<void> {
  await keepOffIngestCore(process.pid);
  const own = process.env.DATABASE_URL;
  if (own) return withOwnDatabase(own, body);
  return withTemporaryPortal({ servicesOnly: true }, portal =>
    withOwnDatabase(portal.cloudDatabaseUrl, body),
  );
}

async function withOwnDatabase(
  adminUrl: string,
  body: (knex: Knex, databaseUrl: string) => Promise<void>,
): Promise<void> {
  const name = `ingest_${Date.now()}`;
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const admin = createKnex({ client: 'pg', connection: adminUrl });
  const knex = createKnex({ client: 'pg', connection: url.href });
  try {
    await admin.raw('create database ??', [name]);
    await knex.migrate.up({
      directory: join(__dirname, '../../plugins/slo-backend/migrations'),
      name: '20261121120000_rollups.js',
    });
    await body(knex, url.href);
  } finally {
    await knex.destroy();
    await admin.raw('drop database if exists ?? with (force)', [name]);
    await admin.destroy();
  }
}
