import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { z } from 'zod';

/**
 * Takes a full entity reference in any spelling, and gives the one under which
 * everything is stored.
 */
export const entityRefSchema = z
  .string()
  .min(1)
  .max(500)
  .transform((value, context) => {
    try {
      return stringifyEntityRef(parseEntityRef(value));
    } catch {
      context.addIssue({
        code: 'custom',
        message: `'${value}' is no entity reference such as 'component:default/shop'`,
      });
      return z.NEVER;
    }
  });
