import { createHmac, randomBytes } from 'node:crypto';
import type { WebhookQueue } from '../../webhooks';
import { newId } from '../ids';
import {
  TEAM,
  type Deployment,
  type Project,
  type RollingRelease,
  type Webhook,
} from '../model';
import type { Presenter } from '../presentation';
import type { VercelStores } from '../store';

const SOURCE = 'vercel';
// One team, one user: who asked is not told apart.
const USER_ID = 'forkyard';

/** Tells subscribers what happened, signed as the platform signs. */
export class WebhookNotifier {
  readonly #stores: VercelStores;
  readonly #queue: WebhookQueue;
  readonly #presenter: Presenter;
  readonly #sharedSecret: string | undefined;

  constructor(options: {
    stores: VercelStores;
    queue: WebhookQueue;
    presenter: Presenter;
    /** Signs all webhooks when given, as an integration's client secret does. */
    sharedSecret: string | undefined;
  }) {
    this.#stores = options.stores;
    this.#queue = options.queue;
    this.#presenter = options.presenter;
    this.#sharedSecret = options.sharedSecret;
    this.#queue.registerSigner(SOURCE, delivery => {
      const webhook = this.#stores.webhooks.find(delivery.hookId);
      return (
        webhook && {
          'user-agent': 'Vercel Webhooks',
          'x-vercel-signature': sign(delivery.body, webhook.secret),
        }
      );
    });
  }

  create(options: {
    url: string;
    events: string[];
    projectIds?: string[];
  }): Webhook {
    const now = Date.now();
    const webhook: Webhook = {
      ...options,
      id: newId('account_hook', 20),
      secret: this.#sharedSecret ?? randomBytes(24).toString('base64url'),
      createdAt: now,
      updatedAt: now,
    };
    this.#stores.webhooks.insert(webhook);
    return webhook;
  }

  delete(id: string): void {
    this.#stores.webhooks.delete(id);
    this.#queue.deliveries.deleteForHook({ source: SOURCE, hookId: id });
  }

  deploymentEvent(
    type: string,
    project: Project,
    deployment: Deployment,
    extra: object = {},
  ) {
    this.#send(type, project, {
      ...extra,
      user: { id: deployment.creator },
      team: { id: TEAM.id },
      project: { id: project.id, name: project.name },
      deployment: {
        id: deployment.id,
        name: deployment.name,
        url: this.#presenter.deploymentUrl(deployment),
        inspectorUrl: this.#presenter.inspectorUrl(deployment),
        meta: this.#presenter.meta(deployment),
        customEnvironmentId: deployment.customEnvironment?.id ?? null,
      },
      links: {
        deployment: this.#presenter.inspectorUrl(deployment),
        project: this.#presenter.projectPageUrl(deployment.name),
      },
      target: deployment.target ?? null,
      alias: this.#stores.aliases
        .listByDeployment(deployment.id)
        .map(({ host }) => this.#presenter.publicHost(host)),
      name: deployment.name,
      url: this.#presenter.deploymentUrl(deployment),
      plan: 'pro',
      regions: ['dev1'],
      type: 'LAMBDAS',
    });
  }

  projectEvent(type: string, project: Project, extra: object = {}) {
    this.#send(type, project, {
      team: { id: TEAM.id },
      project: { id: project.id, name: project.name },
      ...extra,
    });
  }

  /** Tells of a rolling release, and of the one or the stage before it. */
  rollingReleaseEvent(
    name: 'started' | 'approved' | 'completed' | 'aborted',
    project: Project,
    release: RollingRelease,
    before: RollingRelease | undefined,
  ) {
    this.#send(`project.rolling-release.${name}`, project, {
      user: { id: USER_ID },
      userId: USER_ID,
      team: { id: TEAM.id },
      project: { id: project.id, name: project.name },
      projectId: project.id,
      projectName: project.name,
      rollingRelease: releaseDocument(project, release),
      ...(before && { prevRollingRelease: releaseDocument(project, before) }),
    });
  }

  #send(type: string, project: Project, payload: object): void {
    const now = Date.now();
    for (const webhook of this.#stores.webhooks.list()) {
      if (
        !webhook.events.includes(type) ||
        (webhook.projectIds?.length && !webhook.projectIds.includes(project.id))
      ) {
        continue;
      }
      const id = newId('evt');
      this.#queue.enqueue({
        source: SOURCE,
        hookId: webhook.id,
        event: type,
        url: webhook.url,
        guid: id,
        body: JSON.stringify({
          id,
          type,
          createdAt: now,
          region: 'dev1',
          payload,
        }),
      });
    }
  }
}

/**
 * A release as the webhooks have it, which is not as the API has it. Members as
 * in deliveries of the service that were published in February 2026.
 */
function releaseDocument(project: Project, release: RollingRelease) {
  const { config, activeStageIndex, state } = release;
  const { targetPercentage } = config.stages[activeStageIndex];
  return {
    projectId: project.id,
    ownerId: TEAM.id,
    deploymentIds: [release.baseDeploymentId, release.canaryDeploymentId],
    state,
    activeStageIndex,
    default: {
      baseDeploymentId: release.baseDeploymentId,
      targetDeploymentId: release.canaryDeploymentId,
      ...(state !== 'ABORTED' && { targetPercentage }),
      targetStartAt: release.startedAt,
      targetUpdatedAt: release.updatedAt,
    },
    config: { target: 'production', ...config },
    writtenBy: release.writtenBy,
  };
}

/** Signs as the real one: hex HMAC-SHA1 of the raw body, without a prefix. */
function sign(body: Buffer, secret: string): string {
  return createHmac('sha1', secret).update(body).digest('hex');
}
