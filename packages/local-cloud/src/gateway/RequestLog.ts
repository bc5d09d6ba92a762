const KEPT = 5_000;

/** One request that the gateway has answered. */
export interface ServedRequest {
  id: string;
  at: number;
  projectId: string;
  deploymentId: string;
  target: 'production' | 'preview';
  /** What answered: a process, a file, a redirect, or nothing but the gateway. */
  kind: 'process' | 'static' | 'redirect' | 'gateway';
  method: string;
  /** As the client wrote it, with port. */
  host: string;
  path: string;
  /** What follows the question mark, with it; empty without one. */
  query: string;
  userAgent?: string;
  referer?: string;
  clientAddress: string;
  status: number;
  /** With fractions, from a clock that never goes back. */
  durationMillis: number;
  /** Head and body, as written to the connection. */
  responseBytes: number;
  /** Code of the gateway's own answer, when the deployment gave none. */
  error?: string;
}

/** Remembers the newest requests, and tells listeners of each. */
export class RequestLog {
  readonly #requests: ServedRequest[] = [];
  readonly #listeners = new Set<(request: ServedRequest) => void>();
  #next = 0;

  add(request: ServedRequest): void {
    this.#requests[this.#next % KEPT] = request;
    this.#next += 1;
    for (const listener of this.#listeners) listener(request);
  }

  /** Oldest first. */
  list(filter: { projectId?: string; deploymentId?: string } = {}) {
    const start = Math.max(0, this.#next - KEPT);
    const found: ServedRequest[] = [];
    for (let index = start; index < this.#next; index += 1) {
      const request = this.#requests[index % KEPT];
      if (
        (filter.projectId ?? request.projectId) === request.projectId &&
        (filter.deploymentId ?? request.deploymentId) === request.deploymentId
      ) {
        found.push(request);
      }
    }
    return found;
  }

  /** Calls the listener after each request; answers how to stop that. */
  onRequest(listener: (request: ServedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
