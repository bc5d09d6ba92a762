import { ServiceUnavailableError } from '@backstage/errors';
import { z } from 'zod';
import type { CommitPlace, GithubConnector } from './GithubConnector';

const treeSchema = z.object({
  tree: z.array(
    z.object({
      path: z.string(),
      type: z.string(),
      sha: z.string(),
      size: z.number().optional(),
    }),
  ),
  truncated: z.boolean().optional(),
});

const blobSchema = z.object({
  content: z.string(),
  encoding: z.string(),
});

/** A file of a commit: what identifies its content, and how long that is. */
export interface TreeFile {
  blob: string;
  bytes: number;
}

/** Reads the files of commits. */
export class GithubTreeSource {
  constructor(private readonly github: GithubConnector) {}

  /** All files by their paths. */
  async listFiles(place: CommitPlace): Promise<Map<string, TreeFile>> {
    const { owner, repo, sha } = place;
    const { tree, truncated } = await this.github.call({
      place,
      what: `list the files of a commit of '${owner}/${repo}'`,
      needs: 'read its contents',
      run: (octokit, request) =>
        octokit.rest.git.getTree({
          owner,
          repo,
          tree_sha: sha,
          recursive: 'true',
          request,
        }),
      schema: treeSchema,
    });
    if (truncated) {
      throw new ServiceUnavailableError(
        `'${owner}/${repo}' has more files than GitHub lists at once, so that its migrations cannot be compared. Take the check 'schema' out of its plan.`,
      );
    }
    return new Map(
      tree
        .filter(({ type }) => type === 'blob')
        .map(({ path, sha: blob, size = 0 }) => [path, { blob, bytes: size }]),
    );
  }

  async readText(place: CommitPlace, blob: string): Promise<string> {
    const { owner, repo } = place;
    const { content, encoding } = await this.github.call({
      place,
      what: `read a file of '${owner}/${repo}'`,
      needs: 'read its contents',
      run: (octokit, request) =>
        octokit.rest.git.getBlob({ owner, repo, file_sha: blob, request }),
      schema: blobSchema,
    });
    return Buffer.from(
      content,
      encoding === 'base64' ? 'base64' : 'utf8',
    ).toString('utf8');
  }
}
