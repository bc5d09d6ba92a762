import type { Entity } from '@backstage/catalog-model';
import type {
  Deployment,
  DeploymentsApi,
  EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';

export const entityRef = 'component:default/image-studio';

export const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'image-studio',
    namespace: 'default',
    title: 'Image studio',
    annotations: { 'vercel.com/project-id': 'image-studio' },
  },
  spec: { type: 'service', owner: 'group:default/platform' },
  relations: [
    { type: 'ownedBy', targetRef: 'group:default/platform' },
    { type: 'ownedBy', targetRef: 'user:default/cleo' },
  ],
};

/** A deployment that is ready and serves production, unless told otherwise. */
export function createDeployment(
  overrides: Partial<Deployment> & { externalId: string },
): Deployment {
  return {
    id: `vercel:${overrides.externalId}`,
    provider: 'vercel',
    projectId: 'prj_1',
    entityRef,
    environment: 'production',
    state: 'ready',
    live: false,
    url: `http://${overrides.externalId}.localhost:4393`,
    aliases: [],
    commit: {
      sha: '3f2c1a9000000000000000000000000000000000',
      message: 'Fix token refund',
      author: 'ana',
    },
    creator: 'ana',
    createdAt: '2026-11-20T10:00:00.000Z',
    buildingAt: '2026-11-20T10:00:02.000Z',
    readyAt: '2026-11-20T10:00:33.000Z',
    observedAt: '2026-11-20T10:00:40.000Z',
    ...overrides,
  };
}

export const live = createDeployment({
  externalId: 'dpl_live',
  live: true,
  liveSince: '2026-11-20T10:00:35.000Z',
  aliases: ['http://image-studio.localhost:4393'],
});

export const preview = createDeployment({
  externalId: 'dpl_preview',
  environment: 'preview',
  live: true,
  commit: {
    sha: '9ab02e1000000000000000000000000000000000',
    message: 'Try it',
  },
  createdAt: '2026-11-20T12:00:00.000Z',
});

export const failed = createDeployment({
  externalId: 'dpl_failed',
  state: 'failed',
  commit: {
    sha: 'bad0bad000000000000000000000000000000000',
    message: 'Break it',
  },
  errorMessage: 'Command "npm run build" exited with 1',
  createdAt: '2026-11-20T13:00:00.000Z',
  readyAt: undefined,
});

export const building = createDeployment({
  externalId: 'dpl_building',
  state: 'building',
  commit: {
    sha: 'c0ffee1000000000000000000000000000000000',
    message: 'New tab',
  },
  createdAt: '2026-11-20T14:00:00.000Z',
  buildingAt: '2026-11-20T14:00:01.000Z',
  readyAt: undefined,
});

export function createStatus(
  overrides: Partial<EntityDeploymentStatus> = {},
): EntityDeploymentStatus {
  return {
    entityRef,
    asOf: new Date().toISOString(),
    environments: [
      {
        environment: 'production',
        live,
        url: 'http://image-studio.localhost:4393',
      },
    ],
    ...overrides,
  };
}

/** The port with answers that a test replaces one by one. */
export function createDeploymentsApi(
  overrides: Partial<DeploymentsApi> = {},
): jest.Mocked<DeploymentsApi> {
  const answers: DeploymentsApi = {
    listDeployments: async () => ({ items: [live] }),
    getDeployment: async () => live,
    getEntityStatus: async () => createStatus(),
    streamBuildLog: async function* noLines() {},
    redeploy: async () => building,
    promoteDeployment: async () => live,
    getRollbackTarget: async () => live,
    rollbackToDeployment: async () => live,
    listProjects: async () => ({ items: [] }),
    reconcileEntity: async () => createStatus(),
    ...overrides,
  };
  return {
    listDeployments: jest.fn(answers.listDeployments),
    getDeployment: jest.fn(answers.getDeployment),
    getEntityStatus: jest.fn(answers.getEntityStatus),
    streamBuildLog: jest.fn(answers.streamBuildLog),
    redeploy: jest.fn(answers.redeploy),
    promoteDeployment: jest.fn(answers.promoteDeployment),
    getRollbackTarget: jest.fn(answers.getRollbackTarget),
    rollbackToDeployment: jest.fn(answers.rollbackToDeployment),
    listProjects: jest.fn(answers.listProjects),
    reconcileEntity: jest.fn(answers.reconcileEntity),
  };
}
