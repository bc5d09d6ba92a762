import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSettings } from '../src/settings.js';

describe('settings', () => {
  it('need nothing', () => {
    assert.deepEqual(readSettings({}), {
      title: 'Base app',
      version: 'development',
      environment: 'development',
      hasForwardedAddress: false,
      postgresUrl: undefined,
      kvUrl: undefined,
      sentryDsn: undefined,
      metricsToken: undefined,
      startingTokens: 100,
      model: undefined,
      postgresConnections: 5,
    });
  });

  it('take title and version from the platform when nobody set them', () => {
    const settings = readSettings({
      VERCEL_GIT_REPO_SLUG: 'image-studio',
      VERCEL_GIT_COMMIT_SHA: '0123456789abcdef',
    });
    assert.equal(settings.title, 'Image studio');
    assert.equal(settings.version, '0123456');
    assert.equal(
      readSettings({ APP_TITLE: 'Mine', VERCEL_GIT_REPO_SLUG: 'x' }).title,
      'Mine',
    );
  });

  it('name the variable that is wrong, without repeating a secret', () => {
    const secret = 'hunter2';
    const wrong: Array<[Record<string, string>, RegExp]> = [
      [{ POSTGRES_URL: `mysql://a:${secret}@b/c` }, /^POSTGRES_URL is not an/],
      [{ KV_URL: secret }, /^KV_URL is not an address that begins with redis:/],
      [{ STARTING_TOKENS: '-1' }, /^STARTING_TOKENS is '-1', which is not/],
      [{ MODEL_API_URL: 'http://model.test' }, /MODEL_NAME is not; name the/],
    ];
    for (const [env, message] of wrong) {
      assert.throws(
        () => readSettings(env),
        (error: Error) =>
          message.test(error.message) && !error.message.includes(secret),
      );
    }
  });
});
