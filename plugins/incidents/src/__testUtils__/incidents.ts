import type { Entity } from '@backstage/catalog-model';
import type {
  Alert,
  EntityRunbooks,
  IncidentsApi,
  ListAlertsRequest,
  Runbook,
  RunbookRunDetails,
  RunbookRunStep,
} from '@forkyard/plugin-incidents-common';

export const entityRef = 'component:default/image-studio';

export const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'image-studio',
    namespace: 'default',
    annotations: { 'vercel.com/project-id': 'image-studio' },
  },
  spec: { type: 'service', owner: 'group:default/platform' },
};

const minuteMs = 60_000;

export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * minuteMs).toISOString();
}

/** Fires since 20 minutes, names a runbook, and is known to slo by another id. */
export function createAlert(overrides: Partial<Alert> = {}): Alert {
  return {
    id: '5f0c1c0e-0000-4000-8000-000000000001',
    entityRef,
    source: 'slo',
    fingerprint: '9a9a9a9a-0000-4000-8000-000000000001',
    title: 'Requests that do not fail',
    summary: '2 % of requests fail, 20 times too many.',
    severity: 'page',
    state: 'firing',
    firingAtSource: true,
    startsAt: minutesAgo(20),
    runbook: 'runbooks/high-error-rate.md',
    labels: {},
    updatedAt: minutesAgo(20),
    ...overrides,
  };
}

/** Over since ten minutes, because its source said so. */
export function createResolvedAlert(overrides: Partial<Alert> = {}): Alert {
  return createAlert({
    id: '5f0c1c0e-0000-4000-8000-000000000002',
    fingerprint: '9a9a9a9a-0000-4000-8000-000000000002',
    title: 'Requests that are quick',
    state: 'resolved',
    firingAtSource: false,
    startsAt: minutesAgo(90),
    endsAt: minutesAgo(10),
    ...overrides,
  });
}

export const runbooks: EntityRunbooks = {
  entityRef,
  folder: 'runbooks',
  items: [
    {
      path: 'runbooks/high-error-rate.md',
      title: 'High error rate',
      steps: 3,
      problems: 0,
      hash: 'a'.repeat(64),
    },
    {
      path: 'runbooks/roll-back.md',
      title: 'Roll back',
      steps: 1,
      problems: 2,
      hash: 'b'.repeat(64),
    },
  ],
  leftOut: [],
  asOf: minutesAgo(1),
};

const steps = [
  {
    type: 'ask',
    question: 'Did it begin with a deployment?',
    options: ['Roll back', 'The cause is another'],
    endOn: ['The cause is another'],
  },
  { type: 'rollback', environment: 'production', timeoutSeconds: 300 },
  {
    type: 'wait-for',
    condition: 'alert-resolved',
    environment: 'production',
    path: '/',
    timeoutSeconds: 3_600,
  },
] as const satisfies readonly object[];

const titles = ['Find the cause', 'Go back', 'Wait until it is over'];

/** Text, a question, text with a link, a rollback and a wait. */
export function createRunbook(overrides: Partial<Runbook> = {}): Runbook {
  return {
    entityRef,
    path: 'runbooks/high-error-rate.md',
    title: 'High error rate',
    markdown: '',
    parts: [
      {
        kind: 'text',
        markdown: '# High error rate\n\nMore requests fail than may.',
      },
      { kind: 'step', index: 0 },
      {
        kind: 'text',
        markdown: 'Read [what it undoes](roll-back.md#what-it-undoes) first.',
      },
      { kind: 'step', index: 1 },
      { kind: 'step', index: 2 },
    ],
    steps: steps.map((spec, index) => ({
      index,
      title: titles[index],
      text: '',
      line: 5 + index * 10,
      spec: asSpec(spec),
    })),
    problems: [],
    hash: 'a'.repeat(64),
    asOf: minutesAgo(1),
    ...overrides,
  };
}

/** Waits at its first step, a question. */
export function createRun(
  overrides: Partial<RunbookRunDetails> = {},
): RunbookRunDetails {
  return {
    id: 'run-1',
    entityRef,
    runbookPath: 'runbooks/high-error-rate.md',
    runbookTitle: 'High error rate',
    runbookHash: 'a'.repeat(64),
    runbookSha: '3f2c1a9'.padEnd(40, '0'),
    alertId: createAlert().id,
    state: 'waiting',
    startedBy: 'user:default/ana',
    startedAt: minutesAgo(3),
    steps: steps.map((spec, index) =>
      createRunStep(index, {
        state: index === 0 ? 'waiting' : 'pending',
        input: asSpec(spec),
      }),
    ),
    timeline: [
      {
        id: '1',
        at: minutesAgo(3),
        who: 'user:default/ana',
        kind: 'run-started',
        text: 'Began to run High error rate',
        runId: 'run-1',
      },
    ],
    ...overrides,
  };
}

export function createRunStep(
  index: number,
  overrides: Partial<RunbookRunStep> = {},
): RunbookRunStep {
  return {
    index,
    type: steps[index].type,
    title: titles[index],
    state: 'pending',
    input: asSpec(steps[index]),
    output: {},
    ...overrides,
  };
}

function asSpec(step: (typeof steps)[number]): RunbookRunStep['input'] {
  return step.type === 'ask'
    ? { ...step, options: [...step.options], endOn: [...step.endOn] }
    : step;
}

/** Gives the alerts that a request asks for. */
export function listOf(alerts: Alert[]) {
  return async ({ states, owners }: ListAlertsRequest) => ({
    items: alerts.filter(
      ({ state }) => !owners && (!states || states.includes(state)),
    ),
  });
}

/** A backend with one firing alert, two runbooks and one run. */
export function createIncidentsApi(overrides: Partial<IncidentsApi> = {}) {
  const run = createRun();
  return {
    listAlerts: jest.fn(listOf([createAlert(), createResolvedAlert()])),
    getAlert: jest.fn(async () => ({ ...createAlert(), timeline: [] })),
    acknowledgeAlert: jest.fn(async () => ({
      ...createAlert({ state: 'acknowledged' }),
      timeline: [],
    })),
    resolveAlert: jest.fn(async () => ({
      ...createAlert({ state: 'resolved' }),
      timeline: [],
    })),
    listRunbooks: jest.fn(async () => runbooks),
    getRunbook: jest.fn(async ({ path }: { path: string }) =>
      createRunbook({ path }),
    ),
    startRun: jest.fn(async () => run),
    continueRun: jest.fn(async () => run),
    cancelRun: jest.fn(async () => run),
    getRun: jest.fn(async () => run),
    listRuns: jest.fn(async () => ({ items: [run] })),
    ...overrides,
  } satisfies IncidentsApi;
}

/** An answer of the backend that is an error. */
export function answered(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode, body: undefined });
}
