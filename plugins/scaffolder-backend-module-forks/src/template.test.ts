import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  mockServices,
  startTestBackend,
  TestDatabases,
  type TestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import type { ForkRequestInput } from '@forkyard/plugin-forks-common';
import { forksServiceRef } from '@forkyard/plugin-forks-node';
import { parse } from 'yaml';
import scaffolderModuleForks from './index';
import { MemoryForks } from './testUtils/MemoryForks';

const templateFile = resolve(
  __dirname,
  '../../../templates/fork/template.yaml',
);
const values: ForkRequestInput = {
  name: 'image-studio',
  title: 'Image studio',
  owner: 'group:default/platform',
  baseApplication: 'acme/base-app',
  environmentVariables: [
    { key: 'APP_TITLE', value: 'Image studio', targets: ['production'] },
  ],
  secrets: [{ key: 'TOKEN', ref: 'sealed-1', targets: ['production'] }],
  monthlyBudgetUsd: 120,
};

interface Completion {
  error?: { message: string };
  output?: Record<string, unknown>;
}

interface EventRow {
  task_id: string;
  event_type: string;
  body: string;
}

describe('template:default/fork in the real scaffolder', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
  let backend: TestBackend;
  let forks: MemoryForks;
  let completions: Map<string, string>;
  const seen = new EventEmitter();

  beforeEach(async () => {
    forks = new MemoryForks();
    completions = new Map();
    const knex = await databases.init('POSTGRES_18');
    knex.on('query-response', (rows: unknown) => {
      for (const row of Array.isArray(rows) ? (rows as EventRow[]) : []) {
        if (row.event_type === 'completion') {
          completions.set(row.task_id, row.body);
          seen.emit('completion');
        }
      }
    });
    const template = parse(await readFile(templateFile, 'utf8'));
    template.metadata.namespace = 'default';
    backend = await startTestBackend({
      features: [
        scaffolderPlugin,
        scaffolderModuleForks,
        mockServices.database.factory({ knex }),
        mockServices.rootConfig.factory({
          data: { scaffolder: { taskRecovery: { enabled: true } } },
        }),
        catalogServiceMock.factory({
          entities: [
            template,
            {
              apiVersion: 'backstage.io/v1alpha1',
              kind: 'User',
              metadata: { name: 'mock', namespace: 'default' },
              spec: {},
            },
          ],
        }),
        createServiceFactory({
          service: forksServiceRef,
          deps: {},
          factory: () => forks,
        }),
      ],
    });
  });

  afterEach(async () => {
    await backend.stop();
  });

  async function call<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(
      `http://127.0.0.1:${backend.server.port()}/api/scaffolder${path}`,
      {
        method: body ? 'POST' : 'GET',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer mock-user-token',
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      },
    );
    const text = await response.text();
    expect(response.ok ? 'ok' : `${response.status} ${text}`).toBe('ok');
    return JSON.parse(text || '{}');
  }

  async function create(request: ForkRequestInput) {
    const { id } = await call<{ id: string }>('/v2/tasks', {
      templateRef: 'template:default/fork',
      values: request,
    });
    return id;
  }

  /**
   * Waits until the scaffolder has itself seen the end of the task. It watches
   * each task once a second; ending a test earlier would leave that watch behind
   * with no database.
   */
  async function finish(id: string): Promise<Completion> {
    while (!completions.has(id)) {
      await once(seen, 'completion');
    }
    return JSON.parse(completions.get(id) ?? '{}');
  }

  it('offers the five actions with descriptions, schemas and examples', async () => {
    const actions =
      await call<
        Array<{ id: string; description?: string; examples?: unknown[] }>
      >('/v2/actions');
    const ours = actions.filter(({ id }) => id.startsWith('forks:'));
    expect(ours.map(({ id }) => id).sort()).toEqual([
      'forks:deployment:create',
      'forks:fork:register',
      'forks:plan:check',
      'forks:project:create',
      'forks:repository:create',
    ]);
    expect(ours.every(({ description }) => description)).toBe(true);
    expect(ours.every(({ examples }) => examples?.length)).toBe(true);
  });

  it('takes the form to a registered fork and gives its addresses', async () => {
    const id = await create(values);
    expect((await finish(id)).output).toMatchObject({
      entityRef: 'component:default/image-studio',
      repositoryUrl: 'http://127.0.0.1:4391/acme/image-studio',
      productionUrl: 'http://image-studio.localhost:4393',
    });
    expect(forks.requests).toHaveLength(2);
    expect(forks.requests[1]).toEqual({
      ...values,
      description: '',
      sloTier: 'standard',
      onFailure: 'keep',
    });
  });

  it('fails with the words of the ledger, and a retry of the task goes on from there', async () => {
    forks.failures.set('deployment', {
      message: 'npm run build ended with code 1',
      action: 'Read the build log, then retry',
      retryable: true,
    });
    const id = await create(values);
    expect((await finish(id)).error?.message).toContain(
      "stopped at step 'deployment': npm run build ended with code 1.",
    );

    forks.failures.clear();
    completions.delete(id);
    await call(`/v2/tasks/${id}/retry`, { secrets: {} });
    expect((await finish(id)).error).toBeUndefined();
    expect(forks.provisionings.size).toBe(1);
    expect(
      [...forks.provisionings.values()][0].steps.map(
        ({ attempts }) => attempts,
      ),
    ).toEqual([1, 1, 1, 1, 1, 2, 1, 1]);
  });

  it('a request that breaks a rule fails before anything exists', async () => {
    const id = await create({ ...values, name: 'admin' });
    expect((await finish(id)).error?.message).toContain(
      'name: This name is reserved',
    );
    expect(forks.requests).toEqual([]);
  });
});
