import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Octokit } from '@octokit/rest';
import { until } from './until';

/** Is a delivery of a hook. */
export interface ReceivedEvent {
  event: string;
  payload: {
    action: string;
    alert: Record<string, unknown> & { number: number };
    ref?: string;
    commit_oid?: string;
    location?: { details: { path: string } };
  };
}

/** Receives the hooks of one test file. */
export class HookReceiver {
  readonly received: ReceivedEvent[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        this.received.push({
          event: String(request.headers['x-github-event']),
          payload: JSON.parse(Buffer.concat(chunks).toString('utf8')),
        });
        response.end();
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>(resolve =>
      this.#server.listen(0, '127.0.0.1', resolve),
    );
    return `http://127.0.0.1:${
      (this.#server.address() as AddressInfo).port
    }/hook`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  /** Waits for an event with an action. */
  find(event: string, action: string): Promise<ReceivedEvent['payload']> {
    return until(
      () =>
        this.received.find(
          received =>
            received.event === event && received.payload.action === action,
        )?.payload,
    );
  }
}

/** Packs a SARIF file as uploads want it. */
export function packSarif(sarif: object | string): string {
  const text = typeof sarif === 'string' ? sarif : JSON.stringify(sarif);
  return gzipSync(text).toString('base64');
}

/** Works on one repository as its users do. */
export class SecurityTestRepository {
  readonly octokit: Octokit;
  readonly place: { owner: string; repo: string };

  private constructor(octokit: Octokit, repo: string) {
    this.octokit = octokit;
    this.place = { owner: 'acme', repo };
  }

  static async create(options: {
    octokit: Octokit;
    repo: string;
    hookUrl?: string;
  }): Promise<SecurityTestRepository> {
    const { octokit, repo, hookUrl } = options;
    await octokit.repos.createInOrg({ org: 'acme', name: repo });
    if (hookUrl) {
      await octokit.repos.createWebhook({
        owner: 'acme',
        repo,
        events: ['*'],
        config: { url: hookUrl, content_type: 'json' },
      });
    }
    return new SecurityTestRepository(octokit, repo);
  }

  /** Commits one file; tells the commit. */
  async write(path: string, content: string, branch?: string): Promise<string> {
    const existing = await this.octokit.repos
      .getContent({ ...this.place, path, ref: branch })
      .then(({ data }) => ('sha' in data ? data.sha : undefined))
      .catch(() => undefined);
    const { data } = await this.octokit.repos.createOrUpdateFileContents({
      ...this.place,
      path,
      branch,
      message: `Write ${path}`,
      sha: existing,
      content: Buffer.from(content).toString('base64'),
    });
    return data.commit.sha ?? '';
  }

  /** Uploads a file and waits until it has been read. */
  async upload(options: {
    commit: string;
    sarif: object | string;
    ref?: string;
    toolName?: string;
  }) {
    const { commit, sarif, ref = 'refs/heads/main', toolName } = options;
    const receipt = await this.octokit.codeScanning.uploadSarif({
      ...this.place,
      commit_sha: commit,
      ref,
      sarif: packSarif(sarif),
      tool_name: toolName,
    });
    const sarifId = receipt.data.id ?? '';
    return until(async () => {
      const { data } = await this.octokit.codeScanning.getSarif({
        ...this.place,
        sarif_id: sarifId,
      });
      return data.processing_status === 'pending'
        ? undefined
        : { ...data, status: receipt.status, sarifId };
    });
  }
}
