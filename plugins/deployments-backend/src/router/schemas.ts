import { entityRefSchema } from '@forkyard/backend-kit';
import { z } from 'zod';

const stateSchema = z.enum([
  'queued',
  'building',
  'ready',
  'failed',
  'canceled',
  'deleted',
]);

/** Query of `GET /deployments`. */
export const listQuerySchema = z.object({
  entityRef: entityRefSchema,
  environment: z.string().min(1).max(100).optional(),
  state: z
    .preprocess(
      value => (typeof value === 'string' ? [value] : value),
      z.array(stateSchema).max(6),
    )
    .optional(),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
});

/** The id of a deployment, `<provider>:<id at the provider>`. */
export const deploymentIdSchema = z
  .string()
  .max(300)
  .regex(
    /^[a-z0-9-]+:[^\s/]+$/,
    "must be the id of a deployment such as 'vercel:dpl_123'",
  );

/** Path of one deployment. */
export const idSchema = z.object({ id: deploymentIdSchema });

/** Body of `POST /deployments/:id/promote`. */
export const promotionSchema = z.object({
  environment: z.string().min(1).max(100).optional(),
});

/** Query of `GET /deployments/:id/log`. */
export const logQuerySchema = z.object({
  follow: z
    .enum(['true', 'false'])
    .optional()
    .transform(value => value === 'true'),
});

/** Query of `GET /status` and body of `POST /reconcile`. */
export const entitySchema = z.object({ entityRef: entityRefSchema });

/** Query of `GET /rollback-target`. */
export const environmentSchema = z.object({
  entityRef: entityRefSchema,
  environment: z.string().min(1).max(100),
});

/** Query of `GET /projects`. */
export const projectsQuerySchema = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
});
