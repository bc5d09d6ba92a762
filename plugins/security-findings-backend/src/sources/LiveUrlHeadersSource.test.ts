import { mockServices } from '@backstage/backend-test-utils';
import type { ProbeAnswer } from '@forkyard/backend-kit';
import { LiveUrlHeadersSource } from './LiveUrlHeadersSource';

const LIVE = 'https://shop.example';

function createSource(answer: ProbeAnswer, url: string | undefined = LIVE) {
  const asked: string[] = [];
  const source = new LiveUrlHeadersSource({
    auth: mockServices.auth(),
    deployments: {
      getEntityStatus: async () =>
        ({
          environments: [{ environment: 'production', live: url && { url } }],
        }) as never,
    },
    probe: {
      get: async address => {
        asked.push(address);
        return answer;
      },
    },
  });
  const scan = () => source.scan({ entityRef: 'component:default/shop' }, {});
  return { scan, asked };
}

function answered(status: number): ProbeAnswer {
  return {
    kind: 'answered',
    url: new URL(LIVE),
    status,
    headers: {},
    body: '',
    durationMilliseconds: 5,
  };
}

describe('the scan of the headers of a live URL', () => {
  it('judges what the live URL answers', async () => {
    const { scan, asked } = createSource(answered(200));
    const outcome = await scan();
    expect(outcome.kind).toBe('scanned');
    expect(outcome).toHaveProperty('reports.0.title');
    expect(asked).toEqual([LIVE]);
  });

  it('is off while nothing is live', async () => {
    const { scan, asked } = createSource(answered(200), '');
    expect(await scan()).toMatchObject({ kind: 'off' });
    expect(asked).toEqual([]);
  });

  it.each<[ProbeAnswer, string]>([
    [
      { kind: 'refused', reason: "'shop.example' leads to a private address" },
      "The live URL https://shop.example is not looked at: 'shop.example' leads to a private address.",
    ],
    [answered(401), 'answers 401 to visitors who are not signed in'],
  ])('is off for %j, which closes nothing', async (answer, reason) => {
    expect(await createSource(answer).scan()).toEqual({
      kind: 'off',
      reason: expect.stringContaining(reason),
    });
  });

  it.each<[ProbeAnswer, string]>([
    [{ kind: 'silent', reason: 'no answer within 10 s' }, 'did not answer: no'],
    [answered(503), 'answered 503'],
  ])('is tried again after %j', async (answer, message) => {
    await expect(createSource(answer).scan()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining(message),
    });
  });
});
