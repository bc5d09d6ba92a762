import { NotFoundError } from '@backstage/errors';
import type {
  Deployment,
  DeploymentsApi,
  EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';
import {
  createDeployment,
  live,
  preview,
} from '../src/__testUtils__/deployments';
import { ago } from '../src/__testUtils__/rollouts';
import { isPinned, lastRolloutOf, rolloutsOf } from './scenarios';

const next = createDeployment({
  externalId: 'dpl_new',
  commit: {
    sha: '9ab02e1000000000000000000000000000000000',
    message: 'Resize images in a worker',
    author: 'ben',
  },
  createdAt: ago(600),
  buildingAt: ago(598),
  readyAt: ago(430),
});

/** What entities of the scenarios run. */
export class MemoryDeploymentsApi implements DeploymentsApi {
  async listDeployments({ entityRef }: { entityRef: string }) {
    return { items: this.#of(entityRef) };
  }

  async getDeployment() {
    return live;
  }

  async getEntityStatus({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<EntityDeploymentStatus> {
    const asOf = new Date().toISOString();
    if (entityRef.endsWith('/empty-studio')) {
      return { entityRef, environments: [], asOf };
    }
    if (entityRef.endsWith('/loading-studio')) return new Promise(() => {});
    const active = rolloutsOf(entityRef).find(({ endedAt }) => !endedAt);
    return {
      entityRef,
      asOf,
      environments: [
        {
          environment: 'production',
          ...productionOf(entityRef),
          url: 'http://image-studio.localhost:4393',
          pinned: isPinned(entityRef) ? { since: ago(900) } : undefined,
          rollout: active && {
            id: active.id,
            deploymentId: active.deploymentId,
            strategy: active.plan.strategy,
            state: active.state,
            percent: active.percent,
            waitingFor: active.gates.find(({ state }) => state === 'waiting')
              ?.gate,
          },
        },
        {
          environment: 'preview',
          live: { ...preview, entityRef },
          url: preview.url,
        },
      ],
    };
  }

  async *streamBuildLog() {}

  async redeploy() {
    return next;
  }

  async promoteDeployment() {
    return next;
  }

  async getRollbackTarget({ entityRef }: { entityRef: string }) {
    if (entityRef.endsWith('/waiting-studio')) {
      throw new NotFoundError(
        `There is nothing to go back to in 'production' of '${entityRef}'`,
      );
    }
    return createDeployment({
      externalId: 'dpl_before',
      entityRef,
      liveSince: ago(90_000),
      commit: {
        sha: 'a11ce0f000000000000000000000000000000000',
        message: 'Cache thumbnails',
        author: 'ana',
      },
    });
  }

  async rollbackToDeployment() {
    return live;
  }

  async listProjects() {
    return { items: [] };
  }

  reconcileEntity = (request: { entityRef: string }) =>
    this.getEntityStatus(request);

  #of(entityRef: string): Deployment[] {
    if (entityRef.endsWith('/empty-studio')) return [];
    const { live: serving, latest } = productionOf(entityRef);
    return [...(latest ? [latest] : []), preview, serving].map(deployment => ({
      ...deployment,
      entityRef,
    }));
  }
}

/** What serves, and the newest version when it is another. */
function productionOf(entityRef: string): {
  live: Deployment;
  latest?: Deployment;
} {
  const newest = { ...next, entityRef, lastRollout: lastRolloutOf(entityRef) };
  return newest.lastRollout?.outcome === 'promoted'
    ? { live: { ...newest, live: true, liveSince: ago(700) } }
    : { live: { ...live, entityRef }, latest: newest };
}
