import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import type { Octokit } from '@octokit/rest';
import fc from 'fast-check';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';
import { startLocalCloud } from '../startLocalCloud';
import { isRefName, isRepositoryName, isTreePath } from './git';
import { testGit } from './__testUtils__/testGit';

describe('what the GitHub side refuses', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    await octokit.repos.createInOrg({
      org: 'acme',
      name: 'target',
      private: true,
      auto_init: true,
    });
  });

  afterAll(() => cloud.dispose());

  /** Sends a path exactly as it is; fetch would tidy it up. */
  const raw = (
    target: string,
    headers: Record<string, string> = {
      authorization: `Bearer ${cloud.token}`,
    },
  ) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const { hostname, port } = new URL(cloud.urls.github);
      httpRequest({ hostname, port, path: target, headers }, response => {
        let body = '';
        response.on('data', chunk => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body }),
        );
      })
        .on('error', reject)
        .end();
    });

  it('answers 401 to an unknown token on every kind of route, in the shape of GitHub', async () => {
    for (const target of [
      '/user',
      '/repos/acme/base-app',
      '/acme/base-app',
      '/acme/base-app.git/info/refs?service=git-upload-pack',
      '/nowhere',
    ]) {
      const answer = await raw(target, { authorization: 'Bearer wrong' });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body)).toMatchObject({
        message: 'Bad credentials',
        status: '401',
      });
    }
  });

  it('hides private repositories and every change from callers without a token', async () => {
    const none = {};
    expect((await raw('/repos/acme/base-app', none)).status).toBe(200);
    expect((await raw('/repos/acme/target', none)).status).toBe(404);
    expect((await raw('/repos/acme/target/contents/', none)).status).toBe(404);
    expect((await raw('/acme/target', none)).status).toBe(404);
    expect((await raw('/acme/target/raw/main/README.md', none)).status).toBe(
      404,
    );
    const listed = await raw('/orgs/acme/repos', none);
    expect(
      JSON.parse(listed.body).map(({ name }: { name: string }) => name),
    ).toEqual(['base-app']);
    const anonymous = createTestOctokit({ url: cloud.urls.github });
    await expect(
      anonymous.repos.createInOrg({ org: 'acme', name: 'x' }),
    ).rejects.toMatchObject({ status: 401 });
    await expect(
      anonymous.repos.delete({ owner: 'acme', repo: 'base-app' }),
    ).rejects.toMatchObject({ status: 401 });
  });

  it('lets no path out of the data folder', async () => {
    const attacks = [
      '/../metadata.sqlite',
      '/acme/..%2f..%2fmetadata.sqlite/info/refs?service=git-upload-pack',
      '/..%2f/metadata.sqlite/info/refs?service=git-upload-pack',
      '/acme/target.git/../../../metadata.sqlite',
      '/acme/target.git/config',
      '/acme/target.git/objects/info/packs',
      '/acme/target.git/HEAD',
      '/repos/acme/..%2ftarget/contents/README.md',
      '/repos/acme/target/contents/..%2f..%2fconfig',
      '/repos/acme/target/contents/.git%2fconfig',
      '/repos/acme/target/contents/%2fetc%2fpasswd',
      '/repos/acme/target/contents/README.md?ref=..%2f..%2fHEAD',
      '/repos/acme/target/contents/README.md?ref=--output=%2ftmp%2fx',
      '/repos/acme/target/tarball/--output=%2ftmp%2flocal-cloud-attack',
      '/repos/acme/target/tarball/--exec=id',
      '/repos/acme/target/git/trees/--help',
      '/repos/acme/target/compare/--output=x...main',
      '/repos/acme/target/commits/main%0aHEAD',
      '/acme/target/raw/main/..%2f..%2fconfig',
      '/acme/target/blob/main/%2e%2e/%2e%2e/config',
    ];
    for (const attack of attacks) {
      const { status, body } = await raw(attack);
      expect([attack, status >= 400 && status < 500]).toEqual([attack, true]);
      expect(body).not.toContain('[core]');
      expect(body).not.toContain('SQLite format');
    }
    expect(existsSync('/tmp/local-cloud-attack')).toBe(false);
  });

  it('writes no tree that would leave its checkout, by REST or by push', async () => {
    const place = { owner: 'acme', repo: 'target' };
    for (const file of [
      '../up.txt',
      '.git/config',
      'a/../../b',
      'a//b',
      'GIT~1/x',
    ]) {
      await expect(
        octokit.git.createTree({
          ...place,
          tree: [{ path: file, mode: '100644', type: 'blob', content: 'x' }],
        }),
      ).rejects.toMatchObject({ status: 422 });
    }
    const folder = path.join(cloud.config.dataDir, 'attacker');
    await testGit(cloud.config.dataDir, ['init', '--quiet', folder]);
    await writeFile(path.join(folder, 'up.txt'), 'x');
    await testGit(folder, ['add', 'up.txt']);
    const inner = await testGit(folder, ['write-tree']);
    const evil = Buffer.concat([
      Buffer.from('40000 ..\0'),
      Buffer.from(inner, 'hex'),
    ]);
    await writeFile(path.join(folder, 'tree'), evil);
    const tree = await testGit(folder, [
      'hash-object',
      '-t',
      'tree',
      '-w',
      '--literally',
      'tree',
    ]);
    const commit = await testGit(folder, ['commit-tree', '-m', 'evil', tree]);
    const url = cloud.urls.github.replace('//', `//x:${cloud.token}@`);
    await expect(
      testGit(folder, [
        'push',
        `${url}/acme/target.git`,
        `${commit}:refs/heads/evil`,
      ]),
    ).rejects.toThrow('hasDotdot');
    await expect(
      octokit.repos.getBranch({ ...place, branch: 'evil' }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('writes nothing outside its folder', async () => {
    expect(readdirSync(cloud.config.dataDir).sort()).toEqual(
      expect.arrayContaining(['git', 'metadata.sqlite', 'scratch']),
    );
    expect(readdirSync(path.join(cloud.config.dataDir, 'git'))).toEqual([
      'acme',
    ]);
  });

  it('answers only to loopback names and listens only on loopback addresses', async () => {
    const rebound = await raw('/user', {
      host: 'attacker.example',
      authorization: `Bearer ${cloud.token}`,
    });
    expect(rebound.status).toBe(421);
    await expect(
      startLocalCloud({ ...cloud.config, host: '0.0.0.0' }),
    ).rejects.toThrow('for this machine only');
    await expect(
      startTestLocalCloud({
        config: { tokens: [{ token: 'a', login: '../up' }] },
      }),
    ).rejects.toThrow("'../up' cannot be a login");
  });

  it('shows the page of a private repository to a navigation only', async () => {
    const navigate = {
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const page = await raw('/acme/target', navigate);
    expect(page.status).toBe(200);
    expect(page.body).toContain('README.md');
    const embedded = await raw('/acme/target', {
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'script',
    });
    expect(embedded.status).toBe(404);
  });

  it('refuses bodies that are not JSON or too large', async () => {
    const send = (body: string) =>
      fetch(`${cloud.urls.github}/orgs/acme/repos`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${cloud.token}`,
          'content-type': 'application/json',
        },
        body,
      });
    const broken = await send('{');
    expect([broken.status, (await broken.json()).message]).toEqual([
      400,
      'Problems parsing JSON',
    ]);
    const large = await send(JSON.stringify({ name: 'x'.repeat(61 << 20) }));
    expect(large.status).toBe(413);
  });

  it('accepts no name, ref or path that climbs, for any input', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        for (const wicked of [`${left}/../${right}`, `${left}\0${right}`]) {
          expect(isRepositoryName(wicked)).toBe(false);
          expect(isRefName(wicked)).toBe(false);
          expect(isTreePath(wicked)).toBe(false);
        }
        expect(isRepositoryName(`-${left}`)).toBe(false);
        expect(isRefName(`-${left}`)).toBe(false);
      }),
    );
  });
});
