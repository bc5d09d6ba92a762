import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  InputError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type {
  ForkBase,
  ForkPlan,
  ForkRequest,
  PlanVerdict,
} from '@forkyard/plugin-forks-common';
import type { Step } from '../steps/Step';
import type {
  PlanCheckContext,
  PlanChecker,
  PlanFinding,
} from './planChecks/PlanChecker';
import { resolveBase, type ResolvedBase } from './planChecks/resolveBase';

/**
 * Checks what a request would do, before anything exists.
 */
export interface PlanService {
  /** Never throws because of what it finds, not even a silent provider. */
  checkPlan(
    request: ForkRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<ForkPlan>;
  /**
   * Resolves to the base that the fork begins from. Throws when a check fails:
   * `ServiceUnavailableError` when that is because something did not answer.
   */
  ensurePlan(
    request: ForkRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<ForkBase>;
}

export interface PlanServiceOptions {
  checkers: PlanChecker[];
  steps: Step[];
  context: Omit<PlanCheckContext, 'base' | 'request' | 'credentials'>;
  estimate?: { lowUsd: number; highUsd: number };
}

/**
 * Runs the checks side by side; each tells what it found.
 */
export class DefaultPlanService implements PlanService {
  constructor(private readonly options: PlanServiceOptions) {}

  async checkPlan(
    request: ForkRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<ForkPlan> {
    const { plan } = await this.#check(request, options);
    return plan;
  }

  async ensurePlan(
    request: ForkRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<ForkBase> {
    const { plan, base, unavailable } = await this.#check(request, options);
    const failed = plan.checks.filter(({ verdict }) => verdict === 'fail');
    if (failed.length > 0 || !base) {
      const message = `Fork '${request.name}' cannot be created: ${failed
        .map(({ message: said, action }) =>
          action ? `${said}. ${action}` : said,
        )
        .join('; ')}`;
      throw unavailable
        ? new ServiceUnavailableError(message)
        : new InputError(message);
    }
    return { repository: base.repository, sha: base.sha };
  }

  async #check(
    request: ForkRequest,
    { credentials }: { credentials: BackstageCredentials },
  ) {
    const { checkers, context, steps, estimate } = this.options;
    // Several checks look at the base; it is read once.
    const base = resolveBase(request.baseApplication, context);
    base.catch(() => {});
    const found = await Promise.all(
      checkers.map(async checker => {
        try {
          return await checker.check({
            ...context,
            request,
            credentials,
            base,
          });
        } catch (error) {
          return describeTrouble(checker, error as Error);
        }
      }),
    );
    const findings = found.flat();
    const checks = findings.map(({ unavailable: _, ...check }) => check);
    const plan: ForkPlan = {
      verdict: worst(checks.map(({ verdict }) => verdict)),
      checks,
      resources: steps.flatMap(({ id: step, plan: planStep }) =>
        planStep(request, '').resources.map(({ kind, name }) => ({
          step,
          kind,
          name,
        })),
      ),
      estimatedMonthlyCostUsd: estimate && {
        low: estimate.lowUsd,
        high: estimate.highUsd,
      },
      checkedAt: new Date().toISOString(),
    };
    return {
      plan,
      base: await base.catch((): ResolvedBase | undefined => undefined),
      unavailable: findings.some(finding => finding.unavailable),
    };
  }
}

function describeTrouble(checker: PlanChecker, error: Error): PlanFinding[] {
  const known = error instanceof InputError || error instanceof NotFoundError;
  return [
    {
      id: checker.id,
      verdict: 'fail',
      message: error.message,
      action: known
        ? 'Change what is named and check again'
        : 'Check again in a moment; if it lasts, tell the operators of the portal',
      unavailable: !known,
    },
  ];
}

function worst(verdicts: PlanVerdict[]): PlanVerdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('warn') ? 'warn' : 'pass';
}
