import {
  callUpstream,
  describeConnectionError,
  parseRetryAfter,
  type UpstreamFailure,
  type VercelClient,
} from '@forkyard/backend-kit';

/** What is needed to call Vercel without the SDK. */
export type VercelEndpoint = Pick<
  VercelClient,
  'apiBaseUrl' | 'logger' | 'limits'
> & { token: string };

class HttpFailure extends Error {
  constructor(
    readonly response: Response,
    body: string,
  ) {
    super(readMessage(body));
  }
}

/** Vercel's errors are `{ error: { code, message } }`. */
function readMessage(body: string): string {
  try {
    const parsed = JSON.parse(body) as { error?: { message?: unknown } };
    return String(parsed.error?.message ?? '');
  } catch {
    return '';
  }
}

/**
 * Calls Vercel without the SDK, for the two answers that the SDK spoils: it
 * reads a stream only when it is complete, and it takes one field of a
 * deployment that is new to it for a sign that the caller is not the owner,
 * and then drops most of the others.
 *
 * Bounds the time to the first byte. The body may then take its time, until
 * `stop`. Throws the errors of backend-kit's `callUpstream`.
 */
export async function fetchVercel(
  endpoint: VercelEndpoint,
  request: {
    /** Verb and object, for error messages. */
    what: string;
    path: string;
    query: Record<string, string | undefined>;
    /** Ends the call and the body. */
    stop?: AbortSignal;
  },
): Promise<Response> {
  const url = new URL(`${endpoint.apiBaseUrl}${request.path}`);
  for (const [name, value] of Object.entries(request.query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return callUpstream({
    system: 'Vercel',
    what: request.what,
    credentialsHint:
      "Check that 'vercel.token' is valid and may act on the team of the project.",
    signal: request.stop,
    logger: endpoint.logger,
    limits: endpoint.limits,
    describe: describeFailure,
    run: ({ signal }) => attempt(url, endpoint.token, signal, request.stop),
  });
}

async function attempt(
  url: URL,
  token: string,
  signal: AbortSignal,
  stop: AbortSignal | undefined,
): Promise<Response> {
  const opening = new AbortController();
  const giveUp = () => opening.abort(signal.reason);
  signal.addEventListener('abort', giveUp);
  try {
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/stream+json, application/json',
      },
      signal: stop ? AbortSignal.any([opening.signal, stop]) : opening.signal,
    });
    if (!response.ok) {
      throw new HttpFailure(response, await response.text());
    }
    return response;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function describeFailure(error: unknown): UpstreamFailure {
  if (!(error instanceof HttpFailure)) {
    return { message: describeConnectionError(error) };
  }
  const { status, headers } = error.response;
  return {
    status,
    message: error.message,
    retryAfterSeconds: parseRetryAfter(headers.get('retry-after')),
  };
}
