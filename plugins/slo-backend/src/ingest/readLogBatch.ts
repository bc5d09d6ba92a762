import { InputError } from '@backstage/errors';
import { DrainBatch } from './DrainBatch';
import type { LogRow } from './LogRow';

const ARRAY_BEGIN = 0x5b;
const NEWLINE = 0x0a;
const LAST_NEWLINE = Buffer.of(NEWLINE);
/** A first guess at how many rows there are. */
const ROW_BYTES = 512;
/** Text of this length is young garbage, which costs least to collect. */
const PIECE_BYTES = 65_536;

/** Says which rows of requests are left out. */
export interface LogBatchOptions {
  ignoredPaths: ReadonlySet<string>;
  /** Tells the portal's own requests. Default: there are none. */
  ownRequests?: { isOwn(userAgent: string, host: string): boolean };
}

/** How the user agents of the portal's own requests begin. */
const OWN_USER_AGENT = 'forkyard-';

/**
 * Reads the body of a log drain, a JSON array or NDJSON.
 *
 * A row tells of a request when it has the request's id and a status; lines
 * that a function wrote, lines of a build and the portal's own probes, which
 * are no users, are ignored. Spans say nothing of who asked, so the traces of
 * probes are left out by their ids. What `proxy` says
 * goes first, because it is the same in all rows of a request: its status is
 * what the client got, its time when the request came. A `proxy.statusCode` of
 * -1 is a revalidation in the background, for which no client waits; a
 * `statusCode` of -1 is a function that crashed without an answer.
 *
 * Throws `InputError` when nothing of the body is a row.
 */
export function readLogBatch(
  chunks: Buffer[],
  options: LogBatchOptions,
): DrainBatch {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const batch = new DrainBatch('logs', 16 + Math.ceil(bytes / ROW_BYTES));
  const rows = isArray(chunks)
    ? readArray(chunks, row => readRow(batch, row, options))
    : readLines(chunks, batch, options);
  if (rows === 0 && batch.rejections.garbage) {
    throw new InputError(
      'The body of the log drain is neither a JSON array nor NDJSON: no row of it could be read.',
    );
  }
  return batch;
}

function isArray(chunks: Buffer[]): boolean {
  for (const chunk of chunks) {
    const first = chunk.find(byte => byte > 0x20);
    if (first !== undefined) return first === ARRAY_BEGIN;
  }
  return false;
}

function readArray(chunks: Buffer[], take: (row: unknown) => boolean): number {
  let rows: unknown;
  try {
    rows = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new InputError('The body of the log drain is no JSON.', error);
  }
  if (!Array.isArray(rows)) {
    throw new InputError('The body of the log drain is no JSON array.');
  }
  let read = 0;
  for (const row of rows) if (take(row)) read += 1;
  return read;
}

function readLines(
  chunks: Buffer[],
  batch: DrainBatch,
  options: LogBatchOptions,
): number {
  let read = 0;
  for (const piece of piecesOfLines(chunks)) {
    for (const line of piece.toString('utf8').split('\n')) {
      if (line.length < 2 && line.trim() === '') continue;
      if (readRow(batch, parseLine(line), options)) read += 1;
    }
  }
  return read;
}

/**
 * Cuts a body into pieces of whole lines, each with its newline, and copies no
 * more than broken ones.
 */
function* piecesOfLines(chunks: Buffer[]): Generator<Buffer> {
  let broken: Buffer[] = [];
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES);
      const end = piece.lastIndexOf(NEWLINE) + 1;
      if (end > 0) {
        const mended = broken.length > 0 ? piece.indexOf(NEWLINE) + 1 : 0;
        if (mended > 0) {
          yield Buffer.concat([...broken, piece.subarray(0, mended)]);
          broken = [];
        }
        if (end > mended) yield piece.subarray(mended, end);
      }
      if (end < piece.length) broken.push(piece.subarray(end));
    }
  }
  if (broken.length > 0) yield Buffer.concat([...broken, LAST_NEWLINE]);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Gives false for what is no row at all. */
function readRow(
  batch: DrainBatch,
  value: unknown,
  options: LogBatchOptions,
): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    batch.reject('garbage');
    return false;
  }
  const row = value as LogRow;
  const proxy =
    typeof row.proxy === 'object' && row.proxy !== null ? row.proxy : undefined;
  const status = readStatus(proxy?.statusCode, row.statusCode);
  const isOurs = isOwn(row, options);
  if (isOurs && isTraceId(row.traceId)) batch.omitTrace(row.traceId);
  if (
    status === undefined ||
    row.source === 'build' ||
    typeof row.requestId !== 'string' ||
    row.requestId === '' ||
    isOurs ||
    isIgnored(options.ignoredPaths, proxy?.path ?? row.path)
  ) {
    batch.ignored += 1;
    return true;
  }
  const timeMs = readTime(proxy?.timestamp) ?? readTime(row.timestamp);
  const originIndex = batch.indexOf(
    asName(row.projectId, ''),
    asName(row.deploymentId, ''),
    asName(row.environment, 'unknown'),
  );
  if (timeMs === undefined || originIndex < 0) {
    batch.reject('incomplete');
  } else {
    const isError = status >= 500 || status === -1;
    batch.add(originIndex, row.requestId, timeMs, isError ? 1 : 0);
  }
  return true;
}

function readStatus(proxyStatus: unknown, status: unknown): number | undefined {
  if (typeof proxyStatus === 'number' && proxyStatus !== 0) {
    return proxyStatus === -1 ? undefined : proxyStatus;
  }
  return typeof status === 'number' && status !== 0 ? status : undefined;
}

/** Takes milliseconds between 2001 and 2286, which also tells them from seconds. */
function readTime(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 1e12 && value < 1e13
    ? value
    : undefined;
}

function asName(value: unknown, absent: string): string {
  return typeof value === 'string' && value !== '' ? value : absent;
}

function isIgnored(ignoredPaths: ReadonlySet<string>, path: unknown): boolean {
  if (typeof path !== 'string') return false;
  const query = path.indexOf('?');
  return ignoredPaths.has(query < 0 ? path : path.slice(0, query));
}

function isTraceId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/i.test(value);
}

/** Tells our own probes, scans and runbook checks: they are no users. */
function isOwn(row: LogRow, { ownRequests }: LogBatchOptions): boolean {
  const userAgent = row.proxy?.userAgent;
  const [first]: unknown[] = Array.isArray(userAgent) ? userAgent : [userAgent];
  if (typeof first !== 'string' || !first.startsWith(OWN_USER_AGENT)) {
    return false;
  }
  return [row.proxy?.host, row.host].some(
    host => typeof host === 'string' && ownRequests?.isOwn(first, host),
  );
}
