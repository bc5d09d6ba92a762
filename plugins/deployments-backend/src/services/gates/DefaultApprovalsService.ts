import type {
  AuthService,
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { decodeCursor, encodeCursor } from '@forkyard/backend-kit';
import {
  actorName,
  type ApprovalRefusal,
  type PartInVersion,
  type Rollout,
  type RolloutApproval,
} from '@forkyard/plugin-deployments-common';
import { z } from 'zod';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import type {
  ApprovalsStore,
  HeldApproval,
} from '../../database/gates/ApprovalsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { ApprovalForwarder } from './ApprovalForwarder';
import type {
  ApprovalDecision,
  ApprovalsService,
  AwaitedApprovalsPage,
  AwaitedApprovalsRequest,
  VersionRequest,
} from './ApprovalsService';
import { formatTime } from './formatTime';
import type { FourEyes } from './FourEyes';
import type { GateNotifier } from './GateNotifier';

/** A rollout that moves meanwhile is read again. */
const LOG_ATTEMPTS = 5;

const ENDED: Rollout['state'][] = ['promoted', 'rolled-back', 'aborted'];

/**
 * Takes decisions, once, from somebody else than who asked. Whoever says no may
 * be anybody: that needs no second opinion.
 */
export class DefaultApprovalsService implements ApprovalsService {
  constructor(
    private readonly options: {
      approvals: ApprovalsStore;
      deployments: Pick<DeploymentsStore, 'listById' | 'listLive'>;
      rollouts: Pick<RolloutStore, 'get' | 'requestStep' | 'update'>;
      fourEyes: FourEyes;
      forwarder: ApprovalForwarder;
      notifier: GateNotifier;
      auth: AuthService;
      logger: LoggerService;
    },
  ) {}

  async listApprovals({
    rolloutId,
  }: {
    rolloutId: string;
  }): Promise<RolloutApproval[]> {
    const held = await this.options.approvals.listByRollout(rolloutId);
    return held.map(withoutCommit);
  }

  async listAwaitedApprovals(
    { cursor, limit }: AwaitedApprovalsRequest,
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<AwaitedApprovalsPage> {
    const { approvals, auth } = this.options;
    if (!auth.isPrincipal(credentials, 'user')) return { items: [] };
    const held = await approvals.listPending({
      exceptRequestedBy: credentials.principal.userEntityRef,
      afterId: cursor && decodeCursor(z.uuid(), cursor),
      limit: limit + 1,
    });
    const items = held.slice(0, limit).map(approval => ({
      ...withoutCommit(approval),
      commit: approval.commit,
    }));
    const last = held.length > limit ? items.at(-1) : undefined;
    return { items, nextCursor: last && encodeCursor(last.id) };
  }

  async findOwnPart(
    { entityRef, deploymentId, environment }: VersionRequest,
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<PartInVersion | undefined> {
    const { deployments, fourEyes, auth } = this.options;
    if (!auth.isPrincipal(credentials, 'user')) return undefined;
    const [found, live] = await Promise.all([
      deployments.listById(deploymentId),
      deployments.listLive(entityRef),
    ]);
    const deployment = found.find(held => held.entityRef === entityRef);
    if (!deployment) {
      throw new NotFoundError(
        `Deployment '${deploymentId}' of '${entityRef}' is not known.`,
      );
    }
    const serving = live.find(held => held.environment === environment);
    return fourEyes.findOwnPart(credentials.principal.userEntityRef, {
      entityRef,
      deploymentId,
      commit: deployment.commit,
      stableDeploymentId: serving?.id,
      stableCommit: serving?.commit,
    });
  }

  async findRefusal(
    { rolloutId }: { rolloutId: string },
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<ApprovalRefusal | undefined> {
    const { fourEyes, auth } = this.options;
    if (!auth.isPrincipal(credentials, 'user')) return undefined;
    const { approval, rollout } = await this.#getAsked(rolloutId);
    if (findConflict(approval, rollout, 'approved')) return 'over';
    const approver = credentials.principal.userEntityRef;
    return fourEyes.findRefusal({ approver, approval });
  }

  async decideApproval(
    { rolloutId, decision, comment }: ApprovalDecision,
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<RolloutApproval> {
    const { approvals, fourEyes, rollouts, auth } = this.options;
    if (!auth.isPrincipal(credentials, 'user')) {
      throw new NotAllowedError(
        `Rollout '${rolloutId}' can be approved or rejected by people only: sign in as a user.`,
      );
    }
    const decidedBy = credentials.principal.userEntityRef;
    const { approval, rollout } = await this.#getAsked(rolloutId);
    const conflict = findConflict(approval, rollout, decision);
    if (conflict) throw conflict;
    const note =
      decision === 'approved'
        ? await fourEyes.assertSecondPerson({ approver: decidedBy, approval })
        : undefined;
    const decided = await approvals.decide({
      id: approval.id,
      state: decision,
      decidedBy,
      comment: comment?.trim() || undefined,
      note,
    });
    if (!decided) {
      const now = await approvals.listByRollout(rolloutId);
      const current = now.find(({ id }) => id === approval.id);
      throw (
        findDecided(current ?? approval) ??
        new ConflictError(
          `Rollout '${rolloutId}' could not be ${decision} just now. Try again.`,
        )
      );
    }
    await this.#log(decided);
    await rollouts.requestStep(rolloutId);
    await this.options.notifier.tellDecision(decided);
    await this.options.forwarder.forward(decided);
    return withoutCommit(decided);
  }

  /** What is asked for now, and of which rollout. */
  async #getAsked(rolloutId: string) {
    const { approvals, rollouts } = this.options;
    const [approval] = await approvals.listByRollout(rolloutId);
    if (!approval) {
      throw new NotFoundError(
        `Rollout '${rolloutId}' does not exist, or asks for no approval.`,
      );
    }
    return { approval, rollout: await rollouts.get(rolloutId) };
  }

  /**
   * Writes the decision into the log of the rollout, where people look for what
   * happened. It counts without that: trouble is logged and undoes nothing.
   */
  async #log(decided: HeldApproval): Promise<void> {
    const { rollouts, logger } = this.options;
    const { rolloutId, decidedBy = 'somebody', comment } = decided;
    try {
      for (let attempt = 0; attempt < LOG_ATTEMPTS; attempt++) {
        const rollout = await rollouts.get(rolloutId);
        const { state, percent } = rollout;
        if (ENDED.includes(state)) return;
        const updated = await rollouts.update(rollout, {
          change: {},
          transition: {
            to: state,
            percent,
            actor: decidedBy,
            reason: describe(decided),
            comment,
          },
        });
        if (updated) return;
      }
      logger.warn(
        `The decision about rollout '${rolloutId}' is not in its log: it changes too quickly at this moment.`,
      );
    } catch (error) {
      logger.warn(
        `The decision about rollout '${rolloutId}' is not in its log: ${error}`,
      );
    }
  }
}

function describe({ state, decidedBy, note }: HeldApproval): string {
  const said = `${state === 'approved' ? 'Approved' : 'Rejected'} by ${actorName(decidedBy ?? 'somebody')}.`;
  return note ? `${said} ${note}` : said;
}

/** Why there is nothing to decide any more; undefined while there is. */
function findConflict(
  approval: HeldApproval,
  { id, state }: Pick<Rollout, 'id' | 'state'>,
  decision: ApprovalDecision['decision'],
): ConflictError | undefined {
  return !approval.decidedBy && ENDED.includes(state)
    ? new ConflictError(
        `Rollout '${id}' cannot be ${decision}: it is ${state}. Start it again to ask anew.`,
      )
    : findDecided(approval);
}

function findDecided(approval: HeldApproval): ConflictError | undefined {
  const { rolloutId, state, decidedBy, decidedAt, expiresAt } = approval;
  if (state === 'pending') return undefined;
  return new ConflictError(
    state === 'expired'
      ? `The approval of rollout '${rolloutId}' has expired at ${formatTime(expiresAt)}. Start the rollout again to ask anew.`
      : `Rollout '${rolloutId}' was already ${state}${decidedBy ? ` by ${actorName(decidedBy)}` : ''}${decidedAt ? ` at ${formatTime(decidedAt)}` : ''}.`,
  );
}

function withoutCommit({
  commit: _commit,
  notified: _notified,
  mayForward: _mayForward,
  ...approval
}: HeldApproval): RolloutApproval {
  return approval;
}
