import { parse } from '@forkyard/backend-kit';
import type { Router } from 'express';
import { z } from 'zod';
import type { RouterOptions } from './createRouter';

const bodySchema = z.strictObject({
  value: z
    .string()
    .min(1, 'A secret has at least 1 character')
    .max(32 * 1024, 'A secret has at most 32,768 characters'),
});

/** Adds the sealing of secrets, which only a person does. */
export function addSealedSecretRoutes(
  router: Router,
  { httpAuth, secrets }: Pick<RouterOptions, 'httpAuth' | 'secrets'>,
): void {
  router.post('/sealed-secrets', async (request, response) => {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user'],
    });
    const body = parse(bodySchema, request.body);
    response.status(201).json(await secrets.sealSecret(body, { credentials }));
  });
}
