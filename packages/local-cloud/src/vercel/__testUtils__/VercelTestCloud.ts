import { mkdtemp, rm } from 'node:fs/promises';
import { request, type Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { VercelCore } from '@vercel/sdk/core.js';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsGetDeployment } from '@vercel/sdk/funcs/deploymentsGetDeployment.js';
import { deploymentsGetDeploymentEvents } from '@vercel/sdk/funcs/deploymentsGetDeploymentEvents.js';
import { projectsCreateProject } from '@vercel/sdk/funcs/projectsCreateProject.js';
import { projectsGetProject } from '@vercel/sdk/funcs/projectsGetProject.js';
import { TestRepository } from './TestRepository';
import { startTestLocalCloud, type TestLocalCloud } from '../../testing';

export const teamId = 'team_acme';

export interface GatewayAnswer {
  status: number;
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

type StartOptions = NonNullable<Parameters<typeof startTestLocalCloud>[0]>;

/** A result of the strict SDK, unwrapped; a refused answer fails the test. */
export function expectValue<T>(
  result: { ok: true; value: T } | { ok: false; error: Error },
): T {
  if (!result.ok) throw result.error;
  return result.value;
}

/** The status of an answer that the SDK reports as an error. */
export function expectStatus(
  result: { ok: true } | { ok: false; error: object },
): number | undefined {
  if (result.ok) throw new Error('The call succeeded');
  const { error } = result;
  return 'statusCode' in error ? Number(error.statusCode) : undefined;
}

/** Polls until the probe answers something. */
export async function waitFor<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMillis = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMillis;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error('Waited too long');
    await delay(10);
  }
}

/** A server in one file that answers with what the test asks for. */
export function tinyServer(text: string): Record<string, string> {
  return {
    'package.json': JSON.stringify({
      name: 'tiny',
      version: '1.0.0',
      scripts: { start: 'node server.js' },
    }),
    'server.js': `
      const { createServer } = require('node:http');
      createServer((request, response) => {
        if (request.url === '/env') {
          response.end(JSON.stringify(process.env));
        } else if (request.url === '/crash') {
          process.exit(3);
        } else if (request.url === '/pid') {
          response.end(String(process.pid));
        } else {
          response.end(${JSON.stringify(text)});
        }
      }).listen(process.env.PORT);`,
  };
}

/** Drives a local-cloud of one test through its public doors only. */
export class VercelTestCloud {
  cloud: TestLocalCloud;
  core: VercelCore;
  readonly #folders: string[] = [];

  private constructor(cloud: TestLocalCloud) {
    this.cloud = cloud;
    this.core = VercelTestCloud.#client(cloud);
  }

  static async start(options: StartOptions = {}): Promise<VercelTestCloud> {
    const cloud = await startTestLocalCloud({
      ...options,
      config: {
        baseAppDir: undefined,
        ...options.config,
        runtime: {
          readyTimeoutMillis: 60_000,
          watchMillis: 25,
          restartMillis: 20,
          ...options.config?.runtime,
        },
      },
    });
    return new VercelTestCloud(cloud);
  }

  async restart(): Promise<void> {
    this.cloud = await this.cloud.restart();
    this.core = VercelTestCloud.#client(this.cloud);
  }

  async dispose(): Promise<void> {
    await this.cloud.dispose();
    for (const folder of this.#folders) {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async createProject(name: string, repo?: string) {
    return expectValue(
      await projectsCreateProject(this.core, {
        teamId,
        requestBody: {
          name,
          ...(repo && { gitRepository: { type: 'github', repo } }),
        },
      }),
    );
  }

  async getProject(name: string) {
    return expectValue(
      await projectsGetProject(this.core, { idOrName: name, teamId }),
    );
  }

  /** Deploys files and waits for the end of the build. */
  async deployFiles(
    project: string,
    files: Record<string, string>,
    target?: 'production',
  ) {
    const created = expectValue(
      await deploymentsCreateDeployment(this.core, {
        teamId,
        requestBody: {
          name: project,
          project,
          target,
          files: Object.entries(files).map(([file, data]) => ({ file, data })),
        },
      }),
    );
    return this.waitForEnd(created.id);
  }

  async getDeployment(idOrUrl: string) {
    const deployment = expectValue(
      await deploymentsGetDeployment(this.core, { idOrUrl, teamId }),
    );
    if (!('projectId' in deployment)) throw new Error('Reduced view');
    return deployment;
  }

  async waitForEnd(id: string) {
    return waitFor(async () => {
      const deployment = await this.getDeployment(id);
      const running = ['QUEUED', 'BUILDING'].includes(deployment.readyState);
      return !running && deployment;
    });
  }

  /** The texts of a build log. */
  async readBuildLog(id: string): Promise<string[]> {
    const events = expectValue(
      await deploymentsGetDeploymentEvents(this.core, { idOrUrl: id, teamId }),
    );
    if (!Array.isArray(events)) throw new Error('Not a list of events');
    return events.map(event =>
      event && 'text' in event ? (event.text ?? '') : '',
    );
  }

  /** Asks the gateway for a host; `*.localhost` need not resolve. */
  get(
    host: string,
    path = '/',
    options: {
      method?: string;
      headers?: Record<string, string>;
      agent?: Agent;
    } = {},
  ): Promise<GatewayAnswer> {
    const { port } = new URL(this.cloud.urls.gateway);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port,
          path,
          method: options.method,
          headers: { host, ...options.headers },
          agent: options.agent ?? false,
        },
        response => {
          const chunks: Buffer[] = [];
          response.on('data', chunk => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks).toString('utf8'),
              headers: response.headers,
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  /** Calls the API without the SDK. */
  fetchApi(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.cloud.urls.vercel), {
      ...init,
      headers: {
        authorization: `Bearer ${this.cloud.token}`,
        'content-type': 'application/json',
        ...init.headers,
      },
    });
  }

  /** Creates a repository of `acme` and a clone of it. */
  async createRepository(name: string): Promise<TestRepository> {
    const response = await fetch(
      new URL('/orgs/acme/repos', this.cloud.urls.github),
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.cloud.token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ name }),
      },
    );
    if (response.status !== 201) throw new Error(await response.text());
    const folder = await mkdtemp(join(tmpdir(), 'local-cloud-clone-'));
    this.#folders.push(folder);
    const origin = new URL(`/acme/${name}.git`, this.cloud.urls.github);
    return TestRepository.create(folder, origin, this.cloud.token);
  }

  static #client(cloud: TestLocalCloud): VercelCore {
    return new VercelCore({
      bearerToken: cloud.token,
      serverURL: cloud.urls.vercel,
    });
  }
}
