import {
  toForkEntityRef,
  type Provisioning,
  type ProvisioningStep,
  type StepId,
} from '@forkyard/plugin-forks-common';
import type {
  ProvisioningRecord,
  StepRecord,
} from '../database/ProvisioningStore';
import type { ProvisioningFacts } from '../steps/Step';

/**
 * Turns the ledger into what the API tells of it.
 */
export function toProvisioning(
  record: ProvisioningRecord,
  usualDurations: Partial<Record<StepId, number>>,
): Provisioning {
  const facts: ProvisioningFacts = Object.assign(
    {},
    ...record.steps.map(step => step.facts),
  );
  return {
    id: record.id,
    forkName: record.forkName,
    entityRef: toForkEntityRef(record.forkName),
    state: record.state,
    through: record.through,
    onFailure: record.onFailure,
    steps: record.steps.map(step => toStep(step, usualDurations[step.id])),
    repositoryUrl: facts.repositoryUrl,
    productionUrl: facts.productionUrl,
    createdBy: record.createdBy,
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}

function toStep(
  step: StepRecord,
  usualDurationMs: number | undefined,
): ProvisioningStep {
  return {
    id: step.id,
    state: step.state,
    attempts: step.attempts,
    startedAt: step.startedAt?.toISOString(),
    finishedAt: step.finishedAt?.toISOString(),
    resources: step.resources,
    error: step.error,
    usualDurationMs,
  };
}
