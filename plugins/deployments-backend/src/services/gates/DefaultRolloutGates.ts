import type { LoggerService } from '@backstage/backend-plugin-api';
import { ResponseError } from '@backstage/errors';
import {
  actorName,
  type Rollout,
  type RolloutGate,
  type RolloutGateName,
} from '@forkyard/plugin-deployments-common';
import type { GateOverridesStore } from '../../database/gates/GateOverridesStore';
import type {
  GateOutcome,
  GateResultsStore,
  HeldGate,
} from '../../database/gates/GateResultsStore';
import type { GateReportsStore } from '../../database/gates/GateReportsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { RolloutGates } from '../rollouts/RolloutGates';
import type { ApprovalForwarder } from './ApprovalForwarder';
import type { ApprovalGate } from './ApprovalGate';
import { formatTime } from './formatTime';
import type { GateReporter } from './GateReporter';
import type { RolloutGateCheck } from './RolloutGateCheck';

const PRODUCTION = 'production';

/**
 * How long a gate may take: before any traffic nothing hurts by waiting, later a
 * bad version serves meanwhile.
 */
const PATIENCE_MS = { beforeTraffic: 30_000, later: 3_000 };

/** What break-glass lets through. */
const OVERRIDABLE: RolloutGateName[] = ['freeze', 'error-budget'];

/** What one word is said of for all entities of the project. */
const OF_ALL: RolloutGateName[] = ['security'];

/** A rollout, and the other entities that have its project. */
interface Asked {
  rollout: Rollout;
  others: string[];
}

/**
 * Asks the gates that concern a rollout now, remembers what they say, and tells
 * GitHub and the platform.
 */
export class DefaultRolloutGates implements RolloutGates {
  constructor(
    private readonly options: {
      /** Every gate but the approval, in the order in which they are shown. */
      checks: RolloutGateCheck[];
      approval: ApprovalGate;
      overrides: GateOverridesStore;
      results: GateResultsStore;
      reports: Pick<GateReportsStore, 'reopen'>;
      rollouts: Pick<RolloutStore, 'get'>;
      tracked: Pick<TrackedEntitiesStore, 'listSharing'>;
      forwarder: ApprovalForwarder;
      reporter: GateReporter;
      logger: LoggerService;
    },
  ) {}

  async evaluate(rollout: Rollout): Promise<RolloutGate[]> {
    const { checks, approval, results, forwarder, reporter } = this.options;
    const [held, others] = await Promise.all([
      results.list(rollout.id),
      this.#listOthers(rollout),
    ]);
    const gates = await Promise.all(
      checks
        .filter(check => concerns(rollout, check.name))
        .map(check =>
          this.#askAll(
            { rollout, others },
            check,
            held.find(({ gate }) => gate === check.name),
          ),
        ),
    );
    // While they were asked it may have ended: then nobody is asked any more.
    if (approval.isNeeded(rollout) && !(await this.#hasEnded(rollout))) {
      const isClear = gates.every(isOpen);
      const outcome = await approval.evaluate(rollout, isClear);
      gates.push(await this.#put(rollout, approval.name, outcome));
    }
    if (rollout.plan.approval) await forwarder.forwardDecided(rollout.id);
    await reporter.report(rollout);
    // What was concluded meanwhile did not know of what was said here.
    if (await this.#hasEnded(rollout)) {
      await this.options.reports.reopen(rollout.id);
    }
    return gates;
  }

  async #hasEnded({ id }: Rollout): Promise<boolean> {
    const { endedAt } = await this.options.rollouts.get(id);
    return endedAt !== undefined;
  }

