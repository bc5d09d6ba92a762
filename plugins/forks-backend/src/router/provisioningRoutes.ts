import { parse } from '@forkyard/backend-kit';
import {
  createProvisioningRequestSchema,
  stepIdSchema,
  type Page,
  type Provisioning,
} from '@forkyard/plugin-forks-common';
import type { Request, Router } from 'express';
import { z } from 'zod';
import type { RouterOptions } from './createRouter';
import { listOf, pageSchema } from './querySchemas';

const listSchema = z.object({
  state: listOf(
    z.enum([
      'running',
      'waiting',
      'succeeded',
      'failed',
      'unwinding',
      'unwound',
    ]),
  ),
  ...pageSchema,
});

const logSchema = z.object({
  after: z.coerce.number().int().min(0).optional(),
});

const advanceSchema = z.strictObject({ through: stepIdSchema });

/** Adds the provisionings: their creation, reading and steering. */
export function addProvisioningRoutes(
  router: Router,
  {
    httpAuth,
    provisionings,
  }: Pick<RouterOptions, 'httpAuth' | 'provisionings'>,
): void {
  const credentialsOf = async (request: Request) => ({
    credentials: await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    }),
  });

  router.post('/provisionings', async (request, response) => {
    const options = await credentialsOf(request);
    const body = parse(createProvisioningRequestSchema, request.body);
    const { provisioning, created } = await provisionings.provisionFork(
      body,
      options,
    );
    response
      .status(created ? 201 : 200)
      .json(provisioning satisfies Provisioning);
  });

  router.get('/provisionings', async (request, response) => {
    const options = await credentialsOf(request);
    const { state, ...page } = parse(listSchema, request.query);
    response.json(
      (await provisionings.listProvisionings(
        { states: state, ...page },
        options,
      )) satisfies Page<Provisioning>,
    );
  });

  router.get('/provisionings/:id', async (request, response) => {
    const options = await credentialsOf(request);
    const { id } = request.params;
    response.json(await provisionings.getProvisioning({ id }, options));
  });

  router.get('/provisionings/:id/log', async (request, response) => {
    const options = await credentialsOf(request);
    const { id } = request.params;
    const { after } = parse(logSchema, request.query);
    response.json(
      await provisionings.getProvisioningLog({ id, after }, options),
    );
  });

  router.post('/provisionings/:id/advance', async (request, response) => {
    const options = await credentialsOf(request);
    const { id } = request.params;
    const { through } = parse(advanceSchema, request.body);
    response.json(
      await provisionings.advanceProvisioning({ id, through }, options),
    );
  });

  router.post('/provisionings/:id/resume', async (request, response) => {
    const options = await credentialsOf(request);
    const { id } = request.params;
    response.json(await provisionings.resumeProvisioning({ id }, options));
  });

  router.post('/provisionings/:id/unwind', async (request, response) => {
    const options = await credentialsOf(request);
    const { id } = request.params;
    response.json(await provisionings.unwindProvisioning({ id }, options));
  });
}
