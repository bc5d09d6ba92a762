import type { PermissionCriteria } from '@backstage/plugin-permission-common';
import {
  isAndCriteria,
  isNotCriteria,
  isOrCriteria,
} from '@backstage/plugin-permission-node';
import type { ForkFilter } from '@forkyard/plugin-forks-node';
import type { Knex } from 'knex';

const columns = { owner: 'owner', createdBy: 'created_by' } as const;

/**
 * Narrows a query on forks or provisionings to what a permission decision
 * allows. Both tables have the columns that conditions look at.
 */
export function applyForkFilter(
  query: Knex.QueryBuilder,
  filter: PermissionCriteria<ForkFilter>,
): void {
  if (isAndCriteria(filter)) {
    for (const part of filter.allOf) {
      query.andWhere(nested => applyForkFilter(nested, part));
    }
  } else if (isOrCriteria(filter)) {
    query.andWhere(alternatives => {
      for (const part of filter.anyOf) {
        alternatives.orWhere(nested => applyForkFilter(nested, part));
      }
    });
  } else if (isNotCriteria(filter)) {
    query.whereNot(nested => applyForkFilter(nested, filter.not));
  } else {
    query.whereIn(columns[filter.key], filter.values);
  }
}
