import type { HostingProject, ProjectSource } from '../sources/HostingSource';
import { PROVISIONING_VARIABLE } from './markers';
import { getFact, type Step, type StepContext } from './Step';
import { StepFailedError } from './StepFailedError';

/**
 * Makes the project at the hosting provider, linked to the fork's repository.
 */
export function createProjectStep(options: {
  projects: ProjectSource;
  organization: string;
}): Step {
  const { projects, organization } = options;
  return {
    id: 'project',
    title: 'Create the project',
    timeLimitSeconds: 90,

    plan: ({ name }) => ({
      resources: [{ kind: 'project', name }],
      undo: [{ operation: 'delete', kind: 'project', name }],
    }),

    async run(context) {
      getFact(context, 'repositoryUrl');
      const { name } = context.request;
      const project = await getOrCreate(
        projects,
        name,
        `${organization}/${name}`,
        context,
      );
      return {
        resources: [{ kind: 'project', name, externalId: project.id }],
        facts: { projectId: project.id },
        fork: { projectId: project.id },
      };
    },

    async undo(context) {
      const { name } = context.request;
      const project = await projects.findProject({ name });
      if (!project) {
        context.log(`Project ${name} is gone already`);
        return;
      }
      if (!(await isOurs(projects, project, context.provisioning.id))) {
        context.log(`Project ${name} is not of this provisioning and stays`);
        return;
      }
      await projects.deleteProject({ id: project.id });
      context.log(`Deleted project ${name}`);
    },
  };
}

async function isOurs(
  projects: ProjectSource,
  project: HostingProject,
  provisioningId: string,
): Promise<boolean> {
  const variables = await projects.listVariables({ projectId: project.id });
  return variables.some(
    ({ key, value }) =>
      key === PROVISIONING_VARIABLE && value === provisioningId,
  );
}

async function getOrCreate(
  projects: ProjectSource,
  name: string,
  repository: string,
  context: StepContext,
): Promise<HostingProject> {
  const { id } = context.provisioning;
  let project = await projects.findProject({ name });
  if (!project) {
    try {
      project = await projects.createProject({
        name,
        repository,
        variables: [
          {
            key: PROVISIONING_VARIABLE,
            value: id,
            secret: false,
            targets: ['production', 'preview', 'development'],
          },
        ],
      });
      context.log(`Created project ${name} for ${repository}`);
      return project;
    } catch (error) {
      project = await projects.findProject({ name });
      if (!project) throw error;
    }
  }
  if (!(await isOurs(projects, project, id))) {
    throw new StepFailedError({
      message: `Project ${name} exists already at the hosting provider and was not made for this fork; nothing in it was changed`,
      action:
        'Unwind, then choose another name, or rename that project and resume',
      retryable: false,
    });
  }
  context.log(`Project ${name} was made by an earlier attempt`);
  return project;
}
