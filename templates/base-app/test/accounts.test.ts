import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openApp } from './testApp.js';
import { createTestSchema, skipWithoutPostgres } from './testDatabase.js';

type App = ReturnType<typeof openApp>;

describe('accounts', { skip: skipWithoutPostgres }, () => {
  let schema: Awaited<ReturnType<typeof createTestSchema>>;
  let env: Record<string, string>;
  const apps: App[] = [];

  function open(more: Record<string, string> = {}): App {
    const app = openApp({ ...env, ...more });
    apps.push(app);
    return app;
  }

  before(async () => {
    schema = await createTestSchema();
    env = { POSTGRES_URL: schema.url, STARTING_TOKENS: '40' };
  });
  after(async () => {
    await Promise.all(apps.map(app => app.close()));
    await schema.drop();
  });

  const ana = { email: 'Ana@Example.com ', password: 'correct horse' };

  it('begin with a form, a session and tokens', async () => {
    const app = open();
    const { status, response } = await app.page('/sign-up', ana);
    assert.equal(status, 303);
    const cookie = response.headers.get('set-cookie') ?? '';
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Lax/);
    assert.doesNotMatch(cookie, /Secure/, 'plain http on this machine');

    const home = await app.page('/');
    assert.match(home.html, /<strong class="balance">40<\/strong>/);
    assert.match(home.html, /ana@example\.com/);
    assert.match(home.html, /Nothing yet/);
    assert.equal(home.response.headers.get('cache-control'), 'no-store');
  });

  it('keep neither the password nor the session in clear', async () => {
    const app = open();
    const credentials = {
      email: 'clear@example.com',
      password: 'in the clear',
    };
    const { response } = await app.json('POST', '/api/accounts', credentials);
    const token = /session=([^;]+)/.exec(
      response.headers.get('set-cookie') ?? '',
    )?.[1];
    assert.ok(token && token.length >= 43);
    const { database } = app.dependencies;
    const { rows } = await database.query<{ all: string }>(
      `select (select string_agg(users::text, ' ') from users)
           || (select string_agg(sessions::text, ' ') from sessions) as all`,
    );
    const all = rows[0]?.all ?? '';
    assert.match(all, /\$argon2id\$/);
    assert.ok(!all.includes(credentials.password));
    assert.ok(!all.includes(token));
    assert.ok(!all.includes(Buffer.from(token).toString('hex')));
  });

  it('send the cookie over TLS only when they were reached over TLS', async () => {
    const app = open();
    const response = await app.send('/api/sessions', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-proto': 'https',
      },
      body: JSON.stringify(ana),
    });
    assert.equal(response.status, 201);
    assert.match(response.headers.get('set-cookie') ?? '', /Secure/);
  });

  it('are signed in to again, and out, which ends the session for good', async () => {
    const app = open();
    assert.equal((await app.page('/sign-in', ana)).status, 303);
    const signedIn = await app.json('GET', '/api/account');
    assert.equal(signedIn.body.account.email, 'ana@example.com');
    const { rows } = await app.dependencies.database.query(
      'select count(*)::int as count from sessions',
    );
    assert.equal(
      (await app.json('DELETE', '/api/sessions/current')).status,
      204,
    );
    assert.equal((await app.json('GET', '/api/account')).status, 401);
    const later = await app.dependencies.database.query(
      'select count(*)::int as count from sessions',
    );
    assert.equal(later.rows[0]?.count, Number(rows[0]?.count) - 1);
  });

  it('end when their session is over', async () => {
    const app = open();
    await app.json('POST', '/api/sessions', ana);
    await app.dependencies.database.query(
      "update sessions set expires_at = now() - interval '1 second'",
    );
    assert.equal((await app.json('GET', '/api/account')).status, 401);
    assert.match((await app.page('/')).html, /Create an account/);
  });

  it('tell a wrong password and an unknown address alike', async () => {
    const app = open();
    const answers = await Promise.all(
      [
        { ...ana, password: 'wrong password' },
        { email: 'nobody@example.com', password: 'wrong password' },
      ].map(credentials => app.json('POST', '/api/sessions', credentials)),
    );
    for (const { status, body } of answers) {
      assert.equal(status, 401);
      assert.equal(
        body.error.message,
        'The e-mail address or the password is wrong.',
      );
    }
  });

  it('show on the page what was wrong, beside the form it was in', async () => {
    const app = open();
    const cases: Array<[string, Record<string, string>, number, RegExp]> = [
      ['/sign-up', ana, 409, /There is an account for ana@example.com already/],
      ['/sign-up', { email: 'ana', password: '0123456789' }, 400, /an e-mail/],
      ['/sign-up', { email: 'b@c.de', password: 'short' }, 400, /10 to 200/],
      ['/sign-in', { ...ana, password: 'wrong password' }, 401, /is wrong/],
      ['/sign-in', {}, 400, /an e-mail/],
    ];
    for (const [path, form, status, message] of cases) {
      const page = await app.page(path, form);
      assert.equal(page.status, status);
      assert.match(page.html, /role="alert"/);
      assert.match(page.html, message);
    }
    const hostile = await app.page('/sign-in', {
      email: '"><script>alert(1)</script>',
      password: '0123456789',
    });
    assert.doesNotMatch(hostile.html, /<script>/);
  });

  it('refuse to be guessed at', async () => {
    const app = open();
    const guess = { email: 'guess@example.com', password: 'wrong password' };
    for (let time = 0; time < 10; time++) {
      assert.equal(
        (await app.json('POST', '/api/sessions', guess)).status,
        401,
      );
    }
    const { status, body, response } = await app.json(
      'POST',
      '/api/sessions',
      guess,
    );
    assert.equal(status, 429);
    assert.match(
      body.error.message,
      /Too many sign-ins. Please try again in 15/,
    );
    assert.ok(Number(response.headers.get('retry-after')) > 800);
  });

  /** Signs in with headers that name an address; answers the status. */
  async function signInFrom(app: App, address: string, password: string) {
    const response = await app.send('/api/sessions', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-real-ip': address,
        'x-forwarded-for': address,
      },
      body: JSON.stringify({ ...ana, password }),
    });
    return response.status;
  }

  it('count guesses by who makes them, whatever the headers say', async () => {
    const app = open();
    for (let time = 0; time < 11; time++) {
      assert.equal(
        await signInFrom(app, `198.51.100.${time}`, 'wrong password'),
        time < 10 ? 401 : 429,
      );
    }
  });

  it('let their owner in while somebody elsewhere guesses', async () => {
    const app = open({ VERCEL: '1' });
    // Of these ten count; the others are refused and use up nothing.
    for (let time = 0; time < 90; time++) {
      assert.equal(
        await signInFrom(app, '203.0.113.1', 'wrong password'),
        time < 10 ? 401 : 429,
      );
    }
    assert.equal(await signInFrom(app, '203.0.113.2', ana.password), 201);

    // All addresses together have a hundred.
    const guesses = await Promise.all(
      Array.from({ length: 90 }, (_, guess) =>
        signInFrom(app, `198.51.100.${guess}`, 'wrong password'),
      ),
    );
    assert.equal(guesses.filter(status => status === 401).length, 89);
    assert.equal(guesses.filter(status => status === 429).length, 1);
  });

  it('are made once when the same form is sent many times at once', async () => {
    const app = open();
    const twin = { email: 'twin@example.com', password: '0123456789' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => app.json('POST', '/api/accounts', twin)),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).sort(),
      [201, 409, 409, 409, 409],
    );
  });
});
