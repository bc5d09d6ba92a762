import type { Settings } from '../settings.js';
import { log } from './log.js';

/** Tells of errors that nobody expected. */
export interface ErrorReporter {
  report(error: unknown, context: Record<string, string>): Promise<void>;
}

/** Writes to the log, and to Sentry when it is configured. */
export function createErrorReporter(
  settings: Pick<Settings, 'sentryDsn' | 'version' | 'environment'>,
): ErrorReporter {
  const { sentryDsn: dsn } = settings;
  let sentry: Promise<ErrorReporter> | undefined;
  return {
    async report(error, context) {
      log('error', error instanceof Error ? error.message : String(error), {
        ...context,
        stack: error instanceof Error ? error.stack : undefined,
      });
      if (!dsn) {
        return;
      }
      try {
        sentry ??= openSentry({ ...settings, dsn });
        await (await sentry).report(error, context);
      } catch (failure) {
        log('warn', `Sentry could not be told: ${String(failure)}`);
      }
    },
  };
}

/** Loads Sentry on the first error: it would double the time to start. */
async function openSentry(options: {
  dsn: string;
  version: string;
  environment: string;
}): Promise<ErrorReporter> {
  const { createStackParser, createTransport, Scope } =
    await import('@sentry/core');
  const { nodeStackLineParser, ServerRuntimeClient } =
    await import('@sentry/core/server');
  const client = new ServerRuntimeClient({
    dsn: options.dsn,
    release: options.version,
    environment: options.environment,
    platform: 'node',
    runtime: { name: 'node', version: process.version },
    integrations: [],
    stackParser: createStackParser(nodeStackLineParser()),
    transport: transportOptions =>
      createTransport(transportOptions, async request => {
        const response = await fetch(transportOptions.url, {
          method: 'POST',
          headers: { 'content-type': 'application/x-sentry-envelope' },
          body: request.body as string | Uint8Array<ArrayBuffer>,
          signal: AbortSignal.timeout(2_000),
        });
        await response.body?.cancel();
        return { statusCode: response.status };
      }),
  });
  client.init();
  return {
    async report(error, context) {
      const scope = new Scope();
      scope.setTags(context);
      client.captureException(error, {}, scope);
      // A serverless instance may be frozen as soon as it has answered.
      await client.flush(2_000);
    },
  };
}
