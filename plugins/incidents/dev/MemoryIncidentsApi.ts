import { NotFoundError } from '@backstage/errors';
import type {
  Alert,
  AlertDetails,
  ContinueRunRequest,
  EntityRunbooks,
  IncidentsApi,
  ListAlertsRequest,
  Runbook,
  RunbookRunDetails,
  RunbookRunStep,
  StartRunRequest,
} from '@forkyard/plugin-incidents-common';
import { runbookFiles, type RunbookFile } from './runbookFiles';

const reader = 'user:default/guest';
const startedAt = Date.now();

function ago(minutes: number): string {
  return new Date(startedAt - minutes * 60_000).toISOString();
}

function createAlert(overrides: Partial<Alert>): Alert {
  return {
    id: '1',
    entityRef: 'component:default/image-studio',
    source: 'slo',
    fingerprint: 'slo-1',
    title: 'Requests that do not fail',
    summary:
      'Requests fail 20 times as often as the objective allows: 24 of 144 in the last 5 min.',
    severity: 'page',
    state: 'firing',
    firingAtSource: true,
    startsAt: ago(20),
    runbook: 'runbooks/high-error-rate.md',
    labels: {},
    updatedAt: ago(20),
    ...overrides,
  };
}

function createAlerts(): Alert[] {
  return [
    createAlert({}),
    createAlert({
      id: '2',
      source: 'alertmanager',
      fingerprint: 'alertmanager-2',
      title: 'PostgresConnectionsOfInstanceNearlyExhaustedInProductionCluster',
      summary: '',
      severity: 'ticket',
      state: 'acknowledged',
      acknowledgedBy: 'user:default/ana',
      acknowledgedAt: ago(60),
      startsAt: ago(190),
      runbook: 'runbooks/database-unavailable.md',
      url: 'https://prometheus.example.com/graph',
    }),
    createAlert({
      id: '3',
      fingerprint: 'slo-3',
      title: 'Requests that are quick',
      state: 'resolved',
      firingAtSource: false,
      startsAt: ago(3_000),
      endsAt: ago(2_900),
    }),
    createAlert({
      id: '4',
      entityRef: 'component:default/broken-studio',
      fingerprint: 'slo-4',
      title: 'Sign-ins that do not fail',
      severity: 'ticket',
      runbook: undefined,
    }),
  ];
}

/**
 * Alerts, runbooks and runs of a service that fails since twenty minutes.
 * empty-studio has none of them; the repository of broken-studio is away.
 */
export class MemoryIncidentsApi implements IncidentsApi {
  #alerts = createAlerts();
  #runs: RunbookRunDetails[] = [];

