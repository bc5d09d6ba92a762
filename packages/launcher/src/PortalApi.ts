import { setTimeout as delay } from 'node:timers/promises';
import { portalPorts } from './ports';

/** What the form of `template:default/fork` is filled in with. */
export interface ForkForm {
  name: string;
  title: string;
  description: string;
  owner: string;
  system?: string;
  baseApplication: string;
  sloTier: 'standard' | 'critical';
  monthlyBudgetUsd: number;
  onFailure: 'keep' | 'unwind';
  environmentVariables?: { key: string; value: string; targets: string[] }[];
}

export interface TaskResult {
  taskId: string;
  output: {
    entityRef?: string;
    repositoryUrl?: string;
    productionUrl?: string;
  };
}

/**
 * The running portal's own HTTP API, used as a guest's browser would use it.
 */
export class PortalApi {
  readonly #baseUrl = `http://127.0.0.1:${portalPorts.backend}`;
  #token: string | undefined;

  /** Signs in as guest; throws when no portal answers. */
  async signIn(): Promise<void> {
    const response = await fetch(`${this.#baseUrl}/api/auth/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    }).catch(() => {
      throw new Error(
        `No portal answers at ${this.#baseUrl}. Run 'npm start' first, in another terminal.`,
      );
    });
    const body = (await response.json()) as {
      backstageIdentity?: { token: string };
    };
    if (!body.backstageIdentity) {
      throw new Error(
        `The portal at ${this.#baseUrl} does not let guests in (status ${response.status}). This command is for the embedded default.`,
      );
    }
    this.#token = body.backstageIdentity.token;
  }

  async request<T>(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<T> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    }
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** Starts the form's task, as pressing Create does. */
  async createFork(form: ForkForm): Promise<string> {
    const { id } = await this.request<{ id: string }>(
      'POST',
      '/api/scaffolder/v2/tasks',
      { templateRef: 'template:default/fork', values: form, secrets: {} },
    );
    return id;
  }

  /** Waits for a task to end; throws with its last log lines when it failed. */
  async waitForTask(taskId: string, limitMs = 300_000): Promise<TaskResult> {
    const deadline = Date.now() + limitMs;
    while (Date.now() < deadline) {
      const { status } = await this.request<{ status: string }>(
        'GET',
        `/api/scaffolder/v2/tasks/${taskId}`,
      );
      if (!['open', 'processing'].includes(status)) {
        const events = await this.request<
          {
            type: string;
            body: { message: string; output?: TaskResult['output'] };
          }[]
        >('GET', `/api/scaffolder/v2/tasks/${taskId}/events`);
        if (status === 'completed') {
          const last = events.find(event => event.type === 'completion');
          return { taskId, output: last?.body.output ?? {} };
        }
        throw new Error(
          `Task ${taskId} is ${status}:\n${events
            .slice(-8)
            .map(event => event.body.message)
            .join('\n')}`,
        );
      }
      await delay(100);
    }
    throw new Error(`Task ${taskId} did not end within ${limitMs / 1000} s.`);
  }
}
