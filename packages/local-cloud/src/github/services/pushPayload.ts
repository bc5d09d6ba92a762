import { GitCommit, zeroSha } from '../git';
import { toRestRepository, toRestUser } from '../shapes';
import { Account, Repository } from '../store';
import type { RepositoryGit } from './RepositoryService';

const commitLimit = 20;

/** Is what a push payload is made of. */
export interface PushPayloadInput {
  repository: Repository;
  git: RepositoryGit;
  baseUrl: string;
  login: string;
  ref: string;
  before: string;
  after: string;
  findAccount: (login: string) => Account | undefined;
}

async function toPushCommit(
  { git, repository, baseUrl }: PushPayloadInput,
  commit: GitCommit,
) {
  const changes = await git.history.listChanges({
    before: commit.parents[0],
    after: commit.sha,
  });
  const paths = (...wanted: string[]) =>
    changes
      .filter(change => wanted.includes(change.status))
      .map(change => change.path);
  const person = ({ name, email, date }: GitCommit['author']) => ({
    name,
    email,
    date,
    username: null,
  });
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${baseUrl}/${repository.owner.login}/${repository.name}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: paths('added', 'copied', 'renamed'),
    removed: [
      ...paths('removed'),
      ...changes.flatMap(change =>
        change.status === 'renamed' && change.previousPath
          ? [change.previousPath]
          : [],
      ),
    ],
    modified: paths('modified', 'changed'),
  };
}

async function listNewCommits(input: PushPayloadInput): Promise<GitCommit[]> {
  const { git, before, after } = input;
  if (after === zeroSha || !input.ref.startsWith('refs/heads/')) {
    return [];
  }
  const shas = await git.history.listShas({
    from: [after],
    without: before === zeroSha ? [] : [before],
    limit: commitLimit,
  });
  return git.objects.readCommits(shas.reverse());
}

/** Makes the members of a `push` event that are its own. */
export async function pushPayload(
  input: PushPayloadInput,
): Promise<Record<string, unknown>> {
  const { repository, git, baseUrl, login, ref, before, after } = input;
  const slug = `${repository.owner.login}/${repository.name}`;
  const commits = await Promise.all(
    (await listNewCommits(input)).map(commit => toPushCommit(input, commit)),
  );
  const created = before === zeroSha;
  const deleted = after === zeroSha;
  const forced =
    !created &&
    !deleted &&
    ref.startsWith('refs/heads/') &&
    !(await git.history.isAncestor(before, after));
  const [head] = deleted
    ? []
    : await git.objects.readCommits(
        [await git.objects.findCommitSha(ref)].flatMap(sha => sha ?? []),
      );
  const seconds = (moment: string | undefined) =>
    moment ? Math.floor(Date.parse(moment) / 1000) : null;
  const pusher = input.findAccount(login) ?? repository.owner;
  const range = `${before.slice(0, 12)}...${after.slice(0, 12)}`;
  return {
    ref,
    before,
    after,
    base_ref: null,
    created,
    deleted,
    forced,
    compare: created
      ? `${baseUrl}/${slug}/commit/${after}`
      : `${baseUrl}/${slug}/compare/${range}`,
    commits,
    head_commit: head ? await toPushCommit(input, head) : null,
    pusher: {
      name: pusher.login,
      email: `${pusher.login}@users.noreply.github.com`,
    },
    repository: {
      ...toRestRepository(baseUrl, repository),
      created_at: seconds(repository.createdAt),
      pushed_at: seconds(repository.pushedAt),
      owner: {
        ...toRestUser(baseUrl, repository.owner),
        name: repository.owner.login,
        email: null,
      },
      master_branch: repository.defaultBranch,
    },
  };
}
