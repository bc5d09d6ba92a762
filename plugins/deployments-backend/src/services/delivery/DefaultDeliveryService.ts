import { ServiceUnavailableError } from '@backstage/errors';
import type {
  EntityDelivery,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import type {
  DeliveryFile,
  DeliveryFileProblem,
  DeliveryFileStore,
} from '../../database/delivery/DeliveryFileStore';
import type { DeliveryFileReader } from './DeliveryFileReader';
import { createPlan } from './deliveryPlans';
import type { DeliveryConditions, DeliveryService } from './DeliveryService';

/** Gives plans from the files of entities, and defaults. */
export class DefaultDeliveryService implements DeliveryService {
  constructor(
    private readonly options: {
      store: DeliveryFileStore;
      reader: DeliveryFileReader;
      conditions?: DeliveryConditions;
    },
  ) {}

  async getPlan(
    { entityRef, environment }: { entityRef: string; environment: string },
    { fresh = false }: { fresh?: boolean } = {},
  ): Promise<RolloutPlan> {
    const { store, reader } = this.options;
    let file = await store.find(entityRef);
    // Whoever asks again and again while the repository is away waits with it.
    const isAway = file?.error !== undefined && !file.known && !file.isDue;
    if (!isAway && (fresh || !file?.known)) {
      await reader.readFile({ entityRef });
      file = await store.find(entityRef);
    }
    if (!file?.known) {
      throw new ServiceUnavailableError(
        `How '${entityRef}' is rolled out is not known yet: ${file?.error ?? 'forkyard.yaml was not read'}. Nothing gets traffic before.`,
      );
    }
    return file.plans?.[environment] ?? createPlan('direct');
  }

  async getDelivery({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<EntityDelivery> {
    const { store, conditions } = this.options;
    const file = await store.find(entityRef);
    const names = new Set([
      'production',
      ...(await store.listEnvironments(entityRef)),
      ...Object.keys(file?.plans ?? {}),
    ]);
    const environments = [...names].sort().map(async environment => ({
      environment,
      plan: file?.plans?.[environment] ?? createPlan('direct'),
      from: file?.plans?.[environment]
        ? ('file' as const)
        : ('default' as const),
      ...(await conditions?.find({ entityRef, environment })),
    }));
    return {
      entityRef,
      environments: await Promise.all(environments),
      fileProblems: listProblems(file),
    };
  }

  async refresh({ entityRef }: { entityRef: string }): Promise<void> {
    const outcome = await this.options.reader.readFile({ entityRef });
    if (outcome.outcome === 'failed') {
      throw new ServiceUnavailableError(outcome.error);
    }
  }
}

function listProblems(file: DeliveryFile | undefined): DeliveryFileProblem[] {
  if (file?.error) return [...file.problems, { message: file.error }];
  if (file && !file.known) {
    return [{ message: 'forkyard.yaml was not read yet' }];
  }
  return file?.problems ?? [];
}
