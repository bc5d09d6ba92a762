import { randomUUID } from 'node:crypto';
import {
  ContractProvider,
  startEmulateProvider,
  startLocalCloudProvider,
} from './providers';

/**
 * The emulator's answers do not pass Vercel's own strict client, so this
 * contract is about statuses and the members that the portal reads. The strict
 * client is tried on local-cloud in `src/vercel`.
 */
describe.each([
  ['local-cloud', () => startLocalCloudProvider('vercel')],
  ['emulate', () => startEmulateProvider('vercel')],
])('the part of Vercel that we use, on %s', (name, start) => {
  let provider: ContractProvider;
  const describeComplete = name === 'emulate' ? describe.skip : describe;

  beforeAll(async () => {
    provider = await start();
  });

  afterAll(() => provider.stop());

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    token = provider.token,
  ) => {
    const url = new URL(path, provider.url);
    url.searchParams.set(
      provider.organization.startsWith('team_') ? 'teamId' : 'slug',
      provider.organization,
    );
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  };

  const create = async () => {
    const project = `contract-${randomUUID().slice(0, 8)}`;
    const { status, body } = await call('POST', '/v11/projects', {
      name: project,
    });
    expect(status).toBe(200);
    return { project, id: String(body.id) };
  };

  it('says who the token belongs to', async () => {
    const { status, body } = await call('GET', '/v2/user');
    expect(status).toBe(200);
    expect(body.user.username).not.toBe('');
  });

  it('creates a project and finds it by its id and by its name', async () => {
    const { project, id } = await create();
    const byId = await call('GET', `/v9/projects/${id}`);
    const byName = await call('GET', `/v9/projects/${project}`);
    expect(byId.body).toMatchObject({ id, name: project });
    expect(byName.body).toMatchObject({ id, name: project });
  });

  it('refuses the name of a project a second time', async () => {
    const { project } = await create();
    const again = await call('POST', '/v11/projects', { name: project });
    expect(again.status).toBe(409);
    expect(again.body.error.code).not.toBe('');
  });

  it('answers 404 to a project that does not exist', async () => {
    const { status, body } = await call('GET', '/v9/projects/absent-project');
    expect(status).toBe(404);
    expect(body.error.code).toBe('not_found');
  });

  it('lists projects', async () => {
    const { id } = await create();
    const { body } = await call('GET', '/v10/projects?limit=100');
    expect(
      body.projects.map((project: { id: string }) => project.id),
    ).toContain(id);
    expect(body.pagination).toBeDefined();
  });

  it('keeps an environment variable and replaces it on upsert', async () => {
    const { project } = await create();
    const put = (value: string) =>
      call('POST', `/v10/projects/${project}/env?upsert=true`, {
        key: 'REGION',
        value,
        type: 'plain',
        target: ['production'],
      });
    expect([200, 201]).toContain((await put('fra1')).status);
    expect([200, 201]).toContain((await put('iad1')).status);
    const { body } = await call('GET', `/v10/projects/${project}/env`);
    expect(body.envs).toMatchObject([
      { key: 'REGION', value: 'iad1', target: ['production'] },
    ]);
  });

  it('adds a domain to a project', async () => {
    const { project } = await create();
    const domain = `${project}.example.com`;
    const added = await call('POST', `/v10/projects/${project}/domains`, {
      name: domain,
    });
    expect(added.status).toBe(200);
    const read = await call('GET', `/v9/projects/${project}/domains/${domain}`);
    expect(read.body).toMatchObject({ name: domain });
  });

  it('deletes a project', async () => {
    const { project } = await create();
    const { status } = await call('DELETE', `/v9/projects/${project}`);
    expect(status).toBe(204);
    const after = await call('GET', `/v9/projects/${project}`);
    expect(after.status).toBe(404);
  });

  // The emulator takes any token for its first user.
  describeComplete('in full', () => {
    it('refuses an unknown token', async () => {
      const { status } = await call('GET', '/v2/user', undefined, 'wrong');
      expect([401, 403]).toContain(status);
    });
  });
});
