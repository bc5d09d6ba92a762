import { join } from 'node:path';
import { ChildService } from './ChildService';
import { readOrCreateLocalSecrets, type LocalSecrets } from './localSecrets';
import { localPostgresUrls, type LocalPostgresUrls } from './LocalPostgres';
import { getDataDir, rootDir } from './paths';
import { PortalApi } from './PortalApi';
import { assertPortsFree, portalPorts } from './ports';
import { RunningServices } from './RunningServices';

export interface PortalOptions {
  /** Told when something begins and when it is ready. */
  onProgress(message: string): void;
  /** Serve the built frontend from the backend instead of compiling it. */
  built?: boolean;
  /** Do without the frontend. */
  backendOnly?: boolean;
  /** Start only what backend and frontend need, and neither of them. */
  servicesOnly?: boolean;
}

const nodeTransform = '@backstage/cli-node/config/nodeTransform.cjs';

/**
 * The whole portal on this machine: PostgreSQL, GitHub and Vercel, backend and
 * frontend, each a process of its own, started in that order and stopped in
 * the reverse one.
 */
export class Portal {
  readonly #services: ChildService[] = [];
  readonly #running = new RunningServices(getDataDir());
  #claimed = false;
  readonly url: string;
  /** The environment of the backend, once the services run. */
  environment: NodeJS.ProcessEnv = {};
  /** Connection string of the role that may create databases. */
  cloudDatabaseUrl = '';

  constructor(private readonly options: PortalOptions) {
    this.url = options.built
      ? `http://localhost:${portalPorts.backend}`
      : `http://localhost:${portalPorts.frontend}`;
  }

  async start(): Promise<void> {
    await this.#running.claim();
    this.#claimed = true;
    const { frontend, ...ports } = portalPorts;
    await assertPortsFree(this.options.built ? ports : portalPorts);
    const secrets = await readOrCreateLocalSecrets(getDataDir());
    const urls = await this.#startDatabase(secrets);
    this.environment = portalEnvironment(secrets, urls.portal);
    this.cloudDatabaseUrl = urls.cloud;
    await this.#startLocalCloud({
      ...this.environment,
      DATABASE_URL: urls.cloud,
    });
    if (this.options.servicesOnly) return;
    await Promise.all([
      this.#startBackend(this.environment),
      this.options.built || this.options.backendOnly
        ? undefined
        : this.#startFrontend(this.environment),
    ]);
  }

  /** Settles with the name of the first service that ends. */
  async firstExit(): Promise<string> {
    return Promise.race(
      this.#services.map(async service => {
        await service.exited;
        return `${service.name} ended. The end of its log:\n${service.recentOutput}`;
      }),
    );
  }

  async stop(): Promise<void> {
    for (const service of this.#services.splice(0).reverse()) {
      await service.stop();
    }
    if (this.#claimed) await this.#running.release();
  }

  /** Kills the backend as a crash would, and starts it again. */
  async crashBackend(): Promise<void> {
    const index = this.#services.findIndex(({ name }) => name === 'backend');
    if (index < 0) throw new Error('No backend runs');
    const [backend] = this.#services.splice(index, 1);
    await backend.kill();
    await this.#startBackend(this.environment);
  }

  async #startDatabase(secrets: LocalSecrets): Promise<LocalPostgresUrls> {
    const own = process.env.DATABASE_URL;
    if (own) {
      this.options.onProgress('Using the PostgreSQL of DATABASE_URL');
      return { portal: own, cloud: own };
    }
    await assertPortsFree({ 'the embedded PostgreSQL': secrets.postgresPort });
    this.options.onProgress('Starting PostgreSQL');
    const service = await this.#run('postgres', 'node', [
      '--require',
      nodeTransform,
      join(__dirname, 'postgresMain.ts'),
    ]);
    await service.waitUntil(
      async () => /^ready$/m.test(service.recentOutput),
      60_000,
    );
    return localPostgresUrls(secrets);
  }

  async #startLocalCloud(environment: NodeJS.ProcessEnv) {
    this.options.onProgress('Starting local-cloud, a GitHub and a Vercel here');
    const service = await this.#run(
      'local-cloud',
      'node',
      [
        '--require',
        nodeTransform,
        join(rootDir, 'packages/local-cloud/src/main.ts'),
      ],
      environment,
    );
    await service.waitUntil(
      async () => service.recentOutput.includes('local-cloud ready'),
      60_000,
    );
  }

  async #startBackend(environment: NodeJS.ProcessEnv) {
    this.options.onProgress(
      'Starting the backend (about 10 s, the first time 20 s)',
    );
    const service = await this.#run(
      'backend',
      'backstage-cli',
      [
        'package',
        'start',
        ...(this.options.built
          ? [
              '--config',
              '../../app-config.yaml',
              '--config',
              '../../app-config.built.yaml',
            ]
          : []),
      ],
      environment,
      join(rootDir, 'packages/backend'),
    );
    await service.waitUntil(
      () =>
        answers(
          `http://127.0.0.1:${portalPorts.backend}/.backstage/health/v1/readiness`,
          status => status === 200,
        ),
      180_000,
    );
    await service.waitUntil(hasTemplate, 60_000);
    this.options.onProgress('The backend is ready');
  }

  async #startFrontend(environment: NodeJS.ProcessEnv) {
    this.options.onProgress('Compiling the frontend (about 20 s)');
    const service = await this.#run(
      'frontend',
      'backstage-cli',
      ['package', 'start'],
      environment,
      join(rootDir, 'packages/app'),
    );
    await service.waitUntil(
      () =>
        answers(
          `http://localhost:${portalPorts.frontend}/`,
          status => status === 200,
        ),
      300_000,
    );
    this.options.onProgress('The frontend is ready');
  }

  async #run(
    name: string,
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = {
      ...process.env,
      FORKYARD_DATA_DIR: getDataDir(),
    },
    cwd: string = rootDir,
  ): Promise<ChildService> {
    const service = await ChildService.start({ name, command, args, cwd, env });
    this.#services.push(service);
    if (service.pid) await this.#running.add(name, service.pid);
    return service;
  }
}

/** The environment that app-config.yaml reads, for this machine's services. */
function portalEnvironment(
  secrets: LocalSecrets,
  databaseUrl: string,
): NodeJS.ProcessEnv {
  const { github, vercel } = portalPorts;
  return {
    ...process.env,
    NODE_ENV: 'development',
    FORKYARD_DATA_DIR: getDataDir(),
    DATABASE_URL: databaseUrl,
    GITHUB_TOKEN: secrets.githubToken,
    GITHUB_HOST: `127.0.0.1:${github}`,
    GITHUB_API_URL: `http://127.0.0.1:${github}`,
    GITHUB_WEBHOOK_SECRET: secrets.githubWebhookSecret,
    VERCEL_TOKEN: secrets.vercelToken,
    VERCEL_API_URL: `http://127.0.0.1:${vercel}`,
    VERCEL_TEAM_ID: 'team_acme',
    VERCEL_WEBHOOK_SECRET: secrets.vercelWebhookSecret,
    FORKS_ENCRYPTION_KEY: secrets.forksEncryptionKey,
  };
}

/** A portal without its form, in the first seconds, has nothing to begin with. */
async function hasTemplate(): Promise<boolean> {
  const api = new PortalApi();
  await api.signIn();
  await api.request(
    'GET',
    '/api/catalog/entities/by-name/template/default/fork',
  );
  return true;
}

async function answers(
  url: string,
  accept: (status: number) => boolean,
): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  await response.body?.cancel();
  return accept(response.status);
}
