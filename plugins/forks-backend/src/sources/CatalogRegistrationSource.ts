import type { AuthService } from '@backstage/backend-plugin-api';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { describeConnectionError } from '@forkyard/backend-kit';
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

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}
