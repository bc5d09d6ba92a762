import { assertError, isError } from '@backstage/errors';
import type {
  RolloutGate,
  RolloutPoint,
} from '@forkyard/plugin-deployments-common';
import type {
  DeploymentProvider,
  ProjectRef,
  ProviderDeployment,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import { toRollout } from '../../database/rollouts/rolloutRows';
import type {
  RolloutRecord,
  RolloutStore,
} from '../../database/rollouts/RolloutStore';
import type { ProviderRegistry } from '../ProviderRegistry';
import { externalIdOf } from './externalIdOf';
import type { RolloutFacts, TrafficSplit, VersionState } from './RolloutFacts';
import type { RolloutGates } from './RolloutGates';
import type { RolloutMeasurer } from './RolloutMeasurer';

/** What a step is decided on, and the point that its counts make. */
export type Observation = { facts: RolloutFacts; point?: RolloutPoint };

/**
 * Looks at everything that the next step of a rollout depends on.
 *
 * Throws when the provider cannot be asked, because nothing can be decided
 * then. Counts that cannot be read, on the other hand, are a fact.
 */
export class RolloutObserver {
  constructor(
    private readonly options: {
      rollouts: RolloutStore;
      deployments: DeploymentsStore;
      providers: ProviderRegistry;
      gates: RolloutGates;
      measurer: RolloutMeasurer;
    },
  ) {}

  async observe(given: RolloutRecord): Promise<Observation> {
    const { rollouts, providers } = this.options;
    const { project, stableDeploymentId } = given;
    const now = await rollouts.now();
    const provider = providers.get(project.provider);
    const environments = await listEnvironments(provider, project);
    if (!environments) return { facts: withoutProject(given, now) };
    const rollout = withProject(given);
    const [candidate, stable, split, others] = await Promise.all([
      look(provider, project, rollout.deploymentId),
      stableDeploymentId
        ? look(provider, project, stableDeploymentId)
        : undefined,
      this.#findSplit(provider, project),
      this.#findOthers(rollout),
    ]);
    const liveExternalId = environments.find(
      ({ environment }) => environment === rollout.environment,
    )?.liveExternalId;
    const seen: RolloutFacts = {
      now,
      candidate: toVersionState(candidate),
      stable: stableDeploymentId ? toVersionState(stable) : undefined,
      live: await describeLive(rollout, provider, liveExternalId, stable),
      split,
      canSplit: provider.canary !== undefined,
      ...others,
      fallbackDeploymentId: undefined,
      gates: rollout.gates,
      alerts: [],
      measured: rollout === given ? {} : { progress: rollout.progress },
    };
    seen.fallbackDeploymentId = await this.#findFallback(
      rollout,
      provider,
      seen,
    );
    return this.#judge(rollout, seen);
  }

  /** Asks the gates and counts requests, as far as the state needs it. */
  async #judge(
    rollout: RolloutRecord,
    seen: RolloutFacts,
  ): Promise<Observation> {
    const facts = { ...seen, gates: await this.#evaluate(rollout, seen) };
    facts.measured = { ...seen.measured, gates: facts.gates };
    const { measurer } = this.options;
    const mayBegin =
      rollout.state === 'checking' &&
      rollout.stableDeploymentId !== undefined &&
      rollout.plan.strategy !== 'direct' &&
      facts.gates.every(isPassed);
    if (!mayBegin && !rollout.progress.counting) return { facts };
    try {
      if (mayBegin) {
        const { change } = await measurer.prepare(rollout, facts.now);
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
      (rollout.state === 'checking' && facts.candidate === 'ready') ||
      (state === 'progressing' && rollout.stageStartedAt !== undefined);
    return isAsked
      ? this.options.gates.evaluate(toRollout({ ...rollout, state }))
      : rollout.gates;
  }

  async #findSplit(
    provider: DeploymentProvider,
    project: ProjectRef,
  ): Promise<TrafficSplit | undefined> {
    const split = await provider.canary?.getCanary(project);
    return (
      split && {
        canaryDeploymentId: `${provider.id}:${split.canaryExternalId}`,
        state: split.state,
        stageIndex: split.stageIndex,
        percent: split.percent,
      }
    );
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
    provider: DeploymentProvider,
    facts: RolloutFacts,
  ): Promise<string | undefined> {
    const { ending } = rollout.progress;
    if (ending?.toDeploymentId) {
      const wanted = await look(
        provider,
        rollout.project,
        ending.toDeploymentId,
      );
      if (wanted?.state === 'ready') return ending.toDeploymentId;
    }
    if (facts.stable === 'ready') return rollout.stableDeploymentId;
    if (!ending) return undefined;
    const before = await this.options.deployments.findPreviouslyLive(rollout);
    return before?.id === rollout.deploymentId ? undefined : before?.id;
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

/** The stable version was looked at already, and nearly always serves. */
async function describeLive(
  rollout: RolloutRecord,
  provider: DeploymentProvider,
  externalId: string | undefined,
  stable: ProviderDeployment | undefined,
): Promise<RolloutFacts['live']> {
  if (!externalId) return undefined;
  const deploymentId = `${provider.id}:${externalId}`;
  if (deploymentId === rollout.deploymentId) {
    return { deploymentId, isNewer: false };
  }
  const live =
    stable?.externalId === externalId
      ? stable
      : await look(provider, rollout.project, deploymentId);
  return {
    deploymentId,
    commit: live?.commit,
    isNewer:
      live !== undefined &&
      live.createdAt.getTime() > Date.parse(rollout.deploymentCreatedAt),
  };
}

/** Undefined when the provider knows no such project. */
async function listEnvironments(
  provider: DeploymentProvider,
  project: ProjectRef,
): Promise<ProviderEnvironment[] | undefined> {
  try {
    return await provider.listEnvironments(project);
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

function withoutProject(rollout: RolloutRecord, now: Date): RolloutFacts {
  const goneSince = rollout.progress.goneSince ?? now.toISOString();
  return {
    now,
    candidate: 'gone',
    canSplit: false,
    gates: rollout.gates,
    alerts: [],
    measured: { progress: { ...rollout.progress, goneSince } },
  };
}

function withProject(rollout: RolloutRecord): RolloutRecord {
  const { progress } = rollout;
  return progress.goneSince
    ? { ...rollout, progress: { ...progress, goneSince: undefined } }
    : rollout;
}

async function look(
  provider: DeploymentProvider,
  project: ProjectRef,
  deploymentId: string,
): Promise<ProviderDeployment | undefined> {
  try {
    return await provider.getDeployment(project, externalIdOf(deploymentId));
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

function toVersionState(
  deployment: ProviderDeployment | undefined,
): VersionState {
  switch (deployment?.state) {
    case undefined:
    case 'deleted':
      return 'gone';
    case 'ready':
      return 'ready';
    case 'failed':
    case 'canceled':
      return 'failed';
    default:
      return 'unfinished';
  }
}
