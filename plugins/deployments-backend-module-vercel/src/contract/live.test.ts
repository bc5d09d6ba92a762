import { createTestProvider } from '../__testUtils__/createTestProvider';
import { ContractFixture } from './ContractFixture';
import { providerContract } from './providerContract';

const token = process.env.FORKYARD_LIVE_VERCEL_TOKEN;
const teamId = process.env.FORKYARD_LIVE_VERCEL_TEAM_ID;
/** Rolling releases are a matter of the plan. */
const hasCanaries = Boolean(process.env.FORKYARD_LIVE_VERCEL_CANARIES);
const timeoutMs = 300_000;

// Makes a project of its own in the account, and deletes it.
(token ? describe : describe.skip)(
  'Vercel provider on the live Vercel (needs FORKYARD_LIVE_VERCEL_TOKEN, and FORKYARD_LIVE_VERCEL_TEAM_ID for a team)',
  () => {
    let fixture: ContractFixture;

    beforeAll(async () => {
      const options = {
        apiBaseUrl: 'https://api.vercel.com',
        teamId,
        patience: 'much' as const,
      };
      fixture = await ContractFixture.create(
        {
          ...createTestProvider({ ...options, token }),
          stranger: createTestProvider({ ...options, token: 'unknown' })
            .provider,
          stop: async () => {},
        },
        { timeoutMs },
      );
    }, timeoutMs);

    afterAll(async () => {
      await fixture?.dispose();
    }, timeoutMs);

    it.each(
      providerContract.filter(({ needs }) => needs !== 'canary' || hasCanaries),
    )(
      '$title',
      async ({ run }) => {
        expect.hasAssertions();
        await run(fixture);
      },
      timeoutMs,
    );
  },
);
