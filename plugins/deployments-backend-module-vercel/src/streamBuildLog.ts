import { stripVTControlCharacters } from 'node:util';
import { ServiceUnavailableError } from '@backstage/errors';
import { wait, type VercelClient } from '@forkyard/backend-kit';
import {
  isFinishedState,
  type BuildLogLine,
  type DeploymentState,
} from '@forkyard/plugin-deployments-common';
import { openVercelStream } from './openVercelStream';
import { buildEventSchema, type VercelBuildEvent } from './vercelSchemas';

/** A log that is followed ends after this long at the latest. */
const LONGEST_MS = 60 * 60_000;
/** How often a followed deployment is looked at to see whether it is finished. */
const STATE_INTERVAL_MS = 3_000;
/** Lines that may still be under way when a deployment is finished. */
const GRACE_MS = 2_000;

/** A log that is not followed arrives whole within this time. */
const WHOLE_MS = 60_000;

interface LogRequest {
  client: VercelClient;
  deploymentId: string;
  teamId?: string;
  follow: boolean;
  signal: AbortSignal;
  getState(): Promise<DeploymentState>;
}

/**
 * Reads a build log, and follows it until the deployment is finished.
 *
 * The SDK parses an answer only when it is complete, so this reads the bytes
 * itself. Vercel sends one JSON array, or one object a line when following; it
 * may break a stream off, which is then opened anew where it stopped, and it
 * may leave a stream open after the end, so the deployment's state decides.
 */
export async function* streamBuildLog(
  request: LogRequest,
): AsyncIterable<BuildLogLine> {
  const seen = new Set<string>();
  let sequence = 0;
  let since: number | undefined;
  const over = AbortSignal.any([
    request.signal,
    AbortSignal.timeout(LONGEST_MS),
  ]);
  for (;;) {
    const isLast = !request.follow || isFinishedState(await request.getState());
    for await (const event of readEvents(request, { since, isLast, over })) {
      const key = keyOf(event);
      if (seen.has(key)) continue;
      seen.add(key);
      const at = momentOf(event);
      since = at?.getTime() ?? since;
      for (const text of textOf(event)) {
        sequence += 1;
        yield {
          sequence,
          at: (at ?? new Date()).toISOString(),
          stream: streamOf(event),
          text,
        };
      }
    }
    if (isLast || over.aborted) return;
    await wait(500, over).catch(() => {});
  }
}

async function* readEvents(
  request: LogRequest,
  options: { since?: number; isLast: boolean; over: AbortSignal },
): AsyncIterable<VercelBuildEvent> {
  const { over, isLast } = options;
  const finished = new AbortController();
  const stop = AbortSignal.any([
    over,
    finished.signal,
    ...(isLast ? [AbortSignal.timeout(WHOLE_MS)] : []),
  ]);
  const response = await open(request, options, stop);
  const watch = isLast
    ? undefined
    : watchState(request, stop).then(() => finished.abort());
  try {
    yield* parseEvents(response);
  } catch (error) {
    // A followed log that breaks off is opened anew by the caller.
    if (isLast && !over.aborted) {
      throw new ServiceUnavailableError(
        `Vercel broke off the build log of '${request.deploymentId}'. Open it again.`,
        error,
      );
    }
  } finally {
    finished.abort();
    await watch;
  }
}

/** Resolves soon after the deployment is finished, or when stopped. */
async function watchState(request: LogRequest, stop: AbortSignal) {
  try {
    while (!isFinishedState(await request.getState())) {
      await wait(STATE_INTERVAL_MS, stop);
    }
    await wait(GRACE_MS, stop);
  } catch {
    // Stopped, or the state cannot be read now: the stream itself decides.
  }
}

async function open(
  { client, deploymentId, teamId }: LogRequest,
  { since, isLast }: { since?: number; isLast: boolean },
  stop: AbortSignal,
): Promise<Response> {
  return openVercelStream(client, {
    what: `read the build log of '${deploymentId}'`,
    path: `/v3/deployments/${encodeURIComponent(deploymentId)}/events`,
    query: {
      builds: '1',
      direction: 'forward',
      limit: '-1',
      follow: isLast ? undefined : '1',
      since: since?.toString(),
      teamId,
    },
    stop,
  });
}

/** Reads objects one a line, or all of one array. */
async function* parseEvents(
  response: Response,
): AsyncIterable<VercelBuildEvent> {
  if (!response.body) return;
  let pending = '';
  for await (const chunk of response.body.pipeThrough(
    new TextDecoderStream(),
  )) {
    pending += chunk;
    if (pending.trimStart().startsWith('[')) continue;
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) yield* parseLine(line);
  }
  yield* parseLine(pending);
}

/** A line that is no event is left out: one bad line must not hide the rest. */
function* parseLine(line: string): Iterable<VercelBuildEvent> {
  if (!line.trim()) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return;
  }
  for (const item of Array.isArray(parsed) ? parsed : [parsed]) {
    const event = buildEventSchema.safeParse(item);
    if (event.success) yield event.data;
  }
}

function momentOf({ date, created, payload }: VercelBuildEvent) {
  return date ?? payload?.date ?? created ?? payload?.created;
}

function keyOf(event: VercelBuildEvent): string {
  return (
    event.id ??
    event.payload?.id ??
    [event.type, momentOf(event)?.getTime(), ...textOf(event)].join(' ')
  );
}

function textOf(event: VercelBuildEvent): string[] {
  const text = event.text ?? event.payload?.text ?? '';
  const lines = stripVTControlCharacters(text).replace(/\r?\n$/, '');
  return lines.trim() ? lines.split(/\r?\n/) : [];
}

function streamOf({ type }: VercelBuildEvent): BuildLogLine['stream'] {
  if (type === 'stdout') return 'stdout';
  return type === 'stderr' || type === 'fatal' ? 'stderr' : 'system';
}
