import { VercelCore } from '@vercel/sdk/core.js';
import { domainsGetDomainConfig } from '@vercel/sdk/funcs/domainsGetDomainConfig.js';
import { projectsAddProjectDomain } from '@vercel/sdk/funcs/projectsAddProjectDomain.js';
import { projectsCreateProject } from '@vercel/sdk/funcs/projectsCreateProject.js';
import { projectsCreateProjectEnv } from '@vercel/sdk/funcs/projectsCreateProjectEnv.js';
import { projectsDeleteProject } from '@vercel/sdk/funcs/projectsDeleteProject.js';
import { projectsEditProjectEnv } from '@vercel/sdk/funcs/projectsEditProjectEnv.js';
import { projectsFilterProjectEnvs } from '@vercel/sdk/funcs/projectsFilterProjectEnvs.js';
import { projectsGetProject } from '@vercel/sdk/funcs/projectsGetProject.js';
import { projectsGetProjectDomain } from '@vercel/sdk/funcs/projectsGetProjectDomain.js';
import { projectsGetProjectDomains } from '@vercel/sdk/funcs/projectsGetProjectDomains.js';
import { projectsGetProjectEnv } from '@vercel/sdk/funcs/projectsGetProjectEnv.js';
import { projectsGetProjects } from '@vercel/sdk/funcs/projectsGetProjects.js';
import { projectsPauseProject } from '@vercel/sdk/funcs/projectsPauseProject.js';
import { projectsRemoveProjectEnv } from '@vercel/sdk/funcs/projectsRemoveProjectEnv.js';
import { projectsUnpauseProject } from '@vercel/sdk/funcs/projectsUnpauseProject.js';
import { projectsUpdateProject } from '@vercel/sdk/funcs/projectsUpdateProject.js';
import { projectsVerifyProjectDomain } from '@vercel/sdk/funcs/projectsVerifyProjectDomain.js';
import { teamsGetTeam } from '@vercel/sdk/funcs/teamsGetTeam.js';
import { teamsGetTeams } from '@vercel/sdk/funcs/teamsGetTeams.js';
import { userGetAuthUser } from '@vercel/sdk/funcs/userGetAuthUser.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  expectStatus,
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
} from './__testUtils__/VercelTestCloud';

