import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  rolloutUpdatePermission,
  type ListRolloutsRequest,
  type RolloutActionRequest,
} from '@forkyard/plugin-deployments-common';
import type { EntityAccess } from '../EntityAccess';
import type {
  RolloutsService,
  RolloutsServiceOptions,
} from './RolloutsService';

/**
 * Asks for permission before every operation on rollouts.
 *
 * Reading needs what reading deployments needs. Whoever changes a rollout must
 * be allowed to for every entity that has the same project, because the traffic
 * is that of all of them.
 */
export class AuthorizedRolloutsService implements RolloutsService {
  constructor(
    private readonly inner: RolloutsService,
    private readonly options: {
      access: EntityAccess;
      /** The entities whose deployment it is. */
      deployments: {
        listById(id: string): Promise<{ entityRef: string }[]>;
      };
    },
  ) {}

  async listRollouts(
    request: ListRolloutsRequest,
    options: RolloutsServiceOptions,
  ) {
    if (!(await this.#isVisible(request.entityRef, options))) {
      throw new NotFoundError(
        `Entity '${request.entityRef}' does not exist, or you may not see its deployments.`,
      );
    }
    return this.inner.listRollouts(request, options);
  }

  async getRollout(request: { id: string }, options: RolloutsServiceOptions) {
    return this.#getVisible(request, options);
  }

  async listRolloutPoints(
    request: { id: string },
    options: RolloutsServiceOptions,
  ) {
    await this.#getVisible(request, options);
    return this.inner.listRolloutPoints(request, options);
  }

  async startRollout(
    request: { entityRef: string; deploymentId: string; comment?: string },
    options: RolloutsServiceOptions,
  ) {
    const { entityRef, deploymentId } = request;
    if (!(await this.#isVisible(entityRef, options))) {
      throw new NotFoundError(
        `Entity '${entityRef}' does not exist, or you may not see its deployments.`,
      );
    }
    await this.#assertAllowed('start', { entityRef, deploymentId }, options);
    return this.inner.startRollout(request, options);
  }

  async pauseRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ) {
    await this.#assertMayChange('pause', request, options);
    return this.inner.pauseRollout(request, options);
  }

  async resumeRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ) {
    await this.#assertMayChange('resume', request, options);
    return this.inner.resumeRollout(request, options);
  }

  async promoteRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ) {
    await this.#assertMayChange('promote', request, options);
    return this.inner.promoteRollout(request, options);
  }

  async abortRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ) {
    await this.#assertMayChange('abort', request, options);
    return this.inner.abortRollout(request, options);
  }

  async #assertMayChange(
    verb: string,
    { id }: { id: string },
    options: RolloutsServiceOptions,
  ): Promise<void> {
    const rollout = await this.#getVisible({ id }, options);
    await this.#assertAllowed(verb, rollout, options);
  }

  async #assertAllowed(
    verb: string,
    rollout: { entityRef: string; deploymentId: string },
    { credentials }: RolloutsServiceOptions,
  ): Promise<void> {
    const { access, deployments } = this.options;
    const sharing = await deployments.listById(rollout.deploymentId);
    const entityRefs = new Set([
      rollout.entityRef,
      ...sharing.map(({ entityRef }) => entityRef),
    ]);
    const forbidden = await access.listForbidden(
      [...entityRefs],
      rolloutUpdatePermission,
      credentials,
    );
    if (forbidden.length === 0) return;
    const reason = forbidden.includes(rollout.entityRef)
      ? 'Its owners may.'
      : 'An entity on which you may not act has the same project.';
    throw new NotAllowedError(
      `You may not ${verb} rollouts of '${rollout.entityRef}'. ${reason}`,
    );
  }

  async #getVisible({ id }: { id: string }, options: RolloutsServiceOptions) {
    const rollout = await this.inner.getRollout({ id }, options);
    if (!(await this.#isVisible(rollout.entityRef, options))) {
      throw new NotFoundError(
        `Rollout '${id}' does not exist. List the rollouts of the entity to see those that do.`,
      );
    }
    return rollout;
  }

  async #isVisible(
    entityRef: string,
    { credentials }: RolloutsServiceOptions,
  ): Promise<boolean> {
    const visible = await this.options.access.filterVisible(
      [entityRef],
      credentials,
    );
    return visible.length > 0;
  }
}