  async listAlerts({ entityRef, states, owners }: ListAlertsRequest) {
    return {
      items: this.#alerts.filter(
        alert =>
          (!entityRef || alert.entityRef === entityRef) &&
          (!states || states.includes(alert.state)) &&
          (!owners || alert.entityRef?.endsWith('/image-studio')),
      ),
    };
  }

  async getAlert({ id }: { id: string }): Promise<AlertDetails> {
    const alert = this.#alerts.find(held => held.id === id);
    if (!alert) throw new NotFoundError(`Alert '${id}' does not exist`);
    return { ...alert, timeline: [] };
  }

  async acknowledgeAlert({ id }: { id: string }): Promise<AlertDetails> {
    return this.#change(id, {
      state: 'acknowledged',
      acknowledgedBy: reader,
      acknowledgedAt: new Date().toISOString(),
    });
  }

  async resolveAlert({ id }: { id: string }): Promise<AlertDetails> {
    return this.#change(id, {
      state: 'resolved',
      resolvedBy: reader,
      endsAt: new Date().toISOString(),
    });
  }

  async listRunbooks({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<EntityRunbooks> {
    const common = { entityRef, folder: 'runbooks', leftOut: [] };
    if (!entityRef.endsWith('/image-studio')) {
      const isBroken = entityRef.endsWith('/broken-studio');
      return {
        ...common,
        items: [],
        ...(isBroken
          ? { staleReason: 'GitHub does not answer' }
          : { asOf: ago(2) }),
      };
    }
    return {
      ...common,
      asOf: ago(2),
      items: runbookFiles.map(file => {
        const { path, title, steps, problems, hash } = toRunbook(file);
        const counts = { steps: steps.length, problems: problems.length };
        return { path, title, hash, ...counts };
      }),
    };
  }

  async getRunbook({ path }: { path: string }): Promise<Runbook> {
    const file = runbookFiles.find(held => held.path === path);
    if (!file) throw new NotFoundError(`There is no runbook '${path}'`);
    return toRunbook(file);
  }

  async startRun(request: StartRunRequest): Promise<RunbookRunDetails> {
    const runbook = await this.getRunbook({ path: request.runbookPath });
    const run: RunbookRunDetails = {
      id: String(this.#runs.length + 1),
      entityRef: request.entityRef,
      runbookPath: runbook.path,
      runbookTitle: runbook.title,
      runbookHash: runbook.hash,
      alertId: request.alertId,
      state: 'waiting',
      startedBy: reader,
      startedAt: new Date().toISOString(),
      steps: runbook.steps.flatMap(({ index, title, spec }) =>
        spec ? [toRunStep({ index, title, input: spec, type: spec.type })] : [],
      ),
      timeline: [],
    };
    tell(run, 'run-started', `Began to run ${runbook.title}`);
    run.steps[0].state = 'waiting';
    this.#runs = [run, ...this.#runs];
    return structuredClone(run);
  }

  /** Does nothing but say so; what runs by itself is done at once. */
  async continueRun(request: ContinueRunRequest): Promise<RunbookRunDetails> {
    const run = this.#find(request.id);
    const done: RunbookRunStep = run.steps[request.stepIndex];
    end(run, done, request.answer ?? 'bad1bad went back to 600d600');
    for (const step of run.steps.slice(request.stepIndex + 1)) {
      if (step.type === 'wait-for') step.state = 'running';
      else if (step.type !== 'http-check') step.state = 'waiting';
      else end(run, step, 'Answered 200 after 12 ms');
      if (step.state !== 'succeeded') break;
    }
    const isRunning = run.steps.some(({ state }) => state === 'running');
    const isWaiting = run.steps.some(({ state }) => state === 'waiting');
    run.state = 'succeeded';
    if (isRunning) run.state = 'running';
    if (isWaiting) run.state = 'waiting';
    return structuredClone(run);
  }

  async cancelRun({ id }: { id: string }): Promise<RunbookRunDetails> {
    const run = this.#find(id);
    run.state = 'canceled';
    tell(run, 'run-canceled', 'Canceled');
    return structuredClone(run);
  }

  async getRun({ id }: { id: string }): Promise<RunbookRunDetails> {
    return structuredClone(this.#find(id));
  }

  async listRuns({ entityRef }: { entityRef: string }) {
    return {
      items: structuredClone(
        this.#runs.filter(run => run.entityRef === entityRef),
      ),
    };
  }

  #find(id: string): RunbookRunDetails {
    const run = this.#runs.find(held => held.id === id);
    if (!run) throw new NotFoundError(`Run '${id}' does not exist`);
    return run;
  }

  #change(id: string, change: Partial<Alert>): Promise<AlertDetails> {
    this.#alerts = this.#alerts.map(alert =>
      alert.id === id ? { ...alert, ...change } : alert,
    );
    return this.getAlert({ id });
  }
}

function toRunbook(file: RunbookFile): Runbook {
  const steps: Runbook['steps'] = [];
  const parts: Runbook['parts'] = file.parts.map(part => {
    if (typeof part === 'string') return { kind: 'text', markdown: part };
    const index = steps.length;
    const problem = part.spec ? undefined : "type 'restart' is not known";
    steps.push({ ...part, index, text: '', line: 9, problem });
    return { kind: 'step', index };
  });
  return {
    entityRef: 'component:default/image-studio',
    path: file.path,
    title: file.title,
    markdown: '',
    parts,
    steps,
    problems: steps.flatMap(({ line, problem }) =>
      problem ? [{ line, message: problem }] : [],
    ),
    hash: 'a'.repeat(64),
    asOf: ago(2),
  };
}

function toRunStep(
  step: Pick<RunbookRunStep, 'index' | 'title' | 'input' | 'type'>,
): RunbookRunStep {
  return { ...step, state: 'pending', output: {} };
}

function end(
  run: RunbookRunDetails,
  step: RunbookRunStep,
  message: string,
): void {
  step.state = 'succeeded';
  step.endedAt = new Date().toISOString();
  step.by = reader;
  step.output = step.type === 'ask' ? { answer: message } : { message };
  tell(run, 'step-succeeded', `${step.title}: ${message}`);
}

function tell(
  run: RunbookRunDetails,
  kind: RunbookRunDetails['timeline'][number]['kind'],
  text: string,
): void {
  run.timeline.push({
    id: String(run.timeline.length),
    at: new Date().toISOString(),
    who: reader,
    kind,
    text,
  });
}
