import { NotModifiedError } from '@backstage/errors';

/** Files of the repository, by their name in the runbooks folder. */
export class TestRepository {
  files: Record<string, string> = {};
  commit = 'a'.repeat(40);
  failure?: Error;
  reads: string[] = [];

  async readTree(
    url: string,
    options?: {
      etag?: string;
      filter?(path: string, info?: { size: number }): boolean;
    },
  ) {
    this.reads.push(url);
    if (this.failure) throw this.failure;
    if (options?.etag === this.commit) throw new NotModifiedError();
    const chosen = Object.entries(this.files).filter(
      ([path, text]) => options?.filter?.(path, { size: text.length }) ?? true,
    );
    return {
      etag: this.commit,
      files: async () =>
        chosen.map(([path, text]) => ({
          path,
          content: async () => Buffer.from(text),
        })),
      archive: async () => {
        throw new Error('The test did not expect an archive');
      },
      dir: async () => {
        throw new Error('The test did not expect a folder');
      },
    };
  }
}
