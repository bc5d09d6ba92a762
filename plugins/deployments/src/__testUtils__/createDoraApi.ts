import type { DoraApi } from '@forkyard/plugin-deployments-common';
import {
  abortedChange,
  createChange,
  createDoraReport,
  failedChange,
} from './dora';

/** The port with answers that a test replaces one by one. */
export function createDoraApi(
  overrides: Partial<DoraApi> = {},
): jest.Mocked<DoraApi> {
  return {
    getDoraReport: jest.fn(
      overrides.getDoraReport ??
        (async ({ days }) => createDoraReport({ days: days ?? 30 })),
    ),
    listDeliveryChanges: jest.fn(
      overrides.listDeliveryChanges ??
        (async ({ metric: name }) => ({
          items:
            name === 'change-fail-rate'
              ? [abortedChange, failedChange]
              : [createChange({ id: 'good' }), abortedChange, failedChange],
        })),
    ),
  };
}
