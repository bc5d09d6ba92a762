import { ConflictError, InputError } from '@backstage/errors';
import type {
  CanaryTraffic,
  ProjectRef,
  ProviderCanary,
} from '../DeploymentProvider';

/** Where the traffic that is not split goes. @public */
export interface MemoryProduction {
  getLive(): string | undefined;
  setLive(externalId: string): void;
}

/**
 * Splits the traffic of one production that exists only in this process, by the
 * rules that every provider keeps; for tests.
 *
 * @public
 */
export class MemoryCanaryTraffic implements CanaryTraffic {
  /** What is split now, or was last. Set it to say what a provider would. */
  current?: ProviderCanary;
  /** Every call that came, for example `startCanary dpl_2`. */
  readonly calls: string[] = [];
  /** Thrown by every call while it is set. */
  failure?: Error;
  #percentages: number[] = [];

  constructor(private readonly production: MemoryProduction) {}

  async startCanary(
    _project: ProjectRef,
    request: { externalId: string; percentages: number[] },
  ): Promise<void> {
    const { externalId, percentages } = request;
    this.#called(`startCanary ${externalId}`);
    assertPercentages(percentages);
    const active = this.#findActive();
    if (active) {
      if (active.canaryExternalId === externalId) return;
      throw new ConflictError(
        `Deployment '${active.canaryExternalId}' is a canary already`,
      );
    }
    const stable = this.production.getLive();
    if (!stable || stable === externalId) {
      throw new ConflictError(
        `Deployment '${externalId}' has nothing to share the traffic with`,
      );
    }
    this.#percentages = percentages;
    this.current = {
      canaryExternalId: externalId,
      stableExternalId: stable,
      state: 'active',
      stageIndex: 0,
      percent: percentages[0],
    };
  }

  async getCanary(): Promise<ProviderCanary | undefined> {
    this.#called('getCanary');
    return this.current && { ...this.current };
  }

  async advanceCanary(
    _project: ProjectRef,
    request: { externalId: string; stageIndex: number },
  ): Promise<void> {
    const { externalId, stageIndex } = request;
    this.#called(`advanceCanary ${externalId} ${stageIndex}`);
    const active = this.#findActive();
    if (active?.canaryExternalId !== externalId) {
      throw new ConflictError(`Deployment '${externalId}' is no canary`);
    }
    if (stageIndex >= this.#percentages.length) {
      throw new InputError(`There is no stage ${stageIndex}`);
    }
    if (stageIndex <= active.stageIndex) return;
    const percent = this.#percentages[stageIndex];
    this.current = { ...active, stageIndex, percent };
  }

  async completeCanary(
    _project: ProjectRef,
    request: { externalId: string },
  ): Promise<void> {
    const { externalId } = request;
    this.#called(`completeCanary ${externalId}`);
    const active = this.#findActive();
    if (active?.canaryExternalId === externalId) {
      this.production.setLive(externalId);
      this.current = { ...active, state: 'complete', percent: 100 };
    } else if (this.production.getLive() !== externalId) {
      throw new ConflictError(`Deployment '${externalId}' is no canary`);
    }
  }

  async abortCanary(
    _project: ProjectRef,
    request: { externalId: string },
  ): Promise<void> {
    const { externalId } = request;
    this.#called(`abortCanary ${externalId}`);
    const active = this.#findActive();
    if (active?.canaryExternalId === externalId) {
      this.current = { ...active, state: 'aborted', percent: 0 };
    } else if (this.production.getLive() === externalId) {
      throw new ConflictError(`Deployment '${externalId}' has all traffic`);
    }
  }

  #findActive(): ProviderCanary | undefined {
    return this.current?.state === 'active' ? this.current : undefined;
  }

  #called(name: string): void {
    this.calls.push(name);
    if (this.failure) throw this.failure;
  }
}

function assertPercentages(percentages: number[]): void {
  const isAscending = percentages.every(
    (percent, index) =>
      Number.isInteger(percent) &&
      percent >= 1 &&
      percent <= 99 &&
      (index === 0 || percent > percentages[index - 1]),
  );
  if (percentages.length === 0 || !isAscending) {
    throw new InputError(`Percentages ${percentages} are not ascending`);
  }
}
