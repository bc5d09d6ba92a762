import type { AuthService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { SloService } from '@forkyard/plugin-slo-node';
import type { AlertObservation, AlertsStore } from '../database/AlertsStore';
import type { AlertAnnouncer } from './AlertAnnouncer';
import { isSafePath } from './runbookLocation';

const PAGE_SIZE = 100;
/** Far more alerts than can fire; a list that does not end is no list. */
const MAX_PAGES = 200;

/**
 * Takes over the alerts of the slo plugin, which is the truth about them.
 *
 * What its list of firing alerts leaves out is asked for by its id, and only
 * what it then says is resolved is: no answer, or an empty one, resolves nothing.
 */
export class SloAlertsReconciler {
  constructor(
    private readonly options: {
      alerts: AlertsStore;
      slo: SloService;
      announcer: AlertAnnouncer;
      auth: AuthService;
    },
  ) {}

  /** Asks for everything that fires, or fired when we asked last. */
  async reconcile(): Promise<void> {
    const { alerts, announcer } = this.options;
    const askedAt = await alerts.now();
    const firing = await this.#listFiring();
    await alerts.observe(firing.map(toObservation), askedAt);
    const told = new Set(firing.map(({ id }) => id));
    const held = [
      ...(await alerts.listFiringAtSource('slo')),
      ...(await alerts.listFiringAtSource('prometheus')),
    ];
    const missing = held.filter(id => !told.has(id));
    for (let start = 0; start < missing.length; start += PAGE_SIZE) {
      await this.#ask(missing.slice(start, start + PAGE_SIZE));
    }
    announcer.nudge();
  }

  /** Asks for one alert, of which an event told. */
  async reconcileAlert({ id }: { id: string }): Promise<void> {
    await this.#ask([id]);
    this.options.announcer.nudge();
  }

  async #ask(ids: string[]): Promise<void> {
    const { alerts } = this.options;
    const askedAt = await alerts.now();
    const { items } = await this.#list({ ids, limit: PAGE_SIZE });
    await alerts.observe(
      items.filter(({ id }) => ids.includes(id)).map(toObservation),
      askedAt,
    );
  }

  async #listFiring(): Promise<SloAlert[]> {
    const found: SloAlert[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { items, nextCursor } = await this.#list({
        state: 'firing',
        cursor,
        limit: PAGE_SIZE,
      });
      found.push(...items);
      cursor = nextCursor;
      if (!cursor) break;
    }
    return found;
  }

  async #list(request: Parameters<SloService['listAlerts']>[0]) {
    const { slo, auth } = this.options;
    try {
      return await slo.listAlerts(request, {
        credentials: await auth.getOwnServiceCredentials(),
      });
    } catch (error) {
      throw new ServiceUnavailableError(
        'The slo plugin cannot be asked for its alerts; what is known of them stays',
        error,
      );
    }
  }
}

function toObservation(alert: SloAlert): AlertObservation {
  return {
    source: alert.source,
    fingerprint: alert.id,
    startsAt: new Date(alert.startsAt),
    endsAt:
      alert.state === 'resolved'
        ? new Date(alert.endsAt ?? Date.now())
        : undefined,
    entityRef: alert.entityRef,
    title: alert.slo,
    summary: alert.summary,
    severity: alert.severity,
    runbook:
      alert.runbook && isSafePath(alert.runbook) ? alert.runbook : undefined,
    labels: { slo: alert.slo },
  };
}
