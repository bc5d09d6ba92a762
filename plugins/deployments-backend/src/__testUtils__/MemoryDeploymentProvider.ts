import type { Entity } from '@backstage/catalog-model';
import { AuthenticationError, NotFoundError } from '@backstage/errors';
import type { BuildLogLine } from '@forkyard/plugin-deployments-common';
import {
  MemoryCanaryTraffic,
  type DeploymentProvider,
  type ProjectRef,
  type ProviderDeployment,
  type ProviderEnvironment,
  type ProviderNudge,
} from '@forkyard/plugin-deployments-node';

/** Annotation by which entities name a project of this provider. */
export const MEMORY_ANNOTATION = 'example.com/project-id';

/**
 * A platform that exists only in this process, for tests and for running the
 * plugin alone. Its one project holds what a test puts there.
 */
export class MemoryDeploymentProvider implements DeploymentProvider {
  readonly id = 'memory';
  readonly annotation = MEMORY_ANNOTATION;
  /** Deployments that exist, whether or not the list tells of them. */
  readonly deployments = new Map<string, ProviderDeployment>();
  /** Ids that the list leaves out. */
  readonly unlisted = new Set<string>();
  readonly environments = new Map<string, ProviderEnvironment>();
  readonly calls: string[] = [];
  log: AsyncIterable<BuildLogLine> | Iterable<BuildLogLine> = [];
  logOptions?: { follow: boolean; signal: AbortSignal };
  /** Thrown by every call while it is set. */
  failure?: Error;
  /** Accepts promotions and never finishes them. */
  isStuck = false;
  isStaged = false;
  /** Undefined for a provider that cannot split traffic. */
  canary?: MemoryCanaryTraffic = new MemoryCanaryTraffic({
    getLive: () => this.environments.get('production')?.liveExternalId,
    setLive: id => this.setLive(id),
  });

  put(
    deployment: Partial<ProviderDeployment> & { externalId: string },
  ): ProviderDeployment {
    const put: ProviderDeployment = {
      environment: 'production',
      state: 'ready',
      createdAt: new Date('2026-11-21T09:00:00Z'),
      ...this.deployments.get(deployment.externalId),
      ...deployment,
    };
    this.deployments.set(put.externalId, put);
    return put;
  }

  setLive(externalId: string | undefined, environment = 'production'): void {
    this.environments.set(environment, {
      environment,
      liveExternalId: externalId,
      aliases: [`https://shop-${environment}.example.com`],
    });
  }

  async resolveProject(entity: Entity): Promise<ProjectRef | undefined> {
    this.#called('resolveProject');
    const projectId = entity.metadata.annotations?.[this.annotation];
    return projectId
      ? { provider: this.id, projectId, teamId: 'team' }
      : undefined;
  }

  async listDeployments(
    _project: ProjectRef,
    options: { limit: number; since?: Date },
  ): Promise<ProviderDeployment[]> {
    this.#called(`listDeployments ${options.limit}`);
    return [...this.deployments.values()]
      .filter(({ externalId }) => !this.unlisted.has(externalId))
      .filter(({ createdAt }) => !options.since || createdAt > options.since)
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
      .slice(0, options.limit);
  }

  async getDeployment(
    _project: ProjectRef,
    externalId: string,
  ): Promise<ProviderDeployment> {
    this.#called(`getDeployment ${externalId}`);
    const found = this.deployments.get(externalId);
    if (!found) throw new NotFoundError(`No deployment '${externalId}'`);
    return found;
  }

  async listEnvironments(): Promise<ProviderEnvironment[]> {
    this.#called('listEnvironments');
    return [...this.environments.values()];
  }

  async *streamBuildLog(
    _project: ProjectRef,
    _externalId: string,
    options: { follow: boolean; signal: AbortSignal },
  ): AsyncIterable<BuildLogLine> {
    this.logOptions = options;
    this.#called('streamBuildLog');
    yield* this.log;
  }

  async redeploy(
    _project: ProjectRef,
    externalId: string,
  ): Promise<ProviderDeployment> {
    this.#called(`redeploy ${externalId}`);
    return this.put({
      ...this.deployments.get(externalId),
      externalId: `${externalId}-again`,
      state: 'queued',
      createdAt: new Date(),
    });
  }

  async promote(_project: ProjectRef, externalId: string): Promise<void> {
    this.#called(`promote ${externalId}`);
    if (!this.isStuck) this.setLive(externalId);
  }

  async rollback(_project: ProjectRef, externalId: string): Promise<void> {
    this.#called(`rollback ${externalId}`);
    this.setLive(externalId);
  }

  async deployTo(
    _project: ProjectRef,
    request: { externalId: string; environment: string; key?: string },
  ): Promise<ProviderDeployment> {
    const { externalId, environment, key } = request;
    this.#called(
      `deployTo ${environment} ${externalId}${key ? ` ${key}` : ''}`,
    );
    const id = `${externalId}-${environment}`;
    const made = this.deployments.get(id);
    return (
      made ??
      this.put({
        ...this.deployments.get(externalId),
        externalId: id,
        environment,
        state: 'queued',
        createdAt: new Date(),
      })
    );
  }

  async ensureEnvironment(
    _project: ProjectRef,
    { environment }: { environment: string },
  ): Promise<void> {
    this.#called(`ensureEnvironment ${environment}`);
    if (this.environments.has(environment)) return;
    this.setLive(undefined, environment);
  }

  async setStaging(
    _project: ProjectRef,
    { isStaged }: { isStaged: boolean },
  ): Promise<void> {
    this.#called(`setStaging ${isStaged}`);
    this.isStaged = isStaged;
  }

  /** Takes `{ eventId, projectId }` under the header `x-signature: good`. */
  async parseWebhook(request: {
    headers: Record<string, string | string[] | undefined>;
    rawBody: Buffer;
  }): Promise<ProviderNudge | undefined> {
    if (request.headers['x-signature'] !== 'good') {
      throw new AuthenticationError('The signature is wrong');
    }
    const nudge: Partial<ProviderNudge> = JSON.parse(String(request.rawBody));
    return nudge.projectId && nudge.eventId
      ? { projectId: nudge.projectId, eventId: nudge.eventId }
      : undefined;
  }

  #called(name: string): void {
    this.calls.push(name);
    if (this.failure) throw this.failure;
  }
}
