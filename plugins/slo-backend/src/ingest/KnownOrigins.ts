import type { Origin, RejectionReason } from './DrainBatch';

/** How many deployments of a project traces may name before logs do. */
const MOST_AHEAD = 20;
/** How long such a deployment keeps its place. */
const AHEAD_MS = 3_600_000;
/** Of each project; more are seldom served at once. */
const MOST_DEPLOYMENTS = 1_000;
const READ_AGAIN_AFTER_MS = 60_000;

interface KnownProject {
  /** Environments of deployments of which logs told. */
  environments: Map<string, string[]>;
  /** Deployments of which only traces told so far. */
  ahead: Map<string, { environment: string; fromMs: number }>;
  readAtMs: number;
}

/**
 * Decides where durations are counted.
 *
 * Vercel itself writes projects, deployments and environments into logs. What
 * resources of traces say may come from the application, so it must not make up
 * any: a span counts for a project that is known otherwise, and in the
 * environment in which logs have its deployment. Since a span may come before
 * the log of its request, a few deployments may be ahead of logs.
 */
export class KnownOrigins {
  readonly #projects = new Map<string, KnownProject>();

  hasProject(projectId: string): boolean {
    return this.#projects.has(projectId);
  }

  addProject(projectId: string): void {
    if (this.hasProject(projectId)) return;
    this.#projects.set(projectId, {
      environments: new Map(),
      ahead: new Map(),
      readAtMs: 0,
    });
  }

  /** Takes what logs say. */
  learn({ projectId, deploymentId, environment }: Origin): void {
    this.addProject(projectId);
    const { environments, ahead } = this.#projects.get(projectId)!;
    const held = environments.get(deploymentId);
    if (held) {
      if (!held.includes(environment)) held.push(environment);
      return;
    }
    ahead.delete(deploymentId);
    environments.set(deploymentId, [environment]);
    if (environments.size > MOST_DEPLOYMENTS) {
      const [oldest] = environments.keys();
      environments.delete(oldest);
    }
  }

  /**
   * Lists at most so many projects that should be read again, because a span is
   * of a deployment of which another replica may have counted logs.
   */
  claimReads(origins: Origin[], nowMs: number, most: number): string[] {
    const claimed: string[] = [];
    for (const { projectId, deploymentId } of origins) {
      if (claimed.length === most) break;
      const project = this.#projects.get(projectId);
      if (
        project &&
        !project.environments.has(deploymentId) &&
        nowMs >= project.readAtMs + READ_AGAIN_AFTER_MS
      ) {
        project.readAtMs = nowMs;
        claimed.push(projectId);
      }
    }
    return claimed;
  }

  /** Gives where durations are counted that a resource of traces names. */
  place(origin: Origin, nowMs: number): Origin | RejectionReason {
    const { projectId, deploymentId, environment } = origin;
    const project = this.#projects.get(projectId);
    if (!project) return 'unknown-project';
    const environments = project.environments.get(deploymentId);
    if (environments) {
      return environments.includes(environment)
        ? origin
        : { ...origin, environment: environments[0] };
    }
    const held = project.ahead.get(deploymentId);
    if (held) return { ...origin, environment: held.environment };
    if (!makeRoom(project, nowMs)) return 'unknown-deployment';
    project.ahead.set(deploymentId, { environment, fromMs: nowMs });
    return origin;
  }
}

/** Gives false when too many deployments are ahead. */
function makeRoom({ ahead }: KnownProject, nowMs: number): boolean {
  for (const [deploymentId, { fromMs }] of ahead) {
    if (ahead.size < MOST_AHEAD || nowMs < fromMs + AHEAD_MS) break;
    ahead.delete(deploymentId);
  }
  return ahead.size < MOST_AHEAD;
}
