import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import type {
  NotificationRecipients,
  NotificationService,
} from '@backstage/plugin-notifications-node';
import {
  actorName,
  type GateOverride,
} from '@forkyard/plugin-deployments-common';
import type { HeldApproval } from '../../database/gates/ApprovalsStore';
import { formatTime } from './formatTime';

/**
 * Tells people what is asked of them and what was decided. A failure to tell is
 * logged and fails nothing.
 */
export class GateNotifier {
  constructor(
    private readonly options: {
      notifications: NotificationService;
      logger: LoggerService;
    },
  ) {}

  /** Gives whether it succeeded, so that it is tried again when not. */
  async askForApproval(approval: HeldApproval): Promise<boolean> {
    const { entityRef, environment, requestedBy, commit } = approval;
    const stage =
      approval.stageIndex === undefined
        ? 'before it gets any traffic'
        : `after stage ${approval.stageIndex + 1}`;
    return this.#send({
      entityRef,
      recipients: {
        type: 'entity',
        entityRef,
        excludeEntityRef: isUserRef(requestedBy) ? requestedBy : undefined,
      },
      rolloutId: approval.rolloutId,
      scope: `approval:${approval.id}`,
      severity: 'high',
      title: `Approve a rollout of ${nameOf(entityRef)} to ${environment}`,
      description: [
        commit && `Commit ${commit.sha.slice(0, 7)}: ${commit.message ?? ''}`,
        `${actorName(requestedBy)} asks for a second person ${stage}, until ${formatTime(approval.expiresAt)}.`,
      ],
    });
  }

  async tellDecision(approval: HeldApproval): Promise<void> {
    const { entityRef, environment, requestedBy, state, comment } = approval;
    if (!isUserRef(requestedBy)) return;
    await this.#send({
      entityRef,
      recipients: { type: 'entity', entityRef: requestedBy },
      rolloutId: approval.rolloutId,
      scope: `approval:${approval.id}`,
      severity: 'normal',
      title: `Rollout of ${nameOf(entityRef)} to ${environment} was ${state}`,
      description: [
        `By ${actorName(approval.decidedBy ?? 'somebody')}.`,
        comment,
      ],
    });
  }

  async tellOverride(override: GateOverride): Promise<void> {
    const { entityRef, environment, createdBy } = override;
    await this.#send({
      entityRef,
      recipients: { type: 'entity', entityRef, excludeEntityRef: createdBy },
      scope: `gate-override:${override.id}`,
      severity: 'high',
      title: `Freeze and error budget of ${nameOf(entityRef)} are overridden in ${environment}`,
      description: [
        `By ${actorName(createdBy)} until ${formatTime(override.expiresAt)}: ${override.reason}`,
      ],
    });
  }

  async #send(message: {
    entityRef: string;
    rolloutId?: string;
    recipients: NotificationRecipients;
    scope: string;
    severity: 'high' | 'normal';
    title: string;
    description: (string | undefined)[];
  }): Promise<boolean> {
    const { kind, namespace, name } = parseEntityRef(message.entityRef);
    const page = `/catalog/${namespace}/${kind}/${name}/deployments`;
    try {
      await this.options.notifications.send({
        recipients: message.recipients,
        payload: {
          title: message.title,
          description: message.description.filter(Boolean).join(' '),
          link: `${page.toLowerCase()}${message.rolloutId ? `?rollout=${message.rolloutId}` : ''}`,
          severity: message.severity,
          topic: 'deployments',
          scope: message.scope,
        },
      });
      return true;
    } catch (error) {
      this.options.logger.warn(
        `Could not notify about '${message.entityRef}': ${error}`,
      );
      return false;
    }
  }
}

/** Tells the ref of a user from other names of who asked. */
export function isUserRef(text: string): boolean {
  return /^user:(?:[\w.-]{1,63}\/)?[\w.-]{1,63}$/i.test(text);
}

function nameOf(entityRef: string): string {
  return parseEntityRef(entityRef).name;
}
