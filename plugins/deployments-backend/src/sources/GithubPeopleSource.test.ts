import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { GithubConnector, type CommitPlace } from './GithubConnector';
import { GithubPeopleSource } from './GithubPeopleSource';

describe('GithubPeopleSource', () => {
  let github: Server;
  let source: GithubPeopleSource;
  let origin: string;
  let total: number;
  let status: number;
  let asked: (string | undefined)[];

  beforeAll(async () => {
    github = createServer((request, response) => {
      asked.push(request.url);
      const { searchParams } = new URL(request.url ?? '', origin);
      const page = Number(searchParams.get('page'));
      const size = Math.max(0, Math.min(100, total - (page - 1) * 100));
      const commits = Array.from({ length: size }, (_, index) => ({
        commit: {
          author: {
            name: `Author ${(page - 1) * 100 + index}`,
            email: 'a@example.com',
          },
          committer: { name: 'GitHub', email: 'noreply@github.com' },
          message: 'Change',
        },
        author: null,
        committer: { login: 'web-flow' },
      }));
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ total_commits: total, commits }));
    });
    await new Promise<void>(resolve => {
      github.listen(0, '127.0.0.1', resolve);
    });
    const { port } = github.address() as AddressInfo;
    origin = `http://127.0.0.1:${port}`;
    source = new GithubPeopleSource(
      new GithubConnector({
        integrations: ScmIntegrations.fromConfig(
          new ConfigReader({
            integrations: {
              github: [{ host: `127.0.0.1:${port}`, apiBaseUrl: origin }],
            },
          }),
        ),
        logger: mockServices.logger.mock(),
      }),
    );
  });

  beforeEach(() => {
    asked = [];
    status = 200;
    total = 0;
  });

  afterAll(async () => {
    github.closeAllConnections();
    await new Promise(resolve => {
      github.close(resolve);
    });
  });

  const placeOf = (character: string, repo = 'shop'): CommitPlace => ({
    owner: 'acme',
    repo,
    sha: character.repeat(40),
    url: `${origin}/acme/${repo}/commit/${character.repeat(40)}`,
  });

  const list = (base = placeOf('a'), head = placeOf('b')) =>
    source.listPeopleSince(base, head);

  it('reads who wrote every commit of a range, page by page', async () => {
    total = 250;
    const people = await list();
    expect(Array.isArray(people) && people.map(({ name }) => name)).toEqual(
      Array.from({ length: 250 }, (_, index) => `Author ${index}`),
    );
    const range = `${'a'.repeat(40)}...${'b'.repeat(40)}`;
    expect(asked).toEqual(
      [1, 2, 3].map(
        page => `/repos/acme/shop/compare/${range}?per_page=100&page=${page}`,
      ),
    );
  });

  it('says why a range cannot be read, and throws when GitHub cannot be asked', async () => {
    total = 501;
    expect(await list()).toEqual({ unreadable: 'there are 501 of them' });
    expect(asked).toHaveLength(1);
    expect(await list(placeOf('a', 'other'))).toEqual({
      unreadable: 'they are not in one repository',
    });
    expect(await list(placeOf('b'))).toEqual([]);
    expect(asked).toHaveLength(1);
    status = 404;
    expect(await list()).toEqual({
      unreadable: 'GitHub finds no way from one to the other',
    });
    status = 503;
    await expect(list()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });
});
