import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import {
  callVercel,
  fetchVercel,
  findUpstreamFailure,
  type VercelCall,
  type VercelClient,
} from '@forkyard/backend-kit';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsGetDeployment } from '@vercel/sdk/funcs/deploymentsGetDeployment.js';
import { deploymentsGetDeploymentEvents } from '@vercel/sdk/funcs/deploymentsGetDeploymentEvents.js';
import { deploymentsGetDeployments } from '@vercel/sdk/funcs/deploymentsGetDeployments.js';
import { domainsGetDomainConfig } from '@vercel/sdk/funcs/domainsGetDomainConfig.js';
import { integrationsConnectIntegrationResourceToProject } from '@vercel/sdk/funcs/integrationsConnectIntegrationResourceToProject.js';
import { integrationsCreateIntegrationStoreDirect } from '@vercel/sdk/funcs/integrationsCreateIntegrationStoreDirect.js';
import { integrationsGetConfigurations } from '@vercel/sdk/funcs/integrationsGetConfigurations.js';
import { marketplaceDeleteIntegrationResource } from '@vercel/sdk/funcs/marketplaceDeleteIntegrationResource.js';
import { projectsAddProjectDomain } from '@vercel/sdk/funcs/projectsAddProjectDomain.js';
import { projectsCreateProject } from '@vercel/sdk/funcs/projectsCreateProject.js';
import { projectsCreateProjectEnv } from '@vercel/sdk/funcs/projectsCreateProjectEnv.js';
import { projectsDeleteProject } from '@vercel/sdk/funcs/projectsDeleteProject.js';
import { projectsFilterProjectEnvs } from '@vercel/sdk/funcs/projectsFilterProjectEnvs.js';
import { projectsGetProject } from '@vercel/sdk/funcs/projectsGetProject.js';
import { projectsGetProjectDomain } from '@vercel/sdk/funcs/projectsGetProjectDomain.js';
import { projectsRemoveProjectDomain } from '@vercel/sdk/funcs/projectsRemoveProjectDomain.js';
import { teamsGetTeam } from '@vercel/sdk/funcs/teamsGetTeam.js';
import { userGetAuthUser } from '@vercel/sdk/funcs/userGetAuthUser.js';
import { z } from 'zod';
import type {
  HostingAccount,
  HostingDeployment,
  HostingDomain,
  HostingLogLine,
  HostingProject,
  HostingSource,
  HostingStore,
  HostingVariable,
  ListedVariable,
} from './HostingSource';
import {
  configurationsSchema,
  createdStoreSchema,
  createdVariablesSchema,
  deploymentSchema,
  deploymentsSchema,
  domainConfigSchema,
  domainSchema,
  eventsSchema,
  projectSchema,
  storesSchema,
  teamSchema,
  variablesSchema,
} from './vercelSchemas';

const allTargets = ['production', 'preview', 'development'] as const;

/**
 * Speaks to Vercel.
 */
export class VercelHostingSource implements HostingSource {
  readonly #configurationIds = new Map<string, string>();

  constructor(private readonly client: VercelClient) {}

