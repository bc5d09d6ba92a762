import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import {
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { ServiceUnavailableError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  ANNOTATION_VERCEL_PROJECT_ID,
  type TrackedProject,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';

type Labels = Record<string, string>;

/** Labels that name an entity outright. */
const ENTITY_LABELS = ['entity_ref', 'forkyard_entity'];
/**
 * Labels that name it by its project or its name, weakest last. Queries over
 * several projects give their names with commas.
 */
const PROJECT_LABEL = 'project';
const SERVICE_LABEL = 'service';
/** Of one alert; the rest of a longer label is left alone. */
const MOST_PROJECTS = 20;

const FIELDS = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.annotations',
];

/** Entities of a page of verified projects, and how many pages there may be. */
const PROJECTS_PAGE = 1000;
const MAX_PROJECT_PAGES = 100;

/**
 * Finds the entities that labels name: `entity_ref` or `forkyard_entity` by
 * their ref, else `project` by the one entity whose project it verifiably is,
 * the first that is somebody's when it names several with commas, else
 * `service` by the component of that name.
 */
export class AlertAssigner {
  constructor(
    private readonly options: {
      catalog: CatalogService;
      deployments: DeploymentsService;
      auth: AuthService;
      logger: LoggerService;
    },
  ) {}

  /**
   * Gives the entity for each of the labels, undefined where none is known.
   * Throws `ServiceUnavailableError` when the catalog cannot be asked.
   */
  async assign(all: Labels[]): Promise<(Entity | undefined)[]> {
    try {
      const byProject = await this.#byProject(all);
      const byRef = await this.#byRef([
        ...all.flatMap(candidates),
        ...byProject.values(),
      ]);
      return all.map(labels => {
        const [outright] = namedOutright(labels);
        if (outright) return byRef.get(outright);
        const [ofProject] = projectsOf(labels).flatMap(
          project => byRef.get(byProject.get(project) ?? '') ?? [],
        );
        return ofProject ?? byRef.get(serviceRef(labels) ?? '');
      });
    } catch (error) {
      throw new ServiceUnavailableError(
        'The catalog cannot be asked to which entities the alerts belong. Send them again.',
        error,
      );
    }
  }

  async #byRef(entityRefs: string[]): Promise<Map<string, Entity>> {
    const wanted = [...new Set(entityRefs)];
    if (wanted.length === 0) return new Map();
    const { items } = await this.options.catalog.getEntitiesByRefs(
      { entityRefs: wanted, fields: FIELDS },
      { credentials: await this.options.auth.getOwnServiceCredentials() },
    );
    return new Map(items.flatMap(item => (item ? [[refOf(item), item]] : [])));
  }

  /**
   * Anybody may write a project into the file of an entity. It counts only for
   * entities whose project the deployments plugin has verified.
   */
  async #byProject(all: Labels[]): Promise<Map<string, string>> {
    const wanted = [...new Set(all.flatMap(projectsOf))];
    if (wanted.length === 0) return new Map();
    const verified = await this.#listVerified();
    const { items } = await this.options.catalog.getEntities(
      {
        filter: {
          [`metadata.annotations.${ANNOTATION_VERCEL_PROJECT_ID}`]: wanted,
        },
        fields: FIELDS,
      },
      { credentials: await this.options.auth.getOwnServiceCredentials() },
    );
    const found = new Map<string, string>();
    for (const project of wanted) {
      const owners = new Set([
        ...verified
          .filter(({ projectId }) => projectId === project)
          .map(({ entityRef }) => entityRef),
        ...items
          .filter(
            ({ metadata }) =>
              metadata.annotations?.[ANNOTATION_VERCEL_PROJECT_ID] === project,
          )
          .map(refOf)
          .filter(ref => verified.some(({ entityRef }) => entityRef === ref)),
      ]);
      // Two who have one project: nobody can say whose alert it is.
      if (owners.size === 1) found.set(project, [...owners][0]);
    }
    return found;
  }

  /** Without the deployments plugin, no project is anybody's. */
  async #listVerified(): Promise<TrackedProject[]> {
    const found: TrackedProject[] = [];
    let cursor: string | undefined;
    try {
      for (let page = 0; page < MAX_PROJECT_PAGES; page++) {
        const { items, nextCursor } =
          await this.options.deployments.listProjects(
            { cursor, limit: PROJECTS_PAGE },
            { credentials: await this.options.auth.getOwnServiceCredentials() },
          );
        found.push(...items);
        cursor = nextCursor;
        if (!cursor) return found;
      }
      throw new Error(`the list goes on after ${MAX_PROJECT_PAGES} pages`);
    } catch (error) {
      this.options.logger.warn(
        `Cannot ask whose projects the alerts name; they stay unassigned until they are sent again: ${error}`,
      );
      // A part of the list does not tell whose project is somebody else's too.
      return [];
    }
  }
}

function candidates(labels: Labels): string[] {
  return [...namedOutright(labels), serviceRef(labels) ?? []].flat();
}

function projectsOf(labels: Labels): string[] {
  return (labels[PROJECT_LABEL] ?? '')
    .split(',', MOST_PROJECTS)
    .map(name => name.trim())
    .filter(Boolean);
}

function namedOutright(labels: Labels): string[] {
  return ENTITY_LABELS.flatMap(name => toRef(labels[name]) ?? []);
}

function serviceRef(labels: Labels): string | undefined {
  return toRef(labels[SERVICE_LABEL]);
}

function toRef(value: string | undefined): string | undefined {
  if (!value) return undefined;
  try {
    return stringifyEntityRef(
      parseEntityRef(value, {
        defaultKind: 'component',
        defaultNamespace: 'default',
      }),
    );
  } catch {
    return undefined;
  }
}

function refOf(entity: Entity): string {
  return stringifyEntityRef(entity);
}
