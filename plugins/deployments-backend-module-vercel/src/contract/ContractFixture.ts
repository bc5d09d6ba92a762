import type { Entity } from '@backstage/catalog-model';
import { callVercel, type VercelClient } from '@forkyard/backend-kit';
import type {
  BuildLogLine,
  DeploymentState,
} from '@forkyard/plugin-deployments-common';
import type {
  CanaryTraffic,
  ProjectRef,
  ProviderDeployment,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsDeleteDeployment } from '@vercel/sdk/funcs/deploymentsDeleteDeployment.js';
import { projectsCreateProject } from '@vercel/sdk/funcs/projectsCreateProject.js';
import { projectsDeleteProject } from '@vercel/sdk/funcs/projectsDeleteProject.js';
import type { VercelDeploymentProvider } from '../VercelDeploymentProvider';
import { createdSchema, ignoredSchema } from '../vercelSchemas';

/** A platform that claims to speak Vercel's API. */
export interface ContractPlatform {
  provider: VercelDeploymentProvider;
  client: VercelClient;
  /** The same provider with a token that nobody gave out. */
  stranger: VercelDeploymentProvider;
  stop(): Promise<void>;
}

const FINISHED: DeploymentState[] = ['ready', 'failed', 'canceled'];
const PAUSE_MS = 200;

/**
 * One project on a platform, and what the contract does to it through the API.
 */
export class ContractFixture {
  readonly projectName = `contract-${Date.now().toString(36)}`;
  readonly provider: VercelDeploymentProvider;
  readonly stranger: VercelDeploymentProvider;
  #project: ProjectRef | undefined;

  private constructor(
    private readonly platform: ContractPlatform,
    private readonly timeoutMs: number,
  ) {
    this.provider = platform.provider;
    this.stranger = platform.stranger;
  }

  /** Makes the project, by another name than any other run. */
  static async create(
    platform: ContractPlatform,
    options: { timeoutMs: number },
  ): Promise<ContractFixture> {
    const fixture = new ContractFixture(platform, options.timeoutMs);
    const { client } = platform;
    await callVercel(client, {
      what: 'create the project of the contract',
      run: (core, requestOptions) =>
        projectsCreateProject(
          core,
          {
            teamId: client.teamId,
            requestBody: { name: fixture.projectName },
          },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
    fixture.#project = await platform.provider.resolveProject(
      fixture.entity(fixture.projectName),
    );
    return fixture;
  }

  get canary(): CanaryTraffic {
    return this.provider.canary;
  }

  get project(): ProjectRef {
    if (!this.#project) throw new Error('The project was not resolved');
    return this.#project;
  }

  entity(project: string): Entity {
    return {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: 'contract',
        annotations: { 'vercel.com/project-id': project },
      },
    };
  }

  async deploy(
    request: { target?: 'production'; buildCommand?: string } = {},
  ): Promise<string> {
    const { id } = await callVercel(this.platform.client, {
      what: 'create a deployment of the contract',
      run: (core, requestOptions) =>
        deploymentsCreateDeployment(
          core,
          {
            teamId: this.project.teamId,
            forceNew: '1',
            skipAutoDetectionConfirmation: '1',
            requestBody: {
              name: this.projectName,
              project: this.project.projectId,
              target: request.target,
              files: [
                { file: 'index.html', data: `<p>${request.buildCommand}</p>` },
              ],
              projectSettings: {
                framework: null,
                buildCommand: request.buildCommand,
              },
            },
          },
          requestOptions,
        ),
      schema: createdSchema,
    });
    return id;
  }

  async deployToProduction(): Promise<string> {
    const id = await this.deploy({ target: 'production' });
    const { state } = await this.finish(id);
    if (state !== 'ready') throw new Error(`Deployment '${id}' is ${state}`);
    return id;
  }

  /** Makes one that is live, and two that wait for its traffic. */
  async deployStaged(): Promise<{
    stable: string;
    newer: string;
    newest: string;
  }> {
    const stable = await this.deployToProduction();
    await this.productionServing(stable);
    await this.provider.setStaging(this.project, { isStaged: true });
    const newer = await this.deployToProduction();
    const newest = await this.deployToProduction();
    await this.provider.setStaging(this.project, { isStaged: false });
    return { stable, newer, newest };
  }

  async deleteDeployment(id: string): Promise<void> {
    await callVercel(this.platform.client, {
      what: 'delete a deployment of the contract',
      run: (core, requestOptions) =>
        deploymentsDeleteDeployment(
          core,
          { id, teamId: this.project.teamId },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  /** Waits until a deployment is finished. */
  finish(id: string): Promise<ProviderDeployment> {
    return this.#waitFor(
      () => this.provider.getDeployment(this.project, id),
      ({ state }) => FINISHED.includes(state),
    );
  }

  async readProduction(): Promise<ProviderEnvironment> {
    const found = await this.provider.listEnvironments(this.project);
    const production = found.find(
      ({ environment }) => environment === 'production',
    );
    if (!production) throw new Error('There is no production');
    return production;
  }

  /** Gives production as it is when it serves this, or in the end. */
  productionServing(id: string): Promise<ProviderEnvironment | undefined> {
    return this.#waitFor(
      () => this.readProduction(),
      found => found.liveExternalId === id,
    );
  }

  async readLog(
    id: string,
    options: { follow: boolean },
  ): Promise<BuildLogLine[]> {
    const lines: BuildLogLine[] = [];
    for await (const line of this.provider.streamBuildLog(this.project, id, {
      ...options,
      signal: AbortSignal.timeout(this.timeoutMs),
    })) {
      lines.push(line);
    }
    return lines;
  }

  /** Deletes the project and leaves the platform. */
  async dispose(): Promise<void> {
    await callVercel(this.platform.client, {
      what: 'delete the project of the contract',
      run: (core, requestOptions) =>
        projectsDeleteProject(
          core,
          { idOrName: this.project.projectId, teamId: this.project.teamId },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
    await this.platform.stop();
  }

  async #waitFor<T>(
    read: () => Promise<T>,
    isRight: (value: T) => boolean,
  ): Promise<T> {
    const until = Date.now() + this.timeoutMs;
    for (;;) {
      const value = await read();
      if (isRight(value) || Date.now() > until) return value;
      await new Promise(resolve => {
        setTimeout(resolve, PAUSE_MS);
      });
    }
  }
}
