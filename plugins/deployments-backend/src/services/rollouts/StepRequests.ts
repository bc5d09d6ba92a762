import type { RolloutStore } from '../../database/rollouts/RolloutStore';

/**
 * Has the next step of a rollout made at once, because somebody asked for
 * something: by this process when nobody steers it now, else by who does.
 *
 * The request is stored first, so it is not lost with the process.
 */
export class StepRequests {
  #steer?: (id: string) => void;

  constructor(
    private readonly options: { rollouts: Pick<RolloutStore, 'requestStep'> },
  ) {}

  onRequest(steer: (id: string) => void): void {
    this.#steer = steer;
  }

  async request(id: string): Promise<void> {
    await this.options.rollouts.requestStep(id);
    this.#steer?.(id);
  }
}
