import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { assertError, ConflictError } from '@backstage/errors';
import { audited } from '@forkyard/backend-kit';
import { backOffSeconds } from '@forkyard/plugin-deployments-common';
import type {
  ClaimedEnvironment,
  ClaimedPush,
  NamedEnvironmentOutcome,
  NamedEnvironmentsStore,
} from '../../database/delivery/NamedEnvironmentsStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { ProviderRegistry } from '../ProviderRegistry';
import { FORKYARD } from '../rollouts/rolloutSteps';
import { SharedRuns } from '../SharedRuns';

/** Longer than an attempt takes with every call timing out once. */
const LEASE_SECONDS = 180;
/** One that is there is looked for again, since somebody may delete it. */
const AGAIN_SECONDS = 15 * 60;
/** After a failure, and twice as long after each further one. */
const RETRY_SECONDS = 15;

/**
 * Makes the environments that files name at the provider, and brings the
 * commits there that are to follow production by themselves.
 *
 * What is done is written down before and after; every call to the provider is
 * get-or-create, so that one which a crash cut off is repeated without harm.
 * Nothing here touches production.
 */
export class NamedEnvironments {
  readonly #runs = new SharedRuns();

  constructor(
    private readonly options: {
      environments: NamedEnvironmentsStore;
      tracked: TrackedEntitiesStore;
      providers: ProviderRegistry;
      auditor: AuditorService;
      logger: LoggerService;
    },
  ) {}

  /** Makes what is missing, then deploys what was pushed. */
  async align(signal?: AbortSignal): Promise<void> {
    const { environments } = this.options;
    await workThrough(signal, {
      claim: options => environments.claimEnvironments(options),
      work: claimed => this.#ensure(claimed),
    });
    await this.deployPushes(signal);
  }

  /** Deploys the commits that were pushed and that an environment is to get. */
  async deployPushes(signal?: AbortSignal): Promise<void> {
    const { environments } = this.options;
    await this.#runs.run('push', () =>
      workThrough(signal, {
        claim: options => environments.claimPushes(options),
        work: claimed => this.#deploy(claimed),
      }),
    );
  }

  async #ensure(claimed: ClaimedEnvironment): Promise<void> {
    const { environments, logger } = this.options;
    const { entityRef, environment } = claimed;
    let outcome: NamedEnvironmentOutcome;
    try {
      outcome = (await this.#make(claimed))
        ? { ready: true, nextInSeconds: AGAIN_SECONDS }
        : { ready: false, nextInSeconds: RETRY_SECONDS };
    } catch (error) {
      assertError(error);
      logger.warn(
        `Could not make the environment '${environment}' of '${entityRef}': ${error.message}`,
      );
      outcome = {
        ready: false,
        error: error.message,
        nextInSeconds: retryIn(claimed),
      };
    }
    await environments.completeEnvironment(claimed, outcome);
  }

  /** False while it is not known yet which project is meant. */
  async #make({ entityRef, environment }: ClaimedEnvironment) {
    const { tracked, providers } = this.options;
    const projects = (await tracked.listByEntity(entityRef)).flatMap(
      ({ project }) => project ?? [],
    );
    for (const project of projects) {
      const provider = providers.get(project.provider);
      if (!provider.ensureEnvironment) {
        throw new ConflictError(
          `The provider '${provider.id}' has no environments beside production and previews. Take '${environment}' out of forkyard.yaml.`,
        );
      }
      await provider.ensureEnvironment(project, { environment });
    }
    return projects.length > 0;
  }

  async #deploy(claimed: ClaimedPush): Promise<void> {
    const { environments, tracked, providers, auditor, logger } = this.options;
    const { entityRef, environment, commitSha, source, key } = claimed;
    const { externalId, ...project } = source;
    try {
      const created = await audited(
        auditor,
        {
          eventId: 'environment-deploy',
          meta: {
            entityRef,
            environment,
            commitSha,
            deploymentId: `${project.provider}:${externalId}`,
            actor: FORKYARD,
          },
        },
        () =>
          providers.get(project.provider).deployTo(project, {
            externalId,
            environment,
            key: `push:${key}`,
          }),
      );
      await environments.completePush(claimed, {
        deploymentId: `${project.provider}:${created.externalId}`,
      });
      logger.info(
        `Commit ${commitSha.slice(0, 7)} of '${entityRef}' is deployed to '${environment}' as '${created.externalId}'`,
      );
      await tracked.requestReconcile(project);
    } catch (error) {
      assertError(error);
      logger.warn(
        `Could not deploy commit ${commitSha.slice(0, 7)} of '${entityRef}' to '${environment}': ${error.message}`,
      );
      await environments.completePush(claimed, {
        error: error.message,
        nextInSeconds: retryIn(claimed),
      });
    }
  }
}

/**
 * Works through all that is due. One is claimed at a time, so that no claim runs
 * out while others are worked on.
 */
async function workThrough<T>(
  signal: AbortSignal | undefined,
  {
    claim,
    work,
  }: {
    claim(options: { limit: number; leaseSeconds: number }): Promise<T[]>;
    work(claimed: T): Promise<void>;
  },
): Promise<void> {
  while (!signal?.aborted) {
    const [claimed] = await claim({ limit: 1, leaseSeconds: LEASE_SECONDS });
    if (!claimed) return;
    await work(claimed);
  }
}

function retryIn({ failures }: ClaimedEnvironment): number {
  return backOffSeconds({
    intervalSeconds: RETRY_SECONDS,
    failures: failures + 1,
  });
}
