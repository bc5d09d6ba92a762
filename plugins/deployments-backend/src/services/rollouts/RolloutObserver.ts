import { assertError } from '@backstage/errors';
import type {
  RolloutGate,
  RolloutPoint,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import { toRollout } from '../../database/rollouts/rolloutRows';
import type {
  RolloutRecord,
  RolloutStore,
} from '../../database/rollouts/RolloutStore';
import type { ProviderRegistry } from '../ProviderRegistry';
import {
  describeLive,
  findSplit,
  listEnvironments,
  mayBeSplit,
  toVersionState,
  withoutProject,
  withProject,
} from './providerFacts';
import { ProviderVersions, type VersionView } from './ProviderVersions';
import type { RolloutFacts } from './RolloutFacts';
import type { RolloutGates } from './RolloutGates';
import type { RolloutMeasurer } from './RolloutMeasurer';

/**
 * A version that was ready is looked at again after this long, and before any
 * step; a deletion that a webhook tells of is noticed at once.
 */
const REMEMBER_MS = 30_000;

/** What a step is decided on, and the point that its counts make. */
export interface Observation {
  facts: RolloutFacts;
  point?: RolloutPoint;
  /** Whether everything was asked just now; else it may only be waited on it. */
  isFresh: boolean;
}

/**
 * Looks at everything that the next step of a rollout depends on.
 *
 * While nothing changes it asks the provider as little as it can: what serves,
 * and how a canary is split. Throws when the provider cannot be asked, because
 * nothing can be decided then. Counts that cannot be read, on the other hand,
 * are a fact.
 */
export class RolloutObserver {
  readonly #versions = new ProviderVersions();

  constructor(
    private readonly options: {
      rollouts: RolloutStore;
      deployments: DeploymentsStore;
      providers: ProviderRegistry;
      gates: RolloutGates;
      measurer: RolloutMeasurer;
    },
  ) {}

  /** With `since` nothing that was seen before is relied on. */
  async observe(
    given: RolloutRecord,
    { since }: { since?: Date } = {},
  ): Promise<Observation> {
    const { rollouts, providers } = this.options;
    const { project } = given;
    const now = await rollouts.now();
    const provider = providers.get(project.provider);
    const environments = await listEnvironments(provider, project);
    if (!environments) {
      return { facts: withoutProject(given, now), isFresh: true };
    }
    const rollout = withProject(given);
    const view = this.#versions.view({
      provider,
      project,
      now,
      since: since ?? new Date(now.getTime() - REMEMBER_MS),
    });
    const isSplitAsked = since !== undefined || mayBeSplit(rollout);
    const [versions, split, others] = await Promise.all([
      this.#lookAtVersions(rollout, view),
      isSplitAsked ? findSplit(provider, project) : undefined,
      this.#findOthers(rollout),
    ]);
    const liveExternalId = environments.find(
      ({ environment }) => environment === rollout.environment,
    )?.liveExternalId;
    const live = await describeLive(rollout, provider, view, liveExternalId);
    const seen: RolloutFacts = {
      now,
      ...versions,
      live,
      takeover: await this.#findTakeover(rollout, view, { live, now }),
      split,
      canSplit: provider.canary !== undefined,
      ...others,
      fallbackDeploymentId: await this.#findFallback(rollout, view, versions),
      gates: rollout.gates,
      alerts: [],
      measured: rollout === given ? {} : { progress: rollout.progress },
    };
    const isFresh = since !== undefined || (isSplitAsked && !view.isRemembered);
    return { ...(await this.#judge(rollout, seen)), isFresh };
  }

  async #lookAtVersions(
    rollout: RolloutRecord,
    view: VersionView,
  ): Promise<Pick<RolloutFacts, 'candidate' | 'stable'>> {
    const { deploymentId, stableDeploymentId } = rollout;
    const look = async (id: string) => {
      const held = await this.options.deployments.listById(id);
      if (held.some(({ state }) => state !== 'ready')) {
        this.#versions.forget(id);
      }
      return toVersionState(await view.look(id));
    };
    const [candidate, stable] = await Promise.all([
      look(deploymentId),
      stableDeploymentId ? look(stableDeploymentId) : undefined,
    ]);
    return { candidate, stable };
  }

  /** Asks the gates and counts requests, as far as the state needs it. */
  async #judge(
    rollout: RolloutRecord,
    seen: RolloutFacts,
  ): Promise<Omit<Observation, 'isFresh'>> {
    const facts = { ...seen, gates: await this.#evaluate(rollout, seen) };
    facts.measured = { ...seen.measured, gates: facts.gates };
    const { measurer } = this.options;
    const mayBegin =
      rollout.state === 'checking' &&
      rollout.stableDeploymentId !== undefined &&
      rollout.plan.strategy !== 'direct' &&
      facts.gates.every(isPassed);
    const { takeover } = facts;
    if (!takeover && !mayBegin && !rollout.progress.counting) return { facts };
    try {
      if (takeover || mayBegin) {
        const { change } = takeover
          ? await measurer.prepareWatch(
              { ...rollout, stableDeploymentId: takeover.stableDeploymentId },
              { now: facts.now, since: takeover.since },
            )
          : await measurer.prepare(rollout, facts.now);
        return {
          facts: { ...facts, measured: { ...facts.measured, ...change } },
        };
      }
      const measured = await measurer.measure(rollout, facts.now);
      return {
        point: measured.point,
        facts: await this.#withAlerts(rollout, {
          ...facts,
          verdict: measured.verdict,
          measured: { ...facts.measured, ...measured.change },
        }),
      };
    } catch (error) {
      assertError(error);
      return { facts: withoutCounts(rollout, facts, error) };
    }
  }

  /** Alerts that cannot be read keep no verdict from taking a version back. */
  async #withAlerts(
    rollout: RolloutRecord,
    facts: RolloutFacts,
  ): Promise<RolloutFacts> {
    try {
      return {
        ...facts,
        alerts: await this.options.measurer.listAlerts(rollout),
      };
    } catch (error) {
      assertError(error);
      return { ...facts, countsProblem: error.message };
    }
  }

  async #evaluate(
    rollout: RolloutRecord,
    facts: RolloutFacts,
  ): Promise<RolloutGate[]> {
    // Somebody may promote a paused one, and not past what began meanwhile.
    const state = rollout.progress.pausedFrom ?? rollout.state;
    const isAsked =
      (rollout.state === 'checking' &&
        facts.candidate === 'ready' &&
        !facts.takeover) ||
      (state === 'progressing' && rollout.stageStartedAt !== undefined);
    return isAsked
      ? this.options.gates.evaluate(toRollout({ ...rollout, state }))
      : rollout.gates;
  }

  /** Only a rollout without traffic cares for the others. */
  async #findOthers(
    rollout: RolloutRecord,
  ): Promise<Pick<RolloutFacts, 'activeRolloutId' | 'newerRolloutId'>> {
    if (rollout.progress.counting) return {};
    const found = await this.options.rollouts.listActive({
      ...rollout.project,
      environment: rollout.environment,
    });
    const others = found.filter(({ id }) => id !== rollout.id);
    return {
      activeRolloutId: others.find(({ state }) => state !== 'queued')?.id,
      newerRolloutId: others.find(
        ({ deploymentCreatedAt }) =>
          Date.parse(deploymentCreatedAt) >
          Date.parse(rollout.deploymentCreatedAt),
      )?.id,
    };
  }

  /** Where the traffic may go back to: it must exist and be ready. */
  async #findFallback(
    rollout: RolloutRecord,
    view: VersionView,
    { stable }: Pick<RolloutFacts, 'stable'>,
  ): Promise<string | undefined> {
    const { ending } = rollout.progress;
    if (ending?.toDeploymentId) {
      const wanted = await view.look(ending.toDeploymentId);
      if (wanted?.state === 'ready') return ending.toDeploymentId;
    }
    if (stable === 'ready') return rollout.stableDeploymentId;
    if (!ending) return undefined;
    const before = await this.options.deployments.findPreviouslyLive(rollout);
    return before?.id === rollout.deploymentId ? undefined : before?.id;
  }

  /** What served before the new version took all traffic by itself. */
  async #findTakeover(
    rollout: RolloutRecord,
    view: VersionView,
    { live, now }: { live: RolloutFacts['live']; now: Date },
  ): Promise<RolloutFacts['takeover']> {
    const { deployments } = this.options;
    const { deploymentId, stableDeploymentId, progress } = rollout;
    const isTaken = live?.deploymentId === deploymentId && !progress.counting;
    if (!isTaken || rollout.byPerson || rollout.plan.watchMinutes === 0) {
      return undefined;
    }
    const held = (await deployments.listLive(rollout.entityRef)).find(
      ({ environment }) => environment === rollout.environment,
    );
    // The projection may not know yet that something else serves now.
    const isKnown = held?.id === deploymentId;
    const before =
      held && !isKnown ? held : await deployments.findPreviouslyLive(rollout);
    const id = stableDeploymentId ?? before?.id;
    if (!id || (await view.look(id))?.state !== 'ready') return undefined;
    return {
      stableDeploymentId: id,
      stableCommit: id === before?.id ? before.commit : rollout.stableCommit,
      since: (isKnown && held.liveSince) || now.toISOString(),
    };
  }
}

/** A hold that says why, so that the page shows no verdict of before. */
function withoutCounts(
  rollout: RolloutRecord,
  facts: RolloutFacts,
  error: Error,
): RolloutFacts {
  return {
    ...facts,
    countsProblem: error.message,
    measured: {
      ...facts.measured,
      ...(rollout.verdict && {
        verdict: {
          ...rollout.verdict,
          decision: 'hold',
          reason: `Requests cannot be counted: ${error.message}`,
        },
      }),
    },
  };
}

function isPassed({ state }: RolloutGate): boolean {
  return state === 'passed' || state === 'skipped';
}
