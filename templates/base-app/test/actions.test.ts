import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { encode } from 'fast-png';
import { openApp } from './testApp.js';
import { createTestSchema, skipWithoutPostgres } from './testDatabase.js';

type App = ReturnType<typeof openApp>;

const image = encode({
  width: 2,
  height: 1,
  channels: 3,
  data: Uint8Array.from([220, 20, 30, 10, 40, 200]),
});

/** A model service that answers what it is told to. */
async function startModel() {
  const model = { status: 200, answer: 'A cat.', requests: [] as string[] };
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    model.requests.push(body);
    response.writeHead(model.status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ choices: [{ message: { content: model.answer } }] }),
    );
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { model, url: `http://127.0.0.1:${port}/v1`, server };
}

describe('actions', { skip: skipWithoutPostgres }, () => {
  let schema: Awaited<ReturnType<typeof createTestSchema>>;
  let service: Awaited<ReturnType<typeof startModel>>;
  const apps: App[] = [];
  let people = 0;

  async function signUp(env: Record<string, string> = {}): Promise<App> {
    const app = openApp({ POSTGRES_URL: schema.url, ...env });
    apps.push(app);
    const { status } = await app.json('POST', '/api/accounts', {
      email: `person-${++people}@example.com`,
      password: '0123456789',
    });
    assert.equal(status, 201);
    return app;
  }

  async function balanceOf(app: App): Promise<number> {
    return (await app.json('GET', '/api/account')).body.account.balance;
  }

  before(async () => {
    schema = await createTestSchema();
    service = await startModel();
  });
  after(async () => {
    await Promise.all(apps.map(app => app.close()));
    service.server.close();
    await schema.drop();
  });

  it('answer a program, take tokens and are logged', async () => {
    const app = await signUp({ STARTING_TOKENS: '20' });
    const text = `${'A fork is a copy. '.repeat(60)}`;
    const summary = await app.json('POST', '/api/actions/summary', { text });
    assert.equal(summary.status, 200);
    assert.match(summary.body.result.summary, /^A fork is a copy\./);
    assert.deepEqual([summary.body.tokens, summary.body.balance], [2, 18]);

    const palette = await app.json('POST', '/api/actions/palette', {
      image: Buffer.from(image).toString('base64'),
    });
    assert.deepEqual(palette.body.result.colors, [
      { hex: '#0a28c8', share: 0.5 },
      { hex: '#dc141e', share: 0.5 },
    ]);
    assert.equal(await balanceOf(app), 13);
    const { items } = (await app.json('GET', '/api/usage')).body;
    assert.deepEqual(
      items.map(
        ({ action, state, tokens, provider }: Record<string, string>) => [
          action,
          state,
          tokens,
          provider,
        ],
      ),
      [
        ['palette', 'succeeded', 5, 'local'],
        ['summary', 'succeeded', 2, 'local'],
      ],
    );
    const metrics = await (await app.send('/metrics')).text();
    assert.match(metrics, /app_tokens_spent_total\{action="palette".*\} 5/);
  });

  it('answer on the page, for texts and images', async () => {
    const app = await signUp();
    const text = await app.page('/actions', {
      action: 'summary',
      text: 'Use <b>bold</b>.',
    });
    assert.equal(text.status, 200);
    assert.match(text.html, /<p>Use &lt;b&gt;bold&lt;\/b&gt;\.<\/p>/);
    assert.match(text.html, /That took 1 token\./);

    const form = new FormData();
    form.set('action', 'caption');
    form.set('image', new File([image], 'red.png', { type: 'image/png' }));
    const caption = await app.page('/actions', form);
    assert.match(caption.html, /landscape image of 2 × 1 pixels/);
    form.set('action', 'palette');
    const palette = await app.page('/actions', form);
    assert.match(palette.html, /fill="#dc141e"/);
    assert.match(palette.html, /<td>caption<\/td><td>done<\/td>/);
  });

  it('say on the page what was wrong and keep what was typed', async () => {
    const app = await signUp();
    const long = await app.page('/actions', {
      action: 'summary',
      text: 'x'.repeat(20_001),
    });
    assert.equal(long.status, 400);
    assert.match(long.html, /has 20001 characters; up to 20000/);
    assert.match(long.html, /xxxxx<\/textarea>/);
    for (const [form, message] of [
      [{ action: 'summary', text: ' ' }, /enter a text/],
      [{ action: 'palette', image: 'not a file' }, /choose an image/],
      [{ action: 'dance' }, /choose what to do/],
    ] as const) {
      const page = await app.page('/actions', form);
      assert.equal(page.status, 400);
      assert.match(page.html, message);
    }
    assert.equal(await balanceOf(app), 100);
  });

  it('refuse a program what they cannot do', async () => {
    const app = await signUp();
    const cases: Array<[string, object, number]> = [
      ['dance', {}, 404],
      ['summary', {}, 400],
      ['caption', { image: 7 }, 400],
      ['caption', { image: 'bm8gaW1hZ2U=' }, 400],
    ];
    for (const [action, body, status] of cases) {
      const answer = await app.json('POST', `/api/actions/${action}`, body);
      assert.equal(answer.status, status, action);
    }
    assert.equal(await balanceOf(app), 100);
  });

  it('need somebody who is signed in', async () => {
    const app = openApp({ POSTGRES_URL: schema.url });
    apps.push(app);
    const { status } = await app.json('POST', '/api/actions/summary', {
      text: 'Hello.',
    });
    assert.equal(status, 401);
    assert.equal(
      (await app.page('/actions', { action: 'summary' })).status,
      401,
    );
    assert.equal((await app.json('GET', '/api/usage')).status, 401);
  });

  it('never spend more than there is, however many run at once', async () => {
    const app = await signUp({
      STARTING_TOKENS: '7',
      POSTGRES_CONNECTIONS: '10',
    });
    const answers = await Promise.all(
      Array.from({ length: 25 }, () =>
        app.json('POST', '/api/actions/summary', { text: 'Hello.' }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter(status => status === 200).length, 7);
    assert.equal(statuses.filter(status => status === 402).length, 18);
    assert.equal(await balanceOf(app), 0);
    const { items } = (await app.json('GET', '/api/usage')).body;
    assert.equal(items.length, 7);
  });

  it('use the model that is configured', async () => {
    Object.assign(service.model, { status: 200, answer: ' A cat. ' });
    const app = await signUp({
      MODEL_API_URL: service.url,
      MODEL_NAME: 'small-model',
      MODEL_API_KEY: 'hunter2',
    });
    const caption = await app.json('POST', '/api/actions/caption', {
      image: Buffer.from(image).toString('base64'),
    });
    assert.equal(caption.body.result.caption, 'A cat.');
    const request = JSON.parse(service.model.requests.at(-1) ?? '{}');
    assert.equal(request.model, 'small-model');
    assert.match(
      request.messages[0].content[1].image_url.url,
      /^data:image\/png;base64,iVBOR/,
    );
    const summary = await app.json('POST', '/api/actions/summary', {
      text: 'Cats sleep.',
    });
    assert.equal(summary.body.result.summary, 'A cat.');
    const palette = await app.json('POST', '/api/actions/palette', {
      image: Buffer.from(image).toString('base64'),
    });
    assert.equal(palette.body.result.colors.length, 2);
  });

  it('give the tokens back when the model fails', async () => {
    const app = await signUp({
      MODEL_API_URL: service.url,
      MODEL_NAME: 'small-model',
    });
    for (const failure of [
      { status: 500, answer: 'A cat.' },
      { status: 200, answer: '' },
    ]) {
      Object.assign(service.model, failure);
      const { status, body } = await app.json('POST', '/api/actions/summary', {
        text: 'Cats sleep.',
      });
      assert.equal(status, 502);
      assert.match(body.error.message, /Your tokens were given back/);
    }
    assert.equal(await balanceOf(app), 100);
    const page = await app.page('/actions', {
      action: 'summary',
      text: 'Cats sleep.',
    });
    assert.equal(page.status, 502);
    assert.match(page.html, /<td>failed, refunded<\/td>/);
  });

  it('give back, once, what a crash had left pending', async () => {
    const app = await signUp({ STARTING_TOKENS: '10' });
    const { database } = app.dependencies;
    const { rows } = await database.query<{ id: string }>(
      'select id from users order by created_at desc limit 1',
    );
    // As if the process had ended between taking the tokens and the answer.
    await database.query(
      `insert into usage_logs (user_id, action, provider, tokens, input_bytes, created_at)
       values ($1, 'caption', 'local', 5, 10, now() - interval '6 minutes'),
              ($1, 'caption', 'local', 5, 10, now())`,
      [rows[0]?.id],
    );
    await database.query(
      'update user_tokens set balance = 0 where user_id = $1',
      [rows[0]?.id],
    );
    for (const left of [4, 3]) {
      await app.json('POST', '/api/actions/summary', { text: 'Hello.' });
      assert.equal(await balanceOf(app), left);
    }
  });
});
