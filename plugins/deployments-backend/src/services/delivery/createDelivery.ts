import type {
  AuditorService,
  AuthService,
  LoggerService,
  PermissionsService,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { UrlReaderFileSource } from '@forkyard/backend-kit';
import type { Knex } from 'knex';
import { DatabaseDeliveryFileStore } from '../../database/delivery/DatabaseDeliveryFileStore';
import { DatabaseNamedEnvironmentsStore } from '../../database/delivery/DatabaseNamedEnvironmentsStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { ProviderRegistry } from '../ProviderRegistry';
import { AuthorizedDelivery } from './AuthorizedDelivery';
import { DefaultDeliveryService } from './DefaultDeliveryService';
import { DeliveryFileReader } from './DeliveryFileReader';
import type { DeliveryConditions, DeliveryService } from './DeliveryService';
import { NamedEnvironments } from './NamedEnvironments';
import { MAX_FILE_BYTES } from './parseDeliveryFile';

/** Puts together what tells how entities are rolled out. */
export function createDelivery(options: {
  knex: Knex;
  auditor: AuditorService;
  auth: AuthService;
  catalog: CatalogService;
  logger: LoggerService;
  permissions: PermissionsService;
  providers: ProviderRegistry;
  tracked: TrackedEntitiesStore;
  urlReader: UrlReaderService;
  /** `deployments.delivery.refreshSeconds`. */
  refreshSeconds: number;
  /** What holds of an environment now, to be told with its plan. */
  conditions?: DeliveryConditions;
}): {
  /** For this backend; asks for no permission. */
  delivery: DeliveryService;
  /** For the router. */
  authorizedDelivery: AuthorizedDelivery;
  /** For the job. */
  deliveryFiles: DeliveryFileReader;
  /** For the job. */
  namedEnvironments: NamedEnvironments;
} {
  const store = new DatabaseDeliveryFileStore(options.knex);
  const reader = new DeliveryFileReader({
    ...options,
    store,
    files: new UrlReaderFileSource(options.urlReader, {
      maxBytes: MAX_FILE_BYTES,
    }),
  });
  const environments = new DatabaseNamedEnvironmentsStore(options.knex);
  const delivery = new DefaultDeliveryService({
    ...options,
    store,
    reader,
    environments,
  });
  return {
    delivery,
    authorizedDelivery: new AuthorizedDelivery(delivery, options),
    deliveryFiles: reader,
    namedEnvironments: new NamedEnvironments({ ...options, environments }),
  };
}
