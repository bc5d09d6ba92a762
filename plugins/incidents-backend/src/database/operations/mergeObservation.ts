import type { Knex } from 'knex';
import type { AlertObservation } from '../AlertsStore';
import { appendTimeline } from '../DatabaseTimelineStore';
import { ALERTS, type AlertChange, type DbAlertRow } from '../tables';

const REOPENED = {
  state: 'firing',
  ends_at: null,
  resolved_by: null,
  acknowledged_by: null,
  acknowledged_at: null,
} as const;

/**
 * Merges what a source said into what is held, and gives the alert when it
 * began to fire, was resolved, or found its entity.
 *
 * An alert is one beginning: another `startsAt` makes another alert. The answer
 * to the later question wins, so that answers may come twice and late. A person's
 * decision outlives repeats: what somebody resolved while the source says it
 * fires stays resolved, until the source has resolved it and tells of it again.
 */
export async function mergeObservation(
  tx: Knex.Transaction,
  observation: AlertObservation,
  askedAt: Date,
): Promise<DbAlertRow | undefined> {
  const isFiring = !observation.endsAt;
  const [inserted] = await tx<DbAlertRow>(ALERTS)
    .insert({
      ...describe(observation),
      source: observation.source,
      fingerprint: observation.fingerprint,
      starts_at: observation.startsAt,
      entity_ref: observation.entityRef ?? null,
      state: isFiring ? 'firing' : 'resolved',
      firing_at_source: isFiring,
      ends_at: observation.endsAt ?? null,
      observed_at: askedAt,
      // Of what was over before it was heard of, nobody needs to be told.
      ...(isFiring && toAnnounce(tx, 'fired')),
    })
    .onConflict(['source', 'fingerprint', 'starts_at'])
    .ignore()
    .returning('*');
  if (inserted) {
    await tellOf(tx, inserted, observation, 'Began to fire');
    return inserted;
  }
  return mergeInto(tx, await lock(tx, observation), observation, askedAt);
}

async function mergeInto(
  tx: Knex.Transaction,
  held: DbAlertRow,
  observation: AlertObservation,
  askedAt: Date,
): Promise<DbAlertRow | undefined> {
  if (askedAt < held.observed_at) return undefined;
  const isFiring = !observation.endsAt;
  const turned = isFiring !== held.firing_at_source;
  const foundEntity = !held.entity_ref && observation.entityRef;
  const reopens = isFiring && turned && held.state === 'resolved';
  const resolves = !isFiring && held.state !== 'resolved';
  const isNews =
    reopens || (foundEntity && isFiring && held.state !== 'resolved');
  const changes = isNews ? 'fired' : resolves && 'resolved';
  const [row] = await tx<DbAlertRow>(ALERTS)
    .where({ id: held.id })
    .update({
      ...describe(observation),
      entity_ref: held.entity_ref ?? observation.entityRef ?? null,
      firing_at_source: isFiring,
      observed_at: askedAt,
      ...(reopens && REOPENED),
      ...(resolves && { state: 'resolved', ends_at: observation.endsAt }),
      ...(changes && toAnnounce(tx, changes)),
    })
    .returning('*');
  if (reopens || resolves) {
    await tellOf(tx, row, observation, 'Fires again');
  }
  return changes ? row : undefined;
}

async function lock(
  tx: Knex.Transaction,
  observation: AlertObservation,
): Promise<DbAlertRow> {
  return tx<DbAlertRow>(ALERTS)
    .where({
      source: observation.source,
      fingerprint: observation.fingerprint,
      starts_at: observation.startsAt,
    })
    .forUpdate()
    .first()
    .then(row => row!);
}

function describe(observation: AlertObservation) {
  return {
    title: observation.title,
    summary: observation.summary,
    severity: observation.severity,
    runbook: observation.runbook ?? null,
    labels: JSON.stringify(
      observation.labels,
    ) as unknown as DbAlertRow['labels'],
    url: observation.url ?? null,
  };
}

function toAnnounce(tx: Knex.Transaction, change: AlertChange) {
  return {
    announce_change: change,
    announce_due_at: tx.fn.now(3),
    announce_lease_id: null,
    announce_decision: null,
    updated_at: tx.fn.now(3),
  };
}

async function tellOf(
  tx: Knex.Transaction,
  row: DbAlertRow,
  observation: AlertObservation,
  fires: string,
): Promise<void> {
  const summary = observation.summary ? `: ${observation.summary}` : '';
  await appendTimeline(tx, [
    {
      who: row.source,
      kind: observation.endsAt ? 'alert-resolved' : 'alert-fired',
      text: observation.endsAt
        ? 'Resolved at its source'
        : `${fires}${summary}`,
      alertId: row.id,
    },
  ]);
}
