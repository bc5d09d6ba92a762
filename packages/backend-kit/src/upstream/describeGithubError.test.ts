import { describeGithubError } from './describeGithubError';
import { UnexpectedAnswerError } from './upstreamErrors';

const answer = (status: number, headers: object, data?: object) =>
  Object.assign(new Error('HttpError'), {
    status,
    response: { headers, data },
  });

describe('describeGithubError', () => {
  it('gives the words of GitHub with the errors beneath them', () => {
    const data = {
      message: 'Validation Failed',
      errors: ['a', { message: 'b' }],
    };
    expect(describeGithubError(answer(422, {}, data))).toEqual({
      status: 422,
      message: 'Validation Failed: a: b',
      retryAfterSeconds: undefined,
    });
  });

  it('knows a spent limit by its headers, and when it is over', () => {
    const reset = Date.now() / 1000 + 600;
    const spent = describeGithubError(
      answer(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
    );
    expect(spent).toMatchObject({ status: 429, message: '' });
    expect(spent.retryAfterSeconds).toBeGreaterThan(590);
    expect(
      describeGithubError(answer(403, { 'retry-after': '7' })),
    ).toMatchObject({ status: 429, retryAfterSeconds: 7 });
    expect(describeGithubError(answer(403, {}))).toMatchObject({ status: 403 });
  });

  it('has no status where no answer arrived or none that can be used', () => {
    const unusable = new UnexpectedAnswerError(['sha']);
    expect(describeGithubError(unusable)).toEqual({
      message: unusable.message,
    });
    const refused = Object.assign(new Error('made up'), { status: 500 });
    expect(describeGithubError(refused).status).toBeUndefined();
  });
});
