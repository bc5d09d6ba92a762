import type { DeploymentState } from '@forkyard/plugin-deployments-common';
import type { HistoryFilter } from '../../hooks/useDeploymentHistory';

/** The choices of the state filter, in the words of the list. */
export const stateChoices = {
  running: { label: 'In progress', states: ['queued', 'building'] },
  ready: { label: 'Ready', states: ['ready'] },
  failed: { label: 'Failed', states: ['failed'] },
  canceled: { label: 'Canceled', states: ['canceled'] },
} as const satisfies Record<
  string,
  { label: string; states: readonly DeploymentState[] }
>;

export type StateChoice = keyof typeof stateChoices;

/** Reads the filter from the address, so that a filtered list can be shared. */
export function readFilter(search: URLSearchParams): HistoryFilter & {
  stateChoice?: StateChoice;
} {
  const chosen = search.get('state') ?? '';
  const stateChoice = Object.keys(stateChoices).find(
    (key): key is StateChoice => key === chosen,
  );
  return {
    environment: search.get('environment') || undefined,
    states: stateChoice && [...stateChoices[stateChoice].states],
    stateChoice,
  };
}
