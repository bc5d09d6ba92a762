import type { AuthService } from '@backstage/backend-plugin-api';
import {
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { ServiceUnavailableError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { ANNOTATION_VERCEL_PROJECT_ID } from '@forkyard/plugin-deployments-common';

type Labels = Record<string, string>;

/** Labels that name an entity outright. */
const ENTITY_LABELS = ['entity_ref', 'forkyard_entity'];
/** Labels that name it by its project or its name, weakest last. */
const PROJECT_LABEL = 'project';
const SERVICE_LABEL = 'service';

const FIELDS = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.annotations',
];

/**
 * Finds the entities that labels name: `entity_ref` or `forkyard_entity` by
 * their ref, else `project` by the one entity with that Vercel project, else
 * `service` by the component of that name.
 */
export class AlertAssigner {
  constructor(
    private readonly options: { catalog: CatalogService; auth: AuthService },
  ) {}

  /**
   * Gives the entity for each of the labels, undefined where none is known.
   * Throws `ServiceUnavailableError` when the catalog cannot be asked.
   */
  async assign(all: Labels[]): Promise<(Entity | undefined)[]> {
    try {
      const byProject = await this.#byProject(all);
      const byRef = await this.#byRef(all.flatMap(candidates));
      return all.map(labels => {
        const [outright] = namedOutright(labels);
        if (outright) return byRef.get(outright);
        const ofProject = byProject.get(labels[PROJECT_LABEL]);
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

  async #byProject(all: Labels[]): Promise<Map<string, Entity>> {
    const key = `metadata.annotations.${ANNOTATION_VERCEL_PROJECT_ID}`;
    const wanted = [
      ...new Set(all.flatMap(labels => labels[PROJECT_LABEL] ?? [])),
    ];
    if (wanted.length === 0) return new Map();
    const { items } = await this.options.catalog.getEntities(
      { filter: { [key]: wanted }, fields: FIELDS },
      { credentials: await this.options.auth.getOwnServiceCredentials() },
    );
    const found = new Map<string, Entity>();
    for (const project of wanted) {
      const named = items.filter(
        ({ metadata }) =>
          metadata.annotations?.[ANNOTATION_VERCEL_PROJECT_ID] === project,
      );
      // Two who claim one project: nobody can say whose alert it is.
      if (named.length === 1) found.set(project, named[0]);
    }
    return found;
  }
}

function candidates(labels: Labels): string[] {
  return [...namedOutright(labels), serviceRef(labels) ?? []].flat();
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
