import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { RolloutPlan } from '@forkyard/plugin-deployments-common';
import type {
  DeploymentsStore,
  HeldDeployment,
} from '../../database/DeploymentsStore';
import type {
  RolloutCandidate,
  RolloutStore,
} from '../../database/rollouts/RolloutStore';
import type { DeliveryService } from '../delivery/DeliveryService';
import { SharedRuns } from '../SharedRuns';
import { toNewRollout } from './DefaultRolloutsService';
import type { RolloutAnnouncer } from './RolloutAnnouncer';
import { FORKYARD } from './rolloutSteps';

/** Waiting deployments looked at in one pass. */
const CANDIDATES = 1000;
/** Deployments whose direct plan was read anew; the oldest are forgotten. */
const REMEMBERED = 5000;

/**
 * Begins a rollout for each new version that waits for traffic.
 *
 * It finds them in the projection, so an event that was lost only makes it
 * later. A deployment has one such rollout ever: one that was aborted is not
 * begun again by itself.
 */
export class RolloutStarter {
  readonly #runs = new SharedRuns();
  readonly #direct = new Set<string>();

  constructor(
    private readonly options: {
      rollouts: RolloutStore;
      deployments: DeploymentsStore;
      delivery: Pick<DeliveryService, 'getPlan'>;
      announcer: RolloutAnnouncer;
      logger: LoggerService;
    },
  ) {}

  async startWaiting(): Promise<void> {
    await this.#runs.run('start', async () => {
      const { rollouts, logger } = this.options;
      const candidates = await rollouts.listCandidates({ limit: CANDIDATES });
      for (const candidate of candidates) {
        try {
          await this.#start(candidate);
        } catch (error) {
          assertError(error);
          logger.warn(
            `Could not begin the rollout of '${candidate.deploymentId}': ${error.message}`,
          );
        }
      }
    });
  }

  async #start(candidate: RolloutCandidate): Promise<void> {
    const { rollouts, deployments, announcer } = this.options;
    const deployment = (
      await deployments.listById(candidate.deploymentId)
    ).find(({ entityRef }) => entityRef === candidate.entityRef);
    if (!deployment || (await this.#isPinned(deployment))) return;
    const plan = await this.#getPlan(deployment);
    if (plan.strategy === 'direct') return;
    const rollout = await rollouts.insert({
      ...toNewRollout(deployment),
      plan,
      byPerson: false,
      createdBy:
        (await rollouts.findAsker(deployment.id)) ?? authorOf(deployment),
      reason: 'A new version is ready.',
    });
    await announcer.announce(rollout, 'queued');
  }

  /** The file is read anew once for a new version, not at every pass. */
  async #getPlan(deployment: HeldDeployment): Promise<RolloutPlan> {
    const { delivery } = this.options;
    if (this.#direct.has(deployment.id)) return delivery.getPlan(deployment);
    const plan = await delivery.getPlan(deployment, { fresh: true });
    if (plan.strategy === 'direct') {
      this.#direct.add(deployment.id);
      const [oldest] = this.#direct;
      if (this.#direct.size > REMEMBERED) this.#direct.delete(oldest);
    }
    return plan;
  }

  /**
   * What somebody rolled back by hand stays so until they release it. A pin
   * that is left of a rollout which took its version back stops nothing: the
   * next version is the remedy.
   */
  async #isPinned(deployment: HeldDeployment): Promise<boolean> {
    const { deployments, rollouts } = this.options;
    const environments = await deployments.listEnvironments(
      deployment.entityRef,
    );
    const held = environments.find(
      ({ environment }) => environment === deployment.environment,
    );
    if (!held?.pinned) return false;
    const last = await rollouts.findLastEnded(deployment);
    const isOurs =
      last !== undefined &&
      last.state !== 'promoted' &&
      last.progress.ending !== undefined &&
      last.progress.ending.toDeploymentId === undefined &&
      last.stableDeploymentId === held.liveDeploymentId;
    return !isOurs;
  }
}

/**
 * Authors choose the names in their commits, and one that looks like somebody of
 * the portal is not that one.
 */
function authorOf({ commit, creator }: HeldDeployment): string {
  const name = commit?.author ?? creator;
  if (!name) return FORKYARD;
  return /^(?:\w+:|forkyard$)/i.test(name) ? `'${name}'` : name;
}
