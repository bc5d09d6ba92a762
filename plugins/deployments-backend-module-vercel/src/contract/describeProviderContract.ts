import type { Entity } from '@backstage/catalog-model';
import { callVercel, type VercelClient } from '@forkyard/backend-kit';
import type {
  BuildLogLine,
  DeploymentState,
} from '@forkyard/plugin-deployments-common';
import type {
  ProjectRef,
  ProviderDeployment,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsDeleteDeployment } from '@vercel/sdk/funcs/deploymentsDeleteDeployment.js';
import { projectsCreateProject } from '@vercel/sdk/funcs/projectsCreateProject.js';
import { projectsDeleteProject } from '@vercel/sdk/funcs/projectsDeleteProject.js';
import type { VercelDeploymentProvider } from '../VercelDeploymentProvider';
import { createdSchema, ignoredSchema } from '../vercelSchemas';

/** What a platform can show. A false one is reported as skipped. */
export interface ContractSupport {
  /** Deployments are built: they take time, log, fail. */
  builds: boolean;
  /** Production's target is told, and can be moved. */
  traffic: boolean;
  redeploy: boolean;
  deletion: boolean;
  /** Unknown tokens are refused. */
  authentication: boolean;
}

/** A platform that speaks Vercel's API. */
export interface ContractPlatform {
  provider: VercelDeploymentProvider;
  client: VercelClient;
  /** The same with a token that nobody gave out. */
  stranger: VercelDeploymentProvider;
  stop(): Promise<void>;
}

const FINISHED: DeploymentState[] = ['ready', 'failed', 'canceled'];

/** A build that lasts long enough to be watched. */
const SLOW_BUILD =
  'for i in 1 2 3; do echo "step $i"; sleep 1; done; mkdir -p public; cp index.html public/';
const BROKEN_BUILD = 'echo "this goes wrong" >&2; exit 3';

function entity(project: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'contract',
      annotations: { 'vercel.com/project-id': project },
    },
  };
}

/**
 * Describes what the provider must do on every platform that claims to speak
 * Vercel's API, with the same cases for all of them.
 */
