import type { AuthService } from '@backstage/backend-plugin-api';
import {
  getCompoundEntityRef,
  parseEntityRef,
  RELATION_OWNED_BY,
  RELATION_PART_OF,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { describeConnectionError } from '@forkyard/backend-kit';
import type { ForkIdentity } from '../database/ForkStore';
import type { RegistrationSource } from './RegistrationSource';

/**
 * Registers forks in Backstage's catalog, on behalf of the plugin itself: the
 * user's permission to create a fork includes that it is registered.
 */
export class CatalogRegistrationSource implements RegistrationSource {
  constructor(
    private readonly catalog: CatalogService,
    private readonly auth: AuthService,
  ) {}

  async registerLocation({ target }: { target: string }): Promise<void> {
    await this.#call(`register ${target}`, async credentials => {
      try {
        await this.catalog.addLocation(
          { type: 'url', target },
          { credentials },
        );
      } catch (error) {
        if (statusOf(error) !== 409) throw error;
      }
    });
  }

  async unregisterLocation({ target }: { target: string }): Promise<void> {
    await this.#call(`unregister ${target}`, async credentials => {
      const location = await this.catalog.getLocationByRef(`url:${target}`, {
        credentials,
      });
      if (location) {
        await this.catalog.removeLocationById(location.id, { credentials });
      }
    });
  }

  async findIdentity({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<ForkIdentity | undefined> {
    return this.#call(`read ${entityRef}`, async credentials => {
      const entity = await this.catalog.getEntityByRef(entityRef, {
        credentials,
      });
      return entity && toIdentity(entity);
    });
  }

  async hasEntity({ entityRef }: { entityRef: string }): Promise<boolean> {
    return this.#call(`look for ${entityRef}`, async credentials =>
      Boolean(await this.catalog.getEntityByRef(entityRef, { credentials })),
    );
  }

  async refreshEntity({ entityRef }: { entityRef: string }): Promise<void> {
    await this.#call(`refresh ${entityRef}`, credentials =>
      this.catalog.refreshEntity(entityRef, { credentials }),
    );
  }

  async #call<T>(
    what: string,
    run: (
      credentials: Awaited<ReturnType<AuthService['getOwnServiceCredentials']>>,
    ) => Promise<T>,
  ): Promise<T> {
    try {
      return await run(await this.auth.getOwnServiceCredentials());
    } catch (error) {
      const message = `The catalog could not ${what}: ${describeConnectionError(error)}`;
      throw statusOf(error) === 400
        ? new InputError(message)
        : new ServiceUnavailableError(message);
    }
  }
}

function toIdentity(entity: Entity): ForkIdentity {
  const { name, title = name, description = '' } = entity.metadata;
  return {
    title,
    description,
    owner: findRef(entity, RELATION_OWNED_BY, 'owner', 'group'),
    system: findRef(entity, RELATION_PART_OF, 'system', 'system'),
  };
}

/** Prefers the relation, of which some have other kinds of targets too. */
function findRef(
  entity: Entity,
  relation: string,
  field: 'owner' | 'system',
  defaultKind: string,
): string | undefined {
  const related = entity.relations?.find(
    ({ type, targetRef }) =>
      type === relation &&
      (field === 'owner' || targetRef.startsWith(`${defaultKind}:`)),
  );
  if (related) return related.targetRef;
  const named = entity.spec?.[field];
  if (typeof named !== 'string' || !named) return undefined;
  const { namespace } = getCompoundEntityRef(entity);
  return stringifyEntityRef(
    parseEntityRef(named, { defaultKind, defaultNamespace: namespace }),
  );
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}
