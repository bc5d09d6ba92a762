import { startTestLocalCloud } from '@forkyard/local-cloud';
import { createTestProvider } from '../__testUtils__/createTestProvider';
import { ContractFixture } from './ContractFixture';
import { providerContract } from './providerContract';

describe('Vercel provider on local-cloud', () => {
  let fixture: ContractFixture;

  beforeAll(async () => {
    const cloud = await startTestLocalCloud();
    const options = {
      apiBaseUrl: cloud.urls.vercel,
      patience: 'much' as const,
    };
    fixture = await ContractFixture.create(
      {
        ...createTestProvider({ ...options, token: cloud.token }),
        stranger: createTestProvider({ ...options, token: 'unknown' }).provider,
        stop: () => cloud.dispose(),
      },
      { timeoutMs: 60_000 },
    );
  });

  afterAll(async () => {
    await fixture?.dispose();
  });

  it.each(providerContract)('$title', async ({ run }) => {
    expect.hasAssertions();
    await run(fixture);
  });
});
