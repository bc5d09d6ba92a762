import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { NotFoundError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import {
  AuthorizeResult,
  type AuthorizePermissionRequest,
} from '@backstage/plugin-permission-common';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { DeploymentChecks } from '@forkyard/plugin-deployments-node';
import type { SloService } from '@forkyard/plugin-slo-node';
import type { Knex } from 'knex';
import type {
  DeploymentsStore,
  HeldDeployment,
} from '../../../database/DeploymentsStore';
import type {
  NewTransition,
  RolloutRecord,
} from '../../../database/rollouts/RolloutStore';
import { EntityAccess } from '../../EntityAccess';
import { MemoryDeploymentProvider } from '../../../__testUtils__/MemoryDeploymentProvider';
import { ProviderRegistry } from '../../ProviderRegistry';
import { createGates } from '../createGates';
import { readGatesOptions } from '../readGatesOptions';

/** The entity that the tests are about. */
export const ENTITY_REF = 'component:default/shop';

/** Creates a rollout that is before its first traffic. */
export function createRollout(change: Partial<Rollout> = {}): Rollout {
  return {
    id: 'rollout-1',
    entityRef: ENTITY_REF,
    environment: 'production',
    deploymentId: 'memory:two',
    stableDeploymentId: 'memory:one',
    plan: {
      strategy: 'canary',
      stages: [{ percent: 10, minutes: 1, approval: true }],
      watchMinutes: 5,
      approval: false,
      checks: [],
      smokeTestPath: '/healthz',
      verdict: {},
    },
    state: 'checking',
    reason: '',
    percent: 0,
    gates: [],
    createdAt: new Date().toISOString(),
    createdBy: 'user:default/ana',
    ...change,
  };
}

/** Creates a rollout with a plan that differs from the one above. */
export function createRolloutWith(
  plan: Partial<Rollout['plan']>,
  change: Partial<Rollout> = {},
): Rollout {
  const rollout = createRollout(change);
  return { ...rollout, plan: { ...rollout.plan, ...plan } };
}

/** Creates a user as the catalog has it. */
export function createUser(
  name: string,
  known: {
    email?: string;
    login?: string;
    displayName?: string;
    /** Group, which owns the entity when it is `shop`. */
    memberOf?: string;
  } = {},
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: {
      name,
      namespace: 'default',
      annotations: known.login
        ? { 'github.com/user-login': known.login }
        : undefined,
    },
    relations: known.memberOf
      ? [{ type: 'memberOf', targetRef: `group:default/${known.memberOf}` }]
      : undefined,
    spec: {
      profile: { email: known.email, displayName: known.displayName },
    },
  };
}

const shop: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'shop',
    namespace: 'default',
    labels: { 'forkyard.dev/tier': 'critical' },
  },
  relations: [
    { type: 'ownedBy', targetRef: 'group:default/shop' },
    { type: 'partOf', targetRef: 'system:default/demo' },
  ],
};

const noSlos: Pick<SloService, 'listSlos'> = {
  listSlos: async ({ entityRef }) => ({
    entityRef,
    items: [],
    fileProblems: [],
  }),
};

function createMocks() {
  const sent: NotificationSendOptions[] = [];
  const notifications = {
    send: jest.fn(async (notification: NotificationSendOptions) => {
      sent.push(notification);
    }),
  };
  const denied = new Set<string>();
  const permissions = mockServices.permissions.mock({
    authorize: async (requests: AuthorizePermissionRequest[]) =>
      requests.map(({ permission }) => ({
        result: denied.has(permission.name)
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
      })),
  });
  return { denied, permissions, notifications, sent };
}

function toRecord(id: string, rollout: Rollout | undefined): RolloutRecord {
  if (!rollout) throw new NotFoundError(`There is no rollout '${id}'`);
  return {
    progress: {},
    ...rollout,
    project: { provider: 'memory', projectId: 'project' },
  } as RolloutRecord;
}

