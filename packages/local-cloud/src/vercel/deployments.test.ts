import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deploymentsCancelDeployment } from '@vercel/sdk/funcs/deploymentsCancelDeployment.js';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsDeleteDeployment } from '@vercel/sdk/funcs/deploymentsDeleteDeployment.js';
import { deploymentsGetDeployments } from '@vercel/sdk/funcs/deploymentsGetDeployments.js';
import { projectsCreateProjectEnv } from '@vercel/sdk/funcs/projectsCreateProjectEnv.js';
import {
  expectStatus,
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
  waitFor,
} from './__testUtils__/VercelTestCloud';

/** An application whose one dependency is a tarball in its repository. */
async function createAppWithDependency() {
  const folder = await mkdtemp(join(tmpdir(), 'local-cloud-dependency-'));
  await mkdir(join(folder, 'package'));
  const manifest = { name: 'dep', version: '1.0.0', main: 'index.js' };
  await writeFile(
    join(folder, 'package', 'package.json'),
    JSON.stringify(manifest),
  );
  await writeFile(
    join(folder, 'package', 'index.js'),
    `module.exports = 'from the dependency';`,
  );
  await promisify(execFile)('tar', ['czf', 'dep.tgz', 'package'], {
    cwd: folder,
  });
  const tarball = await readFile(join(folder, 'dep.tgz'));
  await rm(folder, { recursive: true });
  const app = {
    name: 'tiny',
    version: '1.0.0',
    dependencies: { dep: 'file:dep.tgz' },
  };
  return {
    'dep.tgz': tarball,
    'package.json': JSON.stringify({
      ...app,
      scripts: { start: 'node server.js' },
    }),
    'package-lock.json': JSON.stringify({
      ...app,
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': app,
        'node_modules/dep': {
          version: '1.0.0',
          resolved: 'file:dep.tgz',
          integrity: `sha512-${createHash('sha512')
            .update(tarball)
            .digest('base64')}`,
        },
      },
    }),
    'server.js': `
      require('node:http')
        .createServer((request, response) => response.end(require('dep')))
        .listen(process.env.PORT);`,
  };
}

