import {
  domainChecker,
  hostingAccessChecker,
  repositoryAccessChecker,
} from './accountChecks';
import type { PlanCheckContext } from './PlanChecker';

const context = (sources: object, request: object = {}) =>
  ({ request, ...sources }) as unknown as PlanCheckContext;

describe('the checks of accounts', () => {
  it.each([
    [['repo', 'delete_repo'], 'pass', /has the scopes/],
    [undefined, 'pass', /takes our credentials/],
    [['repo'], 'warn', /no scope 'delete_repo'/],
    [['delete_repo'], 'fail', /no scope 'repo'/],
  ])(
    'of a token with the scopes %j says %s',
    async (scopes, verdict, message) => {
      const [finding] = await repositoryAccessChecker.check(
        context({ repositories: { getTokenScopes: async () => scopes } }),
      );
      expect(finding).toMatchObject({
        verdict,
        message: expect.stringMatching(message),
      });
    },
  );

  it.each([
    [{ name: 'acme' }, 'pass', /knows us as acme/],
    [{ name: 'acme', projectQuota: { used: 9, limit: 10 } }, 'pass', /9 of 10/],
    [
      { name: 'acme', projectQuota: { used: 10, limit: 10 } },
      'fail',
      /10 of 10/,
    ],
  ])('of the team %j says %s', async (account, verdict, message) => {
    const [finding] = await hostingAccessChecker.check(
      context({ projects: { getAccount: async () => account } }),
    );
    expect(finding).toMatchObject({
      verdict,
      message: expect.stringMatching(message),
    });
  });

  it('says nothing of a domain that is not asked for, and is content with one that leads here', async () => {
    const projects = { getDomainRecords: async () => [] };
    expect(await domainChecker.check(context({ projects }))).toEqual([]);
    const [finding] = await domainChecker.check(
      context({ projects }, { domain: 'shop.example.com' }),
    );
    expect(finding.verdict).toBe('pass');
  });
});
