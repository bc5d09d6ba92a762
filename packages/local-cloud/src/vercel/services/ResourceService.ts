import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { ApiError } from '../../http';
import { badRequest, notFound } from '../errors';
import { newId, newLabel } from '../ids';
import type { Environment, Project, StoreResource } from '../model';
import type { VercelStores } from '../store';
import type { EnvService } from './EnvService';

/** The installed integration and its one product. */
export const LOCAL_POSTGRES = {
  configurationId: 'icfg_localpostgres',
  integrationId: 'oac_localpostgres',
  slug: 'local-postgres',
  name: 'Local PostgreSQL',
  product: { id: 'iap_postgres', slug: 'postgres', name: 'Postgres' },
  planId: 'free',
};

const CONNECTION_KEYS = ['POSTGRES_URL', 'DATABASE_URL'];

/** Makes databases for projects, each with a role that sees nothing else. */
export class ResourceService {
  readonly #stores: VercelStores;
  readonly #env: EnvService;
  readonly #postgresUrl: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: {
    stores: VercelStores;
    env: EnvService;
    postgresUrl: string | undefined;
  }) {
    this.#stores = options.stores;
    this.#env = options.env;
    this.#postgresUrl = options.postgresUrl;
  }

  /**
   * Makes a database, or answers the one that this external id already has.
   * What an earlier try left half done is finished.
   */
  create(request: {
    name: string;
    externalId?: string;
  }): Promise<StoreResource> {
    return this.#inTurn(async () => {
      const externalId = request.externalId ?? `name:${request.name}`;
      const resource =
        this.#stores.resources.find(externalId) ??
        draftResource(request.name, externalId);
      if (resource.status === 'available') return resource;
      // Written before the database is made, so that none is forgotten.
      this.#stores.resources.upsert(resource);
      await this.#administrate(async client => {
        const role = escapeIdentifier(resource.role);
        const database = escapeIdentifier(resource.database);
        const roles = await client.query(
          'SELECT 1 FROM pg_roles WHERE rolname = $1',
          [resource.role],
        );
        const verb = roles.rowCount === 0 ? 'CREATE' : 'ALTER';
        await client.query(
          `${verb} ROLE ${role} LOGIN PASSWORD ${escapeLiteral(
            resource.password,
          )} CONNECTION LIMIT 20`,
        );
        const databases = await client.query(
          'SELECT 1 FROM pg_database WHERE datname = $1',
          [resource.database],
        );
        if (databases.rowCount === 0) {
          await client.query(`CREATE DATABASE ${database} OWNER ${role}`);
        }
        await client.query(
          `REVOKE ALL ON DATABASE ${database} FROM PUBLIC; GRANT ALL ON DATABASE ${database} TO ${role}`,
        );
      });
      const available: StoreResource = {
        ...resource,
        status: 'available',
        updatedAt: Date.now(),
      };
      this.#stores.resources.upsert(available);
      return available;
    });
  }

  get(id: string): StoreResource {
    const resource = this.#stores.resources.find(id);
    if (!resource) throw notFound(`The resource "${id}" was not found.`);
    return resource;
  }

  /** Writes the connection into the project's environment. */
  connect(
    resource: StoreResource,
    project: Project,
    options: { targets: Environment[]; sensitive: boolean },
  ): void {
    if (resource.status !== 'available') {
      throw badRequest(
        `The resource "${resource.name}" is ${resource.status}. Create it again to finish it.`,
      );
    }
    this.#stores.transaction(() => {
      for (const key of CONNECTION_KEYS) {
        this.#env.create(
          project,
          {
            key,
            value: this.connectionUrl(resource),
            type: options.sensitive ? 'sensitive' : 'encrypted',
            targets: options.targets.filter(
              target => !options.sensitive || target !== 'development',
            ),
            resourceId: resource.id,
          },
          { upsert: true },
        );
      }
      this.#stores.resources.upsert({
        ...resource,
        projectIds: [...new Set([...resource.projectIds, project.id])],
        updatedAt: Date.now(),
      });
    });
  }

  /** Takes the connection out of the projects and drops the database. */
  delete(resource: StoreResource): Promise<void> {
    return this.#inTurn(async () => {
      for (const projectId of resource.projectIds) {
        const project = this.#stores.projects.find(projectId);
        for (const variable of this.#stores.env.list(projectId)) {
          if (project && variable.resourceId === resource.id) {
            this.#env.delete(project, variable);
          }
        }
      }
      await this.#administrate(async client => {
        const database = escapeIdentifier(resource.database);
        await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
        await client.query(
          `DROP ROLE IF EXISTS ${escapeIdentifier(resource.role)}`,
        );
      });
      this.#stores.resources.delete(resource.id);
    });
  }

  connectionUrl(resource: StoreResource): string {
    const url = new URL(this.#administrativeUrl());
    url.username = resource.role;
    url.password = resource.password;
    url.pathname = `/${resource.database}`;
    return url.toString();
  }

  /** `CREATE DATABASE` copies a template that only one may copy at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #administrate(work: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({ connectionString: this.#administrativeUrl() });
    try {
      await client.connect();
      await work(client);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new ApiError(
        503,
        `The PostgreSQL server of local-cloud could not do it: ${cause}`,
        { code: 'service_unavailable' },
      );
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  #administrativeUrl(): string {
    if (!this.#postgresUrl) {
      throw new ApiError(
        503,
        'local-cloud has no PostgreSQL server. Set DATABASE_URL and start it again.',
        { code: 'service_unavailable' },
      );
    }
    return this.#postgresUrl;
  }
}

function draftResource(name: string, externalId: string): StoreResource {
  const now = Date.now();
  // Unlike the portal's own databases, and unlike each other after a deletion.
  const database = `store_${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40)}_${newLabel(6)}`;
  return {
    id: newId('store', 16),
    externalId,
    name,
    product: LOCAL_POSTGRES.product.slug,
    database,
    role: database,
    password: randomBytes(24).toString('base64url'),
    status: 'initializing',
    projectIds: [],
    createdAt: now,
    updatedAt: now,
  };
}
