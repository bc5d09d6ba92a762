import { Resolver } from 'node:dns/promises';
import { badRequest, conflict, notFound } from '../errors';
import { findLabel, productionHostCandidates } from '../hosts';
import type { Project, ProjectDomain } from '../model';
import type { VercelStores } from '../store';
import type { VercelLimits } from '../limits';
import type { WebhookNotifier } from './WebhookNotifier';

const LOCAL_ADDRESS = '127.0.0.1';
const DNS_TIMEOUT_MILLIS = 1_500;

export interface DomainInput {
  name: string;
  gitBranch?: string;
  redirect?: string;
  redirectStatusCode?: ProjectDomain['redirectStatusCode'];
}

/** Keeps the domains of projects and the host names that follow from them. */
export class DomainService {
  readonly #stores: VercelStores;
  readonly #notifier: WebhookNotifier;
  readonly #limits: VercelLimits;

  constructor(options: {
    stores: VercelStores;
    notifier: WebhookNotifier;
    limits: VercelLimits;
  }) {
    this.#stores = options.stores;
    this.#notifier = options.notifier;
    this.#limits = options.limits;
  }

  add(project: Project, input: DomainInput): ProjectDomain {
    const name = checkDomainName(input.name);
    const existing = this.#stores.domains.find(name);
    if (existing) {
      const owner = this.#stores.projects.find(existing.projectId);
      throw conflict(
        existing.projectId === project.id
          ? `The domain "${name}" is already assigned to this project.`
          : `Cannot add ${name} since it's already in use by the project "${owner?.name}". Remove it there first.`,
        'domain_already_in_use',
        { projectId: existing.projectId },
      );
    }
    this.#checkHostIsFree(project, name);
    const { domainsPerProject } = this.#limits;
    if (this.#stores.domains.list(project.id).length >= domainsPerProject) {
      throw badRequest(
        `The project has ${domainsPerProject} domains, and that is the limit.`,
        'max_domains_reached',
      );
    }
    const now = Date.now();
    const domain: ProjectDomain = {
      ...input,
      name,
      projectId: project.id,
      verified: true,
      createdAt: now,
      updatedAt: now,
    };
    this.#stores.transaction(() => {
      this.#stores.domains.upsert(domain);
      this.#pointHost(project, domain);
    });
    this.#notifier.projectEvent('project.domain.created', project, { domain });
    return domain;
  }

  get(project: Project, name: string): ProjectDomain {
    const domain = this.#stores.domains.find(name.toLowerCase());
    if (!domain || domain.projectId !== project.id) {
      throw notFound(
        `The domain "${name}" is not assigned to "${project.name}".`,
      );
    }
    return domain;
  }

  update(
    project: Project,
    known: ProjectDomain,
    changes: Partial<DomainInput>,
  ): ProjectDomain {
    const domain = { ...known, ...changes, name: known.name };
    domain.updatedAt = Date.now();
    this.#stores.transaction(() => {
      this.#stores.domains.upsert(domain);
      this.#stores.aliases.delete(domain.name);
      this.#pointHost(project, domain);
    });
    this.#notifier.projectEvent('project.domain.updated', project, { domain });
    return domain;
  }

  remove(project: Project, domain: ProjectDomain): void {
    this.#stores.transaction(() => {
      this.#stores.domains.delete(domain.name);
      this.#stores.aliases.delete(domain.name);
    });
    this.#notifier.projectEvent('project.domain.deleted', project, { domain });
  }

  /** Looks in the DNS whether the domain leads to this machine. */
  async inspect(name: string) {
    const checked = checkDomainName(name);
    const local = findLabel(checked) !== undefined;
    const configuredBy = local ? 'A' : await findConfiguration(checked);
    const owner = this.#stores.domains.find(checked);
    const project = owner && this.#stores.projects.find(owner.projectId);
    return {
      acceptedChallenges: ['http-01'],
      configuredBy,
      misconfigured: configuredBy === null,
      recommendedIPv4: [{ rank: 1, value: [LOCAL_ADDRESS] }],
      recommendedCNAME: [
        {
          rank: 1,
          value: project
            ? `${productionHostCandidates(project.name)[0]}.`
            : 'localhost.',
        },
      ],
    };
  }

  /** The host names of projects and deployments are not for others to take. */
  #checkHostIsFree(project: Project, name: string): void {
    const label = findLabel(name);
    const alias = this.#stores.aliases.find(name);
    const taken =
      (alias && alias.projectId !== project.id) ||
      (label && this.#stores.deployments.findByLabel(label)) ||
      (label &&
        (this.#stores.projects.find(label)?.id ?? project.id) !== project.id);
    if (taken) {
      throw conflict(
        `Cannot add ${name} since it's already in use. Choose another name.`,
        'domain_already_in_use',
      );
    }
  }

  #pointHost(project: Project, domain: ProjectDomain): void {
    if (domain.redirect || !domain.verified) return;
    const deploymentId = domain.gitBranch
      ? this.#stores.deployments.list({
          projectIds: [project.id],
          branch: domain.gitBranch,
          states: ['READY'],
          limit: 1,
        })[0]?.id
      : project.productionDeploymentId;
    if (!deploymentId) return;
    this.#stores.aliases.assign({
      host: domain.name,
      projectId: project.id,
      deploymentId,
    });
  }
}

/** Writes a domain name in its one form; throws when it is none. */
export function checkDomainName(input: string): string {
  const name = input.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const valid =
    name.length <= 253 &&
    labels.length >= 2 &&
    labels.every(label => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) &&
    !/^\d+$/.test(labels[labels.length - 1]);
  if (!valid) {
    throw badRequest(
      `The specified domain name "${input.slice(0, 260)}" is invalid.`,
      'invalid_domain',
    );
  }
  return name;
}

async function findConfiguration(name: string): Promise<'A' | 'CNAME' | null> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MILLIS, tries: 1 });
  const [addresses, names] = await Promise.all([
    resolver.resolve4(name).catch((): string[] => []),
    resolver.resolveCname(name).catch((): string[] => []),
  ]);
  if (names.some(target => findLabel(target) !== undefined)) return 'CNAME';
  return addresses.includes(LOCAL_ADDRESS) ? 'A' : null;
}
