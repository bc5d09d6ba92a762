import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createErrorReporter } from '../src/observability/ErrorReporter.js';

describe('error reports', () => {
  it('reach Sentry with release, environment and context', async () => {
    const envelopes: Array<{ url?: string; body: string }> = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      envelopes.push({ url: request.url, body });
      response.end('{}');
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const errors = createErrorReporter({
      sentryDsn: `http://key@127.0.0.1:${port}/42`,
      version: '0123456',
      environment: 'production',
    });
    await errors.report(new TypeError('it broke'), { path: '/actions' });
    server.close();

    assert.equal(envelopes.length, 1);
    assert.match(envelopes[0]?.url ?? '', /^\/api\/42\/envelope\//);
    const event = JSON.parse(envelopes[0]?.body.split('\n')[2] ?? '{}');
    assert.equal(event.exception.values[0].type, 'TypeError');
    assert.equal(event.exception.values[0].value, 'it broke');
    assert.ok(event.exception.values[0].stacktrace.frames.length > 0);
    assert.equal(event.release, '0123456');
    assert.equal(event.environment, 'production');
    assert.equal(event.tags.path, '/actions');
  });

  it('never fail what they report about', async () => {
    const errors = createErrorReporter({
      sentryDsn: 'http://key@127.0.0.1:1/42',
      version: '0123456',
      environment: 'production',
    });
    await errors.report(new Error('it broke'), {});
    const silent = createErrorReporter({
      version: '0123456',
      environment: 'production',
    });
    await silent.report('a string', {});
  });
});
