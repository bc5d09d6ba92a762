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
import type { NamedEnvironmentsStore } from '../../database/delivery/NamedEnvironmentsStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { DeliveryFileReader } from './DeliveryFileReader';
import { planOf } from './deliveryPlans';
import type { DeliveryConditions, DeliveryService } from './DeliveryService';
import { describeSharing, type HeldFile } from './describeSharing';

/** Gives plans from the files of entities, and defaults. */
export class DefaultDeliveryService implements DeliveryService {
  constructor(
    private readonly options: {
      store: DeliveryFileStore;
      reader: DeliveryFileReader;
      environments: Pick<NamedEnvironmentsStore, 'listErrors'>;
      tracked: Pick<TrackedEntitiesStore, 'listByEntity' | 'listSharing'>;
      conditions?: DeliveryConditions;
    },
  ) {}

  async getPlan(
    { entityRef, environment }: { entityRef: string; environment: string },
    { fresh = false, since }: { fresh?: boolean; since?: Date } = {},
  ): Promise<RolloutPlan> {
    const { store, reader } = this.options;
    let file = await store.find(entityRef);
    // Whoever asks again and again while the repository is away waits with it.
    const isAway = file?.error !== undefined && !file.known && !file.isDue;
    const isOld = since && (!file?.readAt || file.readAt < since);
    if (!isAway && (fresh || isOld || !file?.known)) {
      await reader.readFile({ entityRef });
      file = await store.find(entityRef);
    }
    if (!file?.known) {
      throw new ServiceUnavailableError(
        `How '${entityRef}' is rolled out is not known yet: ${file?.error ?? 'forkyard.yaml was not read'}. Nothing gets traffic before.`,
      );
    }
    return planOf(file, environment);
  }

  async getDelivery({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<EntityDelivery> {
    const { store, conditions } = this.options;
    const [file, told, errors, others] = await Promise.all([
      store.find(entityRef),
      store.listEnvironments(entityRef),
      this.options.environments.listErrors(entityRef),
      this.#listOthers(entityRef),
    ]);
    const held = [{ entityRef, file }, ...others];
    const hasPreviews = told.includes('preview') || file?.plans?.preview;
    const names = sortEnvironments(file, told).filter(
      name => name !== 'preview' || hasPreviews,
    );
    const environments = names.map(async environment => ({
      environment,
      plan: planOf(file, environment),
      from: file?.plans?.[environment]
        ? ('file' as const)
        : ('default' as const),
      ...(await conditions?.find({ entityRef, environment })),
      sharedPlans: describeSharing(held, environment),
    }));
    return {
      entityRef,
      environments: await Promise.all(environments),
      fileProblems: [...listProblems(file), ...errors.map(toProblem)],
    };
  }

  /** The files of the other entities that have the same project. */
  async #listOthers(entityRef: string): Promise<HeldFile[]> {
    const { store, tracked } = this.options;
    const entities = await tracked.listByEntity(entityRef);
    const sharing = await Promise.all(
      entities.map(({ provider, project }) =>
        project
          ? tracked.listSharing({ provider, projectId: project.projectId })
          : [],
      ),
    );
    const others = new Set(sharing.flat().filter(ref => ref !== entityRef));
    return Promise.all(
      [...others].map(async other => ({
        entityRef: other,
        file: await store.find(other),
      })),
    );
  }

  async listEnvironments({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<string[]> {
    const { store } = this.options;
    const [file, told] = await Promise.all([
      store.find(entityRef),
      store.listEnvironments(entityRef),
    ]);
    return sortEnvironments(file, told);
  }

  async refresh({ entityRef }: { entityRef: string }): Promise<void> {
    const outcome = await this.options.reader.readFile({ entityRef });
    if (outcome.outcome === 'failed') {
      throw new ServiceUnavailableError(outcome.error);
    }
  }
}

/** Puts previews first, production last, and what the file says between them. */
function sortEnvironments(
  file: DeliveryFile | undefined,
  told: string[],
): string[] {
  const ends = ['preview', 'production'];
  const between = new Set([...(file?.environments ?? []), ...told]);
  return [
    ends[0],
    ...[...between].filter(name => !ends.includes(name)),
    ends[1],
  ];
}

function toProblem(failed: {
  environment: string;
  commitSha?: string;
  error: string;
}): DeliveryFileProblem {
  const { environment, commitSha, error } = failed;
  return {
    message: commitSha
      ? `Commit ${commitSha.slice(0, 7)} could not be deployed to '${environment}' and is tried again: ${error}`
      : `The environment '${environment}' could not be made and is tried again: ${error}`,
  };
}

function listProblems(file: DeliveryFile | undefined): DeliveryFileProblem[] {
  if (file?.error) return [...file.problems, { message: file.error }];
  if (file && !file.known) {
    return [{ message: 'forkyard.yaml was not read yet' }];
  }
  return file?.problems ?? [];
}
