import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  findNoLongerAnnotated,
  walkAnnotatedEntities,
} from '@forkyard/backend-kit';
import {
  ANNOTATION_BUDGET,
  ANNOTATION_VERCEL_PROJECT_ID,
} from '@forkyard/plugin-cost-common';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type {
  EntitiesStore,
  EntityBudget,
  ProjectEntity,
} from '../database/EntitiesStore';
import type { AnomaliesService } from './AnomaliesService';
import type { SummariesService } from './SummariesService';

const PAGE_SIZE = 500;

/**
 * Follows which entity pays for which project, and what its budget is.
 *
 * The projects are those that deployments verified: a file in a repository must
 * not lay its own costs on somebody else, or show them what others pay. A list
 * that suddenly lacks more than half gives up only what the catalog says is gone.
 */
export class EntitiesService {
  constructor(
    private readonly options: {
      entities: EntitiesStore;
      summaries: Pick<SummariesService, 'updateSummaries'>;
      anomalyFinder: Pick<AnomaliesService, 'updateAnomalies'>;
      deployments: DeploymentsService;
      catalog: CatalogService;
      auth: AuthService;
      logger: LoggerService;
    },
  ) {}

  async syncEntities(signal?: AbortSignal): Promise<void> {
    const projectsChanged = await this.#syncProjects(signal);
    const budgetsChanged = await this.#syncBudgets(signal);
    if (projectsChanged || budgetsChanged) {
      await this.options.summaries.updateSummaries();
    }
    if (projectsChanged) await this.options.anomalyFinder.updateAnomalies();
  }

  async #syncProjects(signal?: AbortSignal): Promise<boolean> {
    const { entities, logger } = this.options;
    const listed = await this.#listProjects(signal);
    const held = await entities.listProjects();
    const heldRefs = new Map(held.map(p => [p.projectKey, p.entityRef]));
    const upsert = [...listed.values()].filter(
      ({ projectKey, entityRef }) => heldRefs.get(projectKey) !== entityRef,
    );
    const missing = held.filter(({ projectKey }) => !listed.has(projectKey));
    const gone =
      missing.length * 2 > held.length
        ? await this.#filterGone(missing)
        : missing;
    if (gone.length < missing.length) {
      logger.warn(
        `Deployments lists ${listed.size} projects where ${held.length} were known; keeping those whose entities still name a project`,
      );
    }
    if (upsert.length === 0 && gone.length === 0) return false;
    await entities.changeProjects({
      upsert,
      remove: gone.map(({ projectKey }) => projectKey),
    });
    return true;
  }

  /**
   * Several entities may share a project; then the first by its ref pays, so
   * that no charge counts twice.
   */
  async #listProjects(
    signal?: AbortSignal,
  ): Promise<Map<string, ProjectEntity>> {
    const { deployments, auth } = this.options;
    const listed = new Map<string, ProjectEntity>();
    let cursor: string | undefined;
    do {
      signal?.throwIfAborted();
      const page = await deployments.listProjects(
        { cursor, limit: PAGE_SIZE },
        { credentials: await auth.getOwnServiceCredentials() },
      );
      for (const { provider, projectId, entityRef } of page.items) {
        if (provider !== 'vercel') continue;
        const other = listed.get(projectId);
        if (!other || entityRef < other.entityRef) {
          listed.set(projectId, { projectKey: projectId, entityRef });
        }
      }
      cursor = page.nextCursor;
    } while (cursor);
    return listed;
  }

  async #filterGone(missing: ProjectEntity[]): Promise<ProjectEntity[]> {
    const gone = new Set<string>();
    for (let start = 0; start < missing.length; start += PAGE_SIZE) {
      const refs = missing
        .slice(start, start + PAGE_SIZE)
        .map(({ entityRef }) => entityRef);
      const found = await findNoLongerAnnotated({
        ...this.options,
        annotation: ANNOTATION_VERCEL_PROJECT_ID,
        entityRefs: refs,
      });
      for (const entityRef of found) gone.add(entityRef);
    }
    return missing.filter(({ entityRef }) => gone.has(entityRef));
  }

  async #syncBudgets(signal?: AbortSignal): Promise<boolean> {
    const { entities } = this.options;
    const held = new Map(
      (await entities.listAllBudgets()).map(b => [b.entityRef, b.value]),
    );
    const upsert: EntityBudget[] = [];
    const seen = await walkAnnotatedEntities({
      ...this.options,
      annotation: ANNOTATION_BUDGET,
      signal,
      visit: async page => {
        for (const entity of page) {
          const entityRef = stringifyEntityRef(entity);
          const value = entity.metadata.annotations?.[ANNOTATION_BUDGET] ?? '';
          if (held.get(entityRef) !== value) upsert.push({ entityRef, value });
        }
      },
    });
    const remove = await findNoLongerAnnotated({
      ...this.options,
      annotation: ANNOTATION_BUDGET,
      entityRefs: [...held.keys()]
        .filter(entityRef => !seen.has(entityRef))
        .slice(0, PAGE_SIZE),
    });
    if (upsert.length === 0 && remove.length === 0) return false;
    await entities.changeBudgets({ upsert, remove });
    return true;
  }
}
