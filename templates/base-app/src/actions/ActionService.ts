import type { Database } from '../database/Database.js';
import type { Metrics } from '../observability/Metrics.js';
import { Problem } from '../problems.js';
import { limits, type RateLimiter } from '../store/RateLimiter.js';
import type {
  ActionName,
  ActionProvider,
  ActionRequest,
  ActionResult,
} from './ActionProvider.js';

export interface UsageEntry {
  id: string;
  action: ActionName;
  provider: string;
  state: 'pending' | 'succeeded' | 'failed';
  tokens: number;
  durationMs?: number;
  createdAt: Date;
}

export const mostCharacters = 20_000;
const timeoutMs = 25_000;

/**
 * Runs actions and accounts for them.
 *
 * Tokens are taken before the provider is asked and given back when it fails.
 * Both are single transactions together with their row of the usage log, so the
 * balance and the log always agree. What a crash leaves pending is given back
 * with the user's next action.
 */
export class ActionService {
  readonly #database: Database;
  readonly #limiter: RateLimiter;
  readonly #provider: ActionProvider;
  readonly #metrics: Metrics;

  constructor(options: {
    database: Database;
    limiter: RateLimiter;
    provider: ActionProvider;
    metrics: Metrics;
  }) {
    this.#database = options.database;
    this.#limiter = options.limiter;
    this.#provider = options.provider;
    this.#metrics = options.metrics;
  }

  async runAction(
    userId: string,
    request: ActionRequest,
  ): Promise<{ result: ActionResult; tokens: number; balance: number }> {
    checkRequest(request);
    await this.#limiter.take(limits.actionsPerUser, userId);
    const tokens = priceOf(request);
    const { usageId, balance } = await this.#reserve(userId, request, tokens);
    const started = performance.now();
    try {
      const result = await this.#provider.run(
        request,
        AbortSignal.timeout(timeoutMs),
      );
      await this.#database.query(
        `update usage_logs
            set state = 'succeeded', duration_ms = $2, finished_at = now()
          where id = $1 and state = 'pending'`,
        [usageId, Math.round(performance.now() - started)],
      );
      this.#metrics.countAction(request.action, 'succeeded', tokens);
      return { result, tokens, balance };
    } catch (error) {
      await this.#giveBack('id = $1', [usageId]);
      this.#metrics.countAction(request.action, 'failed', 0);
      throw error instanceof Problem
        ? error
        : new Problem(
            502,
            'The AI service did not answer. Your tokens were given back; please try again.',
            { cause: error },
          );
    }
  }

  async listUsage(userId: string, most = 20): Promise<UsageEntry[]> {
    const { rows } = await this.#database.query<{
      id: string;
      action: ActionName;
      provider: string;
      state: UsageEntry['state'];
      tokens: number;
      duration_ms: number | null;
      created_at: Date;
    }>(
      `select id, action, provider, state, tokens, duration_ms, created_at
         from usage_logs where user_id = $1 order by id desc limit $2`,
      [userId, most],
    );
    return rows.map(({ duration_ms, created_at, ...entry }) => ({
      ...entry,
      durationMs: duration_ms ?? undefined,
      createdAt: created_at,
    }));
  }

  async #reserve(userId: string, request: ActionRequest, tokens: number) {
    await this.#giveBack(
      "user_id = $1 and created_at < now() - interval '5 minutes'",
      [userId],
    );
    return this.#database.transaction(async client => {
      const debited = await client.query<{ balance: number }>(
        `update user_tokens set balance = balance - $2, updated_at = now()
          where user_id = $1 and balance >= $2 returning balance`,
        [userId, tokens],
      );
      const balance = debited.rows[0]?.balance;
      if (balance === undefined) {
        throw new Problem(
          402,
          `This takes ${tokens} tokens and you have fewer left.`,
        );
      }
      const logged = await client.query<{ id: string }>(
        `insert into usage_logs (user_id, action, provider, tokens, input_bytes)
         values ($1, $2, $3, $4, $5) returning id`,
        [userId, request.action, this.#provider.name, tokens, sizeOf(request)],
      );
      return { usageId: logged.rows[0]?.id, balance };
    });
  }

  /** Fails what is still pending and returns its tokens, each row once. */
  async #giveBack(condition: string, values: unknown[]): Promise<void> {
    await this.#database.query(
      `with failed as (
         update usage_logs set state = 'failed', finished_at = now()
          where state = 'pending' and ${condition}
          returning user_id, tokens
       ), sums as (
         select user_id, sum(tokens)::integer as tokens from failed group by user_id
       )
       update user_tokens
          set balance = user_tokens.balance + sums.tokens, updated_at = now()
         from sums where user_tokens.user_id = sums.user_id`,
      values,
    );
  }
}

/** What an action costs: known before it runs, so that it can be shown. */
export function priceOf(request: ActionRequest): number {
  return request.action === 'summary'
    ? Math.max(1, Math.ceil(request.text.length / 1_000))
    : 5;
}

function sizeOf(request: ActionRequest): number {
  return request.action === 'summary'
    ? Buffer.byteLength(request.text)
    : request.image.byteLength;
}

function checkRequest(request: ActionRequest): void {
  if (request.action !== 'summary') {
    if (request.image.byteLength === 0) {
      throw new Problem(400, 'Please choose an image.');
    }
    return;
  }
  if (!request.text.trim()) {
    throw new Problem(400, 'Please enter a text.');
  }
  if (request.text.length > mostCharacters) {
    throw new Problem(
      400,
      `The text has ${request.text.length} characters; up to ${mostCharacters} can be processed.`,
    );
  }
}
