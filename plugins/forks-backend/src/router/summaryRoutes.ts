import type { ForksSummary } from '@forkyard/plugin-forks-common';
import type { Router } from 'express';
import type { RouterOptions } from './createRouter';

/** Adds the counts of the portfolio's head. */
export function addSummaryRoutes(
  router: Router,
  { httpAuth, forks }: Pick<RouterOptions, 'httpAuth' | 'forks'>,
): void {
  router.get('/summary', async (request, response) => {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    response.json(
      (await forks.getForksSummary({}, { credentials })) satisfies ForksSummary,
    );
  });
}
