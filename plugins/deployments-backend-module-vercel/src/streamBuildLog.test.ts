import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BuildLogLine } from '@forkyard/plugin-deployments-common';
import { createTestProvider } from './__testUtils__/createTestProvider';

const PROJECT = { provider: 'vercel', projectId: 'prj_1', teamId: 'team_1' };

const event = (serial: number, text: string, type = 'stdout') => ({
  created: 1_000 + serial,
  id: `e${serial}`,
  type,
  text,
});

describe('streamBuildLog', () => {
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    await Promise.all(closers.splice(0).map(close => close()));
  });

  /** Serves a deployment's state, and its events by `onEvents`. */
  async function serve(onEvents: RequestListener, patience?: 'little') {
    const state = { readyState: 'BUILDING' };
    const server = createServer((req, res) => {
      if (req.url?.startsWith('/v13/')) {
        res.setHeader('content-type', 'application/json');
        res.end(
          JSON.stringify({ id: 'dpl_1', name: 'shop', createdAt: 5, ...state }),
        );
      } else {
        onEvents(req, res);
      }
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    });
    const { port } = server.address() as AddressInfo;
    const { provider } = createTestProvider({
      apiBaseUrl: `http://127.0.0.1:${port}`,
      patience,
    });
    const stop = new AbortController();
    return {
      state,
      stop,
      stream: (follow: boolean) =>
        provider.streamBuildLog(PROJECT, 'dpl_1', {
          follow,
          signal: stop.signal,
        }),
    };
  }

  async function collect(lines: AsyncIterable<BuildLogLine>) {
    const collected: BuildLogLine[] = [];
    for await (const line of lines) collected.push(line);
    return collected;
  }

  it('reads a finished log, one line each, without colors', async () => {
    const { stream } = await serve((req, res) => {
      const query = new URL(req.url!, 'http://x').searchParams;
      const isRight =
        query.get('builds') === '1' &&
        query.get('teamId') === 'team_1' &&
        !query.has('follow') &&
        req.headers.authorization === 'Bearer token';
      res.end(
        JSON.stringify(
          isRight
            ? [
                event(1, 'npm ci', 'command'),
                event(2, '\u001b[32madded 3 packages\u001b[0m\nin 2 s\n'),
                {
                  type: 'stderr',
                  created: 1_003,
                  payload: { id: 'e3', text: 'warning', date: 1_003 },
                },
                event(4, '', 'deployment-state'),
              ]
            : [],
        ),
      );
    });
    expect(await collect(stream(false))).toEqual([
      {
        sequence: 1,
        at: '1970-01-01T00:00:01.001Z',
        stream: 'system',
        text: 'npm ci',
      },
      expect.objectContaining({ stream: 'stdout', text: 'added 3 packages' }),
      expect.objectContaining({ sequence: 3, text: 'in 2 s' }),
      expect.objectContaining({ stream: 'stderr', text: 'warning' }),
    ]);
  });

  it('gives a followed line as soon as it is there, however it was cut', async () => {
    let write: (text: string) => void = () => {};
    let end = () => {};
    const { stream, state } = await serve((req, res) => {
      if (!req.url!.includes('follow')) {
        res.end('[]');
        return;
      }
      write = text => res.write(text);
      end = () => res.end();
      write(`${JSON.stringify(event(1, 'one'))}\n{"id":"e2","type":"std`);
    });
    const lines = stream(true)[Symbol.asyncIterator]();
    expect((await lines.next()).value.text).toBe('one');
    const second = lines.next();
    write('out","created":1002,"text":"two ✓"}\nnot json\n');
    expect((await second).value.text).toBe('two ✓');
    state.readyState = 'READY';
    end();
    expect((await lines.next()).done).toBe(true);
  });

  it('opens a stream anew that broke off, and repeats nothing', async () => {
    const sinces: (string | null)[] = [];
    let breakOff = () => {};
    const { stream, state } = await serve((req, res) => {
      sinces.push(new URL(req.url!, 'http://x').searchParams.get('since'));
      res.write(`${JSON.stringify(event(1, 'one'))}\n`);
      if (sinces.length === 1) {
        breakOff = () => res.destroy();
      } else {
        state.readyState = 'READY';
        res.end(`${JSON.stringify(event(2, 'two'))}\n`);
      }
    });
    const lines = stream(true)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toMatchObject({
      sequence: 1,
      text: 'one',
    });
    breakOff();
    expect((await lines.next()).value).toMatchObject({
      sequence: 2,
      text: 'two',
    });
    expect((await lines.next()).done).toBe(true);
    expect(sinces.slice(0, 2)).toEqual([null, '1001']);
  });

  it('ends when the build is finished, even if the stream stays open', async () => {
    const { stream, state } = await serve((req, res) => {
      res.write(`${JSON.stringify(event(1, 'one'))}\n`);
      if (!req.url!.includes('follow')) res.end();
      state.readyState = 'READY';
    });
    expect(await collect(stream(true))).toHaveLength(1);
  });

  it('hangs up on Vercel when the reader leaves', async () => {
    let closed = () => {};
    const isClosed = new Promise<void>(resolve => {
      closed = resolve;
    });
    const { stream, stop } = await serve((_req, res) => {
      res.on('close', closed);
      res.write(`${JSON.stringify(event(1, 'one'))}\n`);
    });
    const lines = stream(true)[Symbol.asyncIterator]();
    await lines.next();
    const next = lines.next();
    stop.abort();
    await isClosed;
    expect((await next).done).toBe(true);
  });

  it.each([
    [404, 'NotFoundError'],
    [401, 'ServiceUnavailableError'],
    [500, 'ServiceUnavailableError'],
  ])('turns a %s into a %s', async (status, name) => {
    const { stream } = await serve((_req, res) => {
      res.writeHead(status).end('{"error":{"message":"Said by Vercel"}}');
    });
    await expect(collect(stream(false))).rejects.toMatchObject({
      name,
      message: expect.stringContaining('Said by Vercel'),
    });
  });

  it('says so when a finished log breaks off', async () => {
    const { stream } = await serve((_req, res) => {
      res.write('[');
      setImmediate(() => res.destroy());
    });
    await expect(collect(stream(false))).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });

  it('gives up when Vercel never answers', async () => {
    const { stream } = await serve(() => {}, 'little');
    await expect(collect(stream(false))).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });
});
