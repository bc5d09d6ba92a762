import type { Entity } from '@backstage/catalog-model';
import type {
  Bill,
  CostApi,
  EntityCost,
  GroupCosts,
} from '@forkyard/plugin-cost-common';

export const entityRef = 'component:default/image-studio';

export const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'image-studio',
    namespace: 'default',
    annotations: { 'vercel.com/project-id': 'image-studio' },
  },
};

export const group: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name: 'platform', namespace: 'default' },
};

/** An entity that cost $12.40 of $50 so far, unless told otherwise. */
export function createCost(overrides: Partial<EntityCost> = {}): EntityCost {
  return {
    entityRef,
    currency: 'USD',
    month: '2026-11',
    monthToDate: '12.404',
    forecast: {
      known: true,
      amount: '31.20',
      low: '27.00',
      high: '36.10',
      basisDays: 7,
    },
    budget: '50',
    byService: [
      { service: 'Edge Requests', amount: '12.3' },
      { service: 'Build Minutes', amount: '0.1039' },
      { service: 'Function Invocations', amount: '0.0001' },
    ],
    unitCost: {
      known: true,
      perThousandRequests: '0.04',
      requests: '310100',
    },
    anomalies: [],
    otherCurrencies: [],
    asOf: new Date().toISOString(),
    ...overrides,
  };
}

export function createGroupCosts(
  overrides: Partial<GroupCosts> = {},
): GroupCosts {
  return {
    owner: 'group:default/platform',
    currency: 'USD',
    month: '2026-11',
    total: '62.45',
    budget: '99.90',
    items: [
      {
        entityRef: 'component:default/shop',
        title: 'The shop',
        amount: '50.05',
        forecast: '90.00',
        budget: '49.90',
      },
      { entityRef, amount: '12.40' },
      { entityRef: 'component:default/new', budget: '20' },
    ],
    asOf: new Date().toISOString(),
    ...overrides,
  };
}

export function createBill(overrides: Partial<Bill> = {}): Bill {
  return {
    currency: 'USD',
    month: '2026-11',
    total: '34.34',
    allocated: '13.33',
    notAllocated: '1.01',
    shared: {
      amount: '20.00',
      services: [{ service: 'Pro', amount: '20.00' }],
      explanation: 'These charges name no project.',
    },
    items: [
      { entityRef, amount: '13.33' },
      { projectId: 'prj_9', projectName: 'old-site', amount: '1.01' },
    ],
    otherCurrencies: [],
    asOf: new Date().toISOString(),
    staleDays: [],
    rejectedLines: { count: 0, examples: [] },
    ...overrides,
  };
}

/** The port with answers that a test replaces one by one. */
export function createCostApi(
  overrides: Partial<CostApi> = {},
): jest.Mocked<CostApi> {
  const unexpected = async (): Promise<never> => {
    throw new Error('No page asks for this');
  };
  const answers: CostApi = {
    getEntityCost: async () => createCost(),
    listDailyCosts: async () => ({
      items: [
        { day: '2026-11-01', service: 'Edge Requests', amount: '12.3' },
        { day: '2026-11-02', service: 'Build Minutes', amount: '0.1039' },
      ],
    }),
    listGroupCosts: async () => createGroupCosts(),
    listCharges: unexpected,
    getBill: async () => createBill(),
    listSummaries: unexpected,
    refresh: unexpected,
    ...overrides,
  };
  return {
    getEntityCost: jest.fn(answers.getEntityCost),
    listDailyCosts: jest.fn(answers.listDailyCosts),
    listGroupCosts: jest.fn(answers.listGroupCosts),
    listCharges: jest.fn(answers.listCharges),
    getBill: jest.fn(answers.getBill),
    listSummaries: jest.fn(answers.listSummaries),
    refresh: jest.fn(answers.refresh),
  };
}
