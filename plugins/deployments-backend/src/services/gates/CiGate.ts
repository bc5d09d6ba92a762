import type { Rollout } from '@forkyard/plugin-deployments-common';
import { CHECK_NAME_PREFIX } from '@forkyard/plugin-deployments-node';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import type {
  CommitCheck,
  GithubChecksSource,
} from '../../sources/GithubChecksSource';
import type {
  CommitPlace,
  GithubConnector,
} from '../../sources/GithubConnector';
import { formatTime } from './formatTime';
import type { RolloutGateCheck } from './RolloutGateCheck';

/** CI has announced itself by then; a build takes longer than this. */
const GRACE_MS = 30_000;

/** Checks that the reason names. */
const MAX_NAMED = 3;

/**
 * Takes the result of what ran for the commit at GitHub, except what we
 * reported ourselves. A commit of which nothing ran has no CI only where the
 * version that serves had none either: a message may say `[skip ci]`.
 */
export class CiGate implements RolloutGateCheck {
  readonly name = 'ci';
  readonly recheckSeconds = 10;
  readonly isLasting = true;

  constructor(
    private readonly options: {
      github: GithubConnector;
      checks: GithubChecksSource;
      deployments: Pick<DeploymentsStore, 'listById'>;
    },
  ) {}

  async evaluate(rollout: Rollout) {
    const { github } = this.options;
    const place = github.locate(rollout.commit);
    if (!place) {
      return {
        state: 'skipped',
        reason:
          'The platform names no commit at GitHub, so that no CI result belongs to it.',
      } as const;
    }
    const { url } = place;
    const reported = await this.#listReported(place);
    const failed = reported.filter(({ state }) => state === 'failed');
    if (failed.length > 0) {
      return {
        state: 'failed',
        reason: `${listNames(failed)} failed for the commit. Push a commit that passes.`,
        url: failed[0].url ?? url,
      } as const;
    }
    const pending = reported.filter(({ state }) => state === 'pending');
    if (pending.length > 0) {
      return {
        state: 'waiting',
        reason: `Waiting for ${listNames(pending)} at GitHub.`,
        url: pending[0].url ?? url,
      } as const;
    }
    if (reported.length > 0) {
      const count =
        reported.length === 1 ? 'The check' : `All ${reported.length} checks`;
      return {
        state: 'passed',
        reason: `${count} of the commit passed.`,
        url,
      } as const;
    }
    const graceEndsAt = await this.#findGraceEnd(rollout);
    if (Date.now() < graceEndsAt) {
      return {
        state: 'waiting',
        reason: `Waiting until ${formatTime(new Date(graceEndsAt).toISOString(), 'seconds')} for a first check of the commit at GitHub. When none comes, and the version that serves had none either, it goes on without CI.`,
        url,
      } as const;
    }
    const before = github.locate(rollout.stableCommit);
    if (before && (await this.#listReported(before)).length > 0) {
      return {
        state: 'waiting',
        reason:
          'Waiting, without an end, for a check of the commit at GitHub: none was announced, though some ran for the version that serves. Run CI for it, or push a commit that CI is not skipped for.',
        url,
      } as const;
    }
    return {
      state: 'skipped',
      reason:
        'No check was reported for the commit, nor for the version that serves.',
      url,
    } as const;
  }

  async #listReported(place: CommitPlace): Promise<CommitCheck[]> {
    const found = await this.options.checks.listChecks(place);
    return found.filter(({ name }) => !name.startsWith(CHECK_NAME_PREFIX));
  }

  async #findGraceEnd(rollout: Rollout): Promise<number> {
    const held = await this.options.deployments.listById(rollout.deploymentId);
    return Date.parse(held[0]?.createdAt ?? rollout.createdAt) + GRACE_MS;
  }
}

function listNames(checks: CommitCheck[]): string {
  const names = [...new Set(checks.map(({ name }) => `'${name}'`))];
  const more = names.length - MAX_NAMED;
  return (
    names.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
  );
}
