import { startTestLocalCloud } from '@forkyard/local-cloud';
import { createTestProvider } from '../testing/createTestProvider';
import { describeProviderContract } from './describeProviderContract';

describeProviderContract('local-cloud', {
  supports: {
    builds: true,
    traffic: true,
    redeploy: true,
    deletion: true,
    authentication: true,
  },
  timeoutMs: 60_000,
  start: async () => {
    const cloud = await startTestLocalCloud();
    const options = {
      apiBaseUrl: cloud.urls.vercel,
      patience: 'much' as const,
    };
    return {
      ...createTestProvider({ ...options, token: cloud.token }),
      stranger: createTestProvider({ ...options, token: 'unknown' }).provider,
      stop: () => cloud.dispose(),
    };
  },
});
