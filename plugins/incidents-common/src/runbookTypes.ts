import type { TimelineEntry } from './types';

/**
 * What a step does. `path` begins with a slash and is asked for at the URL of
 * the entity's environment, nowhere else.
 *
 * @public
 */
export type RunbookStepSpec =
  | {
      type: 'http-check';
      environment: string;
      path: string;
      expectStatus: number;
      expectBodyIncludes?: string;
      timeoutSeconds: number;
    }
  | { type: 'redeploy'; environment: string; timeoutSeconds: number }
  | { type: 'rollback'; environment: string; timeoutSeconds: number }
  | {
      type: 'wait-for';
      /**
       * `alert-resolved`: the alert of the run, at its source; without one all
       * alerts of the entity. `deployment-live`: what this run deployed or went
       * back to serves the environment, and without such a step anything does.
       * `http-ok`: `path` answers with a 2xx status.
       */
      condition: 'alert-resolved' | 'deployment-live' | 'http-ok';
      environment: string;
      path: string;
      timeoutSeconds: number;
    }
  | {
      type: 'ask';
      question: string;
      options: string[];
      /** Those of the options after which the run has nothing left to do. */
      endOn: string[];
    };

/** @public */
export type RunbookStepType = RunbookStepSpec['type'];

/**
 * One step of a runbook. Without `spec` it is broken: `problem` says why, the
 * text can still be read, and the runbook cannot be run.
 *
 * @public
 */
export interface RunbookStep {
  /** Counted from 0 within the runbook. */
  index: number;
  title: string;
  /** Markdown before the step, back to the step before it. */
  text: string;
  /** Line of its code block in the file, counted from 1. */
  line: number;
  spec?: RunbookStepSpec;
  problem?: string;
}

/** A piece of a runbook in the order of the file. @public */
export type RunbookPart =
  { kind: 'text'; markdown: string } | { kind: 'step'; index: number };

/** @public */
export interface RunbookProblem {
  /** Counted from 1. */
  line: number;
  message: string;
}

/**
 * One Markdown file of an entity's runbooks folder.
 *
 * @public
 */
export interface Runbook {
  entityRef: string;
  /** Path in the repository, for example `runbooks/roll-back.md`. */
  path: string;
  /** The first heading, or the name of the file. */
  title: string;
  /** The whole file. */
  markdown: string;
  /** The file in pieces: text, and between it the steps. */
  parts: RunbookPart[];
  steps: RunbookStep[];
  problems: RunbookProblem[];
  /** SHA-256 of the file in hex; a run is of one version. */
  hash: string;
  /** Commit that was read, when the source tells. */
  sha?: string;
  /** When the repository was last asked with success. */
  asOf: string;
  /** Why the last attempt to ask it failed, when it did. */
  staleReason?: string;
}

/** @public */
export interface RunbookSummary {
  path: string;
  title: string;
  steps: number;
  problems: number;
  hash: string;
}

/** @public */
export interface EntityRunbooks {
  entityRef: string;
  /** The folder that is read. */
  folder: string;
  items: RunbookSummary[];
  /** What was left out, and why, as sentences. */
  leftOut: string[];
  /** When the repository was last asked with success; absent when never. */
  asOf?: string;
  /** Why the last attempt to ask it failed, when it did. */
  staleReason?: string;
}

/**
 * `running` by itself; `waiting` for a person to answer or to press the button
 * of a step; the others are final.
 *
 * @public
 */
export type RunbookRunState =
  'running' | 'waiting' | 'succeeded' | 'failed' | 'canceled';

/**
 * `waiting` for a person; `skipped` when the run began at a later step;
 * `canceled` when the run ended before it.
 *
 * @public
 */
export type RunbookRunStepState =
  | 'pending'
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'canceled';

/** @public */
export interface RunbookRunStep {
  index: number;
  type: RunbookStepType;
  title: string;
  state: RunbookRunStepState;
  startedAt?: string;
  endedAt?: string;
  /** Entity ref of who pressed its button or answered; absent otherwise. */
  by?: string;
  /** What the step was told to do. */
  input: RunbookStepSpec;
  /** What it found or did so far. */
  output: RunbookStepOutput;
  /** Why it failed, as a sentence. */
  error?: string;
}

/**
 * A deployment by the name that the sentences of a run use.
 *
 * @public
 */
export interface RunbookVersion {
  deploymentId: string;
  environment: string;
  /** Short SHA and subject of its commit, else the provider's id. */
  name: string;
}

/** @public */
export interface RunbookStepOutput {
  /** Of `http-check` and `wait-for` `http-ok`. */
  url?: string;
  status?: number;
  /** Time until the answer. */
  durationMilliseconds?: number;
  /** Of `redeploy`, `rollback` and `wait-for` `deployment-live`. */
  deploymentId?: string;
  /** What was live before `redeploy` and `rollback`. */
  previousDeploymentId?: string;
  /** What was the newest before `redeploy`. */
  newestDeploymentId?: string;
  /** How people call the deployments that were met so far. */
  versions?: RunbookVersion[];
  /** Of `ask`: the option that was chosen. */
  answer?: string;
  /** What was seen last, as a sentence. */
  message?: string;
}

/**
 * One run of one version of a runbook.
 *
 * @public
 */
export interface RunbookRun {
  id: string;
  entityRef: string;
  runbookPath: string;
  runbookTitle: string;
  /** SHA-256 of the file that is run. */
  runbookHash: string;
  /** Commit of it, when known. */
  runbookSha?: string;
  alertId?: string;
  state: RunbookRunState;
  startedBy: string;
  startedAt: string;
  endedAt?: string;
  steps: RunbookRunStep[];
}

/** A run with all that happened in it, oldest first. @public */
export interface RunbookRunDetails extends RunbookRun {
  timeline: TimelineEntry[];
}

/** @public */
export interface StartRunRequest {
  entityRef: string;
  runbookPath: string;
  /** Of the version that the user saw; another one is refused (409). */
  runbookHash?: string;
  alertId?: string;
  /** Begins at this step and skips those before it; default 0. */
  fromStep?: number;
}

/** @public */
export interface ContinueRunRequest {
  id: string;
  /** The step that waits; another one is refused (409). */
  stepIndex: number;
  /** For `ask`: one of its options. */
  answer?: string;
}

/** @public */
export interface ListRunsRequest {
  entityRef: string;
  alertId?: string;
  runbookPath?: string;
  states?: RunbookRunState[];
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}
