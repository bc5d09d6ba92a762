import type { ProbeAnswer } from '@forkyard/backend-kit';
import { createVerificationStep } from './verificationStep';
import type { StepContext } from './Step';

function answered(status: number): ProbeAnswer {
  const url = new URL('http://shop.localhost:1/healthz');
  return {
    kind: 'answered',
    url,
    status,
    headers: {},
    body: '',
    durationMilliseconds: 5,
  };
}

const silent: ProbeAnswer = { kind: 'silent', reason: 'ECONNREFUSED' };

describe('the verification step', () => {
  const log = jest.fn();
  const context = {
    facts: {
      productionUrl: 'http://shop.localhost:1',
      deploymentId: 'dpl_1',
      commitSha: 'a'.repeat(40),
    },
    signal: new AbortController().signal,
    log,
  } as unknown as StepContext;

  it('waits until production answers 200, and then calls it live', async () => {
    const answers = [silent, answered(503)];
    const asked: string[] = [];
    const step = createVerificationStep({
      probe: {
        get: async url => {
          asked.push(url);
          return answers.shift() ?? answered(200);
        },
      },
    });
    await expect(step.run(context)).resolves.toEqual({
      fork: {
        live: { deploymentId: 'vercel:dpl_1', sha: 'a'.repeat(40) },
      },
    });
    expect(asked).toEqual(Array(3).fill('http://shop.localhost:1/healthz'));
  });

  it.each([
    [answered(500), 'does not answer 200 but 500'],
    [silent, 'does not answer 200 but ECONNREFUSED'],
  ])('says what it got when it loses patience: %j', async (answer, message) => {
    const step = createVerificationStep({
      probe: { get: async () => answer },
      patienceMs: 0,
    });
    await expect(step.run(context)).rejects.toMatchObject({
      message: expect.stringContaining(message),
      retryable: true,
    });
  });
});
