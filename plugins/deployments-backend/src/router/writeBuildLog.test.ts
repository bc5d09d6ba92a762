import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BuildLogLine } from '@forkyard/plugin-deployments-common';
import express from 'express';
import { writeBuildLog } from './writeBuildLog';

const line = (sequence: number, text = `line ${sequence}`): BuildLogLine => ({
  sequence,
  at: '2026-11-21T09:00:00.000Z',
  stream: 'stdout',
  text,
});

describe('writeBuildLog', () => {
  const closers: (() => void)[] = [];

  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  /** Serves one log and gives its URL and how serving it ended. */
  async function serve(
    lines: (signal: AbortSignal) => AsyncIterable<BuildLogLine>,
  ) {
    let finish: (outcome: unknown) => void = () => {};
    const outcome = new Promise(resolve => {
      finish = resolve;
    });
    const app = express();
    app.get('/', async (_req, res) => {
      const gone = new AbortController();
      res.on('close', () => gone.abort());
      try {
        await writeBuildLog(res, lines(gone.signal), gone.signal);
        finish('done');
      } catch (error) {
        finish(error);
        if (!res.headersSent) res.status(503);
        res.end();
      }
    });
    const server = createServer(app);
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/`, outcome };
  }

  it('writes one object a line, which no proxy may hold back', async () => {
    const { url } = await serve(async function* lines() {
      yield line(1);
      yield line(2, 'ü\n"');
    });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toContain(
      'application/x-ndjson',
    );
    expect(response.headers.get('cache-control')).toContain('no-transform');
    const parsed = (await response.text())
      .trimEnd()
      .split('\n')
      .map(text => JSON.parse(text));
    expect(parsed).toEqual([line(1), line(2, 'ü\n"')]);
  });

  it('leaves an error before the first line to become a status', async () => {
    const { url } = await serve(() => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          throw new Error('away');
        },
      }),
    }));
    expect((await fetch(url)).status).toBe(503);
  });

  it('ends with a line that says so when the log is interrupted', async () => {
    const { url } = await serve(async function* lines() {
      yield line(1);
      throw new Error('Vercel went away');
    });
    const [, last] = (await (await fetch(url)).text()).split('\n');
    expect(JSON.parse(last)).toMatchObject({
      sequence: 2,
      stream: 'system',
      text: 'The log was interrupted: Vercel went away',
    });
  });

  it('answers before the first line when that takes its time', async () => {
    const { url } = await serve(async function* lines(signal) {
      await new Promise(resolve => {
        signal.addEventListener('abort', resolve);
      });
      yield line(1);
    });
    const stop = new AbortController();
    const response = await fetch(url, { signal: stop.signal });
    expect(response.status).toBe(200);
    stop.abort();
  });

  it('ends the log at its source when the reader leaves', async () => {
    let ended = false;
    const { url, outcome } = await serve(async function* lines(signal) {
      try {
        yield line(1);
        await new Promise(resolve => {
          signal.addEventListener('abort', resolve);
        });
      } finally {
        ended = true;
      }
    });
    const stop = new AbortController();
    const response = await fetch(url, { signal: stop.signal });
    await response.body!.getReader().read();
    stop.abort();
    expect(await outcome).toBe('done');
    expect(ended).toBe(true);
  });

  it('goes no faster than the reader', async () => {
    let produced = 0;
    const { url, outcome } = await serve(async function* lines() {
      for (; produced < 10_000; produced++) {
        yield line(produced, 'x'.repeat(10_000));
      }
    });
    const stop = new AbortController();
    const response = await fetch(url, { signal: stop.signal });
    await response.body!.getReader().read();
    let before = -1;
    while (before !== produced) {
      before = produced;
      await new Promise(resolve => {
        setTimeout(resolve, 100);
      });
    }
    expect(produced).toBeLessThan(9_000);
    stop.abort();
    await outcome;
  });
});
