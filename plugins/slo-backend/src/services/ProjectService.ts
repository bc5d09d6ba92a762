import type { AuthService } from '@backstage/backend-plugin-api';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { EntityStore } from '../database/EntityStore';

/** The provider whose drains are counted. */
const PROVIDER = 'vercel';
const PAGE_SIZE = 500;

/**
 * Keeps whose requests a project's are, as the deployments plugin verified it.
 */
export class ProjectService {
  constructor(
    private readonly options: {
      deployments: Pick<DeploymentsService, 'listProjects'>;
      entities: Pick<EntityStore, 'saveProjects' | 'requestEvaluation'>;
      auth: AuthService;
    },
  ) {}

  async refreshProjects(signal?: AbortSignal): Promise<void> {
    const { deployments, entities, auth } = this.options;
    const projects: { projectId: string; entityRef: string }[] = [];
    let cursor: string | undefined;
    do {
      signal?.throwIfAborted();
      const page = await deployments.listProjects(
        { cursor, limit: PAGE_SIZE },
        { credentials: await auth.getOwnServiceCredentials() },
      );
      for (const { provider, projectId, entityRef } of page.items) {
        if (provider === PROVIDER) projects.push({ projectId, entityRef });
      }
      cursor = page.nextCursor;
    } while (cursor);
    const changed = await entities.saveProjects(projects);
    if (changed.length > 0) await entities.requestEvaluation(changed);
  }
}
