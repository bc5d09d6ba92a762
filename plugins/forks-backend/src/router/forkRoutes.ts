import { parse } from '@forkyard/backend-kit';
import {
  statusSchema,
  type Fork,
  type Page,
} from '@forkyard/plugin-forks-common';
import type { Router } from 'express';
import { z } from 'zod';
import type { RouterOptions } from './createRouter';
import { listOf, pageSchema } from './querySchemas';

const entityRef = z.string().max(200);

const listSchema = z.object({
  search: z.string().max(200).optional(),
  owner: listOf(entityRef),
  system: listOf(entityRef),
  status: listOf(statusSchema),
  budget: listOf(z.enum(['ok', 'burning', 'exhausted', 'unknown'])),
  cost: listOf(z.enum(['over', 'forecast-over', 'within', 'unknown'])),
  findings: listOf(z.enum(['critical', 'overdue', 'ok', 'unknown'])),
  firing: z
    .enum(['true', 'false'])
    .transform(value => value === 'true')
    .optional(),
  sort: z
    .enum([
      'status',
      'name',
      'live',
      'created',
      'budget',
      'cost',
      'criticals',
      'alerts',
    ])
    .optional(),
  order: z.enum(['asc', 'desc']).optional(),
  ...pageSchema,
});

/** Adds the reading of the registry. */
export function addForkRoutes(
  router: Router,
  { httpAuth, forks }: Pick<RouterOptions, 'httpAuth' | 'forks'>,
): void {
  router.get('/forks', async (request, response) => {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    const { owner, system, status, budget, cost, ...rest } = parse(
      listSchema,
      request.query,
    );
    response.json(
      (await forks.listForks(
        {
          ...rest,
          owners: owner,
          systems: system,
          statuses: status,
          budgets: budget,
          costs: cost,
        },
        { credentials },
      )) satisfies Page<Fork>,
    );
  });

  router.get('/forks/:name', async (request, response) => {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    const { name } = request.params;
    response.json(
      (await forks.getFork({ name }, { credentials })) satisfies Fork,
    );
  });
}
