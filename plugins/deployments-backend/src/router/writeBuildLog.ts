import { once } from 'node:events';
import { isError } from '@backstage/errors';
import type { BuildLogLine } from '@forkyard/plugin-deployments-common';
import type { Response } from 'express';

/** A log without lines yet answers after this long, so that nobody waits blindly. */
const FIRST_LINE_MS = 1_000;

/**
 * Writes a build log as one JSON object a line, as fast as the reader takes it.
 *
 * An error before the first line is thrown, so that it becomes a status; a
 * later one becomes the last line, because the status is already sent. A reader
 * who goes away ends the log at its source through `signal`.
 */
export async function writeBuildLog(
  response: Response,
  lines: AsyncIterable<BuildLogLine>,
  signal: AbortSignal,
): Promise<void> {
  const iterator = lines[Symbol.asyncIterator]();
  let pending = iterator.next();
  await Promise.race([pending, delay(FIRST_LINE_MS, signal)]);
  response.status(200).set({
    'content-type': 'application/x-ndjson; charset=utf-8',
    // Compression would hold lines back.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  let last: BuildLogLine | undefined;
  try {
    for (;;) {
      const { done, value } = await pending;
      if (done || signal.aborted) break;
      last = value;
      await writeLine(response, value, signal);
      pending = iterator.next();
    }
  } catch (error) {
    if (!signal.aborted) {
      await writeLine(response, interruption(last, error), signal);
    }
  } finally {
    await iterator.return?.();
    response.end();
  }
}

async function writeLine(
  response: Response,
  line: BuildLogLine,
  signal: AbortSignal,
): Promise<void> {
  if (!response.write(`${JSON.stringify(line)}\n`)) {
    await once(response, 'drain', { signal });
  }
}

function interruption(
  last: BuildLogLine | undefined,
  error: unknown,
): BuildLogLine {
  return {
    sequence: (last?.sequence ?? 0) + 1,
    at: last?.at ?? new Date().toISOString(),
    stream: 'system',
    text: `The log was interrupted: ${isError(error) ? error.message : 'unknown reason'}`,
  };
}

async function delay(durationMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
