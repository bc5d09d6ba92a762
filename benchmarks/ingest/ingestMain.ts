import type { AddressInfo } from 'node:net';
import express from 'express';
import createPromiseRouter from 'express-promise-router';
import createKnex from 'knex';
import { DatabaseRollupStore } from '../../plugins/slo-backend/src/database/DatabaseRollupStore';
import { DefaultIngestService } from '../../plugins/slo-backend/src/ingest/DefaultIngestService';
import { addDrainRoutes } from '../../plugins/slo-backend/src/router/drainRoutes';
import { SECRET } from './lines';

/**
 * Serves the routes of the drains over HTTP, on the store and the service that
 * the plugin uses. Says its port, and on SIGUSR2 the processor time it took.
 */
async function main() {
  const knex = createKnex({
    client: 'pg',
    connection: process.env.DATABASE_URL,
    pool: { min: 2, max: 4 },
  });
  const logger = {
    error: console.error,
    warn: console.warn,
    info: console.info,
    debug: () => {},
    child: () => logger,
  };
  const ingest = new DefaultIngestService({
    rollups: new DatabaseRollupStore(knex),
    secrets: { listSecrets: async () => [SECRET] },
    logger,
  });
  const router = createPromiseRouter();
  addDrainRoutes(router, { ingest });
  const server = express()
    .use(router)
    .listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      process.stdout.write(`port ${port}\n`);
    });
  // Lets Node write a profile when it was asked for one.
  process.on('SIGTERM', () => process.exit());
  process.on('SIGUSR2', () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(
      `cpu ${user + system} rss ${process.memoryUsage().rss}\n`,
    );
  });
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
