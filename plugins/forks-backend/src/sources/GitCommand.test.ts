import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitCommand } from './GitCommand';
import { GitRepositoryPusher } from './GitRepositoryPusher';

async function fakeGit(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'git-'));
  const path = join(folder, 'git');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return { folder, path, git: new GitCommand(path) };
}

describe('GitCommand', () => {
  it('hands the token over in the environment of the one call, for the one origin', async () => {
    const { folder, git } = await fakeGit(
      'echo "$@" > args; env > environment',
    );
    await git.run(['push', 'https://git.example.com/acme/shop.git'], {
      gitDir: folder,
      credentials: {
        url: 'https://git.example.com/acme/shop.git',
        token: 'the-token',
      },
    });
    const basic = Buffer.from('x-access-token:the-token').toString('base64');
    const environment = await readFile(join(folder, 'environment'), 'utf8');
    expect(environment).toContain(
      'GIT_CONFIG_KEY_0=http.https://git.example.com/.extraHeader',
    );
    expect(environment).toContain(`Authorization: Basic ${basic}`);
    expect(environment).toContain('GIT_CONFIG_GLOBAL=/dev/null');
    expect(environment).toContain('GIT_TERMINAL_PROMPT=0');
    expect(await readFile(join(folder, 'args'), 'utf8')).toBe(
      'push https://git.example.com/acme/shop.git\n',
    );
    process.env.SOME_PORTAL_SECRET = 'hidden';
    await git.run(['status'], { gitDir: folder });
    const plain = await readFile(join(folder, 'environment'), 'utf8');
    expect(plain).not.toContain('GIT_CONFIG_COUNT');
    expect(plain).not.toContain('hidden');
  });

  it.each([
    [
      'fatal: Authentication failed for x',
      'ServiceUnavailableError',
      /Check the credentials/,
    ],
    [
      'remote: The requested URL returned error: 403',
      'ServiceUnavailableError',
      /Check the credentials/,
    ],
    ["fatal: repository 'x' not found", 'NotFoundError', /no such repository/],
    [
      '! [rejected] main -> main (fetch first)',
      'ConflictError',
      /did not take the push/,
    ],
    [
      'error: file write error: No space left on device',
      'DiskFullError',
      /disk of the portal is full/,
    ],
    [
      'fatal: Could not resolve host: x',
      'ServiceUnavailableError',
      /git could not push/,
    ],
  ])('understands %j', async (stderr, name, message) => {
    const { folder, git } = await fakeGit(
      `echo ${JSON.stringify(stderr)} >&2; exit 128`,
    );
    await expect(git.run(['push'], { gitDir: folder })).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });

  it('says that git is missing', async () => {
    await expect(
      new GitCommand('/nonexistent/git').run(['status'], { gitDir: tmpdir() }),
    ).rejects.toThrow(/git is not installed/);
  });

  it('ends with the reason of the caller', async () => {
    const { folder, git } = await fakeGit('sleep 60');
    const controller = new AbortController();
    const running = git.run(['fetch'], {
      gitDir: folder,
      signal: controller.signal,
    });
    controller.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
  });
});

describe('GitRepositoryPusher', () => {
  const request = {
    base: {
      url: 'https://x.test/a.git',
      sha: 'a'.repeat(40),
      token: undefined,
    },
    target: { url: 'https://x.test/b.git', branch: 'main', token: undefined },
    paths: [],
    rewrite: (files: Map<string, string>) => files,
    message: 'm',
    author: { name: 'n', email: 'e' },
    date: new Date(0),
  };

  it('takes only http URLs', async () => {
    const pusher = new GitRepositoryPusher({ cacheDirectory: tmpdir() });
    for (const url of ['--upload-pack=x', 'file:///etc', 'ext::sh -c x']) {
      await expect(
        pusher.pushFork({ ...request, base: { ...request.base, url } }),
      ).rejects.toMatchObject({ name: 'InputError' });
    }
  });

  it('says when the commit is no longer in the base', async () => {
    const { folder, git } = await fakeGit(
      'case "$1" in cat-file) echo "fatal: bad" >&2; exit 1;; esac; exit 0',
    );
    await expect(
      new GitRepositoryPusher({ cacheDirectory: folder, git }).pushFork(
        request,
      ),
    ).rejects.toThrow(/is no longer on any branch/);
  });

  it('reads no large file of the base', async () => {
    const { folder, git } = await fakeGit(
      'case "$1 $2" in "cat-file -t") echo commit;; "cat-file -s") echo 262145;; ls-tree*) echo slo.yaml;; esac',
    );
    await expect(
      new GitRepositoryPusher({ cacheDirectory: folder, git }).pushFork({
        ...request,
        paths: ['slo.yaml'],
      }),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining("'slo.yaml'"),
    });
  });

  it('says when the cache cannot be written', async () => {
    const { path, git } = await fakeGit('exit 0');
    await expect(
      new GitRepositoryPusher({
        cacheDirectory: join(path, 'below-a-file'),
        git,
      }).pushFork(request),
    ).rejects.toThrow(/cannot be written/);
  });
});
