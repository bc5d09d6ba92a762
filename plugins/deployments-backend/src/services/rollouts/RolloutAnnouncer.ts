import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  DEPLOYMENTS_ROLLOUT_TOPIC,
  deploymentsSignalChannel,
  type Rollout,
  type RolloutEventPayload,
  type RolloutState,
} from '@forkyard/plugin-deployments-common';

const TITLES: Partial<Record<RolloutState, string>> = {
  promoted: 'was promoted',
  aborted: 'was aborted',
  'rolled-back': 'was rolled back',
};

/**
 * Tells others of rollouts: backends by events, browsers by signals, owners by
 * a notification of every end and of what waits for long.
 *
 * Each is a nudge; a failure to tell is logged and fails nothing.
 */
export class RolloutAnnouncer {
  constructor(
    private readonly options: {
      events: EventsService;
      signals: SignalsService;
      notifications: NotificationService;
      logger: LoggerService;
    },
  ) {}

  /** Tells of a transition. */
  async announce(rollout: Rollout, from: RolloutState): Promise<void> {
    const eventPayload: RolloutEventPayload = {
      rolloutId: rollout.id,
      entityRef: rollout.entityRef,
      environment: rollout.environment,
      state: rollout.state,
      percent: rollout.percent,
    };
    await this.#attempt('publish an event', () =>
      this.options.events.publish({
        topic: DEPLOYMENTS_ROLLOUT_TOPIC,
        eventPayload,
      }),
    );
    await this.signal(rollout);
    const title = TITLES[rollout.state];
    if (title && from !== rollout.state && !isUneventful(rollout, from)) {
      await this.#notify(
        rollout,
        title,
        rollout.state === 'promoted' ? 'normal' : 'high',
      );
    }
  }

  /** Tells the owners that a rollout waits for something. */
  async announceHeld(rollout: Rollout): Promise<void> {
    await this.#notify(rollout, 'is held', 'normal');
  }

  /** Makes open pages look again. */
  async signal(rollout: Rollout): Promise<void> {
    await this.#attempt('send a signal', () =>
      this.options.signals.publish({
        recipients: { type: 'broadcast' },
        channel: deploymentsSignalChannel(rollout.entityRef),
        message: {
          entityRef: rollout.entityRef,
          deploymentId: rollout.deploymentId,
          rolloutId: rollout.id,
          state: rollout.state,
        },
      }),
    );
  }

  async #notify(
    rollout: Rollout,
    what: string,
    severity: 'normal' | 'high',
  ): Promise<void> {
    const { kind, namespace, name } = parseEntityRef(rollout.entityRef);
    const commit = rollout.commit?.sha.slice(0, 7);
    await this.#attempt('notify the owners', () =>
      this.options.notifications.send({
        recipients: { type: 'entity', entityRef: rollout.entityRef },
        payload: {
          title: `Rollout of ${name} to ${rollout.environment} ${what}`,
          description: [commit && `Commit ${commit}.`, rollout.reason]
            .filter(Boolean)
            .join(' '),
          link: `${`/catalog/${namespace}/${kind}/${name}/deployments`.toLowerCase()}?rollout=${rollout.id}`,
          severity,
          topic: 'deployments',
          scope: `rollouts:${rollout.id}`,
        },
      }),
    );
  }

  async #attempt(what: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.options.logger.warn(`Could not ${what} about a rollout: ${error}`);
    }
  }
}

/** One that was replaced in the queue concerns nobody. */
function isUneventful(rollout: Rollout, from: RolloutState): boolean {
  return rollout.state === 'aborted' && from === 'queued';
}
