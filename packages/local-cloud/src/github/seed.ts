import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LocalCloudContext } from '../context';
import { isOwnerName, runGit, toIsoSeconds, zeroSha } from './git';
import { RouteContext } from './routes';
import { defaultSettings, Repository, repositoryScope } from './store';

const organization = 'acme';
const repositoryName = 'base-app';

/** What is never part of an application's source, besides what its own .gitignore names. */
const ignored = [
  'node_modules/',
  'dist/',
  'coverage/',
  '.vercel/',
  '.DS_Store',
  '*.log',
  '.env',
  '.env.local',
];

const author = {
  name: 'Forkyard',
  email: 'forkyard@users.noreply.github.com',
};

/** The moment of the first commit, fixed so that the same files give the same sha. */
const firstMoment = '2026-01-01T00:00:00Z';

/** Writes the files of a folder as a tree of the repository. */
async function writeFolder(
  context: RouteContext,
  options: { repository: Repository; folder: string; dataDir: string },
): Promise<string> {
  const { repository, folder, dataDir } = options;
  const { gitDir, writer } = context.repositories.git(repository);
  const excludes = path.join(dataDir, 'scratch', `excludes-${randomUUID()}`);
  await writeFile(excludes, `${ignored.join('\n')}\n`);
  try {
    return await writer.withIndex(async index => {
      const environment = { ...index, GIT_WORK_TREE: folder };
      await runGit({
        gitDir,
        args: [
          '-c',
          `core.excludesFile=${excludes}`,
          '-c',
          'core.bare=false',
          '-C',
          folder,
          'add',
          '--all',
          '--',
          '.',
        ],
        environment,
      });
      const { text } = await runGit({
        gitDir,
        args: ['write-tree'],
        environment,
      });
      return text.trim();
    });
  } finally {
    await rm(excludes, { force: true });
  }
}

/**
 * Brings the base application's repository up to the folder's content.
 *
 * What others have pushed since the last import stays: the new content is
 * merged into it; when that conflicts, the repository is left as it is.
 */
async function importFolder(
  context: RouteContext,
  shared: LocalCloudContext,
  options: { repository: Repository; folder: string; login: string },
): Promise<void> {
  const { repository, folder, login } = options;
  const { store, repositories } = context;
  const { objects, history, writer } = repositories.git(repository);
  const scope = repositoryScope(repository);
  const ref = `refs/heads/${repository.defaultBranch}`;
  await repositories.write(repository, login, async () => {
    const tree = await writeFolder(context, {
      repository,
      folder,
      dataDir: shared.config.dataDir,
    });
    const before = (await objects.findRef(ref))?.sha;
    const last = store.imports.find(scope, ref)?.body.commit;
    const [imported] = await objects.readCommits(last ? [last] : []);
    if (imported?.tree === tree) {
      return;
    }
    const person = {
      ...author,
      date: imported ? toIsoSeconds(new Date()) : firstMoment,
    };
    const commit = (parent: string | undefined, content: string) =>
      writer.writeCommit({
        tree: content,
        parents: parent ? [parent] : [],
        author: person,
        committer: person,
        message: imported ? 'Update base application' : 'Base application',
      });
    let after = await commit(last, tree);
    const lastImport = after;
    if (before && before !== last && before !== after) {
      const merged = await history.mergeTrees(before, after);
      if (!merged) {
        shared.log.warn(
          `${organization}/${repositoryName} has changes that conflict with ${folder}; it keeps its own content`,
        );
        return;
      }
      after = await commit(before, merged);
    }
    if (before !== after) {
      await writer.updateRef({ ref, before: before ?? zeroSha, after });
    }
    store.imports.put(scope, ref, { commit: lastImport });
  });
}

/** Makes the accounts, and the base application's repository. Repeating it changes nothing. */
export async function seed(
  context: RouteContext,
  shared: LocalCloudContext,
): Promise<void> {
  const { store, repositories } = context;
  const owner = store.accounts.ensure({
    login: organization,
    type: 'Organization',
    name: 'Acme',
  });
  for (const { login } of shared.config.tokens) {
    if (!isOwnerName(login)) {
      throw new Error(
        `'${login}' cannot be a login: it may hold letters, digits and single hyphens. Set FORKYARD_LOGIN to another name.`,
      );
    }
    store.accounts.ensure({ login, type: 'User', name: login });
  }
  const { baseAppDir } = shared.config;
  if (!baseAppDir) {
    return;
  }
  if (!existsSync(path.join(baseAppDir, 'package.json'))) {
    shared.log.warn(
      `The base application was not found at ${baseAppDir}; ${organization}/${repositoryName} is not made`,
    );
    return;
  }
  const { login } = shared.config.tokens[0];
  const repository =
    store.repositories.find(organization, repositoryName) ??
    (await repositories.create({
      login,
      owner,
      name: repositoryName,
      defaultBranch: 'main',
      private: false,
      isTemplate: true,
      settings: {
        ...defaultSettings,
        description: 'The application of which forks are made',
        topics: ['forkyard-base'],
      },
    }));
  await importFolder(context, shared, {
    repository,
    folder: baseAppDir,
    login,
  });
}