  /** The other entities whose traffic is that of the rollout's project. */
  async #listOthers({ id, entityRef }: Rollout): Promise<string[]> {
    const { rollouts, tracked } = this.options;
    const { project } = await rollouts.get(id);
    const sharing = await tracked.listSharing(project);
    return sharing.filter(other => other !== entityRef);
  }

  /**
   * Asks of every entity of the project what stops production for a while: what
   * stops one of them stops their traffic, unless its own glass is broken.
   */
  async #askAll(
    asked: Asked,
    check: RolloutGateCheck,
    held: HeldGate | undefined,
  ): Promise<RolloutGate> {
    const own = await this.#ask(asked, check, held);
    if (!OVERRIDABLE.includes(check.name) || !isOpen(own)) return own;
    const stop = await this.#findStop(asked, check);
    return stop ? this.#put(asked.rollout, check.name, stop) : own;
  }

  /** What keeps another entity of the project from traffic, what ends it first. */
  async #findStop(
    { rollout, others }: Asked,
    check: RolloutGateCheck,
  ): Promise<GateOutcome | undefined> {
    const isOverridable = OVERRIDABLE.includes(check.name);
    const outcomes = await Promise.all(
      others.map(async entityRef => {
        const other = { ...rollout, entityRef };
        const outcome = await this.#evaluate(other, check);
        const isLifted =
          isOpen(outcome) ||
          (isOverridable && (await this.options.overrides.findActive(other)));
        return isLifted ? [] : [{ entityRef, outcome }];
      }),
    );
    const stops = outcomes.flat();
    const [first] = stops;
    const found =
      stops.find(({ outcome }) => outcome.state === 'failed') ?? first;
    if (!found) return undefined;
    const { entityRef, outcome } = found;
    return {
      ...outcome,
      reason: `'${entityRef}' has the same project. ${outcome.reason}`,
      publicReason: outcome.publicReason ?? outcome.reason,
    };
  }

  async #ask(
    asked: Asked,
    check: RolloutGateCheck,
    held: HeldGate | undefined,
  ): Promise<RolloutGate> {
    const { rollout } = asked;
    const isOverridable = OVERRIDABLE.includes(check.name);
    // What an override skipped is asked anew: it may be lifted or over by now.
    const mayReuse = !(isOverridable && held?.state === 'skipped');
    const subject = subjectOf(asked, check);
    const isSame = held?.subject === subject;
    const reused =
      held && mayReuse && isSame && isValid(check, held) ? held : undefined;
    const outcome = reused ?? (await this.#evaluateAll(asked, check));
    const override =
      isOverridable && outcome.state !== 'passed'
        ? await this.options.overrides.findActive(rollout)
        : undefined;
    if (override) {
      const said = `Overridden by ${actorName(override.createdBy)} until ${formatTime(override.expiresAt)}`;
      return this.#put(rollout, check.name, {
        state: 'skipped',
        reason: `${said}: ${override.reason}`,
        publicReason: `${said}.`,
      });
    }
    return reused
      ? withoutMemory(reused)
      : this.#put(rollout, check.name, { ...outcome, subject });
  }

  async #evaluateAll(
    asked: Asked,
    check: RolloutGateCheck,
  ): Promise<GateOutcome> {
    const own = await this.#evaluate(asked.rollout, check);
    return OF_ALL.includes(check.name) && isOpen(own)
      ? ((await this.#findStop(asked, check)) ?? own)
      : own;
  }

  async #evaluate(
    rollout: Rollout,
    check: RolloutGateCheck,
  ): Promise<GateOutcome> {
    try {
      return await withinTime(
        check.evaluate(rollout),
        isBeforeTraffic(rollout)
          ? PATIENCE_MS.beforeTraffic
          : PATIENCE_MS.later,
      );
    } catch (error) {
      this.options.logger.warn(
        `Gate '${check.name}' of rollout '${rollout.id}' cannot be asked: ${error}`,
      );
      return {
        state: 'waiting',
        reason: `This cannot be checked now: ${messageOf(error)}`,
        publicReason: 'This cannot be checked now.',
      };
    }
  }

  #put(
    rollout: Rollout,
    gate: RolloutGateName,
    outcome: GateOutcome & { subject?: string },
  ): Promise<RolloutGate> {
    return this.options.results.put({ rolloutId: rollout.id, gate }, outcome);
  }
}

function isOpen({ state }: Pick<RolloutGate, 'state'>): boolean {
  return state === 'passed' || state === 'skipped';
}

/** Before any traffic the plan's checks; freeze and budget only in production. */
function concerns(rollout: Rollout, name: RolloutGateName): boolean {
  if (OVERRIDABLE.includes(name)) return rollout.environment === PRODUCTION;
  return (
    isBeforeTraffic(rollout) &&
    rollout.plan.checks.some(check => check === name)
  );
}

function isBeforeTraffic({ percent, stageIndex }: Rollout): boolean {
  return percent === 0 && stageIndex === undefined;
}

/** What was said of some entities is not taken for the word on more of them. */
function subjectOf(
  { rollout, others }: Asked,
  check: RolloutGateCheck,
): string | undefined {
  const subject = check.subjectOf?.(rollout);
  return OF_ALL.includes(check.name) && others.length > 0
    ? [subject, ...others].join(' ')
    : subject;
}

async function withinTime<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`There is no answer within ${limitMs / 1000} s.`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function isValid(check: RolloutGateCheck, held: HeldGate): boolean {
  const isFinal = held.state !== 'waiting' && check.isLasting;
  return isFinal || held.ageSeconds < check.recheckSeconds;
}

function withoutMemory(held: HeldGate): RolloutGate {
  const { gate, state, reason, checkedAt, url } = held;
  return { gate, state, reason, checkedAt, url };
}

/** What another plugin says is in the body of its answer. */
function messageOf(error: unknown): string {
  if (error instanceof ResponseError) return error.body.error.message;
  return error instanceof Error ? error.message : String(error);
}
