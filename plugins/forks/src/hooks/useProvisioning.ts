import { useRef } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  provisioningSignalChannel,
  type Provisioning,
  type ProvisioningLogLine,
} from '@forkyard/plugin-forks-common';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import { forksApiRef } from '../api/forksApiRef';

const activePollMs = 1_500;
const restingPollMs = 10_000;
/** The log comes in portions of at most so many lines. */
const portionSize = 1_000;

/** Follows a provisioning until it is over. */
export function useProvisioning(id: string) {
  const forksApi = useApi(forksApiRef);
  return useSignalOrPoll({
    channel: provisioningSignalChannel(id),
    key: id,
    load: signal => forksApi.getProvisioning({ id }, { signal }),
    pollMs: provisioning => pollMsOf(provisioning?.state),
  });
}

/** Follows the log of a provisioning, fetching only what is new. */
export function useProvisioningLog(
  id: string,
  state: Provisioning['state'] | undefined,
) {
  const forksApi = useApi(forksApiRef);
  const held = useRef<{ id: string; lines: ProvisioningLogLine[] }>({
    id,
    lines: [],
  });
  return useSignalOrPoll({
    channel: provisioningSignalChannel(id),
    // The state is a part of the key so that its last lines are read, too.
    key: `${id} ${state}`,
    keepPrevious: true,
    pollMs: () => pollMsOf(state),
    load: async signal => {
      if (held.current.id !== id) held.current = { id, lines: [] };
      for (;;) {
        const { lines } = held.current;
        const { items } = await forksApi.getProvisioningLog(
          { id, after: lines.at(-1)?.sequence },
          { signal },
        );
        if (signal.aborted) return lines;
        if (items.length > 0) {
          held.current = { id, lines: [...lines, ...items] };
        }
        if (items.length < portionSize) return held.current.lines;
      }
    },
  });
}

function pollMsOf(state: Provisioning['state'] | undefined): number | false {
  switch (state) {
    case 'succeeded':
    case 'unwound':
      return false;
    case 'failed':
    case 'waiting':
      return restingPollMs;
    default:
      return activePollMs;
  }
}
