import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { TrackedProject } from '@forkyard/plugin-deployments-common';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { DeliveryService } from '../delivery/DeliveryService';
import type { ProviderRegistry } from '../ProviderRegistry';

const PAGE_SIZE = 500;

/**
 * Keeps the providers in step with the plans: where a version is to be rolled
 * out, deployments wait without traffic.
 *
 * What we switched on is remembered before the provider is told, so only that
 * is ever switched off again.
 */
export class StagingService {
  constructor(
    private readonly options: {
      rollouts: RolloutStore;
      tracked: TrackedEntitiesStore;
      delivery: Pick<DeliveryService, 'getPlan'>;
      providers: ProviderRegistry;
      logger: LoggerService;
    },
  ) {}

  /** Goes through all projects; one that fails is tried again the next time. */
  async alignAll(signal?: AbortSignal): Promise<void> {
    const { tracked, logger } = this.options;
    let after: TrackedProject | undefined;
    do {
      const page = await tracked.listProjects({ after, limit: PAGE_SIZE });
      for (const project of page) {
        if (signal?.aborted) return;
        try {
          await this.#align(project);
        } catch (error) {
          assertError(error);
          logger.warn(
            `Could not align the staging of '${project.entityRef}': ${error.message}`,
          );
        }
      }
      after = page.length === PAGE_SIZE ? page.at(-1) : undefined;
    } while (after);
  }

  async #align({ entityRef, provider, projectId }: TrackedProject) {
    const { rollouts, delivery } = this.options;
    const key = { provider, projectId };
    const plan = await delivery.getPlan({
      entityRef,
      environment: 'production',
    });
    const staging = await rollouts.findStaging(key);
    const isStaged = plan.strategy !== 'direct';
    if (isStaged && !staging?.told) {
      await rollouts.putStaging(key, { told: false });
      await this.#tell(entityRef, key, true);
      await rollouts.putStaging(key, { told: true });
    }
    if (!isStaged && staging) {
      await this.#tell(entityRef, key, false);
      await rollouts.deleteStaging(key);
    }
  }

  async #tell(entityRef: string, key: ProjectRef, isStaged: boolean) {
    const { tracked, providers, logger } = this.options;
    const entities = await tracked.listByEntity(entityRef);
    const project =
      entities.find(entity => entity.project?.projectId === key.projectId)
        ?.project ?? key;
    await providers.get(key.provider).setStaging(project, { isStaged });
    logger.info(
      isStaged
        ? `New versions of '${entityRef}' wait for their rollout before they get traffic`
        : `New versions of '${entityRef}' get traffic at once again`,
    );
  }
}
