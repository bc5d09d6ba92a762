import { callVercel, type VercelClient } from '@forkyard/backend-kit';
import { z } from 'zod';

/**
 * Opens an answer of Vercel's that arrives bit by bit, which the SDK would only
 * give when it is complete.
 *
 * Bounds the time to the first byte. The body may then take its time, until
 * `stop`. Throws the errors of backend-kit's `callVercel`.
 */
export async function openVercelStream(
  client: VercelClient,
  request: {
    /** Verb and object, for error messages. */
    what: string;
    path: string;
    query: Record<string, string | undefined>;
    /** Ends the call and the body. */
    stop: AbortSignal;
  },
): Promise<Response> {
  const { what, stop } = request;
  const url = new URL(`${client.apiBaseUrl}${request.path}`);
  for (const [name, value] of Object.entries(request.query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return callVercel(client, {
    what,
    signal: stop,
    schema: z.instanceof(Response),
    run: async (_core, { fetchOptions }) => {
      const response = await fetch(url, {
        headers: {
          authorization: `Bearer ${client.token}`,
          accept: 'application/stream+json, application/json',
        },
        signal: AbortSignal.any([fetchOptions.signal, stop]),
      });
      if (response.ok) return { ok: true, value: response };
      const error = Object.assign(new Error(`Status ${response.status}`), {
        statusCode: response.status,
        headers: response.headers,
        body: await response.text(),
      });
      return { ok: false, error };
    },
  });
}
