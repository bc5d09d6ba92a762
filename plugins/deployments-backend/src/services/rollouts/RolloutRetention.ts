import type { RolloutStore } from '../../database/rollouts/RolloutStore';

/** Rollouts of one transaction; one has some hundred points. */
const BATCH = 20;

/**
 * Keeps the evidence of old rollouts small: some time after a rollout ended,
 * its points become one a minute, which their charts need. Transitions are the
 * audit, and are kept as they are.
 */
export class RolloutRetention {
  constructor(
    private readonly options: {
      rollouts: Pick<RolloutStore, 'thinEndedPoints'>;
      pointsDays: number;
    },
  ) {}

  async thinOldPoints(signal?: AbortSignal): Promise<void> {
    const { rollouts, pointsDays } = this.options;
    let thinned = BATCH;
    while (thinned === BATCH && !signal?.aborted) {
      thinned = await rollouts.thinEndedPoints({
        afterDays: pointsDays,
        limit: BATCH,
      });
    }
  }
}
