import type { Rollout } from '@forkyard/plugin-deployments-common';
import { deploymentName } from './deploymentWords';
import type { RolloutAction } from './rolloutActions';
import { rolloutName, stableVersion } from './rolloutWords';

interface ActionWords {
  title: string;
  /** Verb and object. */
  confirmLabel: string;
  consequences: { term: string; description: string }[];
}

const leftAsIs =
  'Database migrations and data written since then stay. Environment variables and scheduled jobs stay as the build found them.';

/** Says what steering a rollout does, to what, and what it does not undo. */
export function explainAction(
  action: RolloutAction,
  rollout: Rollout,
): ActionWords {
  const { environment, percent } = rollout;
  const name = rolloutName(rollout);
  const before = stableVersion(rollout);
  const stable = before ? deploymentName(before) : 'what served before';
  switch (action) {
    case 'pause':
      return {
        title: `Pause the rollout of ${name}?`,
        confirmLabel: `Pause ${name}`,
        consequences: [
          happens(
            `${name} keeps ${percent} % of ${environment}'s traffic until somebody resumes, promotes or aborts.`,
          ),
          {
            term: 'What goes on',
            description:
              'Requests are counted and judged: when they show harm, or a check fails, it takes itself back even while paused.',
          },
        ],
      };
    case 'resume':
      return {
        title: `Resume the rollout of ${name}?`,
        confirmLabel: `Resume ${name}`,
        consequences: [
          happens(
            'It goes on where it was; the time of the pause does not count.',
          ),
        ],
      };
    case 'promote':
      if (percent >= 100) return endWatch(rollout);
      return {
        title: `Promote ${name} now?`,
        confirmLabel: `Promote ${name} now`,
        consequences: [
          happens(
            `All of ${environment}'s traffic goes to ${name}. The stages that are left are skipped, and the verdict is not waited for.`,
          ),
          {
            term: 'What the verdict says',
            description:
              rollout.verdict?.reason ?? 'No request has been judged yet.',
          },
          { term: 'What it will not undo', description: leftAsIs },
        ],
      };
    default:
      return {
        title: `Abort the rollout of ${name}?`,
        confirmLabel: `Abort ${name}`,
        consequences: [
          happens(
            percent > 0
              ? `All of ${environment}'s traffic goes back to ${stable}, and the rollout ends${
                  percent >= 100 ? ' as rolled back' : ''
                }.`
              : `The rollout ends before ${name} got any traffic; ${stable} serves on.`,
          ),
          { term: 'What it will not undo', description: leftAsIs },
        ],
      };
  }
}

/** A version that has all traffic already is only watched. */
function endWatch(rollout: Rollout): ActionWords {
  const name = rolloutName(rollout);
  return {
    title: `Promote ${name} now?`,
    confirmLabel: `Promote ${name} now`,
    consequences: [
      happens(
        `The watch ends: ${name} keeps all of ${rollout.environment}'s traffic, and is not taken back by itself any more.`,
      ),
    ],
  };
}

function happens(description: string) {
  return { term: 'What will happen', description };
}
