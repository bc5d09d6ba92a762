import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import {
  findGitHubBranch,
  findNoLongerAnnotated,
  findSourceUrl,
  readingsOf,
  walkAnnotatedEntities,
} from '@forkyard/backend-kit';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { FindingSource } from '@forkyard/plugin-security-findings-common';
import type { ScansStore, TrackedEntity } from '../database/ScansStore';

const ANNOTATION = 'github.com/project-slug';
/** Entities looked at one by one in a pass before they are given up. */
const SINGLE_LOOKS = 100;

/**
 * Decides whose sources are looked at: those of every entity that names a
 * repository it may name.
 */
export class TrackingService {
  constructor(
    private readonly options: {
      scans: ScansStore;
      catalog: CatalogService;
      auth: AuthService;
      logger: LoggerService;
      sources: FindingSource[];
      /** Of the repositories, for example `https://github.com`. */
      gitHubUrl: string;
      trustedLocations: string[];
    },
  ) {}

  /**
   * Finds what to follow in the catalog. What the catalog leaves out is given
   * up only when it definitely answers that the entity or its annotation is
   * gone; its findings stay.
   */
  async discoverEntities(signal?: AbortSignal): Promise<void> {
    const { scans, catalog, auth, sources, logger } = this.options;
    const where = { catalog, auth, annotation: ANNOTATION };
    const seen = await walkAnnotatedEntities({
      ...where,
      signal,
      visit: entities =>
        scans.track(
          entities.map(entity => this.#toTracked(entity)),
          sources,
        ),
    });
    const absent = (await scans.listTracked()).filter(ref => !seen.has(ref));
    const gone = await findNoLongerAnnotated({
      ...where,
      entityRefs: absent.slice(0, SINGLE_LOOKS),
    });
    await scans.untrack(gone);
    for (const entityRef of gone) {
      logger.info(`No longer looking for findings of '${entityRef}'`);
    }
  }

  /** Follows an entity at once; does nothing while the catalog lacks it. */
  async trackEntity({ entityRef }: { entityRef: string }): Promise<void> {
    const { scans, catalog, auth, sources } = this.options;
    const entity = await catalog.getEntityByRef(entityRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
    if (!entity?.metadata.annotations?.[ANNOTATION]) return;
    await scans.track([this.#toTracked(entity)], sources);
  }

  #toTracked(entity: Entity): TrackedEntity {
    const entityRef = stringifyEntityRef(entity);
    const slug = entity.metadata.annotations?.[ANNOTATION] ?? '';
    if (!/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(slug)) {
      return {
        entityRef,
        refusal: `The annotation '${ANNOTATION}' is not owner/repository.`,
      };
    }
    return this.#mayName(entity, slug)
      ? { entityRef, repository: slug.toLowerCase() }
      : {
          entityRef,
          refusal: `The annotation '${ANNOTATION}' names '${slug}', but the entity comes from another place. Register it from that repository, or have an administrator add the place to 'securityFindings.trustedLocations'.`,
        };
  }

  /**
   * Our credentials see more than whoever writes a catalog file may, so that a
   * file names its own repository only, and as it is on one of its branches.
   * Files on the backend's own disk are the administrators'.
   */
  #mayName(entity: Entity, slug: string): boolean {
    const { gitHubUrl, trustedLocations } = this.options;
    const sourceUrl = findSourceUrl(entity);
    if (!sourceUrl) return true;
    if (findGitHubBranch(sourceUrl, `${gitHubUrl}/${slug}`)) return true;
    const urls = readingsOf(sourceUrl).map(url => url.toLowerCase());
    return (
      trustedLocations.some(location =>
        urls.every(url => url.startsWith(location.toLowerCase())),
      ) && !this.#isProposable(sourceUrl)
    );
  }

  /** Tells whether a file at GitHub may be one that strangers only proposed. */
  #isProposable(sourceUrl: string): boolean {
    const host = `${this.options.gitHubUrl}/`;
    if (!sourceUrl.toLowerCase().startsWith(host.toLowerCase())) return false;
    const [owner, name] = sourceUrl.slice(host.length).split('/');
    return !findGitHubBranch(sourceUrl, `${host}${owner}/${name}`);
  }
}
