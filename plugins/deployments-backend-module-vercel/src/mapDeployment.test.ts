import {
  mapDeployment,
  mapProduction,
  mapState,
  sortHosts,
  toUrl,
} from './mapDeployment';
import { deploymentSchema, projectSchema } from './vercelSchemas';

const options = { gitHubUrl: 'https://github.com' };

const parse = (fields: object) =>
  deploymentSchema.parse({ id: 'dpl_1', createdAt: 1000, ...fields });

describe('mapDeployment', () => {
  it.each([
    ['QUEUED', 'queued'],
    ['BLOCKED', 'queued'],
    ['INITIALIZING', 'building'],
    ['BUILDING', 'building'],
    ['READY', 'ready'],
    ['ERROR', 'failed'],
    ['CANCELED', 'canceled'],
    ['DELETED', 'deleted'],
  ])('calls %s %s', (readyState, state) => {
    expect(mapState(parse({ readyState }))).toBe(state);
  });

  it.each([
    [{ errorMessage: 'Broken' }, 'failed'],
    [{ ready: 5 }, 'ready'],
    [{}, 'building'],
    [{ ready: 5, deleted: 6 }, 'deleted'],
  ])('judges a state that is new to it by %j', (facts, state) => {
    expect(mapState(parse({ readyState: 'TELEPORTING', ...facts }))).toBe(
      state,
    );
  });

  it.each([
    [{ target: 'production' }, 'production'],
    [{ target: null }, 'preview'],
    [{ target: 'preview' }, 'preview'],
    [{ target: 'staging' }, 'staging'],
    [{ target: null, customEnvironment: { slug: 'qa' } }, 'qa'],
  ])('reads the environment out of %j', (fields, environment) => {
    expect(mapDeployment(parse(fields), options).environment).toBe(environment);
  });

  it("takes the SDK's fillers for what they are: absent", () => {
    expect(
      mapDeployment(
        parse({
          url: '',
          ready: 0,
          buildingAt: 0,
          inspectorUrl: '',
          errorMessage: null,
          creator: { username: '', uid: 'u1' },
        }),
        options,
      ),
    ).toMatchObject({
      url: undefined,
      readyAt: undefined,
      buildingAt: undefined,
      inspectorUrl: undefined,
      creator: 'u1',
    });
  });

  it('reads commits of other Git hosts', () => {
    expect(
      mapDeployment(
        parse({
          meta: {
            gitlabCommitSha: 'b'.repeat(40),
            gitlabCommitAuthorName: 'Bo',
          },
        }),
        options,
      ).commit,
    ).toMatchObject({ sha: 'b'.repeat(40), author: 'Bo', url: undefined });
  });

  it('refuses an answer without a time, which could not be put in order', () => {
    expect(() => mapDeployment(parse({ createdAt: 0 }), options)).toThrow(
      /does not say when it was created/,
    );
  });
});

describe('the pin of production', () => {
  const requestOf = (type: string, jobStatus = 'succeeded') => ({
    type,
    jobStatus,
    toDeploymentId: 'dpl_1',
    requestedAt: 2_000,
  });
  const rollbackDescription = { description: 'Too slow', createdAt: 3_000 };

  it.each([
    ['nothing ever happened', {}, undefined],
    [
      'Vercel names its target and time',
      { lastRollbackTarget: { at: 1_000 }, rollbackDescription },
      { since: new Date(1_000), description: 'Too slow' },
    ],
    [
      'the SDK has dropped what Vercel says of the target',
      { lastRollbackTarget: {}, lastAliasRequest: requestOf('rollback') },
      { since: new Date(2_000), description: undefined },
    ],
    [
      'only the description tells when',
      { lastRollbackTarget: {}, rollbackDescription },
      { since: new Date(3_000), description: 'Too slow' },
    ],
    [
      'the target is not told at all',
      { lastAliasRequest: requestOf('rollback'), rollbackDescription },
      { since: new Date(2_000), description: 'Too slow' },
    ],
    [
      'a rollback failed',
      { lastAliasRequest: requestOf('rollback', 'failed') },
      undefined,
    ],
    [
      'Vercel says that it is over',
      { lastRollbackTarget: null, lastAliasRequest: requestOf('rollback') },
      undefined,
    ],
    [
      'a promotion came after it, and Vercel still remembers it',
      {
        lastRollbackTarget: { at: 1_000 },
        lastAliasRequest: requestOf('promote'),
        rollbackDescription,
      },
      undefined,
    ],
    [
      'a promotion after it has not succeeded yet',
      {
        lastRollbackTarget: { at: 1_000 },
        lastAliasRequest: requestOf('promote', 'in-progress'),
      },
      { since: new Date(1_000), description: undefined },
    ],
  ])('is told when %s', (_, project, expected) => {
    const parsed = projectSchema.parse({ id: 'prj_1', ...project });
    expect(mapProduction(parsed).pinned).toEqual(expected);
  });
});

describe('hosts', () => {
  it('puts own domains before generated ones, and short ones before long', () => {
    expect(
      sortHosts([
        'shop-x1-acme.localhost:4393',
        'shop.localhost:4393',
        'a.very.long.domain.example.com',
        'shop.dev',
      ]),
    ).toEqual([
      'shop.dev',
      'a.very.long.domain.example.com',
      'shop.localhost:4393',
      'shop-x1-acme.localhost:4393',
    ]);
  });

  it('speaks plain HTTP with this machine only', () => {
    expect(toUrl('shop.localhost:4393')).toBe('http://shop.localhost:4393');
    expect(toUrl('shop.dev')).toBe('https://shop.dev');
    expect(toUrl('localhost.evil.com')).toBe('https://localhost.evil.com');
  });
});
