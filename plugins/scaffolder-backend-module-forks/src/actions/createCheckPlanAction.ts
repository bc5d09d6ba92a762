import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ForkPlan, PlanCheck } from '@forkyard/plugin-forks-common';
import type { ForksService } from '@forkyard/plugin-forks-node';
import { forkRequestInput, parseForkRequest } from '../forkRequestInput';
import { checkPlanExamples } from './createCheckPlanAction.examples';

/**
 * Creates `forks:plan:check`: every check of the plan, and an error that tells
 * what to do when one fails. Creates nothing, so a dry run really runs it.
 *
 * @public
 */
export function createCheckPlanAction(options: { forks: ForksService }) {
  const { forks } = options;
  return createTemplateAction({
    id: 'forks:plan:check',
    description:
      'Checks everything that creating a fork would need, before anything exists',
    examples: checkPlanExamples,
    supportsDryRun: true,
    schema: {
      input: forkRequestInput,
      output: {
        verdict: z =>
          z.enum(['pass', 'warn']).describe('The worst verdict of the checks'),
        warnings: z =>
          z.array(z.string()).describe('What the checks warned about'),
        estimatedMonthlyCostUsd: z =>
          z
            .object({ low: z.number(), high: z.number() })
            .optional()
            .describe('What such a fork is likely to cost a month'),
      },
    },
    async handler(context) {
      const request = parseForkRequest(context.input);
      const plan = await forks.checkPlan(request, {
        credentials: await context.getInitiatorCredentials(),
        signal: context.signal,
      });
      for (const check of plan.checks) {
        const log = check.verdict === 'pass' ? 'info' : 'warn';
        context.logger[log](`${check.verdict}: ${describeCheck(check)}`);
      }
      throwOnFailedCheck(request.name, plan);
      context.output('verdict', plan.verdict === 'warn' ? 'warn' : 'pass');
      context.output(
        'warnings',
        plan.checks
          .filter(({ verdict }) => verdict === 'warn')
          .map(describeCheck),
      );
      if (plan.estimatedMonthlyCostUsd) {
        context.output('estimatedMonthlyCostUsd', plan.estimatedMonthlyCostUsd);
      }
    },
  });
}

function throwOnFailedCheck(forkName: string, plan: ForkPlan) {
  const failed = plan.checks.filter(({ verdict }) => verdict === 'fail');
  if (plan.verdict === 'fail' || failed.length > 0) {
    throw new InputError(
      `Fork '${forkName}' cannot be created, nothing was changed. ${failed
        .map(describeCheck)
        .join(' ')}`.trim(),
    );
  }
}

function describeCheck({ message, action }: PlanCheck): string {
  return [message, action]
    .filter((text): text is string => Boolean(text))
    .map(text => (/[.!?]$/.test(text) ? text : `${text}.`))
    .join(' ');
}
