import { nameOfEntity } from './nameOfEntity';
import type { PlanChecker, PlanFinding } from './PlanChecker';

/** Whether the catalog knows who is to own the fork, and its system. */
export const ownerChecker: PlanChecker = {
  id: 'owner',
  async check({ request: { owner, system }, registration }) {
    const [hasOwner, hasSystem] = await Promise.all([
      registration.hasEntity({ entityRef: owner }),
      system ? registration.hasEntity({ entityRef: system }) : true,
    ]);
    const findings: PlanFinding[] = [
      hasOwner
        ? {
            id: 'owner',
            verdict: 'pass',
            message: `Owner ${nameOfEntity(owner)} exists`,
          }
        : {
            id: 'owner',
            verdict: 'fail',
            message: `Owner ${nameOfEntity(owner)} is not in the catalog`,
            action: 'Choose a group or user of the catalog',
          },
    ];
    if (system && !hasSystem) {
      findings.push({
        id: 'system',
        verdict: 'warn',
        message: `System ${nameOfEntity(system)} is not in the catalog`,
        action: 'The fork names it all the same; add it to the catalog',
      });
    }
    return findings;
  },
};

/** Whether the sealed secrets can be used. */
export const secretsChecker: PlanChecker = {
  id: 'secrets',
  async check({ request, secrets, credentials }) {
    if (request.secrets.length === 0) return [];
    const unusable = new Set(
      await secrets.listUnusableRefs(
        { refs: request.secrets.map(({ ref }) => ref) },
        { credentials },
      ),
    );
    const keys = request.secrets
      .filter(({ ref }) => unusable.has(ref))
      .map(({ key }) => key);
    return [
      keys.length > 0
        ? {
            id: 'secrets',
            verdict: 'fail',
            message: `Secrets ${keys.join(', ')} have expired, were used already or are not yours`,
            action: 'Enter them again',
          }
        : {
            id: 'secrets',
            verdict: 'pass',
            message: `${request.secrets.length} secrets are sealed`,
          },
    ];
  },
};

/** Whether the budget is likely to suffice. */
export const budgetChecker: PlanChecker = {
  id: 'budget',
  async check({ request: { monthlyBudgetUsd }, estimate }) {
    if (!estimate) return [];
    const range = `$${estimate.lowUsd} to $${estimate.highUsd} a month`;
    return [
      monthlyBudgetUsd < estimate.highUsd
        ? {
            id: 'budget',
            verdict: 'warn',
            message: `The budget of $${monthlyBudgetUsd} may not suffice: a fork costs ${range}`,
            action: 'Raise the budget, or expect an alert',
          }
        : {
            id: 'budget',
            verdict: 'pass',
            message: `The budget covers the estimate of ${range}`,
          },
    ];
  },
};
