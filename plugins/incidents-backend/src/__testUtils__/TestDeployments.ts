import { NotFoundError } from '@backstage/errors';
import type {
  Deployment,
  EntityDeploymentStatus,
  TrackedProject,
} from '@forkyard/plugin-deployments-common';
import {
  mockDeploymentsService,
  type DeploymentsService,
} from '@forkyard/plugin-deployments-node';

const AT = '2026-11-21T09:00:00.000Z';

/** Deployments of one entity's production, newest last, as the plugin tells. */
export class TestDeployments {
  readonly calls: string[] = [];
  readonly deployments: Deployment[] = [];
  /** Whose projects are verified. */
  projects: TrackedProject[] = [];
  /** Thrown for the projects after the first page. */
  nextPageFailure?: Error;
  url?: string;
  live?: string;
  /** Where the next change of the traffic leads; undefined moves nothing. */
  movesTraffic = true;
  /** Thrown by the next change, after or before it took effect. */
  fault?: { error: Error; when: 'before' | 'after' };

  constructor(private readonly entityRef: string) {}

  add(name: string): void {
    this.deployments.push({
      id: `vercel:${name}`,
      provider: 'vercel',
      externalId: name,
      projectId: 'prj_1',
      entityRef: this.entityRef,
      environment: 'production',
      state: 'ready',
      live: false,
      aliases: [],
      commit: {
        sha: name[0].repeat(40),
        message: `Make it ${name}\n\nWhy it is so`,
      },
      createdAt: AT,
      observedAt: AT,
    });
    this.live = `vercel:${name}`;
  }

  service(): DeploymentsService {
    return mockDeploymentsService({
      getEntityStatus: async () => this.#status(),
      reconcileEntity: async () => {
        this.calls.push('reconcile');
        return this.#status();
      },
      listDeployments: async () => ({
        items: [...this.deployments].reverse(),
      }),
      listProjects: async ({ cursor }) => {
        if (cursor && this.nextPageFailure) throw this.nextPageFailure;
        return {
          items: this.projects,
          nextCursor: this.nextPageFailure && 'next',
        };
      },
      getDeployment: async ({ id }) => this.#get(id),
      getRollbackTarget: async () => {
        const target = this.deployments.findLast(({ id }) => id !== this.live);
        if (!target) throw new NotFoundError('There is nothing to go back to');
        return target;
      },
      rollback: async ({ toDeploymentId }, { credentials }) => {
        const { principal } = credentials as {
          principal: { userEntityRef?: string };
        };
        this.calls.push(
          `rollback ${toDeploymentId} ${principal.userEntityRef}`,
        );
        return this.#change(() => {
          if (this.movesTraffic) this.live = toDeploymentId;
          return this.#get(toDeploymentId!);
        });
      },
      redeploy: async ({ id }) => {
        this.calls.push(`redeploy ${id}`);
        return this.#change(() => {
          this.add(`${this.#get(id).externalId}-again`);
          return this.deployments.at(-1)!;
        });
      },
    });
  }

  #change(run: () => Deployment): Deployment {
    const { fault } = this;
    this.fault = undefined;
    if (fault?.when === 'before') throw fault.error;
    const result = run();
    if (fault) throw fault.error;
    return result;
  }

  #get(wanted: string): Deployment {
    const found = this.deployments.find(({ id }) => id === wanted);
    if (!found) throw new NotFoundError(`There is no '${wanted}'`);
    return found;
  }

  #status(): EntityDeploymentStatus {
    return {
      entityRef: this.entityRef,
      environments: [
        {
          environment: 'production',
          live: this.deployments.find(({ id }) => id === this.live),
          url: this.url,
        },
      ],
      asOf: AT,
    };
  }
}
