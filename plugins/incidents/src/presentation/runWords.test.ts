import { createRunStep } from '../__testUtils__/incidents';
import { actionLabel, describeOutput, describeStep } from './runWords';

const common = { environment: 'production', timeoutSeconds: 90 };

describe('the words of a step', () => {
  it('say what each kind of step does', () => {
    const check = {
      type: 'http-check',
      path: '/healthz',
      expectStatus: 200,
      ...common,
    } as const;
    expect(describeStep(check)).toBe(
      'Asks for /healthz in production and expects status 200.',
    );
    expect(describeStep({ ...check, expectBodyIncludes: 'ok' })).toBe(
      'Asks for /healthz in production and expects status 200 and the words "ok".',
    );
    expect(describeStep({ type: 'redeploy', ...common })).toBe(
      'Builds what is live in production again.',
    );
    const wait = { type: 'wait-for', path: '/healthz', ...common } as const;
    expect(describeStep({ ...wait, condition: 'http-ok' })).toBe(
      'Waits up to 1 min 30 s until /healthz answers in production.',
    );
    expect(describeStep({ ...wait, condition: 'deployment-live' })).toBe(
      'Waits up to 1 min 30 s until the deployment is live in production.',
    );
  });

  it('name the button by what it does', () => {
    expect(actionLabel({ type: 'redeploy', ...common })).toBe(
      'Redeploy production',
    );
    expect(
      actionLabel({ type: 'ask', question: '', options: [], endOn: [] }),
    ).toBeUndefined();
  });

  it.each([
    [{ status: 503, durationMilliseconds: 12.4 }, 'Answered 503 after 12 ms'],
    [{ status: 200 }, 'Answered 200'],
    [{ status: 200, message: 'Not yet' }, 'Not yet'],
    [{}, undefined],
  ])('say of %j: %s', (output, words) => {
    expect(describeOutput(createRunStep(0, { output }))).toBe(words);
  });
});
