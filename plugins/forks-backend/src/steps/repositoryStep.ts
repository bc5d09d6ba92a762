import { ConflictError } from '@backstage/errors';
import { findUpstreamFailure } from '@forkyard/backend-kit';
import type { RepositoryPusher } from '../sources/GitRepositoryPusher';
import {
  parseRepositoryName,
  type Repository,
  type RepositoryName,
  type RepositorySource,
} from '../sources/RepositorySource';
import { creationDescription, FORK_TOPIC, provisioningTopic } from './markers';
import { FORK_FILES, rewriteForkFiles } from './rewriteForkFiles';
import type { Step, StepContext } from './Step';
import { StepFailedError } from './StepFailedError';

export const FORK_BRANCH = 'main';

export interface RepositoryStepOptions {
  repositories: RepositorySource;
  pusher: RepositoryPusher;
  organization: string;
  author: { name: string; email: string };
  teamId?: string;
}

/**
 * Makes the repository of the fork: the base's whole history, and one commit
 * that gives it the name and the owner of the fork.
 */
export function createRepositoryStep(options: RepositoryStepOptions): Step {
  const { repositories, organization } = options;
  const nameOf = (forkName: string): RepositoryName => ({
    owner: organization,
    repo: forkName,
  });

  return {
    id: 'repository',
    title: 'Create the repository',
    timeLimitSeconds: 180,

    plan: ({ name }) => ({
      resources: [{ kind: 'repository', name: `${organization}/${name}` }],
      undo: [
        {
          operation: 'delete',
          kind: 'repository',
          name: `${organization}/${name}`,
        },
      ],
    }),

    async run(context) {
      const name = nameOf(context.request.name);
      const repository = await getOrCreate(repositories, name, context);
      const topics = [FORK_TOPIC, provisioningTopic(context.provisioning.id)];
      if (!topics.every(topic => repository.topics.includes(topic))) {
        await repositories.setTopics({ ...name, topics });
      }
      await context.checkpoint({
        repositoryUrl: repository.htmlUrl,
        cloneUrl: repository.cloneUrl,
      });
      const commitSha = await pushFork(options, repository, context);
      const { title, description } = context.request;
      const wanted = (description || title).slice(0, 350);
      if (repository.description !== wanted) {
        await repositories.setDescription({ ...name, description: wanted });
      }
      return {
        resources: [
          {
            kind: 'repository',
            name: `${organization}/${name.repo}`,
            externalId: repository.id,
            url: repository.htmlUrl,
          },
        ],
        facts: {
          repositoryUrl: repository.htmlUrl,
          cloneUrl: repository.cloneUrl,
          commitSha,
        },
        fork: { repositoryUrl: repository.htmlUrl },
      };
    },

    undo: context =>
      undoRepository(repositories, nameOf(context.request.name), context),
  };
}

/** Whether a repository bears the mark of a provisioning. */
export function isOurs(
  repository: Repository,
  provisioningId: string,
): boolean {
  return (
    repository.topics.includes(provisioningTopic(provisioningId)) ||
    repository.description === creationDescription(provisioningId)
  );
}

async function getOrCreate(
  repositories: RepositorySource,
  name: RepositoryName,
  context: StepContext,
): Promise<Repository> {
  const { id } = context.provisioning;
  const label = `${name.owner}/${name.repo}`;
  let repository = await repositories.findRepository(name);
  if (!repository) {
    try {
      repository = await repositories.createRepository({
        ...name,
        description: creationDescription(id),
      });
      context.log(`Created repository ${label}`);
    } catch (error) {
      // The reply may be lost although the repository was made, or somebody was
      // quicker; its marker tells.
      repository = await repositories.findRepository(name);
      if (!repository) throw error;
    }
  } else if (isOurs(repository, id)) {
    context.log(`Repository ${label} was made by an earlier attempt`);
  }
  if (!isOurs(repository, id)) {
    throw new StepFailedError({
      message: `Repository ${label} exists already and was not made for this fork; nothing in it was changed`,
      action:
        'Unwind, then choose another name, or rename that repository and resume',
      retryable: false,
    });
  }
  if (repository.archived) {
    throw new StepFailedError({
      message: `Repository ${label} is archived`,
      action: 'Take it out of the archive and resume, or unwind',
      retryable: true,
    });
  }
  return repository;
}

async function pushFork(
  { repositories, pusher, organization, author, teamId }: RepositoryStepOptions,
  repository: Repository,
  context: StepContext,
): Promise<string> {
  const { provisioning, request, signal } = context;
  const baseName = parseRepositoryName(provisioning.base.repository);
  const base = baseName && (await repositories.findRepository(baseName));
  if (!baseName || !base) {
    throw new StepFailedError({
      message: `Base application ${provisioning.base.repository} cannot be read any more`,
      action: 'Make it readable again and resume, or unwind',
      retryable: true,
    });
  }
  context.log(
    `Pushing the history of ${provisioning.base.repository} up to ${provisioning.base.sha.slice(0, 7)}`,
  );
  try {
    const { commitSha } = await pusher.pushFork({
      base: {
        url: base.cloneUrl,
        sha: provisioning.base.sha,
        token: await repositories.getGitToken(baseName),
      },
      target: {
        url: repository.cloneUrl,
        branch: FORK_BRANCH,
        token: await repositories.getGitToken(repository),
      },
      paths: FORK_FILES,
      rewrite: files =>
        rewriteForkFiles(files, {
          request,
          base: provisioning.base,
          repository: `${organization}/${request.name}`,
          teamId,
        }),
      message: `Fork ${provisioning.base.repository} as ${request.name}`,
      author,
      date: provisioning.createdAt,
      onCommit: sha => context.checkpoint({ commitSha: sha }),
      signal,
    });
    context.log(`Pushed ${commitSha.slice(0, 7)} to ${FORK_BRANCH}`);
    return commitSha;
  } catch (error) {
    if (error instanceof ConflictError) {
      throw new StepFailedError({
        message: `Branch ${FORK_BRANCH} of ${repository.htmlUrl} holds other work than this fork's`,
        action: 'Unwind, or empty the repository and resume',
        retryable: false,
      });
    }
    throw error;
  }
}

async function undoRepository(
  repositories: RepositorySource,
  name: RepositoryName,
  context: StepContext,
): Promise<void> {
  const label = `${name.owner}/${name.repo}`;
  const repository = await repositories.findRepository(name);
  if (!repository || !isOurs(repository, context.provisioning.id)) {
    context.log(
      repository
        ? `Repository ${label} is not of this provisioning and stays`
        : `Repository ${label} is gone already`,
    );
    return;
  }
  const branches = await repositories.listBranches(name);
  const isUntouched = branches.every(
    branch =>
      branch.name === FORK_BRANCH && branch.sha === context.facts.commitSha,
  );
  if (!isUntouched) {
    await archive(repositories, name, context, 'somebody has worked in it');
    return;
  }
  try {
    await repositories.deleteRepository(name);
    context.log(`Deleted repository ${label}`);
  } catch (error) {
    if (findUpstreamFailure(error)?.status !== 403) throw error;
    await archive(repositories, name, context, 'we may not delete it');
  }
}

async function archive(
  repositories: RepositorySource,
  name: RepositoryName,
  context: StepContext,
  reason: string,
): Promise<void> {
  await repositories.archiveRepository(name);
  context.log(
    `Archived repository ${name.owner}/${name.repo} instead of deleting it: ${reason}`,
    'warn',
  );
}
