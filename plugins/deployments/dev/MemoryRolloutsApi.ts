import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  ListRolloutsRequest,
  RolloutActionRequest,
  RolloutDetail,
  RolloutPoint,
  RolloutsApi,
  RolloutState,
} from '@forkyard/plugin-deployments-common';
import { createDelivery, createPoints } from '../src/__testUtils__/rollouts';
import { rolloutsOf } from './scenarios';

const reader = 'user:default/guest';

/** Rollouts in memory, one set for each entity of the scenarios; actions change them. */
export class MemoryRolloutsApi implements RolloutsApi {
  readonly #rollouts = new Map<string, RolloutDetail[]>();
  readonly #startedAt = Date.now();

  async listRollouts(request: ListRolloutsRequest) {
    if (request.entityRef.endsWith('/broken-studio')) {
      throw new Error('The database does not answer');
    }
    const all = this.#of(request.entityRef).filter(
      ({ endedAt }) => !request.active || !endedAt,
    );
    const from = Number(request.cursor ?? 0);
    const to = from + (request.limit ?? 25);
    return {
      items: all.slice(from, to),
      nextCursor: to < all.length ? String(to) : undefined,
    };
  }

  async getRollout({ id }: { id: string }) {
    return this.#get(id);
  }

  async listRolloutPoints({ id }: { id: string }): Promise<{
    items: RolloutPoint[];
  }> {
    const rollout = this.#get(id);
    const had = rollout.transitions.some(({ percent }) => percent > 0);
    if (!had) return { items: [] };
    if (rollout.state === 'aborted') {
      return {
        items: createPoints({ seconds: 60, untilAgo: 100, errorRatio: 0.196 }),
      };
    }
    const elapsed = Math.floor((Date.now() - this.#startedAt) / 1_000);
    return { items: createPoints({ seconds: 295 + elapsed }) };
  }

  async startRollout(): Promise<never> {
    throw new ConflictError('A rollout runs already');
  }

  pauseRollout = (request: RolloutActionRequest) =>
    this.#act(request, 'paused', 'Paused by hand.');

  resumeRollout = (request: RolloutActionRequest) =>
    this.#act(request, 'progressing', 'Resumed by hand.');

  /** The traffic follows some seconds later, as at a provider. */
  promoteRollout = async (request: RolloutActionRequest) => {
    const reason = 'Promoted by guest: all traffic moves to it.';
    const { percent } = this.#get(request.id);
    const asked = await this.#act(request, 'switching', reason, 100);
    this.#change({ ...asked, percent });
    setTimeout(
      () => this.#act(request, 'watching', 'It serves all traffic.', 100),
      6_000,
    );
    return { ...asked, percent };
  };

  abortRollout = (request: RolloutActionRequest) =>
    this.#act(request, 'aborted', 'Aborted by hand.', 0);

  async listAwaitedApprovals() {
    return { items: [] };
  }

  async getOwnPart() {
    return { part: 'author' as const };
  }

  async getApprovalRefusal() {
    return {};
  }

  async decideApproval(request: {
    rolloutId: string;
    decision: 'approved' | 'rejected';
    comment?: string;
  }) {
    const rollout = this.#get(request.rolloutId);
    const approval = {
      ...rollout.approvals[0],
      state: request.decision,
      decidedBy: reader,
      decidedAt: new Date().toISOString(),
      comment: request.comment,
    };
    this.#change({
      ...rollout,
      approvals: [approval, ...rollout.approvals.slice(1)],
      gates: rollout.gates.map(gate =>
        gate.gate === 'approval'
          ? { ...gate, state: 'passed', reason: 'guest approved.' }
          : gate,
      ),
    });
    return approval;
  }

  async getDelivery({ entityRef }: { entityRef: string }) {
    const delivery = createDelivery({ entityRef });
    if (!entityRef.endsWith('/waiting-studio')) return delivery;
    const [production, preview] = delivery.environments;
    const freeze = {
      name: 'Friday evening',
      until: new Date(Date.now() + 60 * 3_600_000).toISOString(),
    };
    return {
      ...delivery,
      environments: [{ ...production, freeze }, preview],
      fileProblems: [
        {
          line: 7,
          message: 'stages[1].percent must be above that of the stage before',
        },
      ],
    };
  }

  async overrideGates(request: {
    entityRef: string;
    environment: string;
    reason: string;
    minutes: number;
  }) {
    return {
      id: 'override-1',
      entityRef: request.entityRef,
      environment: request.environment,
      reason: request.reason,
      createdBy: reader,
      createdAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + request.minutes * 60_000).toISOString(),
    };
  }

  #of(entityRef: string): RolloutDetail[] {
    const known = this.#rollouts.get(entityRef) ?? rolloutsOf(entityRef);
    this.#rollouts.set(entityRef, known);
    return known;
  }

  #get(id: string): RolloutDetail {
    for (const rollouts of this.#rollouts.values()) {
      const found = rollouts.find(rollout => rollout.id === id);
      if (found) return found;
    }
    throw new NotFoundError(`Rollout '${id}' is not known`);
  }

  #change(changed: RolloutDetail): void {
    const rollouts = this.#of(changed.entityRef);
    this.#rollouts.set(
      changed.entityRef,
      rollouts.map(known => (known.id === changed.id ? changed : known)),
    );
  }

  async #act(
    { id, comment }: RolloutActionRequest,
    state: RolloutState,
    reason: string,
    percent?: number,
  ): Promise<RolloutDetail> {
    const rollout = this.#get(id);
    const at = new Date().toISOString();
    const changed: RolloutDetail = {
      ...rollout,
      state,
      reason,
      percent: percent ?? rollout.percent,
      endedAt: state === 'aborted' ? at : undefined,
      transitions: [
        ...rollout.transitions,
        {
          id: at,
          at,
          from: rollout.state,
          to: state,
          percent: percent ?? rollout.percent,
          actor: reader,
          reason,
          comment,
        },
      ],
    };
    this.#change(changed);
    return changed;
  }
}
