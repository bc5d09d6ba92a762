import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { wait } from '@forkyard/backend-kit';
import type { VercelProject } from './vercelSchemas';

/**
 * Waits until Vercel moved production's traffic, as it was asked to.
 *
 * Throws `ConflictError` when it gave up, `ServiceUnavailableError` when it has
 * not finished after a minute.
 */
export async function awaitTraffic(options: {
  what: 'promotion' | 'rollback';
  externalId: string;
  readProject: () => Promise<VercelProject>;
  timeoutMs?: number;
  intervalMs?: number;
}): Promise<void> {
  const { what, externalId, timeoutMs = 60_000, intervalMs = 500 } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  while (!signal.aborted) {
    const { targets, lastAliasRequest } = await options.readProject();
    const isOurs = lastAliasRequest?.toDeploymentId === externalId;
    const status = isOurs ? lastAliasRequest.jobStatus : undefined;
    if (status === 'failed' || status === 'skipped') {
      throw new ConflictError(
        `Vercel ${status} the ${what} of '${externalId}'; production is unchanged. Look at the project's page at Vercel, then try again.`,
      );
    }
    if (status === 'succeeded') return;
    if (!isOurs && targets?.production?.id === externalId) return;
    await wait(intervalMs);
  }
  throw new ServiceUnavailableError(
    `Vercel accepted the ${what} of '${externalId}' and had not finished it after ${timeoutMs / 1000} s. It may still finish; look again in a minute.`,
  );
}
