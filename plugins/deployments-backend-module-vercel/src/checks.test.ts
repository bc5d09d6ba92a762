import {
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { callVercel } from '@forkyard/backend-kit';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import { checksV2ListDeploymentCheckRuns } from '@vercel/sdk/funcs/checksV2ListDeploymentCheckRuns.js';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { createTestProvider } from './__testUtils__/createTestProvider';
import {
  createShop,
  readUntil as until,
  startTestPortal,
} from './__testUtils__/startTestPortal';
import { createdSchema } from './vercelSchemas';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const entityRef = 'component:default/shop';

const DELIVERY = `apiVersion: forkyard.dev/v1alpha1
kind: Delivery
spec:
  environments:
    production: { strategy: canary }
`;

const shop = createShop({
  'backstage.io/managed-by-location':
    'url:https://github.com/acme/shop/tree/main/catalog-info.yaml',
});

describe('Checks on local-cloud', () => {
  let cloud: TestLocalCloud;

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
  });
  afterAll(() => cloud.dispose());

  const startPortal = async () =>
    startTestPortal({
      cloud,
      knex: await databases.init('POSTGRES_18'),
      entity: shop,
      deployments: {
        reconcileSeconds: 5,
        rollouts: { tickSeconds: 1 },
        vercel: { trustAnnotations: true },
      },
      integrations: { github: [{ host: 'github.com' }] },
      features: [
        mockServices.urlReader.mock({
          readUrl: async () => ({ buffer: async () => Buffer.from(DELIVERY) }),
        }).factory,
      ],
    });

  it('hold a promotion at the platform until they have passed, and never the rollout itself', async () => {
    const { client, provider } = createTestProvider({
      apiBaseUrl: cloud.urls.vercel,
      token: cloud.token,
      patience: 'much',
      trustAnnotations: true,
    });
    const deploy = async (text: string) => {
      const { id } = await callVercel(client, {
        what: 'create a deployment',
        run: (core, options) =>
          deploymentsCreateDeployment(
            core,
            {
              requestBody: {
                name: 'shop',
                target: 'production',
                files: ['index.html', 'healthz'].map(file => ({
                  file,
                  data: text,
                })),
              },
            },
            options,
          ),
        schema: createdSchema,
      });
      return id;
    };
    const readRuns = async (deploymentId: string) => {
      const answer = await checksV2ListDeploymentCheckRuns(client.core, {
        deploymentId,
      });
      if (!answer.ok) throw answer.error;
      return answer.value.runs
        .map(
          ({ name, status, conclusion }) => `${name} ${conclusion ?? status}`,
        )
        .sort();
    };
    const options = { token: mockCredentials.user.token() };
    const { api, rollouts } = await startPortal();
    const begin = async (id: string) => {
      await until(
        () => api.reconcileEntity({ entityRef }, options),
        ({ environments }) =>
          environments.some(
            ({ live, latest }) =>
              (latest ?? live)?.externalId === id &&
              (latest ?? live)?.state === 'ready',
          ),
      );
      return rollouts.startRollout(
        { entityRef, deploymentId: `vercel:${id}` },
        options,
      );
    };
    const become = ({ id }: Rollout, isRight: (rollout: Rollout) => boolean) =>
      until(() => rollouts.getRollout({ id }, options), isRight);

    const first = await deploy('first');
    const project = await until(
      async () => provider.resolveProject(shop),
      found => found !== undefined,
    );
    if (!project) throw new Error('There is no project');
    await until(
      () => provider.listEnvironments(project),
      ([{ liveExternalId }]) => liveExternalId === first,
    );
    await provider.setStaging(project, { isStaged: true });

    const second = await deploy('second');
    const begun = await begin(second);
    // Requests cannot be counted here, so the canary waits for its traffic.
    const checked = await become(begun, ({ reason }) =>
      reason.includes('requests cannot be counted'),
    );
    expect(
      checked.gates.map(({ gate, state }) => `${gate} ${state}`).sort(),
    ).toEqual([
      'ci skipped',
      'error-budget passed',
      'freeze passed',
      'schema skipped',
      'security skipped',
      'smoke-test passed',
    ]);
    expect(await readRuns(second)).toEqual([
      'forkyard/ci skipped',
      'forkyard/schema skipped',
      'forkyard/security skipped',
      'forkyard/smoke-test succeeded',
    ]);

    const third = await deploy('third');
    await until(
      () => provider.getDeployment(project, third),
      ({ state }) => state === 'ready',
    );
    await expect(provider.promote(project, third)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('forkyard/'),
    });
    await provider.promote(project, second);
    await become(begun, ({ reason }) =>
      reason.includes('outside of this rollout'),
    );
  });
});
