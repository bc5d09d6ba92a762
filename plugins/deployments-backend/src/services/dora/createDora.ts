import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { CommitsStore } from '../../database/dora/CommitsStore';
import type { DeliveryStore } from '../../database/dora/DeliveryStore';
import type { EntityAccess } from '../EntityAccess';
import { AuthorizedDoraService } from './AuthorizedDoraService';
import {
  CommitTimesService,
  type CommitTimeSource,
} from './CommitTimesService';
import { DefaultDoraService } from './DefaultDoraService';
import { DeliveryHistory, type RolloutHistory } from './DeliveryHistory';
import type { DoraService } from './DoraService';

/** What tells how well is delivered. */
export interface Dora {
  service: DoraService;
  history: DeliveryHistory;
  commitTimes: CommitTimesService;
}

/** Creates the services of this room. */
export function createDora(options: {
  delivery: DeliveryStore;
  commits: CommitsStore;
  source: CommitTimeSource;
  /** Without it aborted canaries are not known. */
  rollouts?: RolloutHistory;
  catalog: CatalogService;
  access: EntityAccess;
  auth: AuthService;
  logger: LoggerService;
}): Dora {
  const history = new DeliveryHistory(options);
  return {
    service: new AuthorizedDoraService(
      new DefaultDoraService({ ...options, history }),
      options,
    ),
    history,
    commitTimes: new CommitTimesService(options),
  };
}
