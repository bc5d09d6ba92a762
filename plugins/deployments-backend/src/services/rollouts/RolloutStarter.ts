import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type {
  DeploymentsStore,
  HeldDeployment,
} from '../../database/DeploymentsStore';
import type {
  RolloutCandidate,
  RolloutStore,
  UnguardedDeployment,
} from '../../database/rollouts/RolloutStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { DeliveryService } from '../delivery/DeliveryService';
import { SharedRuns } from '../SharedRuns';
import { toNewRollout } from './DefaultRolloutsService';
import { findSharedPlan, withReason, type SharedPlan } from './findSharedPlan';
import type { RolloutAnnouncer } from './RolloutAnnouncer';
import { FORKYARD } from './rolloutSteps';

/** Waiting deployments looked at in one pass. */
const CANDIDATES = 1000;
/** Deployments whose direct plan was read anew; the oldest are forgotten. */
const REMEMBERED = 5000;

/**
 * Begins a rollout for each new version that waits for traffic, and for each
 * that got it although it had to wait.
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
      tracked: Pick<TrackedEntitiesStore, 'listSharing'>;
      delivery: Pick<DeliveryService, 'getPlan'>;
      announcer: RolloutAnnouncer;
      logger: LoggerService;
    },
  ) {}

  async startWaiting(): Promise<void> {
    await this.#runs.run('start', async () => {
      const { rollouts } = this.options;
      const candidates = await rollouts.listCandidates({ limit: CANDIDATES });
      for (const candidate of candidates) {
        await this.#attempt(candidate, () => this.#start(candidate));
      }
      const unguarded = await rollouts.listUnguarded({ limit: CANDIDATES });
      for (const found of unguarded) {
        await this.#attempt(found, () => this.#tellUnguarded(found));
      }
    });
  }

  async #attempt(
    { deploymentId }: RolloutCandidate,
    begin: () => Promise<void>,
  ): Promise<void> {
    try {
      await begin();
    } catch (error) {
      assertError(error);
      this.options.logger.warn(
        `Could not begin the rollout of '${deploymentId}': ${error.message}`,
      );
    }
  }

  /** What went live past its plan is said on the page, and watched. */
  async #tellUnguarded(unguarded: UnguardedDeployment): Promise<void> {
    const { logger } = this.options;
    const found = await this.#find(unguarded);
    if (!found) return;
    const shared = await findSharedPlan(this.options, found, {
      fresh: false,
      isNamed: false,
    });
    const { plan, deployment } = shared;
    if (plan.strategy === 'direct') return;
    const reason = unguarded.wasStaged
      ? `It went live although new versions wait here: somebody switched that off at '${deployment.provider}', or moved the traffic there.`
      : 'It went live before staging was on, so none of its checks was asked.';
    logger.warn(
      `Deployment '${deployment.id}' of '${deployment.entityRef}' was not rolled out. ${reason}`,
    );
    await this.#insert(shared, reason);
  }

  async #start(candidate: RolloutCandidate): Promise<void> {
    const deployment = await this.#find(candidate);
    if (!deployment || (await this.#isPinned(deployment))) return;
    const shared = await this.#getPlan(deployment);
    if (shared.plan.strategy === 'direct') return;
    if (await this.#isPinned(shared.deployment)) return;
    await this.#insert(shared, 'A new version is ready.');
  }

  async #find({
    deploymentId,
    entityRef,
  }: RolloutCandidate): Promise<HeldDeployment | undefined> {
    const found = await this.options.deployments.listById(deploymentId);
    return found.find(deployment => deployment.entityRef === entityRef);
  }

  async #insert(shared: SharedPlan, reason: string): Promise<void> {
    const { rollouts, announcer } = this.options;
    const { plan, deployment } = shared;
    const asker = await rollouts.findAsker(deployment.id);
    const rollout = await rollouts.insert({
      ...toNewRollout(deployment),
      plan,
      byPerson: false,
      createdBy: asker ?? authorOf(deployment),
      reason: withReason(reason, shared),
    });
    await announcer.announce(rollout, 'queued');
  }

  /** The file is read anew once for a new version, not at every pass. */
  async #getPlan(deployment: HeldDeployment): Promise<SharedPlan> {
    const shared = await findSharedPlan(this.options, deployment, {
      fresh: !this.#direct.has(deployment.id),
      isNamed: false,
    });
    if (shared.plan.strategy === 'direct') {
      this.#direct.add(deployment.id);
      const [oldest] = this.#direct;
      if (this.#direct.size > REMEMBERED) this.#direct.delete(oldest);
    }
    return shared;
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
