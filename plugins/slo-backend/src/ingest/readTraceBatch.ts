import { InputError } from '@backstage/errors';
import { DrainBatch } from './DrainBatch';

/**
 * Attributes of the resource that Vercel itself adds to all traces, as it
 * documents (https://vercel.com/docs/drains/reference/traces). No other name
 * says whose a span is, because the others are written by applications. Whether
 * one that an application writes under the same name is replaced, or stands
 * beside Vercel's, is not documented.
 */
const PROJECT = 'vercel.projectId';
const DEPLOYMENT = 'vercel.deploymentId';

/**
 * Names of other attributes, the first that is there counts: those of
 * `@vercel/otel` and of OpenTelemetry's semantic conventions, old and new. What
 * the platform itself sends for environment and path is unproven.
 */
const ENVIRONMENT = [
  'vercel.environment',
  'deployment.environment.name',
  'deployment.environment',
  'env',
];
const PATH = ['url.path', 'http.target', 'http.route'];

/**
 * `SPAN_KIND_SERVER`: a number in OTLP's JSON encoding, its name in what many
 * write, and `server` in the example of Vercel's page.
 */
const SERVER = new Set<unknown>([2, '2', 'SPAN_KIND_SERVER', 'server']);

/**
 * Reads the body of a trace drain: OTLP/HTTP in JSON. The duration of each
 * server span is one of a request; other spans are ignored.
 *
 * Throws `InputError` for what is no such export.
 */
export function readTraceBatch(
  chunks: Buffer[],
  options: { ignoredPaths: ReadonlySet<string> },
): DrainBatch {
  const batch = new DrainBatch('traces');
  for (const resourceSpans of parseExport(Buffer.concat(chunks))) {
    if (!isRecord(resourceSpans)) {
      batch.reject('garbage');
      continue;
    }
    const { resource } = resourceSpans;
    const attributes = isRecord(resource) ? resource.attributes : undefined;
    const originIndex = batch.indexOf(
      findUndisputed(attributes, PROJECT) ?? '',
      findUndisputed(attributes, DEPLOYMENT) ?? '',
      findText(attributes, ENVIRONMENT) ?? 'unknown',
    );
    for (const span of listSpans(resourceSpans)) {
      readSpan(batch, originIndex, span, options.ignoredPaths);
    }
  }
  return batch;
}

function parseExport(body: Buffer): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new InputError('The body of the trace drain is no JSON.', error);
  }
  if (!isRecord(parsed) || !Array.isArray(parsed.resourceSpans)) {
    throw new InputError(
      "The body of the trace drain is no OTLP export: 'resourceSpans' is missing.",
    );
  }
  return parsed.resourceSpans;
}

function listSpans(resourceSpans: Record<string, unknown>): unknown[] {
  return asArray(resourceSpans.scopeSpans).flatMap(scope =>
    isRecord(scope) ? asArray(scope.spans) : [undefined],
  );
}

function readSpan(
  batch: DrainBatch,
  originIndex: number,
  span: unknown,
  ignoredPaths: ReadonlySet<string>,
): void {
  if (!isRecord(span)) {
    batch.reject('garbage');
    return;
  }
  const path = findText(span.attributes, PATH);
  if (
    !SERVER.has(span.kind) ||
    (path !== undefined && ignoredPaths.has(path.split('?')[0]))
  ) {
    batch.ignored += 1;
    return;
  }
  const start = readNanoseconds(span.startTimeUnixNano);
  const end = readNanoseconds(span.endTimeUnixNano);
  if (
    originIndex < 0 ||
    start === undefined ||
    end === undefined ||
    end < start ||
    !isId(span.traceId) ||
    !isId(span.spanId)
  ) {
    batch.reject('incomplete');
    return;
  }
  const startMs = Number(start / 1_000_000n);
  const durationMs = Number(end - start) / 1e6;
  const { traceId, spanId } = span;
  batch.addSpan(originIndex, { traceId, spanId }, startMs, durationMs);
}

/** OTLP writes 64 bits as text; a number has lost its last digits. */
function readNanoseconds(value: unknown): bigint | undefined {
  if (typeof value === 'string' && /^\d{19}$/.test(value)) return BigInt(value);
  return typeof value === 'number' && value >= 1e18 && value < 1e19
    ? BigInt(value)
    : undefined;
}

function findText(attributes: unknown, names: string[]): string | undefined {
  const found = new Map(listTexts(attributes));
  const name = names.find(candidate => found.has(candidate));
  return name && found.get(name);
}

/** Gives nothing when the attribute is there with several values. */
function findUndisputed(attributes: unknown, name: string) {
  const values = new Set(
    listTexts(attributes).flatMap(([key, value]) =>
      key === name ? [value] : [],
    ),
  );
  return values.size === 1 ? [...values][0] : undefined;
}

function listTexts(attributes: unknown): [key: unknown, value: string][] {
  return asArray(attributes).flatMap(attribute => {
    if (!isRecord(attribute) || !isRecord(attribute.value)) return [];
    const { stringValue } = attribute.value;
    return typeof stringValue === 'string' && stringValue !== ''
      ? [[attribute.key, stringValue] as [unknown, string]]
      : [];
  });
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 64;
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
