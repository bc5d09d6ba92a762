import { pipeline, Readable } from 'node:stream';
import { InputError } from '@backstage/errors';
import type { FindingReport } from '@forkyard/plugin-security-findings-common';
import { JSONParser } from '@streamparser/json-node';
import { JsonBounds } from './JsonBounds';
import { ReportTooLargeError } from './ReportTooLargeError';
import { SarifRun } from './SarifRun';

const MAX_RUNS = 20;
/** Both as GitHub takes (GitHub Docs, "SARIF results exceed one or more limits"). */
const MAX_RESULTS_PER_RUN = 25_000;
const MAX_RESULTS = 50_000;
const MAX_RULES_PER_RUN = 25_000;
const MAX_ARTIFACTS_PER_RUN = 100_000;

/** The parts of a report that are read; all else is passed over unkept. */
const PATHS = [
  '$.version',
  '$.runs.*.results.*',
  '$.runs.*.tool.driver.rules.*',
  '$.runs.*.tool.extensions.*.rules.*',
  '$.runs.*.artifacts.*.location.uri',
  '$.runs.*.originalUriBaseIds',
  '$.runs.*.versionControlProvenance.*.revisionId',
];

/** What a report says, fit to keep. */
export interface SarifReport {
  reports: FindingReport[];
  /** The commit that it is about, when it says so. */
  commit?: string;
}

type Element = {
  value?: unknown;
  key?: string | number;
  stack: { key?: string | number }[];
};

/**
 * Reads a SARIF 2.1.0 report as it arrives, keeping only what findings need.
 *
 * Throws `InputError` when it is no SARIF 2.1.0, and `ReportTooLargeError` when
 * it has more results than are taken; the whole of it is refused then, because
 * a part of a report would close what the rest still has.
 */
export async function readSarif(
  body: AsyncIterable<Buffer>,
): Promise<SarifReport> {
  const runs: SarifRun[] = [];
  let version: unknown;
  let results = 0;
  const elements = pipeline(
    Readable.from(body, { objectMode: false }),
    new JsonBounds(),
    new JSONParser({ paths: PATHS, keepStack: false }),
    () => {},
  );
  try {
    for await (const element of elements as AsyncIterable<Element>) {
      if (element.key === 'version') {
        version = element.value;
        continue;
      }
      const run = findRun(runs, Number(element.stack[2]?.key));
      if (addToRun(run, element)) results += 1;
      assertWithinLimits(run, results);
    }
  } catch (error) {
    throw isParserError(error)
      ? new InputError(`The report is not JSON: ${error.message.slice(0, 200)}`)
      : error;
  }
  if (version !== '2.1.0') {
    throw new InputError(
      `The report is not SARIF 2.1.0: its version is ${JSON.stringify(version)?.slice(0, 50) ?? 'missing'}. Have the tool write SARIF 2.1.0.`,
    );
  }
  return {
    reports: runs.flatMap(run => run.toReports()),
    commit: runs.find(({ commit }) => commit)?.commit,
  };
}

function findRun(runs: SarifRun[], index: number): SarifRun {
  if (index >= MAX_RUNS) {
    throw new ReportTooLargeError(
      `The report has more than ${MAX_RUNS} runs: split it by category. Nothing of it was kept.`,
    );
  }
  for (let next = runs.length; next <= index; next++) runs.push(new SarifRun());
  return runs[index];
}

/** Tells whether the element is a result. */
function addToRun(run: SarifRun, { value, key, stack }: Element): boolean {
  const section = stack[3]?.key ?? key;
  switch (section) {
    case 'results':
      run.addResult(value);
      return true;
    case 'tool':
      run.addRule(value, { isOfDriver: stack[4]?.key === 'driver' });
      return false;
    case 'artifacts':
      run.addArtifact(Number(stack[4]?.key), value);
      return false;
    case 'originalUriBaseIds':
      run.setUriBaseIds(value);
      return false;
    default:
      run.setCommit(value);
      return false;
  }
}

function assertWithinLimits(run: SarifRun, results: number): void {
  const { counts } = run;
  const fault = [
    counts.results > MAX_RESULTS_PER_RUN &&
      `${MAX_RESULTS_PER_RUN} results in a run`,
    results > MAX_RESULTS && `${MAX_RESULTS} results`,
    counts.rules > MAX_RULES_PER_RUN && `${MAX_RULES_PER_RUN} rules in a run`,
    counts.artifacts > MAX_ARTIFACTS_PER_RUN &&
      `${MAX_ARTIFACTS_PER_RUN} artifacts in a run`,
  ].find(Boolean);
  if (fault) {
    throw new ReportTooLargeError(
      `The report has more than ${fault}: fix or suppress the most frequent rules, or split it by category. Nothing of it was kept.`,
    );
  }
}

/** Errors of the parser have no names; those of ours and of streams do. */
function isParserError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    error.name === 'Error' &&
    !(error as { code?: string }).code
  );
}
