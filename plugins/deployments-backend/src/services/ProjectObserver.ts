import { isError } from '@backstage/errors';
import type {
  DeploymentProvider,
  ProjectRef,
  ProviderDeployment,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import type {
  DeploymentsStore,
  ProjectObservation,
} from '../database/DeploymentsStore';

/** Deployments asked for at every look. */
const PAGE_SIZE = 20;
/** Asked for at the first look, and after more than a page was missed. */
const CATCH_UP_SIZE = 100;
/** Deployments that are asked for one by one in one look, at most. */
const SINGLE_LOOKS = 10;
/** Absent deployments are looked at again after this long. */
const ABSENT_INTERVAL_MS = 5 * 60_000;

type ObserveRequest = {
  entityRef: string;
  provider: DeploymentProvider;
  project: ProjectRef;
  /** The database's time before the first question. */
  askedAt: Date;
  lastSuccessAt?: Date;
};

/**
 * Asks a provider for everything the projection needs to know of a project.
 *
 * A list that leaves out what we hold proves nothing: each such deployment is
 * asked for by its id, a few at a look, and is gone only when the provider
 * definitely answers that it does not exist.
 */
export class ProjectObserver {
  constructor(private readonly options: { deployments: DeploymentsStore }) {}

  async observe(request: ObserveRequest): Promise<ProjectObservation> {
    const { provider, project, askedAt, entityRef } = request;
    const [listed, environments] = await Promise.all([
      this.#listDeployments(request),
      provider.listEnvironments(project),
    ]);
    const wanted = await this.#listWanted(request, listed, environments);
    const looks = await Promise.all(
      wanted.map(externalId => look(provider, project, externalId)),
    );
    const found = looks.filter(isFound);
    return {
      entityRef,
      project,
      askedAt,
      environments,
      deployments: [...listed, ...found],
      goneExternalIds: wanted.filter((_, index) => !looks[index]),
    };
  }

  async #listDeployments({
    provider,
    project,
    lastSuccessAt,
  }: ObserveRequest): Promise<ProviderDeployment[]> {
    if (!lastSuccessAt) {
      return provider.listDeployments(project, { limit: CATCH_UP_SIZE });
    }
    const page = await provider.listDeployments(project, { limit: PAGE_SIZE });
    const oldest = page.at(-1);
    const mayMissSome =
      page.length === PAGE_SIZE && oldest && oldest.createdAt > lastSuccessAt;
    return mayMissSome
      ? provider.listDeployments(project, {
          limit: CATCH_UP_SIZE,
          since: lastSuccessAt,
        })
      : page;
  }

  /** Ids of deployments that the list left out and that matter. */
  async #listWanted(
    { entityRef, provider, askedAt }: ObserveRequest,
    listed: ProviderDeployment[],
    environments: ProviderEnvironment[],
  ): Promise<string[]> {
    const { deployments } = this.options;
    const listedIds = listed.map(({ externalId }) => externalId);
    const live = environments.flatMap(({ liveExternalId }) =>
      liveExternalId ? [liveExternalId] : [],
    );
    const unfinished = await deployments.listUnfinished({
      entityRef,
      provider: provider.id,
    });
    const absent = await deployments.listHeldSince({
      entityRef,
      provider: provider.id,
      // A short list is a whole one, so it should hold everything.
      createdSince:
        listed.length >= PAGE_SIZE
          ? listed[listed.length - 1].createdAt
          : new Date(0),
      observedBefore: new Date(askedAt.getTime() - ABSENT_INTERVAL_MS),
      exceptExternalIds: listedIds,
      limit: SINGLE_LOOKS,
    });
    const ids = new Set([
      ...live,
      ...unfinished.map(({ externalId }) => externalId),
      ...absent.map(({ externalId }) => externalId),
    ]);
    for (const id of listedIds) ids.delete(id);
    return [...ids].slice(0, SINGLE_LOOKS);
  }
}

async function look(
  provider: DeploymentProvider,
  project: ProjectRef,
  externalId: string,
): Promise<ProviderDeployment | undefined> {
  try {
    return await provider.getDeployment(project, externalId);
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

function isFound(
  deployment: ProviderDeployment | undefined,
): deployment is ProviderDeployment {
  return deployment !== undefined;
}
