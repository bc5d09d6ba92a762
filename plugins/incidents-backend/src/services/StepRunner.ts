import type { UrlProbe } from '@forkyard/backend-kit';
import type {
  RunbookStepOutput,
  RunbookStepSpec,
} from '@forkyard/plugin-incidents-common';
import type { AlertsStore } from '../database/AlertsStore';
import type { HeldRun, HeldStep } from '../database/RunsStore';
import type { DeploymentWatcher } from './DeploymentWatcher';
import { versionName, withVersions } from './versions';
import { later, type StepOutcome } from './StepOutcome';

type Spec<T extends RunbookStepSpec['type']> = Extract<
  RunbookStepSpec,
  { type: T }
>;

/** One request of `wait-for` `http-ok`. */
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Does what a step needs that changes nothing, with the portal's own
 * credentials: asks the application, waits, and verifies what a person did.
 */
export class StepRunner {
  constructor(
    private readonly options: {
      alerts: AlertsStore;
      watcher: DeploymentWatcher;
      probe: Pick<UrlProbe, 'get'>;
    },
  ) {}

  /** What a step of people would do, to be shown before they press. */
  async offer(run: HeldRun, step: HeldStep): Promise<RunbookStepOutput> {
    return this.options.watcher.offer(run, step);
  }

  async look(run: HeldRun, step: HeldStep, now: Date): Promise<StepOutcome> {
    const { input } = step;
    switch (input.type) {
      case 'http-check':
        return this.#check(run, input);
      case 'wait-for':
        return this.#waitFor(run, step, input);
      case 'rollback':
      case 'redeploy':
        return this.options.watcher.look(run, step, now);
      default:
        return {
          kind: 'again',
          output: { message: 'The portal stopped before the answer was kept.' },
        };
    }
  }

  async #check(run: HeldRun, spec: Spec<'http-check'>): Promise<StepOutcome> {
    const url = await this.#urlOf(run, spec);
    if (!url) return noUrl(spec.environment);
    const answer = await this.options.probe.get(url, {
      timeoutMs: spec.timeoutSeconds * 1000,
    });
    if (answer.kind !== 'answered') {
      return {
        kind: 'failed',
        error: `${url} did not answer: ${answer.reason}.`,
        output: { url },
      };
    }
    const { status, body, durationMilliseconds } = answer;
    const output = { url, status, durationMilliseconds };
    if (status !== spec.expectStatus) {
      return {
        kind: 'failed',
        error: `${url} answered ${status} instead of ${spec.expectStatus}.`,
        output,
      };
    }
    const { expectBodyIncludes } = spec;
    return expectBodyIncludes && !body.includes(expectBodyIncludes)
      ? {
          kind: 'failed',
          error: `The answer of ${url} does not include '${expectBodyIncludes}'.`,
          output,
        }
      : { kind: 'succeeded', output };
  }

  async #waitFor(
    run: HeldRun,
    step: HeldStep,
    spec: Spec<'wait-for'>,
  ): Promise<StepOutcome> {
    switch (spec.condition) {
      case 'alert-resolved':
        return this.#waitForAlert(run);
      case 'deployment-live':
        return this.#waitForDeployment(run, step, spec);
      default:
        return this.#waitForHttp(run, spec);
    }
  }

  async #waitForAlert(run: HeldRun): Promise<StepOutcome> {
    const { alerts } = this.options;
    const alert = run.alertId && (await alerts.find(run.alertId));
    if (alert) {
      return alert.firingAtSource
        ? later(`'${alert.title}' still fires`)
        : done(`'${alert.title}' is resolved`);
    }
    const firing = await alerts.countFiringAtSource(run.entityRef);
    return firing > 0
      ? later(`${firing} ${firing === 1 ? 'alert fires' : 'alerts fire'}`)
      : done('No alert fires');
  }

  async #waitForDeployment(
    run: HeldRun,
    step: HeldStep,
    spec: Spec<'wait-for'>,
  ): Promise<StepOutcome> {
    const wanted = run.steps.findLast(
      ({ index, input, output }) =>
        index < step.index &&
        (input.type === 'redeploy' || input.type === 'rollback') &&
        input.environment === spec.environment &&
        output.deploymentId,
    )?.output.deploymentId;
    const status = await this.options.watcher.statusOf(run, spec.environment);
    const live = status?.live;
    const message = `${versionName(live, 'Nothing')} is live`;
    const output = withVersions({}, live);
    return live && (!wanted || wanted === live.id)
      ? {
          kind: 'succeeded',
          output: { ...output, deploymentId: live.id, message },
        }
      : later(message, output);
  }

  async #waitForHttp(
    run: HeldRun,
    spec: Spec<'wait-for'>,
  ): Promise<StepOutcome> {
    const url = await this.#urlOf(run, spec);
    if (!url) return noUrl(spec.environment);
    const answer = await this.options.probe.get(url, {
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    if (answer.kind !== 'answered') {
      return later(`It did not answer: ${answer.reason}`, { url });
    }
    const { status, durationMilliseconds } = answer;
    const output = { url, status, durationMilliseconds };
    return status >= 200 && status < 300
      ? { kind: 'succeeded', output }
      : later(`It answered ${status}`, output);
  }

  async #urlOf(
    run: HeldRun,
    { environment, path }: { environment: string; path: string },
  ): Promise<string | undefined> {
    const status = await this.options.watcher.statusOf(run, environment);
    const origin = URL.parse(status?.url ?? status?.live?.url ?? '')?.origin;
    const url = origin && URL.parse(path, origin);
    return url && url.origin === origin ? url.toString() : undefined;
  }
}

function done(message: string): StepOutcome {
  return { kind: 'succeeded', output: { message } };
}

function noUrl(environment: string): StepOutcome {
  return {
    kind: 'failed',
    error: `'${environment}' has no URL: nothing is live in it.`,
  };
}
