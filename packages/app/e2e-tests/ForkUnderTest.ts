import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const gatewayPort = 4393;
const parallelRequests = 16;

/**
 * A fork as its users and its developers meet it: requests through the gateway
 * and commits to its repository.
 */
export class ForkUnderTest {
  readonly #agent = new Agent({
    keepAlive: true,
    maxSockets: parallelRequests,
  });
  readonly #apiUrl = process.env.GITHUB_API_URL ?? 'http://127.0.0.1:4391';

  /** How often each status was answered, whatever for; 0 is no answer. */
  readonly answered = new Map<number, number>();

  constructor(readonly name: string) {}

  /** How many requests were answered. */
  get requests(): number {
    return [...this.answered.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How many of them failed. */
  get failures(): number {
    return [...this.answered].reduce(
      (sum, [status, count]) => (status >= 500 ? sum + count : sum),
      0,
    );
  }

  /** Sends requests at once and counts the answers by status. */
  async send(path: string, count: number): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    let left = count;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        const status = await this.#get(path);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: parallelRequests }, worker));
    return statuses;
  }

  /**
   * Sends requests evenly, as users would, until the answer is called; that
   * waits for the last of them.
   */
  drive(path: string, requestsPerSecond: number): () => Promise<void> {
    const open = new Set<Promise<unknown>>();
    const timer = setInterval(() => {
      const sent = this.#get(path)
        .catch(() => this.#count(0))
        .finally(() => open.delete(sent));
      open.add(sent);
    }, 1000 / requestsPerSecond);
    return async () => {
      clearInterval(timer);
      await Promise.all(open);
    };
  }

  /** Waits until a path is answered with a status. */
  async answers(path: string, status: number): Promise<void> {
    const deadline = Date.now() + 240_000;
    while ((await this.#get(path).catch(() => 0)) !== status) {
      if (Date.now() > deadline) {
        throw new Error(`${this.name} did not answer ${path} with ${status}`);
      }
      await delay(250);
    }
  }

  /** Whether a new version waits for the portal before it gets traffic. */
  async isStaged(): Promise<boolean> {
    const { VERCEL_API_URL, VERCEL_TOKEN, VERCEL_TEAM_ID } = process.env;
    const response = await fetch(
      `${VERCEL_API_URL}/v9/projects/${this.name}?teamId=${VERCEL_TEAM_ID}`,
      { headers: { authorization: `Bearer ${VERCEL_TOKEN}` } },
    );
    const project = (await response.json()) as {
      autoAssignCustomDomains?: boolean;
    };
    return project.autoAssignCustomDomains === false;
  }

  /** Commits a change of one file to the main branch; gives the commit's sha. */
  async commit(
    path: string,
    message: string,
    change: (text: string) => string,
  ): Promise<string> {
    const url = `${this.#apiUrl}/repos/acme/${this.name}/contents/${path}`;
    const file = await this.#github<{ sha: string; content: string }>(url);
    const before = Buffer.from(file.content, 'base64').toString('utf8');
    const after = change(before);
    if (after === before) throw new Error(`The change left ${path} as it was`);
    const { commit } = await this.#github<{ commit: { sha: string } }>(url, {
      method: 'PUT',
      body: JSON.stringify({
        message,
        sha: file.sha,
        branch: 'main',
        content: Buffer.from(after).toString('base64'),
      }),
    });
    return commit.sha;
  }

  /** Commits a whole file to the main branch, whether it was there or not. */
  async write(path: string, message: string, text: string): Promise<void> {
    const url = `${this.#apiUrl}/repos/acme/${this.name}/contents/${path}`;
    const held = await this.#github<{ sha: string }>(url).catch(
      () => undefined,
    );
    await this.#github(url, {
      method: 'PUT',
      body: JSON.stringify({
        message,
        sha: held?.sha,
        branch: 'main',
        content: Buffer.from(text).toString('base64'),
      }),
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #count(status: number): void {
    this.answered.set(status, (this.answered.get(status) ?? 0) + 1);
  }

  async #github<T>(url: string, options: RequestInit = {}): Promise<T> {
    const response = await fetch(url, {
      ...options,
      headers: { authorization: `Bearer ${process.env.GITHUB_TOKEN}` },
    });
    if (!response.ok) {
      throw new Error(`${url} answered ${response.status}`);
    }
    return (await response.json()) as T;
  }

  /** Connects to loopback: Node does not resolve `*.localhost` everywhere. */
  #get(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: gatewayPort,
          path,
          headers: { host: `${this.name}.localhost:${gatewayPort}` },
          timeout: 30_000,
        },
        response => {
          response.resume();
          response.on('end', () => {
            const status = response.statusCode ?? 0;
            this.#count(status);
            resolve(status);
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('No answer')));
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
}
