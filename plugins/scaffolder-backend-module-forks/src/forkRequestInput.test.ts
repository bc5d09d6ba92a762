import { parseForkRequest } from './forkRequestInput';

const request = {
  name: 'image-studio',
  title: 'Image studio',
  owner: 'group:default/platform',
  baseApplication: 'acme/base-app',
};

describe('parseForkRequest', () => {
  it('fills in the defaults and drops what the form left empty', () => {
    expect(
      parseForkRequest({ ...request, system: '', domain: undefined }),
    ).toEqual({
      ...request,
      description: '',
      environmentVariables: [],
      secrets: [],
      sloTier: 'standard',
      monthlyBudgetUsd: 50,
      onFailure: 'keep',
    });
  });

  it.each([
    'Image',
    'a',
    'x'.repeat(49),
    'ümlaut',
    '../etc',
    'api',
    'a--b',
    '42',
  ])('refuses the name %j with a sentence about it', name => {
    expect(() => parseForkRequest({ ...request, name })).toThrow(
      /^The fork cannot be created as asked: name: \S.+/,
    );
  });

  it('names every field that is wrong, also within lists', () => {
    expect(() =>
      parseForkRequest({
        ...request,
        domain: 'nowhere',
        environmentVariables: [{ key: '1ST', value: '' }],
      }),
    ).toThrow(/domain: .*; environmentVariables\.0\.key: /);
  });

  it('refuses a secret whose value came along', () => {
    const secrets = [{ key: 'TOKEN', value: 'do-not-log-me' }];
    expect(() => parseForkRequest({ ...request, secrets })).toThrow(
      /secrets\.0\.ref/,
    );
    expect(() => parseForkRequest({ ...request, secrets })).not.toThrow(
      /do-not-log-me/,
    );
  });

  it('refuses something that is no request at all', () => {
    expect(() => parseForkRequest(undefined)).toThrow(
      /^The fork cannot be created as asked: request: /,
    );
  });
});
