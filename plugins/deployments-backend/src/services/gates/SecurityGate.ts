import type { AuthService } from '@backstage/backend-plugin-api';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import type {
  Finding,
  SecurityFindingsApi,
} from '@forkyard/plugin-security-findings-common';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import { isPluginAbsent } from './isPluginAbsent';
import type { RolloutGateCheck } from './RolloutGateCheck';

/** Scans follow a push; findings that none has confirmed by then count as they are. */
const CONFIRMATION_MS = 15 * 60_000;

/** So long after a deployment its repository has been scanned. */
const SCAN_LAG_MS = 15 * 60_000;

const LIMIT = 100;

/**
 * Fails what has open critical findings that are overdue, or that are new since
 * the version which serves was deployed. Critical findings that are known, and
 * whose time to be fixed is not over, are in both versions: to hold the new one
 * would protect nobody, and could hold back the fix of another.
 *
 * Findings are of the repository, not of the commit: one that no scan has seen
 * since the rollout began may be what the new version fixes, so it is waited for.
 *
 * Which they are is for those who may read findings; what a gate says is read by
 * everybody who sees the deployments. How many there are is for nobody else:
 * what serves has most of them, too.
 */
export class SecurityGate implements RolloutGateCheck {
  readonly name = 'security';
  readonly recheckSeconds = 10;
  readonly isLasting = true;

  constructor(
    private readonly options: {
      findings: Pick<SecurityFindingsApi, 'listFindings'>;
      deployments: Pick<DeploymentsStore, 'listById'>;
      auth: AuthService;
    },
  ) {}

  subjectOf({ stableDeploymentId }: Rollout) {
    return stableDeploymentId;
  }

  async evaluate(rollout: Rollout) {
    const findings = await this.#listCritical(rollout.entityRef);
    if (!findings) {
      return {
        state: 'skipped',
        reason: 'The portal has no security findings.',
      } as const;
    }
    const since = await this.#findStableTime(rollout);
    const blocking = findings.filter(
      ({ overdue, firstSeenAt }) =>
        overdue || since === undefined || Date.parse(firstSeenAt) > since,
    );
    if (blocking.length === 0) {
      return {
        state: 'passed',
        reason:
          findings.length === 0
            ? 'No critical finding is open.'
            : `No open critical finding is new or overdue; ${findings.length} known ${findings.length === 1 ? 'one has' : 'ones have'} time left.`,
        publicReason: 'No finding is in its way.',
      } as const;
    }
    const began = Date.parse(rollout.createdAt);
    const isConfirmed = ({ lastSeenAt }: Finding) =>
      Date.parse(lastSeenAt) >= began;
    if (!blocking.some(isConfirmed) && Date.now() - began < CONFIRMATION_MS) {
      return {
        state: 'waiting',
        reason: `Waiting for a scan to tell whether ${describe(blocking)} ${blocking.length === 1 ? 'is' : 'are'} still there.`,
        publicReason: 'Waiting for a scan.',
      } as const;
    }
    return {
      state: 'failed',
      reason: `${describe(blocking)} ${blocking.length === 1 ? 'is' : 'are'} open and new or overdue: see the tab Security. Fix or waive what is there, then roll out again.`,
      publicReason: 'Findings are in its way; the portal shows them.',
    } as const;
  }

  async #listCritical(entityRef: string): Promise<Finding[] | undefined> {
    const { findings, auth } = this.options;
    try {
      const { items } = await findings.listFindings(
        { entityRef, states: ['open'], severities: ['critical'], limit: LIMIT },
        await auth.getPluginRequestToken({
          onBehalfOf: await auth.getOwnServiceCredentials(),
          targetPluginId: 'security-findings',
        }),
      );
      return items;
    } catch (error) {
      if (isPluginAbsent(error)) return undefined;
      throw error;
    }
  }

  /**
   * What was found later is new; undefined when nothing serves. What the first
   * scan of the version that serves found is its own.
   */
  async #findStableTime(rollout: Rollout): Promise<number | undefined> {
    const { stableDeploymentId, deploymentId, createdAt } = rollout;
    if (!stableDeploymentId) return undefined;
    const timeOf = async (id: string) => {
      const [held] = await this.options.deployments.listById(id);
      return Date.parse(held?.createdAt ?? createdAt);
    };
    const stable = await timeOf(stableDeploymentId);
    const candidate = await timeOf(deploymentId);
    return Math.max(stable, Math.min(stable + SCAN_LAG_MS, candidate));
  }
}

function describe({ length }: Finding[]): string {
  return length === 1 ? '1 critical finding' : `${length} critical findings`;
}
