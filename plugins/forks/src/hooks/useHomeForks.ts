import { useApi } from '@backstage/frontend-plugin-api';
import {
  FORKS_SIGNAL_CHANNEL,
  type Fork,
  type Provisioning,
} from '@forkyard/plugin-forks-common';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import { forksApiRef } from '../api/forksApiRef';
import type { OwnRefs } from './useOwnRefs';

const shownForks = 10;

/** What of the forks concerns the reader now. */
export interface HomeForks {
  /** Provisionings that stand still and want a decision. */
  stopped: Provisioning[];
  /** Provisionings that run. */
  running: Provisioning[];
  /** The reader's forks in trouble. */
  troubled: Fork[];
  /** The reader's other forks. */
  others: Fork[];
  /** How many forks the reader has. */
  total: number;
}

/** Loads what of the forks concerns the reader, and keeps it fresh. */
export function useHomeForks(ownRefs: OwnRefs) {
  const forksApi = useApi(forksApiRef);
  const { userEntityRef, ownershipEntityRefs } = ownRefs;
  return useSignalOrPoll<HomeForks>({
    channel: FORKS_SIGNAL_CHANNEL,
    key: JSON.stringify(ownRefs),
    keepPrevious: true,
    pollMs: 10_000,
    load: async signal => {
      const [provisionings, forks] = await Promise.all([
        forksApi.listProvisionings(
          { states: ['failed', 'waiting', 'running', 'unwinding'], limit: 25 },
          { signal },
        ),
        ownershipEntityRefs.length > 0
          ? forksApi.listForks(
              { owners: ownershipEntityRefs, limit: shownForks },
              { signal },
            )
          : { items: [], totalItems: 0 },
      ]);
      const names = new Set(forks.items.map(fork => fork.name));
      const own = provisionings.items.filter(
        ({ createdBy, forkName }) =>
          createdBy === userEntityRef || names.has(forkName),
      );
      const inProvisioning = new Set(own.map(({ forkName }) => forkName));
      const settled = forks.items.filter(
        fork => !inProvisioning.has(fork.name),
      );
      return {
        stopped: own.filter(({ state }) => state === 'failed'),
        running: own.filter(({ state }) => state !== 'failed'),
        troubled: settled.filter(isTroubled),
        others: settled.filter(fork => !isTroubled(fork)),
        total: forks.totalItems ?? forks.items.length,
      };
    },
  });
}

function isTroubled(fork: Fork): boolean {
  return ['failing', 'degraded', 'waiting'].includes(fork.status);
}
