/**
 * Tells deployments, failures and repairs apart by what happened to
 * production's traffic, for DORA's metrics (https://dora.dev/guides/dora-metrics/).
 *
 * The history is a sequence of versions that had the traffic. Versions that
 * follow each other lie on a stack; the return to one beneath takes those above
 * off it: that is a rollback, not a deployment but the end of a failure.
 * Everything else is a deployment, also of what was taken back and is tried
 * again. The dates of commits say nothing here, because they may be made in any
 * order.
 *
 * What this cannot see: a bad version that was repaired by the next one without
 * being taken back counts as good, because the traffic does not tell.
 */

/** A time in which a deployment had all of production's traffic. @public */
export interface TrafficSpan {
  id: string;
  deploymentId: string;
  /** What it runs: its commit, or the deployment itself when that is unknown. */
  version: string;
  from: Date;
}

/**
 * A rollout whose new version got traffic, and lost it again for being bad.
 *
 * @public
 */
export interface TakenBackRollout {
  id: string;
  deploymentId: string;
  /** `rolled-back` after it had all traffic, `aborted` before. */
  kind: 'rolled-back' | 'aborted';
  /** When it got its first traffic. */
  trafficFrom: Date;
  /** When it had none any more. */
  trafficBackAt: Date;
  /** What serves since. */
  stableDeploymentId?: string;
}

/** @public */
export interface ClassifiedChange {
  /** `live:<span>` or `rollout:<rollout>`, the same at every classification. */
  id: string;
  deploymentId: string;
  at: Date;
  traffic: 'all' | 'part';
  /** Whether its version had all traffic for the first time. */
  firstOfVersion: boolean;
  failure?: ClassifiedFailure;
  /** Id of the failed change that it is the first deployment after. */
  repairs?: string;
}

/** @public */
export interface ClassifiedFailure {
  kind: 'rolled-back' | 'aborted';
  recoveredAt: Date;
  recoverySeconds: number;
  recoveredBy?: string;
}

/** Providers are looked at from time to time, so that times differ a little. */
const TOLERANCE_MS = 60_000;

/** Finds the rollouts that the spans tell of too. */
function matchRollouts(spans: TrafficSpan[], rollouts: TakenBackRollout[]) {
  const bySpan = new Map<string, TakenBackRollout>();
  const others = rollouts.filter(rollout => {
    const { deploymentId, trafficFrom, trafficBackAt } = rollout;
    const span = spans.find(
      ({ id, from, deploymentId: live }) =>
        live === deploymentId &&
        !bySpan.has(id) &&
        from.getTime() >= trafficFrom.getTime() - TOLERANCE_MS &&
        from <= trafficBackAt,
    );
    if (span) bySpan.set(span.id, rollout);
    return !span;
  });
  return { bySpan, others };
}

/** Goes through a history once; what it finds out later completes the changes. */
class Classifier {
  readonly changes: ClassifiedChange[] = [];
  readonly #seen = new Set<string>();
  /** Versions beneath the present one, and that, each with its last deployment. */
  #stack: { version: string; change: ClassifiedChange }[] = [];
  #previous?: TrafficSpan;
  /** The failure that no deployment followed yet. */
  #unrepaired?: ClassifiedChange;

  constructor(private readonly rollouts: Map<string, TakenBackRollout>) {}

  addSpan(span: TrafficSpan): void {
    const depth = this.#stack.findIndex(
      ({ version }) => version === span.version,
    );
    const top = this.#stack.length - 1;
    if (depth >= 0 && depth < top) {
      this.#fail(this.#stack[top].change, {
        kind: 'rolled-back',
        recoveredAt: span.from,
        recoverySeconds: secondsBetween(this.#previous!.from, span.from),
        recoveredBy: span.deploymentId,
      });
      this.#stack = this.#stack.slice(0, depth + 1);
    } else {
      const change = this.#deploy(span);
      if (depth >= 0) this.#stack.pop();
      this.#stack.push({ version: span.version, change });
    }
    this.#previous = span;
  }

  /** Adds a rollout of which the spans know nothing. */
  addRollout(rollout: TakenBackRollout): void {
    const change = this.#add({
      id: `rollout:${rollout.id}`,
      deploymentId: rollout.deploymentId,
      at: rollout.trafficFrom,
      traffic: rollout.kind === 'aborted' ? 'part' : 'all',
      firstOfVersion: false,
    });
    this.#fail(change, toFailure(rollout));
  }

  #deploy(span: TrafficSpan): ClassifiedChange {
    const change = this.#add({
      id: `live:${span.id}`,
      deploymentId: span.deploymentId,
      at: span.from,
      traffic: 'all',
      firstOfVersion: !this.#seen.has(span.version),
    });
    this.#seen.add(span.version);
    const rollout = this.rollouts.get(span.id);
    if (rollout) this.#fail(change, toFailure(rollout));
    return change;
  }

  #add(change: ClassifiedChange): ClassifiedChange {
    if (this.#unrepaired) change.repairs = this.#unrepaired.id;
    this.#unrepaired = undefined;
    this.changes.push(change);
    return change;
  }

  #fail(change: ClassifiedChange, failure: ClassifiedFailure): void {
    change.failure ??= failure;
    this.#unrepaired = change;
  }
}

/**
 * Classifies the history of one environment of one entity, from its beginning.
 * Gives the changes in the order of their time.
 *
 * @public
 */
export function classifyChanges(history: {
  spans: TrafficSpan[];
  rollouts: TakenBackRollout[];
}): ClassifiedChange[] {
  const spans = [...history.spans].sort(
    (one, other) =>
      one.from.getTime() - other.from.getTime() || compareIds(one.id, other.id),
  );
  const matched = matchRollouts(spans, history.rollouts);
  const classifier = new Classifier(matched.bySpan);
  const unmatched = matched.others.sort(
    (one, other) => one.trafficFrom.getTime() - other.trafficFrom.getTime(),
  );
  for (const span of spans) {
    while (unmatched[0] && unmatched[0].trafficFrom < span.from) {
      classifier.addRollout(unmatched.shift()!);
    }
    classifier.addSpan(span);
  }
  for (const rollout of unmatched) classifier.addRollout(rollout);
  return classifier.changes;
}

function toFailure(rollout: TakenBackRollout): ClassifiedFailure {
  return {
    kind: rollout.kind,
    recoveredAt: rollout.trafficBackAt,
    recoverySeconds: secondsBetween(rollout.trafficFrom, rollout.trafficBackAt),
    recoveredBy: rollout.stableDeploymentId,
  };
}

function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, (to.getTime() - from.getTime()) / 1000);
}

/** Ids are numbers written as text. */
function compareIds(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : Number(one > other));
}
