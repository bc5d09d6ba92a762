import { emptyTreeSha, toIsoSeconds, zeroSha } from '../git';
import { Repository } from '../store';
import { RouteContext } from './RouteContext';

/** Makes the author that GitHub writes for a caller who named none. */
export function personOf(
  { store }: RouteContext,
  login: string,
  moment = new Date(),
) {
  const account = store.accounts.find(login);
  return {
    name: account?.name ?? login,
    email: `${account?.id ?? 0}+${login}@users.noreply.github.com`,
    date: toIsoSeconds(moment),
  };
}

/** Writes the first commit: a README, or the files of a template without their history. */
export async function writeInitialCommit(
  context: RouteContext,
  options: {
    repository: Repository;
    login: string;
    template?: Repository;
    allBranches?: boolean;
  },
): Promise<void> {
  const { repository, login, template } = options;
  const { writer } = context.repositories.git(repository);
  const person = personOf(context, login);
  const trees = new Map<string, string>();
  if (template) {
    const source = context.repositories.git(template);
    const refs = await source.objects.listRefs('refs/heads/');
    const main = `refs/heads/${template.defaultBranch}`;
    for (const { ref, sha } of refs) {
      if (options.allBranches || ref === main) {
        const [commit] = await source.objects.readCommits([sha]);
        trees.set(ref, commit.tree);
      }
    }
    if (trees.size > 0) {
      await writer.fetchFrom(
        source.gitDir,
        [...trees.keys()].map(ref => `+${ref}:refs/scratch/${ref}`),
      );
    }
  } else {
    const { description } = repository.settings;
    const readme = `# ${repository.name}\n${description ? `${description}\n` : ''}`;
    const sha = await writer.writeBlob(Buffer.from(readme));
    const tree = await writer.writeTree({
      changes: [{ path: 'README.md', mode: '100644', sha }],
    });
    trees.set(`refs/heads/${repository.defaultBranch}`, tree);
  }
  await context.repositories.write(repository, login, async () => {
    for (const [ref, tree] of trees) {
      const after = await writer.writeCommit({
        tree: tree || emptyTreeSha,
        parents: [],
        author: person,
        committer: person,
        message: 'Initial commit',
      });
      await writer.updateRef({ ref, before: zeroSha, after });
    }
    for (const { ref, sha } of await context.repositories
      .git(repository)
      .objects.listRefs('refs/scratch/')) {
      await writer.updateRef({ ref, before: sha, after: zeroSha });
    }
  });
}
