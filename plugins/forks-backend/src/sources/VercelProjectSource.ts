import { ServiceUnavailableError } from '@backstage/errors';
import { type VercelClient } from '@forkyard/backend-kit';
import { domainsGetDomainConfig } from '@vercel/sdk/funcs/domainsGetDomainConfig.js';
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
  ProjectSource,
  HostingAccount,
  HostingDomain,
  HostingProject,
  HostingVariable,
  ListedVariable,
} from './HostingSource';
import { VercelCaller } from './VercelCaller';
import {
  createdVariablesSchema,
  domainConfigSchema,
  domainSchema,
  projectSchema,
  teamSchema,
  variablesSchema,
} from './vercelSchemas';

const allTargets = ['production', 'preview', 'development'] as const;

/**
 * Speaks to Vercel about projects, their variables and their domains.
 */
export class VercelProjectSource implements ProjectSource {
  readonly #vercel: VercelCaller;

  constructor(client: VercelClient) {
    this.#vercel = new VercelCaller(client);
  }

  async findProject({
    name,
  }: {
    name: string;
  }): Promise<HostingProject | undefined> {
    return this.#vercel.find({
      what: `read project '${name}'`,
      run: (core, options) =>
        projectsGetProject(
          core,
          this.#vercel.team({ idOrName: name }),
          options,
        ),
      schema: projectSchema,
    });
  }

  async createProject(request: {
    name: string;
    repository: string;
    variables: HostingVariable[];
  }): Promise<HostingProject> {
    return this.#vercel.call({
      what: `create project '${request.name}'`,
      retry: 'never',
      run: (core, options) =>
        projectsCreateProject(
          core,
          this.#vercel.team({
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
    await this.#vercel.find({
      what: `delete project '${id}'`,
      run: (core, options) =>
        projectsDeleteProject(
          core,
          this.#vercel.team({ idOrName: id }),
          options,
        ),
      schema: z.unknown(),
    });
  }

  async listVariables({
    projectId,
  }: {
    projectId: string;
  }): Promise<ListedVariable[]> {
    const { envs } = await this.#vercel.call({
      what: `list the variables of project '${projectId}'`,
      run: (core, options) =>
        projectsFilterProjectEnvs(
          core,
          this.#vercel.team({ idOrName: projectId }),
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
    const { failed } = await this.#vercel.call({
      what: `set ${variables.length} variables of project '${projectId}'`,
      run: (core, options) =>
        projectsCreateProjectEnv(
          core,
          this.#vercel.team({
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

  async findDomain(request: {
    projectId: string;
    domain: string;
  }): Promise<HostingDomain | undefined> {
    return this.#vercel.find({
      what: `read domain '${request.domain}'`,
      run: (core, options) =>
        projectsGetProjectDomain(
          core,
          this.#vercel.team({
            idOrName: request.projectId,
            domain: request.domain,
          }),
          options,
        ),
      schema: domainSchema,
    });
  }

  async addDomain(request: {
    projectId: string;
    domain: string;
  }): Promise<HostingDomain> {
    return this.#vercel.call({
      what: `add domain '${request.domain}'`,
      run: (core, options) =>
        projectsAddProjectDomain(
          core,
          this.#vercel.team({
            idOrName: request.projectId,
            requestBody: { name: request.domain },
          }),
          options,
        ),
      schema: domainSchema,
    });
  }

  async getDomainRecords({ domain }: { domain: string }) {
    const config = await this.#vercel.call({
      what: `read the configuration of domain '${domain}'`,
      run: (core, options) =>
        domainsGetDomainConfig(core, this.#vercel.team({ domain }), options),
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
    await this.#vercel.find({
      what: `remove domain '${request.domain}'`,
      run: (core, options) =>
        projectsRemoveProjectDomain(
          core,
          this.#vercel.team({
            idOrName: request.projectId,
            domain: request.domain,
          }),
          options,
        ),
      schema: z.unknown(),
    });
  }

  async getAccount(): Promise<HostingAccount> {
    const { teamId } = this.#vercel.client;
    if (teamId) {
      return this.#vercel.call({
        what: `read team '${teamId}'`,
        run: (core, options) => teamsGetTeam(core, { teamId }, options),
        schema: teamSchema,
      });
    }
    const { user } = await this.#vercel.call({
      what: 'tell whose token we have',
      run: (core, options) => userGetAuthUser(core, options),
      schema: z.object({ user: z.object({ username: z.string() }) }),
    });
    return { name: user.username };
  }
}

function toVariable({ key, value, secret, targets }: HostingVariable) {
  return {
    key,
    value,
    type: secret ? secretType(targets) : ('plain' as const),
    target: targets.filter(target => allTargets.includes(target)),
  };
}

/** Vercel has no sensitive variables in development. */
function secretType(targets: HostingVariable['targets']) {
  return targets.includes('development')
    ? ('encrypted' as const)
    : ('sensitive' as const);
}
