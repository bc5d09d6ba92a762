import { once } from 'node:events';
import { get } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { urlReaderServiceFactory } from '@backstage/backend-defaults/urlReader';
import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import type { EnvironmentStatus } from '@forkyard/plugin-deployments-common';
import {
  createShop,
  readUntil,
  startTestPortal,
} from './__testUtils__/startTestPortal';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const entityRef = 'component:default/shop';

const DELIVERY = `apiVersion: forkyard.dev/v1alpha1
kind: Delivery
spec:
  environments:
    staging: { strategy: direct, deployOn: push }
    production: { strategy: direct }
`;

/** A repository of local-cloud and the project that is built from it. */
class Shop {
  constructor(private readonly cloud: TestLocalCloud) {}

  static async create(cloud: TestLocalCloud): Promise<Shop> {
    const shop = new Shop(cloud);
    const body = { name: 'shop', auto_init: true };
    await shop.#call('github', 'POST', '/orgs/acme/repos', body);
    await shop.push('forkyard.yaml', DELIVERY);
    await shop.push('catalog-info.yaml', 'kind: Component\n');
    await shop.#call('vercel', 'POST', '/v11/projects', {
      name: 'shop',
      gitRepository: { type: 'github', repo: 'acme/shop' },
      buildCommand: 'mkdir -p public; cp index.html public',
    });
    return shop;
  }

  get catalogUrl(): string {
    return `${this.cloud.urls.github}/acme/shop/tree/main/catalog-info.yaml`;
  }

  /** Gives the id of the commit. */
  async push(file: string, content: string, branch = 'main'): Promise<string> {
    const path = `/repos/acme/shop/contents/${file}`;
    const known = await this.#call('github', 'GET', `${path}?ref=${branch}`);
    const { commit } = await this.#call('github', 'PUT', path, {
      message: `Change ${file}`,
      content: Buffer.from(content).toString('base64'),
      branch,
      sha: known?.sha,
    });
    return commit.sha;
  }

  async branch(name: string, sha: string): Promise<void> {
    await this.#call('github', 'POST', '/repos/acme/shop/git/refs', {
      ref: `refs/heads/${name}`,
      sha,
    });
  }

  async #call(
    side: 'github' | 'vercel',
    method: string,
    path: string,
    body?: object,
  ) {
    const response = await fetch(`${this.cloud.urls[side]}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.cloud.token}` },
      body: body && JSON.stringify(body),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }
}

describe('Staging on local-cloud', () => {
  let cloud: TestLocalCloud;

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
  });
  afterAll(() => cloud.dispose());

  const startPortal = async (shop: Shop) =>
    startTestPortal({
      cloud,
      knex: await databases.init('POSTGRES_18'),
      entity: createShop({
        'backstage.io/managed-by-location': `url:${shop.catalogUrl}`,
      }),
      deployments: { reconcileSeconds: 5 },
      integrations: {
        github: [
          {
            host: new URL(cloud.urls.github).host,
            apiBaseUrl: cloud.urls.github,
            rawBaseUrl: cloud.urls.github,
            token: cloud.token,
          },
        ],
      },
      features: [urlReaderServiceFactory],
    });

  async function visit(url: string): Promise<string> {
    const { host, port } = new URL(url);
    const asking = get({ host: '127.0.0.1', port, headers: { host } });
    const [response] = await once(asking, 'response');
    return readText(response);
  }

  it('gets what is pushed by itself, and leads a preview on to production', async () => {
    const shop = await Shop.create(cloud);
    const first = await shop.push('index.html', 'first');
    const { api, rollouts } = await startPortal(shop);
    const options = { token: mockCredentials.user.token() };
    const serving = async (
      name: string,
      isRight: (status: EnvironmentStatus) => boolean,
    ): Promise<EnvironmentStatus> => {
      const find = (environments: EnvironmentStatus[]) =>
        environments.find(
          status => status.environment === name && isRight(status),
        );
      const { environments } = await readUntil(
        () => api.reconcileEntity({ entityRef }, options),
        read => find(read.environments) !== undefined,
      );
      return find(environments)!;
    };

    // What is live may be read a moment before its addresses are.
    const isFirst = ({ live, url }: EnvironmentStatus) =>
      live?.commit?.sha === first && url !== undefined;
    const staging = await serving('staging', isFirst);
    expect(staging.url).toMatch(
      /^http:\/\/shop-env-staging-acme\.localhost:\d+$/,
    );
    expect(await visit(staging.url ?? '')).toBe('first');
    const delivery = await rollouts.getDelivery({ entityRef }, options);
    expect(delivery).toMatchObject({
      environments: [
        { environment: 'staging', plan: { deployOn: 'push' } },
        { environment: 'production' },
      ],
      fileProblems: [],
    });

    await shop.branch('idea', first);
    const idea = await shop.push('index.html', 'idea', 'idea');
    const preview = await serving(
      'preview',
      ({ latest }) => latest?.commit?.sha === idea && latest.state === 'ready',
    );
    const staged = await api.promoteDeployment(
      { id: preview.latest?.id ?? '' },
      options,
    );
    expect(staged.environment).toBe('staging');
    await serving('staging', ({ live }) => live?.id === staged.id);
    expect(await visit(staging.url ?? '')).toBe('idea');
    const before = await serving('production', isFirst);
    expect(await visit(before.url ?? '')).toBe('first');

    const promoted = await api.promoteDeployment({ id: staged.id }, options);
    expect(promoted.environment).toBe('production');
    await serving('production', ({ live }) => live?.id === promoted.id);
    expect(await visit(before.url ?? '')).toBe('idea');
    const { items } = await api.listDeployments(
      { entityRef, environment: 'staging' },
      options,
    );
    expect(items.map(({ commit }) => commit?.sha)).toEqual([idea, first]);
  });
});
