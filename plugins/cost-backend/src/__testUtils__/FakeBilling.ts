import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

type Row = Record<string, unknown>;

/**
 * Answers `GET /v1/billing/charges` over HTTP as Vercel documents it, from rows
 * that a test may change.
 */
export class FakeBilling {
  /** Rows, or lines as they are, which come with the newest days. */
  rows: (Row | string)[] = [];
  /** When set, every request is refused with it. */
  refusal?: number;
  /** The ranges that were asked for. */
  readonly asked: { from: string; to: string }[] = [];
  readonly #server = createServer((request, response) =>
    this.#answer(request, response),
  );

  static async start(): Promise<FakeBilling> {
    const billing = new FakeBilling();
    await new Promise<void>(resolve => {
      billing.#server.listen(0, '127.0.0.1', resolve);
    });
    return billing;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://billing');
    const [from, to] = ['from', 'to'].map(name =>
      (url.searchParams.get(name) ?? '').slice(0, 10),
    );
    if (this.refusal) {
      response.writeHead(this.refusal, { 'retry-after': '60' });
      response.end('{"error":{"code":"x","message":"Nope"}}');
      return;
    }
    this.asked.push({ from, to });
    response.writeHead(200, { 'content-type': 'application/jsonl' });
    response.end(
      this.rows
        .filter(row =>
          typeof row === 'string'
            ? to > new Date().toISOString()
            : isWithin(row, from, to),
        )
        .map(row => (typeof row === 'string' ? row : JSON.stringify(row)))
        .join('\n'),
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }
}

/** A row of FOCUS for requests of a project on a day. */
export function createFocusRow(
  day: string,
  projectId: string | undefined,
  amount: number,
  row: Row = {},
): Row {
  return {
    BilledCost: amount,
    EffectiveCost: amount,
    BillingCurrency: 'USD',
    ChargeCategory: 'Usage',
    ChargePeriodStart: `${day}T00:00:00.000Z`,
    ConsumedQuantity: 1000,
    ConsumedUnit: 'Requests',
    ServiceName: 'Edge Requests',
    Tags: projectId ? { ProjectId: projectId } : {},
    ...row,
  };
}

function isWithin(row: Row, from: string, to: string): boolean {
  const day = String(row.ChargePeriodStart).slice(0, 10);
  return day >= from && day < to;
}
