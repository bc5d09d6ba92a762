import type { ProbeAnswer, UrlProbe } from '@forkyard/backend-kit';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import type { GateResultsStore } from '../../database/gates/GateResultsStore';
import type { RolloutGateCheck } from './RolloutGateCheck';

const MAX_ATTEMPTS = 3;

/**
 * Asks the new version for its smoke test page, at its own URL, before anybody
 * else does: one try at a time, three in all, counted before each so that a
 * crash cannot repeat them for ever.
 */
export class SmokeTestGate implements RolloutGateCheck {
  readonly name = 'smoke-test';
  readonly recheckSeconds: number;
  readonly isLasting = true;

  constructor(
    private readonly options: {
      results: GateResultsStore;
      deployments: Pick<DeploymentsStore, 'listById'>;
      probe: Pick<UrlProbe, 'get'>;
      pauseSeconds?: number;
    },
  ) {
    this.recheckSeconds = options.pauseSeconds ?? 3;
  }

  async evaluate(rollout: Rollout) {
    const { results, deployments, probe } = this.options;
    const { id, deploymentId, entityRef, plan } = rollout;
    const held = await deployments.listById(deploymentId);
    const deployment =
      held.find(other => other.entityRef === entityRef) ?? held[0];
    if (!deployment?.url) {
      return {
        state: 'waiting',
        reason: `The platform gives no URL of the new version to test it at.`,
      } as const;
    }
    const base = deployment.url;
    const paths = [plan.smokeTestPath, ...(plan.otherSmokeTestPaths ?? [])];
    const elsewhere = paths.find(
      path => new URL(path, base).origin !== new URL(base).origin,
    );
    if (elsewhere !== undefined) {
      return {
        state: 'failed',
        reason: `The path of the smoke test, '${elsewhere}', leads to another host. Write a path such as /healthz in forkyard.yaml.`,
      } as const;
    }
    const attempt = await results.countAttempt({
      rolloutId: id,
      gate: this.name,
    });
    const tests = await Promise.all(
      paths.map(async path => {
        const url = new URL(path, base);
        return { url, answer: await probe.get(url.href) };
      }),
    );
    const failed = tests.find(({ answer }) => !isGood(answer));
    if (!failed) {
      const said = tests.map(
        ({ url, answer }) => `${url.pathname} answered ${statusOf(answer)}`,
      );
      return {
        state: 'passed',
        reason: `${said.join(', ')}.`,
        url: tests[0].url.href,
      } as const;
    }
    const { url, answer } = failed;
    const hasAnswered = answer.kind === 'answered';
    const said = hasAnswered
      ? `${url.pathname} answered ${answer.status} instead of 2xx`
      : `${url.pathname} could not be asked`;
    const why = hasAnswered ? '' : `: ${answer.reason}`;
    return attempt < MAX_ATTEMPTS
      ? ({
          state: 'waiting',
          reason: `${said}${why}; try ${attempt} of ${MAX_ATTEMPTS}.`,
          publicReason: `${said}; try ${attempt} of ${MAX_ATTEMPTS}.`,
          url: url.href,
        } as const)
      : ({
          state: 'failed',
          reason: `${said}${why}, ${MAX_ATTEMPTS} times. Look at the deployment's log, then push a fix.${hintOf(answer)}`,
          publicReason: `${said}, ${MAX_ATTEMPTS} times.`,
          url: url.href,
        } as const);
  }
}

function statusOf(answer: ProbeAnswer): number | undefined {
  return answer.kind === 'answered' ? answer.status : undefined;
}

function isGood(answer: ProbeAnswer): boolean {
  const status = statusOf(answer);
  return status !== undefined && status >= 200 && status < 300;
}

function hintOf(answer: ProbeAnswer): string {
  const status = statusOf(answer);
  return status === 401 || status === 403
    ? ' If the platform protects deployment URLs, let the portal through.'
    : '';
}
