import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { clientAddress } from '../src/routes/session.js';
import { readSettings } from '../src/settings.js';

describe('where a request came from', () => {
  let server: ServerType;
  let url: string;

  before(async () => {
    const app = new Hono();
    app.get('/own', context =>
      context.text(clientAddress(context, readSettings({}))),
    );
    app.get('/platform', context =>
      context.text(clientAddress(context, readSettings({ VERCEL: '1' }))),
    );
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => new Promise(resolve => server.close(resolve)));

  async function ask(path: string, headers: Record<string, string> = {}) {
    return (await fetch(`${url}${path}`, { headers })).text();
  }

  it('is told by the connection, not by what the client writes', async () => {
    assert.equal(await ask('/own'), '127.0.0.1');
    for (const name of ['x-real-ip', 'x-forwarded-for']) {
      assert.equal(await ask('/own', { [name]: '192.0.2.7' }), '127.0.0.1');
    }
  });

  it('is told by the platform where there is one', async () => {
    assert.equal(
      await ask('/platform', { 'x-real-ip': '192.0.2.7' }),
      '192.0.2.7',
    );
    assert.equal(
      await ask('/platform', { 'x-forwarded-for': '192.0.2.8, 10.0.0.1' }),
      '192.0.2.8',
    );
    assert.equal(await ask('/platform'), '127.0.0.1');
  });
});
