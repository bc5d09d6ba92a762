import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { TrackedProject } from '@forkyard/plugin-deployments-common';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import type { StagingStore } from '../../database/rollouts/StagingStore';
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
      stagings: StagingStore;
      tracked: TrackedEntitiesStore;
      delivery: Pick<DeliveryService, 'getPlan'>;
      providers: ProviderRegistry;
      logger: LoggerService;
    },
  ) {}

  /** Goes through all projects; one that fails is tried again the next time. */
  async alignAll(signal?: AbortSignal): Promise<void> {
    const { tracked, logger } = this.options;
    // One project may be that of several entities: the plan of one is enough.
    const kept = new Set<string>();
    const dropped: TrackedProject[] = [];
    let after: TrackedProject | undefined;
    do {
      const page = await tracked.listProjects({ after, limit: PAGE_SIZE });
      for (const project of page) {
        if (signal?.aborted) return;
        try {
          if (await this.#isDirect(project)) dropped.push(project);
          else {
            kept.add(keyOf(project));
            await this.#stage(project);
          }
        } catch (error) {
          assertError(error);
          kept.add(keyOf(project));
          warn(project, error);
        }
      }
      after = page.length === PAGE_SIZE ? page.at(-1) : undefined;
    } while (after);
    for (const project of dropped) {
      if (signal?.aborted) return;
      if (kept.has(keyOf(project))) continue;
      try {
        await this.#unstage(project);
      } catch (error) {
        assertError(error);
        warn(project, error);
      }
    }

    function warn({ entityRef }: TrackedProject, { message }: Error) {
      logger.warn(`Could not align the staging of '${entityRef}': ${message}`);
    }
  }

  async #isDirect({ entityRef }: TrackedProject): Promise<boolean> {
    const plan = await this.options.delivery.getPlan({
      entityRef,
      environment: 'production',
    });
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
    await this.#tell(entityRef, key, false);
    await stagings.delete(key);
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

function keyOf({ provider, projectId }: TrackedProject): string {
  return `${provider} ${projectId}`;
}
