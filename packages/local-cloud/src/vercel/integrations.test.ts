import { integrationsConnectIntegrationResourceToProject } from '@vercel/sdk/funcs/integrationsConnectIntegrationResourceToProject.js';
import { integrationsCreateIntegrationStoreDirect } from '@vercel/sdk/funcs/integrationsCreateIntegrationStoreDirect.js';
import { integrationsGetBillingPlans } from '@vercel/sdk/funcs/integrationsGetBillingPlans.js';
import { integrationsGetConfigurationProducts } from '@vercel/sdk/funcs/integrationsGetConfigurationProducts.js';
import { integrationsGetConfigurations } from '@vercel/sdk/funcs/integrationsGetConfigurations.js';
import { marketplaceDeleteIntegrationResource } from '@vercel/sdk/funcs/marketplaceDeleteIntegrationResource.js';
import { Client } from 'pg';
import {
  expectStatus,
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
} from './__testUtils__/VercelTestCloud';

const postgresUrl =
  process.env.BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING;

describe('The store local-postgres', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    if (!postgresUrl) throw new Error('The tests need a PostgreSQL server');
    test = await VercelTestCloud.start({ config: { postgresUrl } });
  });
  afterAll(() => test.dispose());

  async function create(name: string) {
    const [configuration] = expectValue(
      await integrationsGetConfigurations(test.core, {
        view: 'account',
        integrationIdOrSlug: 'local-postgres',
        teamId,
      }),
    );
    const configurationId = configuration.id ?? '';
    const { products } = expectValue(
      await integrationsGetConfigurationProducts(test.core, {
        id: configurationId,
        teamId,
      }),
    );
    const { plans } = expectValue(
      await integrationsGetBillingPlans(test.core, {
        integrationIdOrSlug: 'local-postgres',
        productIdOrSlug: products[0].slug,
        teamId,
      }),
    );
    const { store } = expectValue(
      await integrationsCreateIntegrationStoreDirect(test.core, {
        teamId,
        requestBody: {
          name,
          integrationConfigurationId: configurationId,
          integrationProductIdOrSlug: products[0].id,
          billingPlanId: plans[0].id,
          externalId: `forkyard-${name}`,
        },
      }),
    );
    return { configurationId, resourceId: store?.externalResourceId ?? '' };
  }

  async function connect(
    project: string,
    store: { configurationId: string; resourceId: string },
  ) {
    const { id: projectId } = await test.createProject(project);
    expectValue(
      await integrationsConnectIntegrationResourceToProject(test.core, {
        integrationConfigurationId: store.configurationId,
        resourceId: store.resourceId,
        teamId,
        requestBody: { projectId },
      }),
    );
    const ready = await test.deployFiles(
      project,
      tinyServer('x'),
      'production',
    );
    const env = JSON.parse((await test.get(ready.url, '/env')).body);
    expect(env.DATABASE_URL).toBe(env.POSTGRES_URL);
    return env.POSTGRES_URL as string;
  }

  async function query(url: string, sql: string) {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('gives each project a database that only its own role can open', async () => {
    const first = await connect('first', await create('first'));
    const second = await connect('second', await create('second'));
    await query(first, 'CREATE TABLE notes (text text)');
    expect(await query(second, `SELECT to_regclass('notes') AS found`)).toEqual(
      [{ found: null }],
    );
    const trespass = new URL(first);
    trespass.pathname = new URL(second).pathname;
    await expect(query(trespass.toString(), 'SELECT 1')).rejects.toThrow(
      'permission denied for database',
    );
    await expect(query(first, 'CREATE DATABASE mine')).rejects.toThrow(
      'permission denied',
    );
  });

  it('answers the same store for the same external id', async () => {
    const once = await create('repeated');
    const twice = await create('repeated');
    expect(twice.resourceId).toBe(once.resourceId);
  });

  it('drops database, role and variables when it is deleted', async () => {
    const store = await create('dropped');
    const url = await connect('dropped', store);
    expectValue(
      await marketplaceDeleteIntegrationResource(test.core, {
        integrationConfigurationId: store.configurationId,
        resourceId: store.resourceId,
      }),
    );
    await expect(query(url, 'SELECT 1')).rejects.toThrow();
    const role = new URL(url).username;
    expect(
      await query(
        postgresUrl ?? '',
        `SELECT 1 FROM pg_roles WHERE rolname = '${role}'`,
      ),
    ).toEqual([]);
    const env = await (await test.fetchApi('/v10/projects/dropped/env')).json();
    expect(env.envs).toEqual([]);
  });

  it('answers 503 without a PostgreSQL server, and 404 for other products', async () => {
    const bare = await VercelTestCloud.start();
    const request = (product: string) => ({
      teamId,
      requestBody: {
        name: 'x',
        integrationConfigurationId: 'icfg_localpostgres',
        integrationProductIdOrSlug: product,
      },
    });
    const options = { retries: { strategy: 'none' as const } };
    const without = await integrationsCreateIntegrationStoreDirect(
      bare.core,
      request('postgres'),
      options,
    );
    expect(expectStatus(without)).toBe(503);
    const unknown = await integrationsCreateIntegrationStoreDirect(
      bare.core,
      request('redis'),
      options,
    );
    expect(expectStatus(unknown)).toBe(404);
    await bare.dispose();
  });
});
