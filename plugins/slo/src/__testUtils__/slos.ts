import type { Entity } from '@backstage/catalog-model';
import type { Deployment } from '@forkyard/plugin-deployments-common';
import type {
  BudgetSeries,
  EntitySlos,
  Slo,
  SloAlert,
  SloApi,
  TrafficSeries,
} from '@forkyard/plugin-slo-common';

export const entityRef = 'component:default/image-studio';

export const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'image-studio',
    namespace: 'default',
    title: 'Image studio',
    annotations: {
      'vercel.com/project-id': 'image-studio',
      'forkyard.dev/slo': 'slo.yaml',
    },
  },
  spec: { type: 'service', owner: 'group:default/platform' },
};

export const hourMs = 3_600_000;

export function fromNow(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

/** Availability that burns, with a bit more than nine days left. */
export function createSlo(overrides: Partial<Slo> = {}): Slo {
  const { name = 'availability' } = overrides;
  return {
    id: `${entityRef}#${name}`,
    entityRef,
    name,
    title: 'Requests that do not fail',
    description: 'A request is good unless it is answered with a 5xx status.',
    signal: 'availability',
    objective: 0.999,
    windowDays: 28,
    good: 99_930,
    total: 100_000,
    ratio: 0.9993,
    budgetRemainingRatio: 0.31,
    exhaustsAt: fromNow(9.5 * 24 * hourMs),
    burn: [
      {
        severity: 'page',
        longWindowMinutes: 60,
        shortWindowMinutes: 5,
        factor: 13.44,
        longBurnRate: 16.2,
        shortBurnRate: 20,
        firing: true,
      },
      {
        severity: 'ticket',
        longWindowMinutes: 4_320,
        shortWindowMinutes: 360,
        factor: 1,
        longBurnRate: 0.9,
        firing: false,
      },
    ],
    status: 'burning',
    statusReason: 'The last hour burned the budget 16 times too fast.',
    runbook: 'runbooks/high-error-rate.md',
    asOf: fromNow(-20_000),
    ...overrides,
  };
}

export const latency = createSlo({
  name: 'latency',
  title: 'Requests that are quick',
  signal: 'latency',
  thresholdMilliseconds: 500,
  objective: 0.95,
  good: 98_000,
  ratio: 0.98,
  budgetRemainingRatio: 0.6,
  exhaustsAt: undefined,
  burn: [],
  status: 'ok',
  statusReason: 'The budget lasts at the present rate.',
});

/** Fires since twenty minutes, counted from when it is asked for. */
export function createAlert(): SloAlert {
  return {
    id: 'alert-1',
    entityRef,
    slo: 'availability',
    sloId: `${entityRef}#availability`,
    severity: 'page',
    state: 'firing',
    startsAt: fromNow(-20 * 60_000),
    summary: 'Requests that do not fail: the budget burns 16 times too fast',
    runbook: 'runbooks/high-error-rate.md',
    source: 'slo',
  };
}

export function createSlos(overrides: Partial<EntitySlos> = {}): EntitySlos {
  return {
    entityRef,
    items: [latency, createSlo()],
    fileProblems: [],
    asOf: fromNow(-20_000),
    ...overrides,
  };
}

function createBudget(id: string): BudgetSeries {
  return {
    id,
    from: fromNow(-28 * 24 * hourMs),
    to: fromNow(0),
    stepMinutes: 180,
    points: [
      { at: fromNow(-6 * hourMs), good: 0, total: 0 },
      {
        at: fromNow(-3 * hourMs),
        budgetRemainingRatio: 0.9,
        good: 50_000,
        total: 50_000,
      },
      {
        at: fromNow(0),
        budgetRemainingRatio: 0.31,
        good: 49_930,
        total: 50_000,
      },
    ],
  };
}

/** Four steps, of which one had no request; nobody measured a duration. */
export function createTraffic(request: {
  from?: string;
  to?: string;
}): TrafficSeries {
  const { from = fromNow(-hourMs), to = fromNow(0) } = request;
  const counts = [
    [600, 0],
    [0, 0],
    [594, 12],
    [10, 0],
  ];
  const stepMs = (Date.parse(to) - Date.parse(from)) / counts.length;
  return {
    entityRef,
    environment: 'production',
    from,
    to,
    stepMinutes: stepMs / 60_000,
    points: counts.map(([requests, errors], index) => ({
      at: new Date(Date.parse(from) + index * stepMs).toISOString(),
      requests,
      errors,
    })),
    deployments: [],
  };
}

export const liveDeployment: Deployment = {
  id: 'vercel:dpl_live',
  provider: 'vercel',
  externalId: 'dpl_live',
  projectId: 'prj_1',
  entityRef,
  environment: 'production',
  state: 'ready',
  live: true,
  liveSince: fromNow(-2 * hourMs),
  aliases: [],
  commit: {
    sha: '3f2c1a9000000000000000000000000000000000',
    message: 'Fix token refund',
  },
  createdAt: fromNow(-2 * hourMs),
  observedAt: fromNow(-60_000),
};

/** The port with answers that a test replaces one by one. */
export function createSloApi(
  overrides: Partial<SloApi> = {},
): jest.Mocked<SloApi> {
  const answers: SloApi = {
    listSlos: async () => createSlos(),
    getBudget: async ({ id }) => createBudget(id),
    getTraffic: async request => createTraffic(request),
    listAlerts: async ({ state }) => ({
      items: state === 'resolved' ? [] : [createAlert()],
    }),
    refresh: async () => createSlos(),
    ...overrides,
  };
  return {
    listSlos: jest.fn(answers.listSlos),
    getBudget: jest.fn(answers.getBudget),
    getTraffic: jest.fn(answers.getTraffic),
    listAlerts: jest.fn(answers.listAlerts),
    refresh: jest.fn(answers.refresh),
  };
}
