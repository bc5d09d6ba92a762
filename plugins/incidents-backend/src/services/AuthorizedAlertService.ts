import type { AuthService } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  alertReadPermission,
  alertUpdatePermission,
  type Alert,
  type AlertDetails,
  type ListAlertsRequest,
} from '@forkyard/plugin-incidents-common';
import type { AlertService } from './AlertService';
import type { EntityGate } from './EntityGate';
import type { CallOptions } from './RunbookService';

/** Pages that are looked through for one page of what the caller may see. */
const MAX_PAGES = 10;

/**
 * Asks for permission before every operation on alerts.
 *
 * Alerts of no known entity are for callers who may do the same at every entity.
 */
export class AuthorizedAlertService implements AlertService {
  constructor(
    private readonly inner: AlertService,
    private readonly options: { gate: EntityGate; auth: AuthService },
  ) {}

  async listAlerts(request: ListAlertsRequest, options: CallOptions) {
    if (request.entityRef) {
      await this.options.gate.assertVisible(
        request.entityRef,
        alertReadPermission,
        options.credentials,
      );
    }
    const limit = request.limit ?? 25;
    const items: Alert[] = [];
    let cursor = request.cursor;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await this.inner.listAlerts(
        { ...request, cursor, limit: limit - items.length },
        options,
      );
      items.push(...(await this.#filterVisible(page.items, options)));
      cursor = page.nextCursor;
      if (!cursor || items.length >= limit) break;
    }
    return { items, nextCursor: cursor };
  }

  async getAlert(
    request: { id: string },
    options: CallOptions,
  ): Promise<AlertDetails> {
    const alert = await this.inner.getAlert(request, options);
    const [visible] = await this.#filterVisible([alert], options);
    if (!visible) {
      throw new NotFoundError(`Alert '${request.id}' does not exist.`);
    }
    return alert;
  }

  async acknowledgeAlert(request: { id: string }, options: CallOptions) {
    await this.#assertMayUpdate(request, 'acknowledge alerts of', options);
    return this.inner.acknowledgeAlert(request, options);
  }

  async resolveAlert(
    request: { id: string; comment: string },
    options: CallOptions,
  ) {
    await this.#assertMayUpdate(request, 'resolve alerts of', options);
    return this.inner.resolveAlert(request, options);
  }

  async listSummaries(
    request: { cursor?: string; limit?: number },
    options: CallOptions,
  ) {
    if (!this.options.auth.isPrincipal(options.credentials, 'service')) {
      throw new NotAllowedError('Only other backends may list summaries.');
    }
    return this.inner.listSummaries(request, options);
  }

  async #assertMayUpdate(
    request: { id: string },
    what: string,
    options: CallOptions,
  ): Promise<void> {
    const { gate } = this.options;
    const { entityRef } = await this.getAlert(request, options);
    if (entityRef) {
      await gate.assertAllowed(
        entityRef,
        alertUpdatePermission,
        what,
        options.credentials,
      );
    } else if (
      !(await gate.mayEverywhere(alertUpdatePermission, options.credentials))
    ) {
      throw new NotAllowedError(
        'You may not change alerts of no known entity. Administrators may.',
      );
    }
  }

  async #filterVisible(
    alerts: Alert[],
    { credentials }: CallOptions,
  ): Promise<Alert[]> {
    const { gate } = this.options;
    const entityRefs = new Set(
      alerts.flatMap(({ entityRef }) => entityRef ?? []),
    );
    const visible = await gate.filterVisible(
      [...entityRefs],
      alertReadPermission,
      credentials,
    );
    const seesUnassigned =
      alerts.some(({ entityRef }) => !entityRef) &&
      (await gate.mayEverywhere(alertReadPermission, credentials));
    return alerts.filter(({ entityRef }) =>
      entityRef ? visible.has(entityRef) : seesUnassigned,
    );
  }
}
