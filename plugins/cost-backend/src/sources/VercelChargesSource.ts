import { ServiceUnavailableError } from '@backstage/errors';
import {
  callUpstream,
  describeConnectionError,
  parseRetryAfter,
  type UpstreamFailure,
  type VercelClient,
} from '@forkyard/backend-kit';
import type { ChargesAnswer, ChargesSource } from './ChargesSource';
import { NoChargeError, readFocusRow } from './focusRow';
import { BodyTooLongError, readLines, type Line } from './readLines';

/** How much of an answer is taken; for tests to lower. */
export interface AnswerLimits {
  lineBytes: number;
  bodyBytes: number;
  timeoutMs: number;
}

const LIMITS: AnswerLimits = {
  lineBytes: 64 * 1024,
  bodyBytes: 32 * 1024 * 1024,
  timeoutMs: 120_000,
};

/** Wrong lines that are told; the others are only counted. */
const MOST_EXAMPLES = 10;

const DAY_MS = 24 * 60 * 60_000;

type DayRange = { from: string; to: string };

/**
 * Reads what Vercel charges the team, day by day, from
 * `GET /v1/billing/charges`: FOCUS 1.3 as one JSON object a line.
 *
 * A line that is no charge is counted and left out. An answer that is longer
 * than we hold at once is asked for again in halves, down to a day. A team that
 * has never been charged is told by a 404 with the code `costs_not_found`
 * (observed by others, not documented), which is an empty answer.
 */
export class VercelChargesSource implements ChargesSource {
  readonly id = 'vercel';
  readonly title = 'Vercel';
  readonly #client: VercelClient;
  readonly #limits: AnswerLimits;

  constructor(options: { client: VercelClient; limits?: AnswerLimits }) {
    this.#client = options.client;
    this.#limits = options.limits ?? LIMITS;
  }

  async listCharges(
    range: DayRange,
    options: { signal?: AbortSignal },
  ): Promise<ChargesAnswer> {
    try {
      return await this.#listOnce(range, options.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isTooLong(error)) throw toUnavailable(error);
    }
    if (range.from === range.to) {
      throw new ServiceUnavailableError(
        `Vercel's charges of ${range.from} are longer than ${this.#limits.bodyBytes} bytes and cannot be read.`,
      );
    }
    const middle = toDay((Date.parse(range.from) + Date.parse(range.to)) / 2);
    return merge(
      await this.listCharges({ from: range.from, to: middle }, options),
      await this.listCharges(
        { from: toDay(Date.parse(middle) + DAY_MS), to: range.to },
        options,
      ),
    );
  }

  async #listOnce(
    range: DayRange,
    signal: AbortSignal | undefined,
  ): Promise<ChargesAnswer> {
    const { apiBaseUrl, teamId, token, logger, limits } = this.#client;
    const url = new URL(`${apiBaseUrl}/v1/billing/charges`);
    url.searchParams.set('from', new Date(range.from).toISOString());
    url.searchParams.set(
      'to',
      new Date(Date.parse(range.to) + DAY_MS).toISOString(),
    );
    if (teamId) url.searchParams.set('teamId', teamId);
    return callUpstream({
      system: 'Vercel',
      what: `list the charges from ${range.from} to ${range.to}`,
      credentialsHint:
        "Check that 'vercel.token' is valid and that its role in the team of 'vercel.teamId' may read billing.",
      signal,
      logger,
      limits: { ...limits, timeoutMs: this.#limits.timeoutMs },
      describe: describeFailure,
      run: async ({ signal: ending }) => {
        const response = await fetch(url, {
          headers: { authorization: `Bearer ${token}` },
          signal: ending,
        });
        if (!response.ok) return readRefusal(response);
        return this.#readCharges(response, range);
      },
    });
  }

  async #readCharges(
    response: Response,
    range: DayRange,
  ): Promise<ChargesAnswer> {
    const answer = emptyAnswer();
    if (!response.body) return answer;
    for await (const line of readLines(response.body, this.#limits)) {
      addLine(answer, line, range);
    }
    return answer;
  }
}

/**
 * Adds a line, or counts it as rejected. A charge that began on another day is
 * told with that day and left out here.
 */
function addLine(answer: ChargesAnswer, line: Line, range: DayRange): void {
  try {
    if ('problem' in line) throw new NoChargeError(line.problem);
    const charge = readFocusRow(line.text);
    if (charge.day >= range.from && charge.day <= range.to) {
      answer.charges.push(charge);
    }
  } catch (error) {
    if (!(error instanceof NoChargeError)) throw error;
    const { rejected } = answer;
    rejected.count++;
    if (rejected.examples.length < MOST_EXAMPLES) {
      rejected.examples.push({ line: line.number, reason: error.message });
    }
  }
}

function merge(first: ChargesAnswer, second: ChargesAnswer): ChargesAnswer {
  return {
    charges: [...first.charges, ...second.charges],
    rejected: {
      count: first.rejected.count + second.rejected.count,
      examples: [...first.rejected.examples, ...second.rejected.examples].slice(
        0,
        MOST_EXAMPLES,
      ),
    },
  };
}

function emptyAnswer(): ChargesAnswer {
  return { charges: [], rejected: { count: 0, examples: [] } };
}

class RefusedError extends Error {
  name = 'RefusedError' as const;

  constructor(readonly failure: UpstreamFailure) {
    super(failure.message);
  }
}

async function readRefusal(response: Response): Promise<ChargesAnswer> {
  const { code, message } = await readVercelError(response);
  if (response.status === 404 && code === 'costs_not_found') {
    return emptyAnswer();
  }
  throw new RefusedError({
    status: response.status,
    message,
    retryAfterSeconds: parseRetryAfter(response.headers.get('retry-after')),
  });
}

/** Vercel's errors are `{ error: { code, message } }`. */
async function readVercelError(
  response: Response,
): Promise<{ code?: string; message: string }> {
  try {
    const { error } = (await response.json()) as {
      error?: { code?: unknown; message?: unknown };
    };
    return {
      code: typeof error?.code === 'string' ? error.code : undefined,
      message: typeof error?.message === 'string' ? error.message : '',
    };
  } catch {
    return { message: '' };
  }
}

function describeFailure(error: unknown): UpstreamFailure {
  if (error instanceof RefusedError) return error.failure;
  // Asking again for as much would not help.
  if (error instanceof BodyTooLongError) return { status: 413, message: '' };
  return { message: describeConnectionError(error) };
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof BodyTooLongError;
}

/** What Vercel finds wrong with our request is no fault of our caller. */
function toUnavailable(error: unknown): Error {
  return error instanceof Error && error.name === 'ServiceUnavailableError'
    ? error
    : new ServiceUnavailableError(
        error instanceof Error ? error.message : String(error),
      );
}

function toDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
