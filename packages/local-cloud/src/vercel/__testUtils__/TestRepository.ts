import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A clone that commits and pushes with real git. */
export class TestRepository {
  readonly #folder: string;
  readonly #token: string;

  private constructor(folder: string, token: string) {
    this.#folder = folder;
    this.#token = token;
  }

  static async create(
    folder: string,
    origin: URL,
    token: string,
  ): Promise<TestRepository> {
    const repository = new TestRepository(folder, token);
    await repository.#git('init', '--quiet', '--initial-branch=main');
    await repository.#git('remote', 'add', 'origin', origin.toString());
    return repository;
  }

  /** Commits files on a branch and pushes it; answers the commit's id. */
  async push(
    files: Record<string, string | Buffer>,
    branch = 'main',
  ): Promise<string> {
    await this.#git('checkout', '--quiet', '-B', branch);
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.#folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '--allow-empty', '-m', 'A change');
    await this.#git('push', '--quiet', 'origin', branch);
    return (await this.#git('rev-parse', 'HEAD')).trim();
  }

  async #git(...args: string[]): Promise<string> {
    const basic = Buffer.from(`x-access-token:${this.#token}`).toString(
      'base64',
    );
    const { stdout } = await run('git', args, {
      cwd: this.#folder,
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        GIT_AUTHOR_NAME: 'Ana',
        GIT_AUTHOR_EMAIL: 'ana@example.com',
        GIT_COMMITTER_NAME: 'Ana',
        GIT_COMMITTER_EMAIL: 'ana@example.com',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'http.extraHeader',
        GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
      },
    });
    return stdout;
  }
}
