import {
  Counter,
  Histogram,
  Registry,
  collectDefaultMetrics,
} from 'prom-client';

/** What Prometheus reads at `/metrics`. One instance tells of itself only. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.#registry],
  });
  readonly #actions = new Counter({
    name: 'app_actions_total',
    help: 'AI actions by outcome',
    labelNames: ['action', 'outcome'],
    registers: [this.#registry],
  });
  readonly #tokens = new Counter({
    name: 'app_tokens_spent_total',
    help: 'Tokens spent on AI actions',
    labelNames: ['action'],
    registers: [this.#registry],
  });

  constructor(options: { version: string }) {
    this.#registry.setDefaultLabels({ version: options.version });
    collectDefaultMetrics({ register: this.#registry });
  }

  observeRequest(request: {
    method: string;
    route: string;
    status: number;
    seconds: number;
  }) {
    const { method, route, status, seconds } = request;
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  countAction(action: string, outcome: string, tokens: number) {
    this.#actions.inc({ action, outcome });
    this.#tokens.inc({ action }, tokens);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  print(): Promise<string> {
    return this.#registry.metrics();
  }
}
