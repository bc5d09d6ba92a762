import { badRequest, conflict, notFound } from '../errors';
import { newId } from '../ids';
import type { CheckRun, Deployment, Project, ProjectCheck } from '../model';
import type { VercelStores } from '../store';
import type { WebhookNotifier } from './WebhookNotifier';

const PASSED = ['neutral', 'skipped', 'succeeded'];

/** What a caller says of a check. */
type CheckInput = Pick<
  ProjectCheck,
  | 'name'
  | 'requires'
  | 'blocks'
  | 'targets'
  | 'source'
  | 'isRerequestable'
  | 'timeoutSeconds'
>;

/** What a caller says of a run. */
type CheckRunChanges = Partial<
  Pick<
    CheckRun,
    | 'status'
    | 'conclusion'
    | 'conclusionText'
    | 'externalId'
    | 'externalUrl'
    | 'output'
    | 'completedAt'
  >
>;

/**
 * Keeps what must be said of a deployment before it gets production's traffic.
 *
 * Only runs count: a check that is made when a deployment is ready already has
 * none for it. Of several runs of one check the newest counts.
 */
export class CheckService {
  readonly #stores: VercelStores;
  readonly #notifier: WebhookNotifier;

  constructor(options: { stores: VercelStores; notifier: WebhookNotifier }) {
    this.#stores = options.stores;
    this.#notifier = options.notifier;
  }

  create(project: Project, input: CheckInput): ProjectCheck {
    const now = Date.now();
    const check: ProjectCheck = {
      ...input,
      id: newId('chk'),
      projectId: project.id,
      createdAt: now,
      updatedAt: now,
    };
    this.#stores.checks.upsert(check);
    return check;
  }

  get(project: Project, id: string): ProjectCheck {
    const check = this.#stores.checks.find(project.id, id);
    if (!check) throw notFound(`The check "${id}" was not found.`);
    return check;
  }

  /** Counts for deployments that become ready later. */
  update(check: ProjectCheck, changes: Partial<CheckInput>): ProjectCheck {
    const updated = { ...check, ...changes, updatedAt: Date.now() };
    this.#stores.checks.upsert(updated);
    return updated;
  }

  /** Runs every check of the project whose requirement is met with this phase. */
  runAll(deployment: Deployment, phase: 'created' | 'ready'): void {
    const environment = deployment.target ?? 'preview';
    for (const check of this.#stores.checks.list(deployment.projectId)) {
      const { requires, targets } = check;
      const isDue = (requires === 'none') === (phase === 'created');
      const isMeant = targets.length === 0 || targets.includes(environment);
      if (isDue && isMeant) this.#start(deployment, check);
    }
  }

  /** Runs one check, once more if need be. */
  run(deployment: Deployment, checkId: string): CheckRun {
    const check = this.#stores.checks.find(deployment.projectId, checkId);
    if (!check) throw notFound(`The check "${checkId}" was not found.`);
    return this.#start(deployment, check);
  }

  getRun(deployment: Deployment, id: string): CheckRun {
    const run = this.listRuns(deployment).find(item => item.id === id);
    if (!run) throw notFound(`The check run "${id}" was not found.`);
    return run;
  }

  listRuns(deployment: Deployment): CheckRun[] {
    return this.#stores.checks.listRuns(deployment.id).map(withTimeout);
  }

  listRunsOfCheck(check: ProjectCheck): CheckRun[] {
    return this.#stores.checks.listRunsOfCheck(check.id, 100).map(withTimeout);
  }

  /** Changes a run; tells whether its deployment is held by nothing any more. */
  updateRun(
    deployment: Deployment,
    id: string,
    changes: CheckRunChanges,
  ): { run: CheckRun; isReleased: boolean } {
    const known = this.getRun(deployment, id);
    const wasHeld = this.isHeld(deployment.id);
    const now = Date.now();
    const run: CheckRun = {
      ...known,
      ...changes,
      ...(changes.conclusion && { status: 'completed' as const }),
      updatedAt: now,
    };
    if (run.status === 'completed') {
      if (!run.conclusion) {
        throw badRequest(
          'Invalid request: `conclusion` is required for a run that is completed.',
        );
      }
      run.completedAt ??= now;
    }
    this.#stores.checks.upsertRun(run);
    const isReleased = wasHeld && !this.isHeld(deployment.id);
    this.#tell(deployment, run, isReleased);
    return { run, isReleased };
  }

  /** Tells whether a check keeps the deployment from production's traffic. */
  isHeld(deploymentId: string): boolean {
    return this.#listHolding(deploymentId).length > 0;
  }

  /** Refuses a deployment that a check keeps from production's traffic. */
  refuseHeld(deployment: Deployment): void {
    const [run] = this.#listHolding(deployment.id);
    if (!run) return;
    throw conflict(
      `Deployment "${deployment.id}" has not passed the check "${run.check.name}": it is ${run.conclusion ?? run.status}.`,
      'deployment_checks_not_passed',
    );
  }

  #listHolding(deploymentId: string): CheckRun[] {
    const runs = this.#stores.checks.listRuns(deploymentId).map(withTimeout);
    return runs.filter(
      ({ check, conclusion = '' }, index) =>
        check.blocks !== 'none' &&
        !PASSED.includes(conclusion) &&
        runs.findIndex(other => other.check.id === check.id) === index,
    );
  }

  #start(deployment: Deployment, check: ProjectCheck): CheckRun {
    const now = Date.now();
    const run: CheckRun = {
      id: newId('chkrun'),
      deploymentId: deployment.id,
      check,
      status: 'queued',
      createdAt: now,
      updatedAt: now,
    };
    this.#stores.checks.upsertRun(run);
    this.#send('deployment.checkrun.start', deployment, {
      checkRun: { id: run.id, checkId: check.id, name: check.name },
    });
    return run;
  }

  #tell(deployment: Deployment, run: CheckRun, isReleased: boolean): void {
    if (isReleased) this.#send('deployment.checks.succeeded', deployment);
    const hasFailed =
      run.check.blocks !== 'none' &&
      run.conclusion !== undefined &&
      !PASSED.includes(run.conclusion);
    if (hasFailed) this.#send('deployment.checks.failed', deployment);
  }

  #send(type: string, deployment: Deployment, extra?: object): void {
    const project = this.#stores.projects.find(deployment.projectId);
    if (!project) return;
    this.#notifier.deploymentEvent(type, project, deployment, extra);
  }
}

/** A run that says nothing for too long has failed, when somebody looks. */
function withTimeout(run: CheckRun): CheckRun {
  const end = run.createdAt + run.check.timeoutSeconds * 1000;
  return run.status === 'completed' || Date.now() < end
    ? run
    : {
        ...run,
        status: 'completed',
        conclusion: 'timeout',
        completedAt: end,
      };
}