describe('Projects', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    test = await VercelTestCloud.start({
      config: { vercelLimits: { projects: 12, deploymentsPerHour: 8 } },
    });
  });
  afterAll(() => test.dispose());

  it('belong to a team that tells its limits', async () => {
    const account = expectValue(await userGetAuthUser(test.core));
    expect(account?.user).toMatchObject({ username: 'tester' });
    const { teams } = expectValue(await teamsGetTeams(test.core, {}));
    expect(teams).toMatchObject([{ id: teamId, slug: 'acme' }]);
    const team = expectValue(await teamsGetTeam(test.core, { teamId }));
    expect(team.additionalProperties?.limits).toMatchObject({ projects: 12 });
  });

  it('are created, found by id and name, changed, listed and deleted', async () => {
    const repository = await test.createRepository('studio');
    await repository.push(tinyServer('x'));
    const created = await test.createProject('studio', 'acme/studio');
    expect(created).toMatchObject({
      name: 'studio',
      accountId: teamId,
      link: { type: 'github', org: 'acme', repo: 'studio' },
    });
    expect((await test.getProject(created.id)).name).toBe('studio');
    const updated = expectValue(
      await projectsUpdateProject(test.core, {
        idOrName: 'studio',
        teamId,
        requestBody: {
          name: 'atelier',
          buildCommand: 'make',
          framework: 'hono',
        },
      }),
    );
    expect(updated).toMatchObject({
      id: created.id,
      name: 'atelier',
      buildCommand: 'make',
      framework: 'hono',
    });
    const list = expectValue(
      await projectsGetProjects(test.core, { teamId, search: 'tel' }),
    );
    expect('projects' in list && list.projects).toMatchObject([
      { id: created.id },
    ]);
    expectValue(
      await projectsDeleteProject(test.core, { idOrName: 'atelier', teamId }),
    );
    const gone = await projectsGetProject(test.core, {
      idOrName: created.id,
      teamId,
    });
    expect(expectStatus(gone)).toBe(404);
  });

  it.each([
    ['uppercase letters', 'Studio'],
    ['a path', '../studio'],
    ['three hyphens in a row', 'a---b'],
    ['letters of other alphabets', 'ателье'],
    ['101 characters', 'a'.repeat(101)],
    ['nothing but marks', '...'],
    ['nothing', ''],
  ])('cannot have a name of %s', async (_, name) => {
    const response = await test.fetchApi('/v11/projects', {
      method: 'POST',
      body: JSON.stringify({ name }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'bad_request', message: expect.any(String) },
    });
  });

  it('cannot take a name, a repository or a team that is not theirs', async () => {
    await test.createProject('taken');
    const create = (requestBody: Parameters<typeof projectsCreateProject>[1]) =>
      projectsCreateProject(test.core, requestBody);
    expect(
      expectStatus(await create({ teamId, requestBody: { name: 'taken' } })),
    ).toBe(409);
    expect(
      expectStatus(
        await create({
          teamId,
          requestBody: {
            name: 'unlinked',
            gitRepository: { type: 'github', repo: 'acme/nothing' },
          },
        }),
      ),
    ).toBe(400);
    expect(
      expectStatus(
        await create({ teamId: 'team_rival', requestBody: { name: 'mine' } }),
      ),
    ).toBe(403);
    const stranger = new VercelCore({
      bearerToken: 'unknown',
      serverURL: test.cloud.urls.vercel,
    });
    expect(expectStatus(await userGetAuthUser(stranger))).toBe(401);
  });

  it('keep their variables apart, sealed on disk, and secret ones to themselves', async () => {
    await test.createProject('keeper');
    await test.createProject('neighbor');
    const create = (requestBody: object, upsert?: string) =>
      test.fetchApi(
        `/v10/projects/keeper/env${upsert ? `?upsert=${upsert}` : ''}`,
        { method: 'POST', body: JSON.stringify(requestBody) },
      );
    const secret = {
      key: 'API_KEY',
      value: 'sk-very-secret-value',
      type: 'sensitive' as const,
      target: ['production' as const],
    };
    const made = expectValue(
      await projectsCreateProjectEnv(test.core, {
        idOrName: 'keeper',
        teamId,
        requestBody: [
          secret,
          {
            key: 'COLOR',
            value: 'blue',
            type: 'plain',
            target: ['production'],
          },
          { key: 'COLOR', value: 'red', type: 'plain', target: ['preview'] },
        ],
      }),
    );
    expect(made.failed).toEqual([]);
    expect((await create(secret)).status).toBe(409);
    expect(
      (await create({ ...secret, value: 'sk-newer-secret' }, 'true')).status,
    ).toBe(201);
    expect((await create({ ...secret, key: '1BAD' })).status).toBe(400);
    expect((await create({ ...secret, target: ['moon'] })).status).toBe(400);

    const ready = await test.deployFiles(
      'keeper',
      {
        ...tinyServer('x'),
        'vercel.json': JSON.stringify({
          buildCommand: 'echo "with $API_KEY in $COLOR"',
        }),
      },
      'production',
    );
    const env = JSON.parse((await test.get(ready.url, '/env')).body);
    expect(env).toMatchObject({
      API_KEY: 'sk-newer-secret',
      COLOR: 'blue',
      VERCEL: '1',
      VERCEL_ENV: 'production',
      VERCEL_URL: ready.url,
      VERCEL_DEPLOYMENT_ID: ready.id,
      HOSTNAME: '127.0.0.1',
    });
    expect(env.VERCEL_TOKEN).toBeUndefined();
    expect(env.HOME).toContain(test.cloud.config.dataDir);
    const log = (await test.readBuildLog(ready.id)).join('\n');
    expect(log).toContain('with [REDACTED] in blue');

    const other = await test.deployFiles('neighbor', tinyServer('x'));
    const otherEnv = JSON.parse((await test.get(other.url, '/env')).body);
    expect(otherEnv.API_KEY).toBeUndefined();

    const { dataDir } = test.cloud.config;
    for (const file of ['metadata.sqlite', 'metadata.sqlite-wal']) {
      const bytes = await readFile(join(dataDir, file));
      expect(bytes.includes('sk-newer-secret')).toBe(false);
    }
  });

  it('show, change and remove a variable, but never the value of a sensitive one', async () => {
    await test.createProject('editor');
    const ids: Record<string, string> = {};
    for (const type of ['plain', 'encrypted', 'sensitive'] as const) {
      const made = expectValue(
        await projectsCreateProjectEnv(test.core, {
          idOrName: 'editor',
          teamId,
          requestBody: {
            key: type.toUpperCase(),
            value: `value of ${type}`,
            type,
            target: ['production'],
          },
        }),
      );
      ids[type] = (made.created as { id: string }).id;
    }
    const read = async (type: string) =>
      expectValue(
        await projectsGetProjectEnv(test.core, {
          idOrName: 'editor',
          id: ids[type],
          teamId,
        }),
      ) as { value?: string };
    expect((await read('encrypted')).value).toBe('value of encrypted');
    expect((await read('sensitive')).value).toBe('');
    const list = expectValue(
      await projectsFilterProjectEnvs(test.core, {
        idOrName: 'editor',
        teamId,
      }),
    ) as { envs: { key: string; value: string }[] };
    expect(list.envs.map(({ key, value }) => [key, value])).toEqual([
      ['ENCRYPTED', ''],
      ['PLAIN', 'value of plain'],
      ['SENSITIVE', ''],
    ]);
    expectValue(
      await projectsEditProjectEnv(test.core, {
        idOrName: 'editor',
        id: ids.plain,
        teamId,
        requestBody: { value: 'changed' },
      }),
    );
    expect((await read('plain')).value).toBe('changed');
    expectValue(
      await projectsRemoveProjectEnv(test.core, {
        idOrName: 'editor',
        id: ids.plain,
        teamId,
      }),
    );
    const gone = await test.fetchApi(`/v1/projects/editor/env/${ids.plain}`);
    expect(gone.status).toBe(404);
  });

  it('have domains that belong to one of them only', async () => {
    await test.createProject('landlord');
    const add = (idOrName: string, name: string) =>
      projectsAddProjectDomain(test.core, {
        idOrName,
        teamId,
        requestBody: { name },
      });
    expectValue(await add('landlord', 'shop.example.org'));
    expect(expectStatus(await add('taken', 'shop.example.org'))).toBe(409);
    expect(expectStatus(await add('taken', 'landlord.localhost'))).toBe(409);
    for (const name of [
      'localhost',
      'a b.com',
      '-x.com',
      '../x.com',
      '10.0.0.1',
    ]) {
      expect(expectStatus(await add('taken', name))).toBe(400);
    }
    const options = {
      idOrName: 'landlord',
      domain: 'shop.example.org',
      teamId,
    };
    expect(
      expectValue(await projectsGetProjectDomain(test.core, options)),
    ).toMatchObject({ apexName: 'example.org' });
    expect(
      expectValue(await projectsVerifyProjectDomain(test.core, options)),
    ).toMatchObject({ verified: true });
    const { domains } = expectValue(
      await projectsGetProjectDomains(test.core, {
        idOrName: 'landlord',
        teamId,
      }),
    );
    expect(domains).toHaveLength(1);
    const config = expectValue(
      await domainsGetDomainConfig(test.core, {
        domain: 'landlord.localhost',
        teamId,
      }),
    );
    expect(config).toMatchObject({ configuredBy: 'A', misconfigured: false });
  });

  it('answer nothing while they are paused', async () => {
    const project = await test.createProject('paused');
    const ready = await test.deployFiles('paused', { 'index.html': 'hello' });
    const options = { projectId: project.id, teamId };
    expectValue(await projectsPauseProject(test.core, options));
    const page = await test.get(ready.url);
    expect([page.status, page.headers['x-vercel-error']]).toEqual([
      503,
      'DEPLOYMENT_PAUSED',
    ]);
    expectValue(await projectsUnpauseProject(test.core, options));
    expect((await test.get(ready.url)).body).toBe('hello');
  });

  it('have a page for each deployment that needs no token', async () => {
    await test.createProject('shown');
    const ready = await test.deployFiles('shown', {
      'vercel.json': JSON.stringify({
        buildCommand: 'mkdir public; echo "<script>alert(1)</script>"',
      }),
    });
    const page = await (await fetch(ready.inspectorUrl ?? '')).text();
    expect(page).toContain('READY');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script>');
  });

  it('stop at the limits of the plan', async () => {
    let last: Awaited<ReturnType<typeof projectsCreateProject>> | undefined;
    for (let index = 0; index < 12; index += 1) {
      last = await projectsCreateProject(test.core, {
        teamId,
        requestBody: { name: `many-${index}` },
      });
    }
    expect(last && expectStatus(last)).toBe(400);
    const deploy = () =>
      test.fetchApi('/v13/deployments', {
        method: 'POST',
        body: JSON.stringify({
          name: 'taken',
          files: [{ file: 'index.html', data: 'x' }],
        }),
      });
    const answers: Response[] = [];
    for (let index = 0; index < 9; index += 1) answers.push(await deploy());
    const refused = answers[8];
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      error: { code: 'rate_limited' },
    });
  });
});
