import { mockCredentials } from '@backstage/backend-test-utils';
import { principalRef } from './principalRef';

describe('principalRef', () => {
  it('names users and services, and refuses who is neither', () => {
    expect(principalRef(mockCredentials.user('user:default/ana'))).toBe(
      'user:default/ana',
    );
    expect(principalRef(mockCredentials.service('plugin:forks'))).toBe(
      'plugin:forks',
    );
    expect(() => principalRef(mockCredentials.none())).toThrow(
      'Sign in first: the request names nobody',
    );
  });
});
