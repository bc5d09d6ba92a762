import { createHash } from 'node:crypto';
import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { AlertStore, NewAlert } from '../database/AlertStore';
import type { AlertRulesSource, RuleAlert } from '../sources/AlertRulesSource';
import type { SloAnnouncer } from './SloAnnouncer';

const MAX_SUMMARY = 1000;
const RUNBOOK = /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*\.md$/;
/** Labels `severity` with which teams mark what wakes somebody. */
const PAGES = new Set(['page', 'critical']);

/**
 * Takes over the alerts that another system's rules raise.
 *
 * One ends when its rule is there, was evaluated, and no longer raises it. A
 * system that does not answer, has lost its rules, or cannot evaluate them, ends
 * nothing.
 */
export class RuleAlertsService {
  constructor(
    private readonly options: {
      rules: AlertRulesSource;
      alerts: AlertStore;
      catalog: CatalogService;
      auth: AuthService;
      announcer: Pick<SloAnnouncer, 'announce'>;
      logger: LoggerService;
      /** Label with the entity's ref, or the name of a component. */
      entityLabel: string;
    },
  ) {}

  async reconcileAlerts(now: Date = new Date()): Promise<void> {
    const { rules: source, alerts, announcer } = this.options;
    const rules = await source.listRules();
    const raised = rules.flatMap(rule =>
      rule.alerts.flatMap(alert => this.#toAlert(rule.name, alert) ?? []),
    );
    const healthy = new Set(
      rules.filter(({ isHealthy }) => isHealthy).map(({ name }) => name),
    );
    const keys = new Set(raised.map(({ key }) => key));
    const held = await alerts.listFiring('prometheus');
    const ended = held
      .filter(({ key, slo }) => !keys.has(key) && healthy.has(slo))
      .map(({ key }) => key);
    const begun = await this.#filterKnown(
      raised.filter(({ key }) => !held.some(alert => alert.key === key)),
    );
    const changed = [
      ...(await alerts.open(begun)),
      ...(await alerts.resolve(ended, now)),
    ];
    for (const [entityRef, group] of groupByEntity(changed)) {
      await announcer.announce(entityRef, group);
    }
  }

  #toAlert(
    name: string,
    { labels, annotations, startsAt }: RuleAlert,
  ): NewAlert | undefined {
    const entityRef = readEntityRef(labels[this.options.entityLabel]);
    if (!entityRef) return undefined;
    const { summary, description, runbook } = annotations;
    return {
      key: `prometheus:${fingerprint(labels)}`,
      entityRef,
      slo: name,
      severity: PAGES.has(labels.severity) ? 'page' : 'ticket',
      startsAt: startsAt.toISOString(),
      summary: (summary || description || name).slice(0, MAX_SUMMARY),
      runbook: RUNBOOK.test(runbook ?? '') ? runbook : undefined,
      source: 'prometheus',
    };
  }

  /** Leaves out alerts of entities that the catalog does not have. */
  async #filterKnown(alerts: NewAlert[]): Promise<NewAlert[]> {
    if (alerts.length === 0) return [];
    const { catalog, auth, logger } = this.options;
    const { items } = await catalog.getEntitiesByRefs(
      {
        entityRefs: alerts.map(({ entityRef }) => entityRef),
        fields: ['kind', 'metadata.name'],
      },
      { credentials: await auth.getOwnServiceCredentials() },
    );
    const unknown = alerts.filter((_, index) => !items[index]);
    if (unknown.length > 0) {
      logger.warn(
        `Prometheus raises ${unknown.length} alerts of entities that the catalog does not have, such as '${unknown[0].entityRef}'`,
      );
    }
    return alerts.filter((_, index) => items[index]);
  }
}

function readEntityRef(label: string | undefined): string | undefined {
  if (!label) return undefined;
  try {
    return stringifyEntityRef(
      parseEntityRef(label, {
        defaultKind: 'component',
        defaultNamespace: 'default',
      }),
    );
  } catch {
    return undefined;
  }
}

/** An alert of Prometheus is what its labels say, in whatever order. */
function fingerprint(labels: Record<string, string>): string {
  const sorted = Object.entries(labels).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

function groupByEntity(alerts: SloAlert[]): Map<string, SloAlert[]> {
  const groups = new Map<string, SloAlert[]>();
  for (const alert of alerts) {
    groups.set(alert.entityRef, [
      ...(groups.get(alert.entityRef) ?? []),
      alert,
    ]);
  }
  return groups;
}
