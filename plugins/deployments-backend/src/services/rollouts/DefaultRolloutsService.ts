import { ConflictError, NotFoundError } from '@backstage/errors';
import { decodeCursor, encodeCursor } from '@forkyard/backend-kit';
import {
  actorName,
  type ListRolloutsRequest,
  type Rollout,
  type RolloutActionRequest,
  type RolloutApproval,
  type RolloutDetail,
  type RolloutPoint,
} from '@forkyard/plugin-deployments-common';
import { z } from 'zod';
import type {
  DeploymentsStore,
  HeldDeployment,
} from '../../database/DeploymentsStore';
import { toRollout } from '../../database/rollouts/rolloutRows';
import type {
  RolloutRecord,
  RolloutStore,
} from '../../database/rollouts/RolloutStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import { actorOf } from '../actorOf';
import { assertMayServe } from '../assertMayServe';
import type { DeliveryService } from '../delivery/DeliveryService';
import type { RolloutAnnouncer } from './RolloutAnnouncer';
import type { StepRequests } from './StepRequests';
import { findSharedPlan, withReason } from './findSharedPlan';
import {
  abort,
  pause,
  promote,
  resume,
  type Asked,
  type RequestedChange,
} from './rolloutRequests';
import type {
  RolloutsService,
  RolloutsServiceOptions,
} from './RolloutsService';
import { versionName } from './versionName';

const DEFAULT_LIMIT = 25;
/** Attempts to write while the controller writes too. */
const ATTEMPTS = 10;

const positionSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/**
 * Answers from the store, and writes what people ask for; the controller does
 * it at its next step, which is made at once.
 */
export class DefaultRolloutsService implements RolloutsService {
  constructor(
    private readonly options: {
      rollouts: RolloutStore;
      deployments: DeploymentsStore;
      tracked: Pick<TrackedEntitiesStore, 'listSharing'>;
      delivery: Pick<DeliveryService, 'getPlan'>;
      approvals: {
        listApprovals(request: {
          rolloutId: string;
        }): Promise<RolloutApproval[]>;
      };
      announcer: RolloutAnnouncer;
      steps: StepRequests;
    },
  ) {}

  async listRollouts(
    request: ListRolloutsRequest,
  ): Promise<{ items: Rollout[]; nextCursor?: string }> {
    const limit = request.limit ?? DEFAULT_LIMIT;
    const [createdAt, id] = request.cursor
      ? decodeCursor(positionSchema, request.cursor)
      : [];
    const found = await this.options.rollouts.list({
      entityRef: request.entityRef,
      environment: request.environment,
      active: request.active,
      after: createdAt && id ? { createdAt, id } : undefined,
      limit: limit + 1,
    });
    const items = found.slice(0, limit).map(toRollout);
    const last = items.at(-1);
    return {
      items,
      nextCursor:
        last && found.length > limit
          ? encodeCursor([last.createdAt, last.id])
          : undefined,
    };
  }

  async getRollout({ id }: { id: string }): Promise<RolloutDetail> {
    const { rollouts, approvals } = this.options;
    const rollout = toRollout(await rollouts.get(id));
    const [transitions, asked] = await Promise.all([
      rollouts.listTransitions(id),
      approvals.listApprovals({ rolloutId: id }),
    ]);
    return { ...rollout, transitions, approvals: asked };
  }

  async listRolloutPoints({
    id,
  }: {
    id: string;
  }): Promise<{ items: RolloutPoint[] }> {
    await this.options.rollouts.get(id);
    return { items: await this.options.rollouts.listPoints(id) };
  }

  async startRollout(
    request: { entityRef: string; deploymentId: string; comment?: string },
    { credentials }: RolloutsServiceOptions,
  ): Promise<Rollout> {
    const { deployments, rollouts, announcer, steps } = this.options;
    const { entityRef, deploymentId, comment } = request;
    const deployment = (await deployments.listById(deploymentId)).find(
      found => found.entityRef === entityRef,
    );
    if (!deployment) {
      throw new NotFoundError(
        `Deployment '${deploymentId}' of '${entityRef}' is not known. If it is new, it appears after the next look at its provider.`,
      );
    }
    assertMayServe(deployment, 'rolled out');
    const actor = actorOf(credentials);
    const shared = await findSharedPlan(this.options, deployment, {
      fresh: true,
      isNamed: true,
    });
    const { plan, deployment: guarded } = shared;
    if (guarded.entityRef !== entityRef) {
      throw new ConflictError(
        `Deployment '${deploymentId}' is not rolled out for '${entityRef}', which has no plan for it: '${guarded.entityRef}' has the same project, and one. Start it for that entity.`,
      );
    }
    const rollout = await rollouts.insert(
      {
        ...toNewRollout(deployment),
        plan,
        byPerson: true,
        createdBy: actor,
        reason: withReason(`${actorName(actor)} asked for it.`, shared),
      },
      comment,
    );
    await announcer.announce(rollout, 'queued');
    await steps.request(rollout.id);
    return toRollout(rollout);
  }

