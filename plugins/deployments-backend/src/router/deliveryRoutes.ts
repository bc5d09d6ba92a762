import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { parse } from '@forkyard/backend-kit';
import type { EntityDelivery } from '@forkyard/plugin-deployments-common';
import type { Router } from 'express';
import type { AuthorizedDelivery } from '../services/delivery/AuthorizedDelivery';
import { entitySchema } from './schemas';

/** Adds how an entity is rolled out. */
export function addDeliveryRoutes(
  router: Router,
  options: { delivery: AuthorizedDelivery; httpAuth: HttpAuthService },
): void {
  const { delivery, httpAuth } = options;

  router.get('/delivery', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { entityRef } = parse(entitySchema, req.query);
    const found = await delivery.getDelivery({ entityRef }, { credentials });
    res.json(found satisfies EntityDelivery);
  });
}
