import { parse } from '@forkyard/backend-kit';
import {
  forkRequestSchema,
  type ForkPlan,
} from '@forkyard/plugin-forks-common';
import type { Router } from 'express';
import type { RouterOptions } from './createRouter';

/** Adds the checking of plans. */
export function addPlanRoutes(
  router: Router,
  { httpAuth, plans }: Pick<RouterOptions, 'httpAuth' | 'plans'>,
): void {
  router.post('/plans', async (request, response) => {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    const forkRequest = parse(forkRequestSchema, request.body);
    response.json(
      (await plans.checkPlan(forkRequest, { credentials })) satisfies ForkPlan,
    );
  });
}
