import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openApp } from './testApp.js';

describe('without a database', () => {
  const app = openApp({ APP_TITLE: '<Shop> & more' });
  after(() => app.close());

  it('is healthy and says what is missing', async () => {
    const { status, body } = await app.json('GET', '/healthz');
    assert.equal(status, 200);
    assert.deepEqual(body, {
      status: 'degraded',
      version: 'development',
      database: 'not configured',
      counters: 'memory: ok',
      errorReports: 'log only',
    });
  });

  it('says on the page what to do, and writes the title as text', async () => {
    const { status, html, response } = await app.page('/');
    assert.equal(status, 200);
    assert.match(html, /^<!doctype html>/);
    assert.match(html, /No database yet/);
    assert.match(html, /POSTGRES_URL/);
    assert.match(html, /<h1>&lt;Shop&gt; &amp; more<\/h1>/);
    assert.doesNotMatch(html, /<form/);
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /default-src 'none'/,
    );
  });

  it('answers data routes with an error that names the next step', async () => {
    const credentials = { email: 'ana@example.com', password: '0123456789' };
    const { status, html } = await app.page('/sign-up', credentials);
    assert.equal(status, 503);
    assert.match(html, /Set POSTGRES_URL and deploy again/);
    const api = await app.json('POST', '/api/sessions', credentials);
    assert.equal(api.status, 503);
    assert.match(api.body.error.message, /has no database yet/);
    assert.equal(
      api.body.error.requestId,
      api.response.headers.get('x-request-id'),
    );
  });

  it('answers what is not there in the language of the caller', async () => {
    assert.equal((await app.page('/nowhere')).status, 404);
    const { status, body } = await app.json('GET', '/api/nowhere');
    assert.equal(status, 404);
    assert.equal(body.error.message, 'There is nothing at /api/nowhere.');
  });

  it('refuses what another site sends', async () => {
    const cases: Array<Record<string, string>> = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];
    for (const headers of cases) {
      const response = await app.send('/sign-out', { method: 'POST', headers });
      assert.equal(response.status, 403, JSON.stringify(headers));
    }
    for (const headers of [
      { 'sec-fetch-site': 'same-origin', origin: 'null' },
      { origin: 'http://app.test' },
    ]) {
      const response = await app.send('/sign-out', { method: 'POST', headers });
      assert.equal(response.status, 303, JSON.stringify(headers));
    }
  });

  it('refuses a body that is too large or not what it should be', async () => {
    const large = await app.send('/api/accounts', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'x'.repeat(4_400_000),
    });
    assert.equal(large.status, 413);
    const form = await app.send('/api/accounts', {
      method: 'POST',
      body: new URLSearchParams({ email: 'a@b.co' }),
    });
    assert.equal(form.status, 415);
    for (const body of ['text', [], { email: 1 }]) {
      assert.equal((await app.json('POST', '/api/accounts', body)).status, 400);
    }
  });

  it('counts requests by route for Prometheus, never by path', async () => {
    await app.page('/no-such-path-1');
    const text = await (await app.send('/metrics')).text();
    assert.match(
      text,
      /http_request_duration_seconds_count\{.*route="\/healthz",status="200"\} \d/,
    );
    assert.match(text, /route="none",status="404"/);
    assert.doesNotMatch(text, /no-such-path/);
    assert.match(text, /process_resident_memory_bytes/);
  });

  it('keeps its metrics to who has the token', async () => {
    const closed = openApp({ METRICS_TOKEN: 'hunter2' });
    assert.equal((await closed.send('/metrics')).status, 401);
    const headers = { authorization: 'Bearer hunter2' };
    assert.equal((await closed.send('/metrics', { headers })).status, 200);
    await closed.close();
  });
});

describe('with a database that is away', () => {
  const app = openApp({
    POSTGRES_URL: 'postgresql://nobody@127.0.0.1:1/none',
    KV_URL: 'redis://127.0.0.1:1',
  });
  after(() => app.close());

  it('is not healthy', async () => {
    const { status, body } = await app.json('GET', '/healthz');
    assert.equal(status, 503);
    assert.equal(body.status, 'down');
    assert.equal(body.database, 'down');
    assert.equal(body.counters, 'redis: down');
  });

  it('still shows the page, and asks to come back when it is needed', async () => {
    assert.equal((await app.page('/')).status, 200);
    const { status, html, response } = await app.page('/sign-in', {
      email: 'ana@example.com',
      password: '0123456789',
    });
    assert.equal(status, 503);
    assert.equal(response.headers.get('retry-after'), '60');
    assert.match(html, /The database cannot be reached right now/);
    assert.doesNotMatch(html, /ECONNREFUSED|nobody|127\.0\.0\.1/);
  });
});
