import type { UrlProbe } from '@forkyard/backend-kit';
import { poll } from './poll';
import { getFact, type Step } from './Step';
import { StepFailedError } from './StepFailedError';

/**
 * Asks the fork itself whether it is well.
 */
export function createVerificationStep(options: {
  probe: Pick<UrlProbe, 'get'>;
  patienceMs?: number;
}): Step {
  const { probe, patienceMs = 60_000 } = options;
  return {
    id: 'verification',
    title: 'Check that production answers',
    timeLimitSeconds: 180,

    plan: () => ({ resources: [], undo: [] }),

    async run(context) {
      const url = `${getFact(context, 'productionUrl')}/healthz`;
      const deadline = performance.now() + patienceMs;
      await poll(
        async () => {
          const answer = await probe.get(url, { signal: context.signal });
          const isAnswered = answer.kind === 'answered';
          if (isAnswered && answer.status === 200) return true;
          if (performance.now() < deadline) return undefined;
          throw new StepFailedError({
            message: `${url} does not answer 200 but ${isAnswered ? answer.status : answer.reason}`,
            action:
              'Read the logs of the deployment at the hosting provider, then resume; or unwind',
            retryable: true,
          });
        },
        { signal: context.signal, firstPauseMs: 100 },
      );
      context.log(`${url} answers 200`);
      const { deploymentId, commitSha } = context.facts;
      return {
        fork: {
          live: deploymentId
            ? { deploymentId: `vercel:${deploymentId}`, sha: commitSha }
            : undefined,
        },
      };
    },

    async undo() {},
  };
}
