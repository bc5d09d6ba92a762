import { startTestLocalCloud, TestLocalCloud } from '../testing';
import { FaultBook } from './FaultBook';

describe('fault injection', () => {
  let cloud: TestLocalCloud;

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
  });

  afterAll(() => cloud.dispose());

  const call = (path: string, init: RequestInit = {}, token = cloud.token) =>
    fetch(`${cloud.urls.github}${path}`, {
      ...init,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
      },
    });

  const inject = (fault: object) =>
    call('/_local/faults', { method: 'POST', body: JSON.stringify(fault) });

  afterEach(() => call('/_local/faults', { method: 'DELETE' }));

  it('answers with the given status, headers and body as often as it was told', async () => {
    await inject({
      method: 'GET',
      path: '/orgs/*',
      status: 429,
      headers: { 'retry-after': '7' },
      times: 1,
    });
    const other = await call('/user');
    const hit = await call('/orgs/acme');
    const after = await call('/orgs/acme');
    expect(other.status).toBe(200);
    expect(hit.status).toBe(429);
    expect(hit.headers.get('retry-after')).toBe('7');
    expect(await hit.json()).toMatchObject({ message: 'Injected fault 429' });
    expect(after.status).toBe(200);
  });

  it('sends a body that is not JSON as it is', async () => {
    await inject({ path: '/user', status: 502, body: '<html>garbage' });
    const response = await call('/user');
    expect(response.status).toBe(502);
    expect(await response.text()).toBe('<html>garbage');
  });

  it('drops the reply after the work is done, or the request before it', async () => {
    const create = (name: string) =>
      call('/orgs/acme/repos', {
        method: 'POST',
        body: JSON.stringify({ name }),
      });
    await inject({
      method: 'POST',
      path: '/orgs/acme/repos',
      drop: 'reply',
      times: 1,
    });
    await expect(create('dropped-reply')).rejects.toThrow('fetch failed');
    await inject({
      method: 'POST',
      path: '/orgs/acme/repos',
      drop: 'request',
      times: 1,
    });
    await expect(create('dropped-request')).rejects.toThrow('fetch failed');
    expect((await call('/repos/acme/dropped-reply')).status).toBe(200);
    expect((await call('/repos/acme/dropped-request')).status).toBe(404);
  });

  it('delays a reply by at least the given time', async () => {
    await inject({ path: '/user', latencyMilliseconds: 120 });
    const started = performance.now();
    expect((await call('/user')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
  });

  it('lists faults with their hits and removes one by its id', async () => {
    const { id } = await (await inject({ path: '/user', status: 500 })).json();
    await call('/user');
    const { faults } = await (await call('/_local/faults')).json();
    expect(faults).toMatchObject([{ id, hits: 1, status: 500 }]);
    const removed = await call(`/_local/faults/${id}`, { method: 'DELETE' });
    expect(removed.status).toBe(204);
    expect((await call('/user')).status).toBe(200);
  });

  it('is refused to an unknown token, and a fault without an effect is refused', async () => {
    expect((await call('/_local/faults', {}, 'wrong')).status).toBe(401);
    expect((await inject({ path: '/user' })).status).toBe(400);
    expect((await inject({ status: 99 })).status).toBe(400);
  });

  it('hits the given share of the requests', () => {
    const draws = [0.1, 0.4, 0.6, 0.9];
    const book = new FaultBook(() => draws.shift() ?? 1);
    book.add({ path: '/a', rate: 0.5, status: 500 });
    const hits = [1, 2, 3, 4].map(
      () => book.take({ method: 'GET', path: '/a' }) !== undefined,
    );
    expect(hits).toEqual([true, true, false, false]);
    expect(book.take({ method: 'GET', path: '/b' })).toBeUndefined();
  });
});