describe('Deployments', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    test = await VercelTestCloud.start();
  });
  afterAll(() => test.dispose());

  async function deployGit(project: string, repo: string, extra: object = {}) {
    return expectValue(
      await deploymentsCreateDeployment(test.core, {
        teamId,
        requestBody: {
          name: project,
          project,
          target: 'production',
          gitSource: { type: 'github', org: 'acme', repo, ref: 'main' },
          ...extra,
        },
      }),
    );
  }

  it('builds a commit, runs it and answers on its own and on the production URL', async () => {
    const repository = await test.createRepository('shop');
    const sha = await repository.push({
      ...tinyServer('not built'),
      'package.json': JSON.stringify({
        name: 'tiny',
        version: '1.0.0',
        scripts: { build: 'node build.js', start: 'node server.js' },
      }),
      'build.js': `
        console.log('Making the page');
        require('node:fs').writeFileSync('server.js',
          "require('node:http').createServer((q, s) => s.end('built')).listen(process.env.PORT)");`,
    });
    await test.createProject('shop', 'acme/shop');
    const created = await deployGit('shop', 'shop', { meta: { by: 'test' } });
    expect(created).toMatchObject({
      readyState: 'QUEUED',
      target: 'production',
    });

    const ready = await test.waitForEnd(created.id);
    expect(ready).toMatchObject({
      readyState: 'READY',
      readySubstate: 'PROMOTED',
      gitSource: { org: 'acme', repo: 'shop', ref: 'main', sha },
      meta: {
        by: 'test',
        githubCommitSha: sha,
        githubCommitMessage: 'A change',
        githubCommitAuthorName: 'Ana',
      },
      aliasAssigned: true,
    });
    const log = await test.readBuildLog(created.id);
    expect(log).toContain('Making the page');
    expect(log).toContainEqual(
      `Cloning acme/shop (Branch: main, Commit: ${sha.slice(0, 7)})`,
    );
    expect((await test.get(ready.url)).body).toBe('built');
    expect((await test.get('shop.localhost')).body).toBe('built');
    expect((await test.getDeployment(ready.url)).id).toBe(ready.id);
  });

  it('installs dependencies once for two projects with the same lockfile', async () => {
    const files = await createAppWithDependency();
    const logs: string[] = [];
    for (const name of ['cold', 'warm']) {
      const repository = await test.createRepository(name);
      await repository.push(files);
      await test.createProject(name, `acme/${name}`);
      const ready = await test.waitForEnd((await deployGit(name, name)).id);
      expect((await test.get(ready.url)).body).toBe('from the dependency');
      logs.push((await test.readBuildLog(ready.id)).join('\n'));
    }
    expect(logs[0]).toContain('Running "npm ci"');
    expect(logs[0]).toContain('added 1 package');
    expect(logs[1]).not.toContain('npm ci');
    expect(logs[1]).toContain('Restored dependencies of package-lock.json');
  });

  it('ends in ERROR with the log when the build command fails', async () => {
    await test.createProject('broken');
    const failed = await test.deployFiles(
      'broken',
      {
        'package.json': JSON.stringify({
          name: 'tiny',
          version: '1.0.0',
          scripts: { build: 'node build.js', start: 'node server.js' },
        }),
        'build.js': `console.error('No such color'); process.exit(7);`,
      },
      'production',
    );
    expect(failed).toMatchObject({
      readyState: 'ERROR',
      errorCode: 'BUILD_UTILS_SPAWN_1',
      errorMessage: 'Command "npm run build" exited with 7',
    });
    expect(await test.readBuildLog(failed.id)).toContain('No such color');
    expect((await test.get(failed.url)).headers['x-vercel-error']).toBe(
      'DEPLOYMENT_FAILED',
    );
    expect((await test.getProject('broken')).targets).toEqual({});
  });

  it('ends in ERROR when the process ends before it answers', async () => {
    await test.createProject('mute');
    const failed = await test.deployFiles('mute', {
      ...tinyServer(''),
      'server.js': `console.log('I give up'); process.exit(1);`,
    });
    expect(failed).toMatchObject({
      readyState: 'ERROR',
      errorCode: 'FUNCTION_LAUNCH_FAILED',
    });
    expect(failed.errorMessage).toContain('exited with 1 before it answered');
    expect(await test.readBuildLog(failed.id)).toContain('I give up');
  });

  it('ends in ERROR when there is nothing to serve', async () => {
    await test.createProject('empty');
    const failed = await test.deployFiles('empty', { 'notes.txt': 'Nothing' });
    expect(failed.errorMessage).toContain(
      'No Output Directory named "public" found',
    );
  });

  it('serves the output directory of a static site', async () => {
    await test.createProject('static');
    const ready = await test.deployFiles('static', {
      'vercel.json': JSON.stringify({
        buildCommand: 'mkdir -p out && echo "<h1>Hi</h1>" > out/index.html',
        outputDirectory: 'out',
      }),
    });
    expect(ready.readyState).toBe('READY');
    const page = await test.get(ready.url);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body.trim()).toBe('<h1>Hi</h1>');
    expect((await test.get(ready.url, '/../vercel.json')).status).toBe(404);
  });

  it('deploys a push: the production branch to production, others as preview', async () => {
    const repository = await test.createRepository('pushed');
    await repository.push(tinyServer('first'));
    await test.createProject('pushed', 'acme/pushed');
    const list = async () =>
      expectValue(
        await deploymentsGetDeployments(test.core, {
          teamId,
          projectId: 'pushed',
        }),
      ).deployments;
    expect(await list()).toEqual([]);

    await repository.push(tinyServer('second'));
    const [production] = await waitFor(async () => {
      const found = await list();
      return found.length === 1 && found;
    });
    expect(production).toMatchObject({ target: 'production', source: 'git' });
    await test.waitForEnd(production.uid);
    expect((await test.get('pushed.localhost')).body).toBe('second');

    await repository.push(tinyServer('idea'), 'feature/idea');
    const [preview] = await waitFor(async () => {
      const found = await list();
      return found.length === 2 && found;
    });
    expect(preview.target).toBeNull();
    await test.waitForEnd(preview.uid);
    expect((await test.get('pushed.localhost')).body).toBe('second');
    expect(
      (await test.get('pushed-git-feature-idea-acme.localhost')).body,
    ).toBe('idea');
  });

  it('makes no second deployment for a push of what the API has deployed', async () => {
    const repository = await test.createRepository('twice');
    const sha = await repository.push(tinyServer('one'));
    await test.createProject('twice', 'acme/twice');
    const created = await deployGit('twice', 'twice', {
      gitSource: {
        type: 'github',
        org: 'acme',
        repo: 'twice',
        ref: 'main',
        sha,
      },
    });
    await test.waitForEnd(created.id);
    // The same commit arrives on a branch of the same target once more.
    await repository.push({}, 'main');
    const deployments = await waitFor(async () => {
      const answer = expectValue(
        await deploymentsGetDeployments(test.core, {
          teamId,
          projectId: 'twice',
        }),
      );
      return answer.deployments.length === 2 && answer.deployments;
    });
    expect(
      deployments.filter(({ meta }) => meta?.githubCommitSha === sha),
    ).toHaveLength(1);
  });

  it('builds the same sources again as a redeployment', async () => {
    await test.createProject('again');
    const first = await test.deployFiles('again', tinyServer('same'));
    const created = expectValue(
      await deploymentsCreateDeployment(test.core, {
        teamId,
        requestBody: {
          name: 'again',
          deploymentId: first.id,
          target: 'production',
        },
      }),
    );
    const second = await test.waitForEnd(created.id);
    expect(second).toMatchObject({ readyState: 'READY', source: 'redeploy' });
    expect(second.url).not.toBe(first.url);
    expect((await test.get('again.localhost')).body).toBe('same');
  });

  it('builds the commit of a preview for production, with the variables of production', async () => {
    const repository = await test.createRepository('promoted');
    await repository.push({ 'README.md': 'hello' });
    await test.createProject('promoted', 'acme/promoted');
    for (const target of ['preview', 'production'] as const) {
      expectValue(
        await projectsCreateProjectEnv(test.core, {
          idOrName: 'promoted',
          teamId,
          requestBody: {
            key: 'PLACE',
            value: `in ${target}`,
            type: 'encrypted',
            target: [target],
          },
        }),
      );
    }
    const sha = await repository.push(tinyServer('topic'), 'topic');
    const { uid } = await waitFor(async () => {
      const { deployments } = expectValue(
        await deploymentsGetDeployments(test.core, { app: 'promoted', teamId }),
      );
      return deployments.find(({ meta }) => meta?.githubCommitSha === sha);
    });
    const preview = await test.waitForEnd(uid);
    expect(preview.target).toBeNull();
    const placeOf = async (url: string) =>
      JSON.parse((await test.get(url, '/env')).body).PLACE;
    expect(await placeOf(preview.url)).toBe('in preview');
    const created = expectValue(
      await deploymentsCreateDeployment(test.core, {
        teamId,
        requestBody: {
          name: 'promoted',
          deploymentId: preview.id,
          target: 'production',
        },
      }),
    );
    const production = await test.waitForEnd(created.id);
    expect(production).toMatchObject({
      readyState: 'READY',
      target: 'production',
      meta: { githubCommitSha: sha },
    });
    expect(await placeOf(production.url)).toBe('in production');
    expect(await placeOf(preview.url)).toBe('in preview');
  });

  it('cancels a build, and refuses to cancel what is over', async () => {
    await test.createProject('slow');
    const created = expectValue(
      await deploymentsCreateDeployment(test.core, {
        teamId,
        requestBody: {
          name: 'slow',
          files: [
            {
              file: 'vercel.json',
              data: JSON.stringify({
                buildCommand: 'echo started; sleep 600',
              }),
            },
          ],
        },
      }),
    );
    await waitFor(async () =>
      (await test.readBuildLog(created.id)).includes('started'),
    );
    const canceled = expectValue(
      await deploymentsCancelDeployment(test.core, { id: created.id, teamId }),
    );
    expect(canceled.readyState).toBe('CANCELED');
    const again = await deploymentsCancelDeployment(test.core, {
      id: created.id,
      teamId,
    });
    expect(expectStatus(again)).toBe(400);
    expect((await test.getDeployment(created.id)).readyState).toBe('CANCELED');
  });

  it('follows a build log until the build is over', async () => {
    await test.createProject('followed');
    const created = expectValue(
      await deploymentsCreateDeployment(test.core, {
        teamId,
        requestBody: {
          name: 'followed',
          files: Object.entries({
            ...tinyServer('x'),
            'vercel.json': JSON.stringify({
              buildCommand: 'echo one; sleep 0.2; echo two',
            }),
          }).map(([file, data]) => ({ file, data })),
        },
      }),
    );
    const response = await test.fetchApi(
      `/v3/deployments/${created.id}/events?follow=1&teamId=${teamId}`,
    );
    expect(response.headers.get('content-type')).toBe(
      'application/stream+json',
    );
    const events = (await response.text())
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    const texts = events.map(event => event.text);
    expect(texts.indexOf('one')).toBeGreaterThan(0);
    expect(texts.indexOf('two')).toBeGreaterThan(texts.indexOf('one'));
    expect(events.at(-1).info.readyState).toBe('READY');
    expect(new Set(events.map(event => event.id)).size).toBe(events.length);
  });

  it('pages through deployments by time without losing one', async () => {
    await test.createProject('paged');
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const created = expectValue(
        await deploymentsCreateDeployment(test.core, {
          teamId,
          requestBody: {
            name: 'paged',
            files: [{ file: 'index.html', data: String(index) }],
          },
        }),
      );
      ids.unshift(created.id);
    }
    const seen: string[] = [];
    let until: number | undefined;
    do {
      const { deployments, pagination } = expectValue(
        await deploymentsGetDeployments(test.core, {
          teamId,
          projectId: 'paged',
          limit: 2,
          until,
        }),
      );
      seen.push(...deployments.map(({ uid }) => uid));
      until = pagination.next ?? undefined;
    } while (until !== undefined);
    expect(seen).toEqual(ids);
    await Promise.all(ids.map(id => test.waitForEnd(id)));
  });

  it('deletes a deployment with its process', async () => {
    await test.createProject('gone');
    const ready = await test.deployFiles('gone', tinyServer('here'));
    const pid = Number((await test.get(ready.url, '/pid')).body);
    expectValue(
      await deploymentsDeleteDeployment(test.core, { id: ready.id, teamId }),
    );
    expect((await test.get(ready.url)).headers['x-vercel-error']).toBe(
      'DEPLOYMENT_NOT_FOUND',
    );
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it.each([
    ['a repository that does not exist', { repo: 'nothing', ref: 'main' }],
    ['a branch that does not exist', { repo: 'shop', ref: 'nothing' }],
    ['a ref that is an option', { repo: 'shop', ref: '--upload-pack=x' }],
    ['a name that leaves the folder', { repo: '../../shop', ref: 'main' }],
  ])('answers 400 for %s', async (_, source) => {
    const result = await deploymentsCreateDeployment(test.core, {
      teamId,
      requestBody: {
        name: 'shop',
        gitSource: { type: 'github', org: 'acme', ...source },
      },
    });
    expect(expectStatus(result)).toBe(400);
  });

  it('refuses files that would be written outside of the deployment', async () => {
    await test.createProject('escape');
    const failed = await test.deployFiles('escape', {
      '../../outside.txt': 'x',
      'index.html': 'x',
    });
    expect(failed.readyState).toBe('ERROR');
    expect(failed.errorMessage).toContain('is outside of the deployment');
  });
});