  async findProject({
    name,
  }: {
    name: string;
  }): Promise<HostingProject | undefined> {
    return this.#find({
      what: `read project '${name}'`,
      run: (core, options) =>
        projectsGetProject(core, this.#team({ idOrName: name }), options),
      schema: projectSchema,
    });
  }

  async createProject(request: {
    name: string;
    repository: string;
    variables: HostingVariable[];
  }): Promise<HostingProject> {
    return this.#call({
      what: `create project '${request.name}'`,
      retry: 'never',
      run: (core, options) =>
        projectsCreateProject(
          core,
          this.#team({
            requestBody: {
              name: request.name,
              gitRepository: { type: 'github', repo: request.repository },
              environmentVariables: request.variables.map(variable => ({
                key: variable.key,
                value: variable.value,
                type: 'plain' as const,
                target: variable.targets,
              })),
            },
          }),
          options,
        ),
      schema: projectSchema,
    });
  }

  async deleteProject({ id }: { id: string }): Promise<void> {
    await this.#find({
      what: `delete project '${id}'`,
      run: (core, options) =>
        projectsDeleteProject(core, this.#team({ idOrName: id }), options),
      schema: z.unknown(),
    });
  }

  async listVariables({
    projectId,
  }: {
    projectId: string;
  }): Promise<ListedVariable[]> {
    const { envs } = await this.#call({
      what: `list the variables of project '${projectId}'`,
      run: (core, options) =>
        projectsFilterProjectEnvs(
          core,
          this.#team({ idOrName: projectId }),
          options,
        ),
      schema: variablesSchema,
    });
    return envs;
  }

  async upsertVariables({
    projectId,
    variables,
  }: {
    projectId: string;
    variables: HostingVariable[];
  }): Promise<void> {
    const { failed } = await this.#call({
      what: `set ${variables.length} variables of project '${projectId}'`,
      run: (core, options) =>
        projectsCreateProjectEnv(
          core,
          this.#team({
            idOrName: projectId,
            upsert: 'true',
            requestBody: variables.map(toVariable),
          }),
          options,
        ),
      schema: createdVariablesSchema,
    });
    if (failed.length > 0) {
      throw new ServiceUnavailableError(
        `Vercel did not set ${failed.length} of ${variables.length} variables: ${failed.map(({ error }) => error.message).join('; ')}`,
      );
    }
  }

  async findStore({
    name,
  }: {
    name: string;
  }): Promise<HostingStore | undefined> {
    const { stores } = await fetchVercel(this.client, {
      what: 'list the stores of the team',
      path: '/v1/storage/stores',
      schema: storesSchema,
    });
    return stores.find(store => store.name === name);
  }

  async createStore(request: {
    integration: string;
    product: string;
    name: string;
    externalId: string;
  }): Promise<HostingStore> {
    const configurationId = await this.#getConfigurationId(request.integration);
    const { store } = await this.#call({
      what: `create store '${request.name}'`,
      retry: 'never',
      run: (core, options) =>
        integrationsCreateIntegrationStoreDirect(
          core,
          this.#team({
            requestBody: {
              name: request.name,
              integrationConfigurationId: configurationId,
              integrationProductIdOrSlug: request.product,
              externalId: request.externalId,
            },
          }),
          options,
        ),
      schema: createdStoreSchema,
    });
    return { ...store, name: request.name };
  }

  async connectStore(request: {
    integration: string;
    storeId: string;
    projectId: string;
  }): Promise<void> {
    const configurationId = await this.#getConfigurationId(request.integration);
    try {
      await this.#call({
        what: `connect store '${request.storeId}' to project '${request.projectId}'`,
        run: (core, options) =>
          integrationsConnectIntegrationResourceToProject(
            core,
            this.#team({
              integrationConfigurationId: configurationId,
              resourceId: request.storeId,
              requestBody: { projectId: request.projectId },
            }),
            options,
          ),
        schema: z.unknown(),
      });
    } catch (error) {
      // It is connected already.
      if (findUpstreamFailure(error)?.status !== 409) throw error;
    }
  }

  async deleteStore(request: {
    integration: string;
    storeId: string;
  }): Promise<void> {
    const configurationId = await this.#getConfigurationId(request.integration);
    await this.#find({
      what: `delete store '${request.storeId}'`,
      run: (core, options) =>
        marketplaceDeleteIntegrationResource(
          core,
          {
            integrationConfigurationId: configurationId,
            resourceId: request.storeId,
          },
          options,
        ),
      schema: z.unknown(),
    });
  }

  async findDomain(request: {
    projectId: string;
    domain: string;
  }): Promise<HostingDomain | undefined> {
    return this.#find({
      what: `read domain '${request.domain}'`,
      run: (core, options) =>
        projectsGetProjectDomain(
          core,
          this.#team({ idOrName: request.projectId, domain: request.domain }),
          options,
        ),
      schema: domainSchema,
    });
  }

  async addDomain(request: {
    projectId: string;
    domain: string;
  }): Promise<HostingDomain> {
    return this.#call({
      what: `add domain '${request.domain}'`,
      run: (core, options) =>
        projectsAddProjectDomain(
          core,
          this.#team({
            idOrName: request.projectId,
            requestBody: { name: request.domain },
          }),
          options,
        ),
      schema: domainSchema,
    });
  }

  async getDomainRecords({ domain }: { domain: string }) {
    const config = await this.#call({
      what: `read the configuration of domain '${domain}'`,
      run: (core, options) =>
        domainsGetDomainConfig(core, this.#team({ domain }), options),
      schema: domainConfigSchema,
    });
    if (!config.misconfigured) return [];
    const isApex = domain.split('.').length === 2;
    const address = config.recommendedIPv4[0]?.value[0];
    return isApex && address
      ? [{ type: 'A', name: domain, value: address }]
      : [
          {
            type: 'CNAME',
            name: domain,
            value: config.recommendedCNAME[0]?.value ?? 'cname.vercel-dns.com',
          },
        ];
  }

  async removeDomain(request: {
    projectId: string;
    domain: string;
  }): Promise<void> {
    await this.#find({
      what: `remove domain '${request.domain}'`,
      run: (core, options) =>
        projectsRemoveProjectDomain(
          core,
          this.#team({ idOrName: request.projectId, domain: request.domain }),
          options,
        ),
      schema: z.unknown(),
    });
  }

  async listProductionDeployments(request: {
    projectId: string;
    sha: string;
  }): Promise<HostingDeployment[]> {
    const { deployments } = await this.#call({
      what: `list the deployments of project '${request.projectId}'`,
      run: (core, options) =>
        deploymentsGetDeployments(
          core,
          this.#team({
            projectId: request.projectId,
            target: 'production',
            limit: 20,
          }),
          options,
        ),
      schema: deploymentsSchema,
    });
    return deployments.filter(({ sha }) => sha === request.sha);
  }

  async createDeployment(request: {
    projectId: string;
    projectName: string;
    repository: { owner: string; repo: string };
    branch: string;
    sha: string;
  }): Promise<HostingDeployment> {
    return this.#call({
      what: `create a deployment of project '${request.projectName}'`,
      retry: 'never',
      run: (core, options) =>
        deploymentsCreateDeployment(
          core,
          this.#team({
            requestBody: {
              name: request.projectName,
              project: request.projectId,
              target: 'production',
              gitSource: {
                type: 'github' as const,
                org: request.repository.owner,
                repo: request.repository.repo,
                ref: request.branch,
                sha: request.sha,
              },
            },
          }),
          options,
        ),
      schema: deploymentSchema,
    });
  }

  async getDeployment({ id }: { id: string }): Promise<HostingDeployment> {
    return this.#call({
      what: `read deployment '${id}'`,
      run: (core, options) =>
        deploymentsGetDeployment(core, this.#team({ idOrUrl: id }), options),
      schema: deploymentSchema,
    });
  }

  async listBuildLog({
    id,
    since,
  }: {
    id: string;
    since?: Date;
  }): Promise<HostingLogLine[]> {
    return this.#call({
      what: `read the build log of deployment '${id}'`,
      run: (core, options) =>
        deploymentsGetDeploymentEvents(
          core,
          this.#team({
            idOrUrl: id,
            direction: 'forward' as const,
            limit: -1,
            builds: 1,
            since: since?.getTime(),
          }),
          options,
        ),
      schema: eventsSchema,
    });
  }

  async getAccount(): Promise<HostingAccount> {
    const { teamId } = this.client;
    if (teamId) {
      return this.#call({
        what: `read team '${teamId}'`,
        run: (core, options) => teamsGetTeam(core, { teamId }, options),
        schema: teamSchema,
      });
    }
    const { user } = await this.#call({
      what: 'tell whose token we have',
      run: (core, options) => userGetAuthUser(core, options),
      schema: z.object({ user: z.object({ username: z.string() }) }),
    });
    return { name: user.username };
  }

  /** An integration is installed by a person, who accepts its terms. */
  async #getConfigurationId(integration: string): Promise<string> {
    const known = this.#configurationIds.get(integration);
    if (known) return known;
    const configurations = await this.#call({
      what: `read integration '${integration}'`,
      run: (core, options) =>
        integrationsGetConfigurations(
          core,
          this.#team({
            view: 'account' as const,
            integrationIdOrSlug: integration,
          }),
          options,
        ),
      schema: configurationsSchema,
    });
    const found =
      configurations.find(({ slug }) => slug === integration) ??
      configurations[0];
    if (!found) {
      throw new NotFoundError(
        `Integration '${integration}' is not installed in the Vercel team. Install it there, or change 'forks.hosting.store.integration'`,
      );
    }
    this.#configurationIds.set(integration, found.id);
    return found.id;
  }

  #team<T extends object>(request: T): T & { teamId?: string } {
    return { ...request, teamId: this.client.teamId };
  }

  #call<TSchema extends z.ZodType>(call: VercelCall<TSchema>) {
    return callVercel(this.client, call);
  }

  async #find<TSchema extends z.ZodType>(
    call: VercelCall<TSchema>,
  ): Promise<z.output<TSchema> | undefined> {
    try {
      return await this.#call(call);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }
}

function toVariable({ key, value, secret, targets }: HostingVariable) {
  // Vercel has no sensitive variables in development.
  const sensitive = secret && !targets.includes('development');
  return {
    key,
    value,
    type: sensitive
      ? ('sensitive' as const)
      : secret
        ? ('encrypted' as const)
        : ('plain' as const),
    target: targets.filter(target => allTargets.includes(target)),
  };
}
