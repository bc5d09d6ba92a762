import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { HeldApproval } from '../../database/gates/ApprovalsStore';
import type { GithubConnector } from '../../sources/GithubConnector';
import type {
  CommitPerson,
  GithubPeopleSource,
} from '../../sources/GithubPeopleSource';
import { createUser } from './__testUtils__/startTestGates';
import { FourEyes } from './FourEyes';

const approval = {
  rolloutId: 'rollout-1',
  entityRef: 'component:default/shop',
  requestedBy: 'service:ci',
  commit: { sha: 'b'.repeat(40) },
} as HeldApproval;

/** Judges where these people wrote the commits since the version that serves. */
function judge(written: CommitPerson[]) {
  const catalog = catalogServiceMock({
    entities: [
      createUser('ana', { email: 'ana@example.com' }),
      createUser('bob', { email: 'bob@example.com' }),
    ],
  });
  const urls: string[] = [];
  const fourEyes = new FourEyes({
    auth: mockServices.auth(),
    catalog: {
      ...catalog,
      getEntities: (request, options) => {
        urls.push(encodeURIComponent(JSON.stringify(request)));
        return catalog.getEntities(request, options);
      },
    } as typeof catalog,
    github: { locate: () => ({ sha: 'b' }) } as unknown as GithubConnector,
    people: {
      listPeople: async () => [],
      listPeopleSince: async () => written,
    } as unknown as GithubPeopleSource,
    deployments: {
      listById: async () => [],
      listPushers: async () => [],
    } as never,
    rollouts: {
      get: async () => ({
        deploymentId: 'memory:two',
        stableDeploymentId: 'memory:one',
        stableCommit: { sha: 'a'.repeat(40) },
      }),
    } as never,
  });
  const approve = (name: string) =>
    fourEyes.assertSecondPerson({ approver: `user:default/${name}`, approval });
  /** As the page asks before anything is promoted. */
  const findOwnPart = (name: string) =>
    fourEyes.findOwnPart(`user:default/${name}`, {
      entityRef: approval.entityRef,
      deploymentId: 'memory:two',
      commit: approval.commit,
      stableDeploymentId: 'memory:one',
      stableCommit: { sha: 'a'.repeat(40) },
    });
  const findRefusal = (name: string) =>
    fourEyes.findRefusal({ approver: `user:default/${name}`, approval });
  return { approve, findOwnPart, findRefusal, urls };
}

describe('FourEyes', () => {
  it('asks the catalog by short URLs, however many wrote the commits', async () => {
    const written = Array.from({ length: 500 }, (_, index) => ({
      email: `someone-with-a-long-name-${index % 100}@engineering.example.com`,
      login: `someone-with-a-long-name-${index % 100}`,
    }));
    const { approve, urls } = judge([
      ...written,
      { email: 'bob@example.com' },
      { email: `${'x'.repeat(20_000)}@example.com` },
    ]);
    await expect(approve('ana')).resolves.toBeUndefined();
    expect(Math.max(...urls.map(({ length }) => length))).toBeLessThan(4_000);
    expect(urls.length).toBeLessThan(20);
    await expect(approve('bob')).rejects.toThrow(
      'you wrote a commit that it brings',
    );
  });

  it('does not let an address in a commit change what the catalog is asked', async () => {
    const { approve, findOwnPart, findRefusal, urls } = judge([
      { email: 'x@example.com,metadata.name=nobody' },
      { email: 'bob@example.com' },
    ]);
    await expect(approve('bob')).rejects.toThrow(
      'you wrote a commit that it brings',
    );
    expect(urls.join()).not.toContain('nobody');
    expect(await findOwnPart('bob')).toBe('contributor');
    expect(await findRefusal('bob')).toBe('contributor');
    expect(await findOwnPart('ana')).toBeUndefined();
    expect(await findRefusal('ana')).toBeUndefined();
  });
});