export function describeProviderContract(
  name: string,
  options: {
    supports: ContractSupport;
    start(): Promise<ContractPlatform>;
    timeoutMs?: number;
  },
): void {
  const { supports, timeoutMs = 60_000 } = options;
  const itWith = (capability: keyof ContractSupport) =>
    supports[capability] ? it : it.skip;

  describe(`Vercel provider on ${name}`, () => {
    const projectName = `contract-${Date.now().toString(36)}`;
    let platform: ContractPlatform;
    let project: ProjectRef;

    beforeAll(async () => {
      platform = await options.start();
      await callVercel(platform.client, {
        what: 'create the project of the contract',
        run: (core, requestOptions) =>
          projectsCreateProject(
            core,
            {
              teamId: platform.client.teamId,
              requestBody: { name: projectName },
            },
            requestOptions,
          ),
        schema: ignoredSchema,
      });
      project = (await platform.provider.resolveProject(entity(projectName)))!;
    }, timeoutMs);

    afterAll(async () => {
      if (project) {
        await callVercel(platform.client, {
          what: 'delete the project of the contract',
          run: (core, requestOptions) =>
            projectsDeleteProject(
              core,
              { idOrName: project.projectId, teamId: project.teamId },
              requestOptions,
            ),
          schema: ignoredSchema,
        });
      }
      await platform?.stop();
    }, timeoutMs);

    async function deploy(
      request: { target?: 'production'; buildCommand?: string } = {},
    ): Promise<string> {
      const { id } = await callVercel(platform.client, {
        what: 'create a deployment of the contract',
        run: (core, requestOptions) =>
          deploymentsCreateDeployment(
            core,
            {
              teamId: project.teamId,
              forceNew: '1',
              skipAutoDetectionConfirmation: '1',
              requestBody: {
                name: projectName,
                project: project.projectId,
                target: request.target,
                files: [
                  {
                    file: 'index.html',
                    data: `<p>${request.buildCommand}</p>`,
                  },
                ],
                projectSettings: {
                  framework: null,
                  buildCommand: request.buildCommand,
                },
              },
            },
            requestOptions,
          ),
        schema: createdSchema,
      });
      return id;
    }

    async function waitFor<T>(
      read: () => Promise<T>,
      isRight: (value: T) => boolean,
    ): Promise<T> {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const value = await read();
        if (isRight(value) || Date.now() > until) return value;
        await new Promise(resolve => {
          setTimeout(resolve, 200);
        });
      }
    }

    const finish = (id: string): Promise<ProviderDeployment> =>
      waitFor(
        () => platform.provider.getDeployment(project, id),
        ({ state }) => FINISHED.includes(state),
      );

    const production = async (): Promise<ProviderEnvironment | undefined> =>
      (await platform.provider.listEnvironments(project)).find(
        ({ environment }) => environment === 'production',
      );

    async function deployToProduction(): Promise<string> {
      const id = await deploy({ target: 'production' });
      expect(await finish(id)).toMatchObject({ state: 'ready' });
      return id;
    }

    it('finds a project by its name and by its id', async () => {
      expect(project.projectId).not.toBe(projectName);
      expect(
        await platform.provider.resolveProject(entity(project.projectId)),
      ).toEqual(project);
    });

    it('does not find a project that nobody made', async () => {
      await expect(
        platform.provider.resolveProject(entity('contract-nobody-made-this')),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });

    it('does not find a deployment that nobody made', async () => {
      await expect(
        platform.provider.getDeployment(project, 'dpl_nobodymadethis'),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });

    it(
      'lists deployments with their environments, newest first',
      async () => {
        const first = await deployToProduction();
        const second = await deploy();
        await finish(second);
        const listed = await platform.provider.listDeployments(project, {
          limit: 10,
        });
        const ours = listed.filter(({ externalId }) =>
          [first, second].includes(externalId),
        );
        expect(
          ours.map(({ externalId, environment, state }) => [
            externalId,
            environment,
            state,
          ]),
        ).toEqual([
          [second, 'preview', 'ready'],
          [first, 'production', 'ready'],
        ]);
        const [newest] = await platform.provider.listDeployments(project, {
          limit: 1,
        });
        expect(newest.externalId).toBe(second);
        const none = await platform.provider.listDeployments(project, {
          limit: 10,
          since: new Date(Date.now() + 60_000),
        });
        expect(none).toEqual([]);
      },
      timeoutMs,
    );

    itWith('traffic')(
      'tells what is live in production, and under which URL',
      async () => {
        const id = await deployToProduction();
        const environment = await waitFor(
          production,
          found => found?.liveExternalId === id,
        );
        expect(environment?.liveExternalId).toBe(id);
        expect(environment?.aliases[0]).toContain(projectName);
        expect(URL.canParse(environment?.aliases[0] ?? '')).toBe(true);
      },
      timeoutMs,
    );

    itWith('traffic')(
      'promotes an older deployment without a new build',
      async () => {
        const older = await deployToProduction();
        const newer = await deployToProduction();
        await waitFor(production, found => found?.liveExternalId === newer);
        await platform.provider.promote(project, older);
        const environment = await waitFor(
          production,
          found => found?.liveExternalId === older,
        );
        expect(environment?.liveExternalId).toBe(older);
        expect(environment?.aliases[0]).toContain(projectName);
      },
      timeoutMs,
    );

    itWith('redeploy')(
      'deploys the same sources again to the same environment',
      async () => {
        const origin = await deploy();
        await finish(origin);
        const created = await platform.provider.redeploy(project, origin);
        expect(created.externalId).not.toBe(origin);
        expect(created.environment).toBe('preview');
        expect(await finish(created.externalId)).toMatchObject({
          state: 'ready',
        });
      },
      timeoutMs,
    );

    itWith('builds')(
      'follows a build until it is finished, and reads the same log afterwards',
      async () => {
        const id = await deploy({ buildCommand: SLOW_BUILD });
        const read = async (follow: boolean) => {
          const lines: BuildLogLine[] = [];
          for await (const line of platform.provider.streamBuildLog(
            project,
            id,
            { follow, signal: AbortSignal.timeout(timeoutMs) },
          )) {
            lines.push(line);
          }
          return lines;
        };
        const followed = await read(true);
        const deployment = await platform.provider.getDeployment(project, id);
        expect(deployment).toMatchObject({ state: 'ready' });
        const afterwards = await read(false);
        expect(followed.map(({ text }) => text)).toEqual(
          expect.arrayContaining(['step 1', 'step 2', 'step 3']),
        );
        expect(afterwards).toEqual(followed);
        expect(afterwards.map(({ sequence }) => sequence)).toEqual(
          afterwards.map((_, index) => index + 1),
        );
      },
      timeoutMs,
    );

    itWith('builds')(
      'tells that a build failed, and why',
      async () => {
        const id = await deploy({ buildCommand: BROKEN_BUILD });
        const failed = await finish(id);
        expect(failed.state).toBe('failed');
        expect(failed.errorMessage).toBeTruthy();
        const lines: string[] = [];
        for await (const { text } of platform.provider.streamBuildLog(
          project,
          id,
          { follow: false, signal: AbortSignal.timeout(timeoutMs) },
        )) {
          lines.push(text);
        }
        expect(lines).toContain('this goes wrong');
      },
      timeoutMs,
    );

    itWith('deletion')(
      'does not find a deployment that was deleted',
      async () => {
        const id = await deploy();
        await finish(id);
        await callVercel(platform.client, {
          what: 'delete a deployment of the contract',
          run: (core, requestOptions) =>
            deploymentsDeleteDeployment(
              core,
              { id, teamId: project.teamId },
              requestOptions,
            ),
          schema: ignoredSchema,
        });
        await expect(
          platform.provider.getDeployment(project, id),
        ).rejects.toMatchObject({ name: 'NotFoundError' });
      },
      timeoutMs,
    );

    itWith('authentication')('is refused with an unknown token', async () => {
      await expect(
        platform.stranger.listDeployments(project, { limit: 1 }),
      ).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringContaining('vercel.token'),
      });
    });
  });
}
