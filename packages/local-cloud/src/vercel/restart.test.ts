import { rm, writeFile } from 'node:fs/promises';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { projectsCreateProjectEnv } from '@vercel/sdk/funcs/projectsCreateProjectEnv.js';
import { projectsGetProjectEnv } from '@vercel/sdk/funcs/projectsGetProjectEnv.js';
import { projectsRequestPromote } from '@vercel/sdk/funcs/projectsRequestPromote.js';
import {
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
  waitFor,
} from './__testUtils__/VercelTestCloud';

describe('A restart of local-cloud', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    test = await VercelTestCloud.start();
  });
  afterAll(() => test.dispose());

  it('keeps projects, variables, deployments, logs and traffic', async () => {
    const project = await test.createProject('kept');
    const made = expectValue(
      await projectsCreateProjectEnv(test.core, {
        idOrName: 'kept',
        teamId,
        requestBody: {
          key: 'COLOR',
          value: 'blue',
          type: 'encrypted',
          target: ['production'],
        },
      }),
    );
    const ready = await test.deployFiles(
      'kept',
      tinyServer('still here'),
      'production',
    );
    const pid = Number((await test.get(ready.url, '/pid')).body);
    const log = await test.readBuildLog(ready.id);

    await test.restart();

    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect((await test.getProject('kept')).id).toBe(project.id);
    expect(await test.readBuildLog(ready.id)).toEqual(log);
    const variable = expectValue(
      await projectsGetProjectEnv(test.core, {
        idOrName: 'kept',
        id: (made.created as { id: string }).id,
        teamId,
      }),
    ) as { value?: string };
    expect(variable.value).toBe('blue');
    // The process starts with the first request.
    expect((await test.get('kept.localhost')).body).toBe('still here');
    const env = JSON.parse((await test.get('kept.localhost', '/env')).body);
    expect(env.COLOR).toBe('blue');
  });

  it('builds again what was being built', async () => {
    await test.createProject('interrupted');
    const marker = `${test.cloud.config.dataDir}/go`;
    const created = expectValue(
      await deploymentsCreateDeployment(test.core, {
        teamId,
        requestBody: {
          name: 'interrupted',
          files: Object.entries({
            ...tinyServer('done'),
            'vercel.json': JSON.stringify({
              buildCommand: `echo waiting; while [ ! -e '${marker}' ]; do sleep 0.05; done`,
            }),
          }).map(([file, data]) => ({ file, data })),
        },
      }),
    );
    await waitFor(async () =>
      (await test.readBuildLog(created.id)).includes('waiting'),
    );
    await test.restart();
    await waitFor(async () =>
      (await test.readBuildLog(created.id)).includes('waiting'),
    );
    await writeFile(marker, '');
    const ready = await test.waitForEnd(created.id);
    expect(ready.readyState).toBe('READY');
    expect((await test.get(ready.url)).body).toBe('done');
    expect(
      (await test.readBuildLog(created.id)).filter(line => line === 'waiting'),
    ).toHaveLength(1);
  });

  it('finishes a promotion that was under way', async () => {
    const { id: projectId } = await test.createProject('moving');
    const marker = `${test.cloud.config.dataDir}/may-listen`;
    await writeFile(marker, '');
    const first = await test.deployFiles(
      'moving',
      {
        ...tinyServer('first'),
        // Comes up only while the marker is there.
        'package.json': JSON.stringify({
          name: 'tiny',
          version: '1.0.0',
          scripts: {
            start: `while [ ! -e '${marker}' ]; do sleep 0.05; done; exec node server.js`,
          },
        }),
      },
      'production',
    );
    await test.deployFiles('moving', tinyServer('second'), 'production');
    await test.restart();
    await rm(marker);
    expectValue(
      await projectsRequestPromote(test.core, {
        projectId,
        deploymentId: first.id,
        teamId,
      }),
    );
    await test.restart();
    expect((await test.get('moving.localhost')).body).toBe('second');
    await writeFile(marker, '');
    await waitFor(async () => {
      const { lastAliasRequest } = await test.getProject('moving');
      return lastAliasRequest?.jobStatus === 'succeeded';
    });
    expect((await test.get('moving.localhost')).body).toBe('first');
  });
});
