import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  DEPLOYMENTS_DEPLOYMENT_TOPIC,
  deploymentsSignalChannel,
  type Deployment,
  type DeploymentEventPayload,
  type DeploymentsSignal,
} from '@forkyard/plugin-deployments-common';
import type {
  DeploymentChange,
  DeploymentsStore,
} from '../database/DeploymentsStore';

/** Failures older than this are history when first seen, and wake nobody. */
const NEWS_MS = 60 * 60_000;

/**
 * Tells others what changed: backends by events, browsers by signals, owners
 * of a failed production deployment by a notification.
 *
 * Each is a nudge. Whoever misses one finds the same facts in the projection,
 * so a failure to tell is logged and does not fail the reconcile.
 */
export class DeploymentAnnouncer {
  constructor(
    private readonly options: {
      deployments: DeploymentsStore;
      events: EventsService;
      signals: SignalsService;
      notifications: NotificationService;
      logger: LoggerService;
    },
  ) {}

  async announce(changes: DeploymentChange[], now: Date): Promise<void> {
    for (const change of changes) {
      const { deployment } = change;
      await this.#attempt('publish an event', () =>
        this.#publishEvent(deployment),
      );
      await this.#attempt('send a signal', () => this.#signal(deployment));
      if (isNewProductionFailure(change, now)) {
        await this.#attempt('notify the owners', () =>
          this.#notifyOwners(deployment),
        );
      }
    }
  }

  async #publishEvent(deployment: Deployment): Promise<void> {
    const eventPayload: DeploymentEventPayload = {
      deploymentId: deployment.id,
      entityRef: deployment.entityRef,
      environment: deployment.environment,
      state: deployment.state,
      live: deployment.live,
    };
    await this.options.events.publish({
      topic: DEPLOYMENTS_DEPLOYMENT_TOPIC,
      eventPayload,
    });
  }

  async #signal(deployment: Deployment): Promise<void> {
    await this.options.signals.publish<DeploymentsSignal>({
      recipients: { type: 'broadcast' },
      channel: deploymentsSignalChannel(deployment.entityRef),
      message: {
        entityRef: deployment.entityRef,
        deploymentId: deployment.id,
        state: deployment.state,
      },
    });
  }

  async #notifyOwners(deployment: Deployment): Promise<void> {
    const { kind, namespace, name } = parseEntityRef(deployment.entityRef);
    const commit = deployment.commit?.sha.slice(0, 7);
    const live = await this.options.deployments.listLive(deployment.entityRef);
    const isServed = live.some(
      ({ environment }) => environment === deployment.environment,
    );
    await this.options.notifications.send({
      recipients: { type: 'entity', entityRef: deployment.entityRef },
      payload: {
        title: `Production deployment of ${name} failed`,
        description: [
          commit && `Commit ${commit}.`,
          deployment.errorMessage,
          isServed && 'What was live before still serves the traffic.',
        ]
          .filter(Boolean)
          .join(' '),
        link: `/catalog/${namespace}/${kind}/${name}/deployments`.toLowerCase(),
        severity: 'high',
        topic: 'deployments',
        scope: `deployments:${deployment.id}`,
      },
    });
  }

  async #attempt(what: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.options.logger.warn(
        `Could not ${what} about a deployment: ${error}`,
      );
    }
  }
}

function isNewProductionFailure(
  { deployment, previousState }: DeploymentChange,
  now: Date,
): boolean {
  return (
    deployment.environment === 'production' &&
    deployment.state === 'failed' &&
    previousState !== 'failed' &&
    now.getTime() - Date.parse(deployment.createdAt) < NEWS_MS
  );
}
