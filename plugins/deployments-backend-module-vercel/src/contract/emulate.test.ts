import { createTestProvider } from '../testing/createTestProvider';
import { describeProviderContract } from './describeProviderContract';
import { EMULATE_TOKEN, startEmulate } from './startEmulate';

// emulate makes every deployment ready at once, tells no production target,
// has neither promotion nor deletion, redeploys nothing, and takes an unknown
// token for its first user.
describeProviderContract('emulate 0.12.2', {
  supports: {
    builds: false,
    traffic: false,
    redeploy: true,
    deletion: true,
    authentication: false,
  },
  start: async () => {
    const emulate = await startEmulate();
    const options = {
      apiBaseUrl: emulate.url,
      token: EMULATE_TOKEN,
      patience: 'much' as const,
    };
    return {
      ...createTestProvider(options),
      stranger: createTestProvider(options).provider,
      stop: () => emulate.stop(),
    };
  },
});
