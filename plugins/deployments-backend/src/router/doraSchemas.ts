import {
  doraMetricNames,
  doraPeriods,
} from '@forkyard/plugin-deployments-common';
import { z } from 'zod';
import { entitySchema } from './schemas';

const { entityRef } = entitySchema.shape;

const scopeShape = {
  entityRef: entityRef.optional(),
  ownerRef: entityRef.optional(),
  systemRef: entityRef.optional(),
  days: z.coerce
    .number()
    .pipe(z.literal(doraPeriods, { error: 'must be 7, 30 or 90' }))
    .optional(),
};

function hasOneScope(query: {
  entityRef?: string;
  ownerRef?: string;
  systemRef?: string;
}): boolean {
  const given = [query.entityRef, query.ownerRef, query.systemRef];
  return given.filter(Boolean).length === 1;
}

const ONE_SCOPE = "give one of 'entityRef', 'ownerRef' and 'systemRef'";

/** Query of `GET /dora`. */
export const doraQuerySchema = z
  .object(scopeShape)
  .refine(hasOneScope, ONE_SCOPE);

/** Query of `GET /dora/changes`. */
export const deliveryChangesQuerySchema = z
  .object({
    ...scopeShape,
    metric: z.enum(doraMetricNames).optional(),
    cursor: z.string().max(1000).optional(),
    limit: z.coerce.number().int().min(1).max(100).optional(),
  })
  .refine(hasOneScope, ONE_SCOPE);
