import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import { audited } from '@forkyard/backend-kit';
import type { TrackedProject } from '@forkyard/plugin-deployments-common';
import type {
  ProjectRef,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import type {
  StagingStore,
  UnalignedProject,
} from '../../database/rollouts/StagingStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { DeliveryService } from '../delivery/DeliveryService';
import type { ProviderRegistry } from '../ProviderRegistry';
import { Pauses } from './Pauses';
import { FORKYARD } from './rolloutSteps';

/** Projects that are brought in line in one pass. */
const MOST_AT_ONCE = 100;
const PRODUCTION = 'production';

/**
 * Keeps the providers in step with the plans: where a version is to be rolled
 * out, deployments wait without traffic.
 *
 * What we switched on is remembered before the provider is told, so only that
 * is ever switched off again.
 */
export class StagingService {
  readonly #pauses = new Pauses();

  constructor(
    private readonly options: {
      stagings: StagingStore;
      deployments: Pick<DeploymentsStore, 'findFirstSeen'>;
      tracked: TrackedEntitiesStore;
      delivery: Pick<DeliveryService, 'getPlan'>;
      providers: ProviderRegistry;
      auditor: AuditorService;
      logger: LoggerService;
    },
  ) {}

  /**
   * Brings in line what differs from the plans, and reads nothing of the rest.
   * One that fails is tried again, after a while when it failed before.
   */
  async alignAll(signal?: AbortSignal): Promise<void> {
    const found = await this.options.stagings.listUnaligned({
      limit: MOST_AT_ONCE,
      except: this.#pauses.list(),
    });
    for (const project of found) {
      if (signal?.aborted) return;
      try {
        await this.#align(project);
        this.#pauses.end(keyOf(project));
      } catch (error) {
        this.#pauses.begin(keyOf(project));
        this.#warn(project.entityRef, error);
      }
    }
  }

  async #align(project: UnalignedProject): Promise<void> {
    if (project.wanted === 'direct') return this.#unstage(project);
    const isStaged =
      project.wanted === 'staged' || !(await this.#isDirect(project));
    return isStaged ? this.#stage(project) : undefined;
  }

  /**
   * Stages a project while a version of it is built, by the plan that came with
   * that version: it is ready later than that. A file that was read after we
   * learned of the version has what its commit changed.
   */
  async stageEntity({
    entityRef,
    deploymentId,
  }: {
    entityRef: string;
    deploymentId: string;
  }): Promise<void> {
    const { tracked, stagings, deployments } = this.options;
    try {
      for (const { project } of await tracked.listByEntity(entityRef)) {
        if (!project || (await stagings.find(project))?.told) continue;
        const since = await deployments.findFirstSeen({
          entityRef,
          deploymentId,
        });
        const age = since ? { since } : { fresh: true };
        if (await this.#isDirect({ entityRef }, age)) return;
        await this.#stage({ entityRef, ...project });
      }
    } catch (error) {
      this.#warn(entityRef, error);
    }
  }

  /**
   * Notices that somebody switched off at the provider what we switched on, and
   * has it told again the next time.
   */
  async noteSeen(seen: {
    entityRef: string;
    project: ProjectRef;
    environments: ProviderEnvironment[];
    /** The database's time before the provider was asked. */
    askedAt: Date;
  }): Promise<void> {
    const { entityRef, project, environments, askedAt } = seen;
    const production = environments.find(
      ({ environment }) => environment === PRODUCTION,
    );
    if (production?.isStaged !== false) return;
    const { stagings, logger } = this.options;
    if (await stagings.forgetTold(project, askedAt)) {
      logger.warn(
        `New versions of '${entityRef}' do not wait for their rollout any more: that was switched off for project '${project.projectId}' at '${project.provider}'. It is switched on again, because the plan asks for it.`,
      );
    }
  }

  async #isDirect(
    { entityRef }: { entityRef: string },
    options?: { fresh?: boolean; since?: Date },
  ): Promise<boolean> {
    const plan = await this.options.delivery.getPlan(
      { entityRef, environment: PRODUCTION },
      options,
    );
    return plan.strategy === 'direct';
  }

  async #stage({ entityRef, provider, projectId }: TrackedProject) {
    const { stagings } = this.options;
    const key = { provider, projectId };
    if ((await stagings.find(key))?.told) return;
    await stagings.put(key, { told: false });
    await this.#tell(entityRef, key, true);
    await stagings.put(key, { told: true });
  }

  async #unstage({ entityRef, provider, projectId }: TrackedProject) {
    const { stagings } = this.options;
    const key = { provider, projectId };
    if (!(await stagings.find(key))) return;
    // Also those that are not listed while their project is resolved anew.
    for (const sharing of await this.options.tracked.listSharing(key)) {
      if (!(await this.#isDirect({ entityRef: sharing }))) return;
    }
    await this.#tell(entityRef, key, false);
    await stagings.delete(key);
  }

  async #tell(entityRef: string, key: ProjectRef, isStaged: boolean) {
    const { tracked, providers, auditor, logger } = this.options;
    const entities = await tracked.listByEntity(entityRef);
    const project =
      entities.find(entity => entity.project?.projectId === key.projectId)
        ?.project ?? key;
    await audited(
      auditor,
      {
        eventId: 'project-stage',
        meta: { ...key, entityRef, isStaged, actor: FORKYARD },
      },
      () => providers.get(key.provider).setStaging(project, { isStaged }),
    );
    logger.info(
      isStaged
        ? `New versions of '${entityRef}' wait for their rollout before they get traffic`
        : `New versions of '${entityRef}' get traffic at once again`,
    );
  }

  #warn(entityRef: string, error: unknown): void {
    assertError(error);
    this.options.logger.warn(
      `Could not align the staging of '${entityRef}': ${error.message}`,
    );
  }
}

function keyOf({ provider, projectId }: TrackedProject): string {
  return `${provider} ${projectId}`;
}
