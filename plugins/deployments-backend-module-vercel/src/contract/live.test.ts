import { createTestProvider } from '../testing/createTestProvider';
import { describeProviderContract } from './describeProviderContract';

const token = process.env.FORKYARD_LIVE_VERCEL_TOKEN;
const teamId = process.env.FORKYARD_LIVE_VERCEL_TEAM_ID;

if (token) {
  const options = {
    apiBaseUrl: 'https://api.vercel.com',
    teamId,
    patience: 'much' as const,
  };
  describeProviderContract('the live Vercel', {
    supports: {
      builds: true,
      traffic: true,
      redeploy: true,
      deletion: true,
      authentication: true,
    },
    timeoutMs: 300_000,
    start: async () => ({
      ...createTestProvider({ ...options, token }),
      stranger: createTestProvider({ ...options, token: 'unknown' }).provider,
      stop: async () => {},
    }),
  });
} else {
  describe('Vercel provider on the live Vercel', () => {
    it.skip('needs FORKYARD_LIVE_VERCEL_TOKEN, and FORKYARD_LIVE_VERCEL_TEAM_ID for a team; it makes and deletes a project', () => {});
  });
}
