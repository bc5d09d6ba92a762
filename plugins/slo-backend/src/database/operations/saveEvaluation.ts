import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { Knex } from 'knex';
import type { Evaluation } from '../EntityStore';
import { SLO_ENTITIES, type DbSloEntityRow } from '../tables';
import { openAlerts } from './openAlerts';
import { resolveAlerts } from './resolveAlerts';

/**
 * Saves the states with the alerts in one transaction; the number of the
 * evaluation decides which of two that ran at once is the one that counts.
 */
export async function saveEvaluation(
  knex: Knex,
  evaluation: Evaluation,
): Promise<SloAlert[] | undefined> {
  const { entityRef, expected, at, slos, sourceError, firing } = evaluation;
  return knex.transaction(async tx => {
    const updated = await tx<DbSloEntityRow>(SLO_ENTITIES)
      .where({ entity_ref: entityRef, evaluation: expected })
      .update({
        evaluation: tx.raw('evaluation + 1'),
        evaluated_at: at,
        evaluation_due_at: tx.raw("now() + ? * interval '1 second'", [
          evaluation.nextInSeconds,
        ]),
        slos: tx.raw('?::jsonb', [JSON.stringify(slos)]),
        source_error: sourceError ?? null,
      });
    if (updated === 0) return undefined;
    const resolved = await resolveAlerts(
      tx,
      query =>
        query.where({ entity_ref: entityRef, source: 'slo' }).whereNotIn(
          'key',
          firing.map(({ key }) => key),
        ),
      at,
    );
    return [...(await openAlerts(tx, firing)), ...resolved];
  });
}
