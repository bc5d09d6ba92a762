import { nameOfEntity } from './nameOfEntity';
import type { PlanChecker } from './PlanChecker';

/** Whether the registry has a fork of that name. */
export const forkNameChecker: PlanChecker = {
  id: 'fork-name',
  async check({ request: { name }, forks }) {
    const fork = await forks.findFork({ name });
    return [
      fork && fork.lifecycle !== 'deleted'
        ? {
            id: 'fork-name',
            verdict: 'fail',
            message: `Fork ${name} exists already, owned by ${nameOfEntity(fork.owner)}`,
            action: 'Choose another name',
          }
        : { id: 'fork-name', verdict: 'pass', message: `Name ${name} is free` },
    ];
  },
};

/** Whether the organization has a repository of that name. */
export const repositoryNameChecker: PlanChecker = {
  id: 'repository-name',
  async check({ request: { name }, organization, repositories }) {
    const label = `${organization}/${name}`;
    const repository = await repositories.findRepository({
      owner: organization,
      repo: name,
    });
    return [
      repository
        ? {
            id: 'repository-name',
            verdict: 'fail',
            message: `Repository ${label} exists already`,
            action: 'Choose another name, or rename that repository',
          }
        : {
            id: 'repository-name',
            verdict: 'pass',
            message: `Repository ${label} is free`,
          },
    ];
  },
};

/** Whether the hosting team has a project of that name. */
export const projectNameChecker: PlanChecker = {
  id: 'project-name',
  async check({ request: { name }, projects }) {
    const project = await projects.findProject({ name });
    return [
      project
        ? {
            id: 'project-name',
            verdict: 'fail',
            message: `Project ${name} exists already at the hosting provider`,
            action: 'Choose another name, or rename that project',
          }
        : {
            id: 'project-name',
            verdict: 'pass',
            message: `Project ${name} is free`,
          },
    ];
  },
};
