import { createTestProvider } from '../__testUtils__/createTestProvider';
import type { Capability } from './ContractCase';
import { ContractFixture } from './ContractFixture';
import { providerContract } from './providerContract';
import { EMULATE_TOKEN, startEmulate } from './startEmulate';

// emulate makes every deployment ready at once, tells no production target,
// promotes nothing, and takes an unknown token for its first user.
const CAPABILITIES: (Capability | undefined)[] = [
  undefined,
  'redeploy',
  'deletion',
];
const supported = providerContract.filter(({ needs }) =>
  CAPABILITIES.includes(needs),
);
const unsupported = providerContract.filter(
  contractCase => !supported.includes(contractCase),
);
/** Shows whether a newer emulate can do more. */
const tryAll = Boolean(process.env.FORKYARD_EMULATE_ALL);

describe('Vercel provider on emulate 0.12.2', () => {
  let fixture: ContractFixture;

  beforeAll(async () => {
    const emulate = await startEmulate();
    const options = {
      apiBaseUrl: emulate.url,
      token: EMULATE_TOKEN,
      patience: 'much' as const,
    };
    fixture = await ContractFixture.create(
      {
        ...createTestProvider(options),
        stranger: createTestProvider(options).provider,
        stop: () => emulate.stop(),
      },
      { timeoutMs: 60_000 },
    );
  });

  afterAll(async () => {
    await fixture?.dispose();
  });

  it.each(supported)('$title', async ({ run }) => {
    expect.hasAssertions();
    await run(fixture);
  });

  (tryAll ? describe : describe.skip)('which it lacks', () => {
    it.each(unsupported)('$title ($needs)', async ({ run }) => {
      expect.hasAssertions();
      await run(fixture);
    });
  });
});
