import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  EntityRunbooks,
  Runbook,
} from '@forkyard/plugin-incidents-common';

/** On whose behalf something is asked for. */
export interface CallOptions {
  credentials: BackstageCredentials;
}

/** Runbooks of entities, as they are in their repositories. */
export interface RunbookService {
  listRunbooks(
    request: { entityRef: string; refresh?: boolean },
    options: CallOptions,
  ): Promise<EntityRunbooks>;
  /** Throws `NotFoundError` when there is none at the path. */
  getRunbook(
    request: { entityRef: string; path: string },
    options: CallOptions,
  ): Promise<Runbook>;
}
