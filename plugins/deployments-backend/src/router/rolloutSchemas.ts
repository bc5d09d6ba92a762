import { entityRefSchema } from '@forkyard/backend-kit';
import { z } from 'zod';
import { deploymentIdSchema } from './schemas';

/** A sentence that a person adds to what they do. */
const commentSchema = z.string().trim().max(2000).optional();

/** Query of `GET /rollouts`. */
export const listRolloutsSchema = z.object({
  entityRef: entityRefSchema,
  environment: z.string().min(1).max(100).optional(),
  active: z
    .enum(['true', 'false'])
    .optional()
    .transform(value => value === 'true'),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
});

/** Path of one rollout. */
export const rolloutIdSchema = z.object({
  id: z.uuid('must be the id of a rollout, a UUID'),
});

/** Body of `POST /rollouts`. */
export const startRolloutSchema = z.object({
  entityRef: entityRefSchema,
  deploymentId: deploymentIdSchema,
  comment: commentSchema,
});

/** Body of what a person does to a rollout. */
export const rolloutCommentSchema = z.object({ comment: commentSchema });
