import type { PlanChecker } from './PlanChecker';

/** Scopes of a classic token that making and undoing a fork need. */
const neededScopes = ['repo', 'delete_repo'];

/** Whether our token at the git host may do what the steps do. */
export const repositoryAccessChecker: PlanChecker = {
  id: 'repository-access',
  async check({ repositories }) {
    const scopes = await repositories.getTokenScopes();
    const missing = scopes
      ? neededScopes.filter(scope => !scopes.includes(scope))
      : [];
    if (missing.includes('repo')) {
      return [
        {
          id: 'repository-access',
          verdict: 'fail',
          message: "The portal's GitHub token has no scope 'repo'",
          action: "Have the operators add it in 'integrations.github'",
        },
      ];
    }
    if (missing.length > 0) {
      return [
        {
          id: 'repository-access',
          verdict: 'warn',
          message: "The portal's GitHub token has no scope 'delete_repo'",
          action:
            'An unwind will archive the repository instead of deleting it',
        },
      ];
    }
    return [
      {
        id: 'repository-access',
        verdict: 'pass',
        message: scopes
          ? 'GitHub takes our token, and it has the scopes'
          : 'GitHub takes our credentials',
      },
    ];
  },
};

/** Whether our token at the hosting provider is taken. */
export const hostingAccessChecker: PlanChecker = {
  id: 'hosting-access',
  async check({ projects }) {
    const { name, projectQuota } = await projects.getAccount();
    if (projectQuota && projectQuota.used >= projectQuota.limit) {
      return [
        {
          id: 'hosting-access',
          verdict: 'fail',
          message: `The hosting team has ${projectQuota.used} of ${projectQuota.limit} projects`,
          action: 'Delete a project, or raise the plan of the team',
        },
      ];
    }
    return [
      {
        id: 'hosting-access',
        verdict: 'pass',
        message: projectQuota
          ? `The hosting team has ${projectQuota.used} of ${projectQuota.limit} projects`
          : `The hosting provider knows us as ${name}`,
      },
    ];
  },
};

/** What to do so that the domain leads to the fork. */
export const domainChecker: PlanChecker = {
  id: 'domain',
  async check({ request: { domain }, projects }) {
    if (!domain) return [];
    const records = await projects.getDomainRecords({ domain });
    return [
      records.length > 0
        ? {
            id: 'domain',
            verdict: 'warn',
            message: `Domain ${domain} does not lead to the hosting provider yet`,
            action: `Add this DNS record: ${records.map(({ name, type, value }) => `${name} ${type} ${value}`).join(', ')}`,
          }
        : {
            id: 'domain',
            verdict: 'pass',
            message: `Domain ${domain} leads to the hosting provider`,
          },
    ];
  },
};