function createRolloutStore(held: {
  rollouts: Map<string, Rollout>;
  stepped: string[];
  transitions: NewTransition[];
}): Parameters<typeof createGates>[0]['rollouts'] {
  return {
    get: async id => toRecord(id, held.rollouts.get(id)),
    requestStep: async id => {
      held.stepped.push(id);
    },
    update: async (rollout, { transition }) => {
      if (transition) held.transitions.push(transition);
      return rollout;
    },
    findLastOfDeployment: async deploymentId => {
      const last = [...held.rollouts.values()]
        .filter(rollout => rollout.deploymentId === deploymentId)
        .at(-1);
      return (
        last && {
          state: last.state,
          endedAt: last.endedAt ? new Date(last.endedAt) : undefined,
        }
      );
    },
  };
}

/**
 * Puts all gates together on a migrated database, with everything outside as a
 * test says.
 */
export async function startTestGates(options: {
  knex: Knex;
  config?: ConstructorParameters<typeof ConfigReader>[0];
  users?: Entity[];
  /** Others that have the project of the entity; a test may add to them. */
  sharing?: string[];
  slo?: Pick<SloService, 'listSlos'>;
  /** Of the platform; absent where it shows none. */
  checks?: DeploymentChecks;
  /** Base URL of the portal's other plugins. */
  portalUrl?: string;
}) {
  const { knex } = options;
  for (const name of [
    '20261121150100_gates.js',
    '20261121170000_gate_reports.js',
  ]) {
    const directory = `${__dirname}/../../../../migrations`;
    await knex.migrate.up({ directory, name });
  }
  const { denied, permissions, notifications, sent } = createMocks();
  const rollouts = new Map<string, Rollout>();
  const deployments = new Map<string, HeldDeployment>();
  const stepped: string[] = [];
  const transitions: NewTransition[] = [];
  const auth = mockServices.auth();
  const providers = new ProviderRegistry();
  providers.addProvider(
    Object.assign(new MemoryDeploymentProvider(), { checks: options.checks }),
  );
  const catalog = catalogServiceMock({
    entities: [shop, ...(options.users ?? [])],
  });
  const logger = mockServices.logger.mock();
  const events = mockServices.events();
  const gates = createGates({
    options: readGatesOptions(
      new ConfigReader({
        app: { baseUrl: 'http://portal.test/' },
        ...options.config,
      }),
    ),
    knex,
    access: new EntityAccess({ permissions, catalog, auth }),
    auth,
    catalog,
    logger,
    events,
    notifications,
    discovery: mockServices.discovery.mock({
      getBaseUrl: async id => `${options.portalUrl}/api/${id}`,
    }),
    slo: options.slo ?? noSlos,
    tracked: {
      listSharing: async () => [ENTITY_REF, ...(options.sharing ?? [])],
    },
    deployments: createDeploymentsStore(deployments),
    providers,
    rollouts: createRolloutStore({ rollouts, stepped, transitions }),
  });
  return {
    ...gates,
    /** Evaluates as the controller does at a tick. */
    evaluate: (rollout: Rollout) => {
      rollouts.set(rollout.id, rollout);
      return gates.gates.evaluate(rollout);
    },
    deployments,
    denied,
    events,
    logger,
    notifications,
    rollouts,
    sent,
    stepped,
    transitions,
  };
}

function createDeploymentsStore(
  deployments: Map<string, HeldDeployment>,
): Pick<DeploymentsStore, 'listById' | 'listLive' | 'listPushers'> {
  return {
    listById: async id => {
      const found = deployments.get(id);
      return found ? [found] : [];
    },
    listLive: async entityRef =>
      [...deployments.values()].filter(
        held => held.live && held.entityRef === entityRef,
      ),
    listPushers: async ({ entityRef, commitSha }) =>
      [...deployments.values()].flatMap(({ creator, ...held }) =>
        creator &&
        held.entityRef === entityRef &&
        held.commit?.sha === commitSha
          ? [creator]
          : [],
      ),
  };
}
