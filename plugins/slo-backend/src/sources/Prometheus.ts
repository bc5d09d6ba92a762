import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  callUpstream,
  describeConnectionError,
  parseAnswer,
  parseRetryAfter,
  type UpstreamFailure,
  type UpstreamLimits,
} from '@forkyard/backend-kit';
import { z } from 'zod';

/** No answer that we ask for is larger. */
const MAX_ANSWER_BYTES = 5_000_000;

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.unknown(),
});
const errorSchema = z.object({ error: z.string().max(2000) });

/** Prometheus answered with an error. */
class PrometheusError extends Error {
  constructor(readonly failure: UpstreamFailure) {
    super(failure.message);
  }
}

/** How to reach a Prometheus, or what speaks its API. */
export interface PrometheusOptions {
  /** Without a trailing slash. */
  url: string;
  token?: string;
  logger?: LoggerService;
  limits?: UpstreamLimits;
}

/**
 * Asks a Prometheus's HTTP API
 * (https://prometheus.io/docs/prometheus/latest/querying/api/).
 *
 * Throws `InputError` for a query that it rejects, and
 * `ServiceUnavailableError` for everything else that goes wrong.
 */
export class Prometheus {
  constructor(private readonly options: PrometheusOptions) {}

  async get<TSchema extends z.ZodType>(request: {
    what: string;
    path: string;
    query: Record<string, string>;
    /** Of the answer's `data`. */
    schema: TSchema;
  }): Promise<z.output<TSchema>> {
    const { url, token, logger, limits } = this.options;
    const address = `${url}${request.path}?${new URLSearchParams(request.query)}`;
    return callUpstream({
      system: 'Prometheus',
      what: request.what,
      credentialsHint: "Check 'slo.prometheus.token'.",
      logger,
      limits,
      describe,
      run: async ({ signal }) => {
        const response = await fetch(address, {
          signal,
          headers: token ? { authorization: `Bearer ${token}` } : {},
        });
        const body = await readBody(response);
        if (!response.ok) {
          const parsed = errorSchema.safeParse(body);
          throw new PrometheusError({
            status: response.status,
            message: parsed.data?.error ?? '',
            retryAfterSeconds: parseRetryAfter(
              response.headers.get('retry-after'),
            ),
          });
        }
        const { data } = parseAnswer(answerSchema, body);
        return parseAnswer(request.schema, data);
      },
    });
  }
}

function describe(error: unknown): UpstreamFailure {
  return error instanceof PrometheusError
    ? error.failure
    : { message: describeConnectionError(error) };
}

async function readBody(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      throw new PrometheusError({
        message: `its answer is longer than ${MAX_ANSWER_BYTES} bytes`,
      });
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