  async pauseRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ): Promise<Rollout> {
    return this.#act(request, options, pause);
  }

  async resumeRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ): Promise<Rollout> {
    return this.#act(request, options, resume);
  }

  async promoteRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ): Promise<Rollout> {
    return this.#act(request, options, promote);
  }

  async abortRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ): Promise<Rollout> {
    return this.#act(request, options, (rollout, asked) =>
      abort(rollout, asked, {
        reason: `Aborted by ${actorName(asked.actor)}.`,
      }),
    );
  }

  /**
   * Ends every rollout of an environment, because somebody rolls it back. The
   * caller moves the traffic at once; the controller does it otherwise.
   */
  async endForRollback(
    target: HeldDeployment,
    { credentials }: RolloutsServiceOptions,
  ): Promise<void> {
    const found = await this.options.rollouts.listActive(target);
    for (const { id, deploymentId, progress } of found) {
      if (deploymentId === target.id || progress.ending) continue;
      await this.#act({ id }, { credentials }, (rollout, asked) =>
        abort(rollout, asked, {
          reason: `${actorName(asked.actor)} rolled back to ${versionName({ ...target, deploymentId: target.id })}.`,
          toDeploymentId: target.id,
        }),
      );
    }
  }

  /**
   * Throws `ConflictError` when a rollout took the traffic from a version that
   * is newer than what serves: it gets that again by another rollout, with its
   * gates and its verdict, and not by the name of a rollback.
   */
  async assertNotTakenBack(target: HeldDeployment): Promise<void> {
    const { deployments, rollouts } = this.options;
    const last = await rollouts.findLastOfDeployment(target.id);
    const isTakenBack =
      last?.endedAt !== undefined &&
      last.state !== 'promoted' &&
      last.endedAt.getTime() >= Date.parse(target.liveSince ?? '');
    if (!isTakenBack) return;
    const serving = (await deployments.listLive(target.entityRef)).filter(
      ({ environment }) => environment === target.environment,
    );
    if (serving.every(({ createdAt }) => createdAt < target.createdAt)) {
      throw new ConflictError(
        `Deployment '${target.id}' cannot be rolled back to: its rollout was ${last.state}, and what serves is older. Promote it, which rolls it out again.`,
      );
    }
  }

  /** Those of an entity that have not ended, newest first. */
  async listActive({ entityRef }: { entityRef: string }): Promise<Rollout[]> {
    const found = await this.options.rollouts.list({
      entityRef,
      active: true,
      limit: 100,
    });
    return found.map(toRollout);
  }

  /** What a rollback goes to while a rollout has some of the traffic. */
  async findStableInRollout(request: {
    entityRef: string;
    environment: string;
  }): Promise<string | undefined> {
    const found = await this.options.rollouts.list({
      ...request,
      active: true,
      limit: 10,
    });
    return found.find(({ progress }) => progress.counting)?.stableDeploymentId;
  }

  async #act(
    { id, comment }: RolloutActionRequest,
    { credentials }: RolloutsServiceOptions,
    ask: (rollout: RolloutRecord, asked: Asked) => RequestedChange,
  ): Promise<Rollout> {
    const { rollouts, announcer, steps } = this.options;
    const actor = actorOf(credentials);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await rollouts.get(id);
      const now = await rollouts.now();
      const requested = ask(before, { actor, comment, now });
      const after = await rollouts.update(before, requested);
      if (!after) continue;
      await announcer.announce(after, before.state);
      await steps.request(id);
      return toRollout(after);
    }
    throw new ConflictError(
      `Rollout '${id}' changes too quickly at this moment. Try again.`,
    );
  }
}

/** What a rollout takes from its deployment. */
export function toNewRollout(deployment: HeldDeployment) {
  return {
    entityRef: deployment.entityRef,
    environment: deployment.environment,
    deploymentId: deployment.id,
    deploymentCreatedAt: deployment.createdAt,
    commit: deployment.commit,
    project: {
      provider: deployment.provider,
      projectId: deployment.projectId,
      teamId: deployment.teamId,
    },
  };
}
