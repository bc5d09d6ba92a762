import type { Fork } from '@forkyard/plugin-forks-common';
import type { z as zod } from 'zod/v3';

/** What an agent is told of a fork. The registry brings its own zod. */
export function forkOutputSchema(z: typeof zod) {
  return z.object({
    name: z.string(),
    title: z.string(),
    entityRef: z.string(),
    owner: z.string(),
    lifecycle: z.string(),
    status: z.string(),
    statusReason: z.string(),
    base: z.string().describe('owner/repo@sha'),
    repositoryUrl: z.string().optional(),
    productionUrl: z.string().optional(),
    liveSha: z.string().optional(),
    liveSince: z.string().optional(),
    provisioningId: z.string(),
  });
}

/** Picks from a fork what an agent is told. */
export function toForkOutput(fork: Fork) {
  return {
    name: fork.name,
    title: fork.title,
    entityRef: fork.entityRef,
    owner: fork.owner,
    lifecycle: fork.lifecycle,
    status: fork.status,
    statusReason: fork.statusReason,
    base: `${fork.base.repository}@${fork.base.sha}`,
    repositoryUrl: fork.repositoryUrl,
    productionUrl: fork.productionUrl,
    liveSha: fork.live?.sha,
    liveSince: fork.live?.since,
    provisioningId: fork.provisioningId,
  };
}
