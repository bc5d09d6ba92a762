import { randomInt } from 'node:crypto';
import type { ServedRequest } from '../../gateway';
import type { RuntimeLogLine } from '../store/LogStore';

/** A line that a deployment wrote, running or being built. */
export interface DrainLine extends Pick<RuntimeLogLine, 'stream' | 'text'> {
  source: 'lambda' | 'build';
  at: number;
  projectId: string;
  deploymentId: string;
}

/** What a row of a drain says about the deployment it comes from. */
export interface DrainOrigin {
  projectName: string;
  /** Host name of the deployment's own, as clients reach it. */
  host: string;
  environment: 'production' | 'preview';
  branch?: string;
}

/** One thing that happened, with the id that its row keeps wherever it lands. */
export type DrainEntry = { id: string; origin: DrainOrigin } & (
  { request: ServedRequest } | { line: DrainLine }
);

const PREFIX = 'dev1::';
const RUN = String(randomInt(1e8)).padStart(8, '0');
let sequence = 0;

/** Makes an id like the documented ones: the time, and digits that occur once. */
export function newEntryId(at: number): string {
  sequence += 1;
  return `${at}${RUN}${String(sequence).padStart(7, '0')}`;
}

/** Finds the request's id in what the gateway sends as `x-vercel-id`. */
export function requestIdOf(vercelId: string): string {
  return vercelId.slice(PREFIX.length);
}

/**
 * Finds the request that a line is about. Only a line that names it itself,
 * by its `x-vercel-id`, is known to belong to it.
 */
export function findRequestId(text: string): string | undefined {
  return /\bdev1::([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/.exec(
    text,
  )?.[1];
}

/** Trace and span of a request, as hex; the same in the rows of both drains. */
export function traceOf(requestId: string) {
  const traceId = requestId.replaceAll('-', '');
  return { traceId, spanId: traceId.slice(16) };
}
