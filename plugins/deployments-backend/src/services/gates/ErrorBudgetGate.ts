import type { AuthService } from '@backstage/backend-plugin-api';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { SloService } from '@forkyard/plugin-slo-node';
import { isPluginAbsent } from './isPluginAbsent';
import type { RolloutGateCheck } from './RolloutGateCheck';

/**
 * Waits while an error budget of the entity is spent. What was not measured
 * passes and says so: a new product has no data, and must begin somehow.
 */
export class ErrorBudgetGate implements RolloutGateCheck {
  readonly name = 'error-budget';
  readonly recheckSeconds = 10;
  readonly isLasting = false;

  constructor(
    private readonly options: {
      slo: Pick<SloService, 'listSlos'>;
      auth: AuthService;
    },
  ) {}

  async evaluate({ entityRef }: Rollout) {
    const items = await this.#listSlos(entityRef);
    if (!items) {
      return {
        state: 'passed',
        reason: 'The portal has no SLOs, so that no budget holds it.',
      } as const;
    }
    const spent = items.filter(
      ({ budgetRemainingRatio: left }) => left !== undefined && left <= 0,
    );
    const unknown = items.filter(
      ({ budgetRemainingRatio }) => budgetRemainingRatio === undefined,
    );
    if (spent.length > 0) {
      const names = spent.map(({ title, name }) => `'${title || name}'`);
      return {
        state: 'waiting',
        reason: `The error budget of ${names.join(', ')} is spent. Wait until it has recovered, or override the gate to ship a fix.`,
      } as const;
    }
    return {
      state: 'passed',
      reason: describe(items.length, unknown.length),
    } as const;
  }

  async #listSlos(entityRef: string) {
    const { slo, auth } = this.options;
    try {
      const credentials = await auth.getOwnServiceCredentials();
      const { items } = await slo.listSlos({ entityRef }, { credentials });
      return items;
    } catch (error) {
      if (isPluginAbsent(error)) return undefined;
      throw error;
    }
  }
}

function describe(all: number, unknown: number): string {
  if (all === 0) return 'The entity has no SLOs, so that no budget holds it.';
  if (unknown === all) {
    return 'Nothing was measured yet, so that no error budget is known to be spent.';
  }
  return unknown > 0
    ? `No error budget is known to be spent; of ${unknown} of ${all} SLOs nothing was measured.`
    : 'All error budgets have something left.';
}
