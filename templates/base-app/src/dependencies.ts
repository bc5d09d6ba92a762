import { AccountService } from './accounts/AccountService.js';
import { ActionService } from './actions/ActionService.js';
import { LocalActionProvider } from './actions/LocalActionProvider.js';
import { ModelActionProvider } from './actions/ModelActionProvider.js';
import { Database } from './database/Database.js';
import {
  createErrorReporter,
  type ErrorReporter,
} from './observability/ErrorReporter.js';
import { Metrics } from './observability/Metrics.js';
import type { Settings } from './settings.js';
import type { CounterStore } from './store/CounterStore.js';
import { MemoryCounterStore } from './store/MemoryCounterStore.js';
import { RateLimiter } from './store/RateLimiter.js';
import { RedisCounterStore } from './store/RedisCounterStore.js';

/** What the routes work with. */
export interface Dependencies {
  settings: Settings;
  database: Database;
  counters: CounterStore;
  accounts: AccountService;
  actions: ActionService;
  metrics: Metrics;
  errors: ErrorReporter;
  close(): Promise<void>;
}

/** Wires the application. Nothing is connected before it is used. */
export function createDependencies(settings: Settings): Dependencies {
  const database = new Database({
    url: settings.postgresUrl,
    connections: settings.postgresConnections,
  });
  const counters = settings.kvUrl
    ? new RedisCounterStore({ url: settings.kvUrl })
    : new MemoryCounterStore();
  const limiter = new RateLimiter({ counters });
  const metrics = new Metrics({ version: settings.version });
  const local = new LocalActionProvider();
  const provider = settings.model
    ? new ModelActionProvider({ model: settings.model, local })
    : local;
  return {
    settings,
    database,
    counters,
    accounts: new AccountService({
      database,
      limiter,
      startingTokens: settings.startingTokens,
    }),
    actions: new ActionService({ database, limiter, provider, metrics }),
    metrics,
    errors: createErrorReporter(settings),
    async close() {
      await Promise.all([database.close(), counters.close()]);
    },
  };
}
