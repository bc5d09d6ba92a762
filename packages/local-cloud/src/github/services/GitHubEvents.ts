import { createHmac, randomUUID } from 'node:crypto';
import { PushEvent } from '../../context';
import { Log } from '../../Log';
import { WebhookDelivery, WebhookQueue } from '../../webhooks';
import { GitRef, runGit, zeroSha } from '../git';
import { toRestRepository, toRestUser } from '../shapes';
import {
  accountScope,
  Document,
  GitHubStore,
  HookBody,
  Repository,
  repositoryScope,
} from '../store';
import { pushPayload } from './pushPayload';
import type { RepositoryGit } from './RepositoryService';

export const webhookSource = 'github';

type PushListener = (event: PushEvent) => void | Promise<void>;

interface RefChange {
  ref: string;
  before: string;
  after: string;
}

/** Finds what changed between the announced refs and the real ones. */
export function findRefChanges(
  announced: Map<string, string>,
  refs: GitRef[],
): RefChange[] {
  const changes: RefChange[] = [];
  const seen = new Set<string>();
  for (const { ref, sha } of refs) {
    seen.add(ref);
    const before = announced.get(ref) ?? zeroSha;
    if (before !== sha) {
      changes.push({ ref, before, after: sha });
    }
  }
  for (const [ref, before] of announced) {
    if (!seen.has(ref)) {
      changes.push({ ref, before, after: zeroSha });
    }
  }
  return changes;
}

/**
 * Tells the world what happened in a repository.
 *
 * Pushes are found by comparing the refs with those that were announced last,
 * so a push by git, one by REST and one that a crash hid are the same thing.
 */
export class GitHubEvents {
  readonly #store: GitHubStore;
  readonly #webhooks: WebhookQueue;
  readonly #log: Log;
  readonly #baseUrl: () => string;
  readonly #listeners = new Set<PushListener>();

  constructor(options: {
    store: GitHubStore;
    webhooks: WebhookQueue;
    log: Log;
    baseUrl: () => string;
  }) {
    this.#store = options.store;
    this.#webhooks = options.webhooks;
    this.#log = options.log;
    this.#baseUrl = options.baseUrl;
    options.webhooks.registerSigner(webhookSource, delivery =>
      this.#sign(delivery),
    );
  }

  onPush(listener: PushListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends an event to the hooks of the repository and of its organization. */
  emit(options: {
    event: string;
    repository: Repository;
    login: string;
    body: Record<string, unknown>;
  }): void {
    const { event, repository, login, body } = options;
    const payload = {
      ...body,
      ...this.#surroundings(repository, login),
      ...('repository' in body ? { repository: body.repository } : {}),
    };
    for (const hook of this.#listHooks(repository, event)) {
      this.#send(hook, event, payload);
    }
  }

  #listHooks(repository: Repository, event: string): Document<HookBody>[] {
    return [
      ...this.#store.hooks.list(repositoryScope(repository)),
      ...this.#store.hooks.list(accountScope(repository.owner)),
    ].filter(
      ({ body }) =>
        body.active &&
        (body.events.includes('*') || body.events.includes(event)),
    );
  }

  /** Sends the event by which a hook is tried out. */
  ping(hook: Document<HookBody>, body: Record<string, unknown>): void {
    this.#send(hook, 'ping', {
      zen: 'Keep it logically awesome.',
      hook_id: hook.id,
      ...body,
    });
  }

  /** Announces refs that differ from those announced last. Callers hold the repository's lock. */
  async announceRefs(options: {
    repository: Repository;
    login: string;
    git: RepositoryGit;
  }): Promise<void> {
    const { login, git } = options;
    const announced = this.#store.repositories.listAnnouncedRefs(
      options.repository.id,
    );
    const refs = (await git.objects.listRefs()).filter(({ ref }) =>
      /^refs\/(heads|tags)\//.test(ref),
    );
    const changes = findRefChanges(announced, refs);
    if (changes.length === 0) {
      return;
    }
    const repository = await this.#updateRepository(options.repository, {
      refs,
      git,
      first: announced.size === 0,
    });
    const baseUrl = this.#baseUrl();
    const wanted = this.#listHooks(repository, 'push').length > 0;
    const payloads = await Promise.all(
      (wanted ? changes : []).map(change =>
        pushPayload({
          ...change,
          git,
          repository,
          baseUrl,
          login,
          findAccount: name => this.#store.accounts.find(name),
        }),
      ),
    );
    this.#store.transaction(() => {
      this.#store.scans.request(repository.id, login);
      changes.forEach((change, index) => {
        const { ref, before, after } = change;
        this.#store.repositories.setAnnouncedRef(
          repository.id,
          ref,
          after === zeroSha ? undefined : after,
        );
        this.#emitRefEvent(repository, login, change);
        if (payloads[index]) {
          this.emit({
            event: 'push',
            repository,
            login,
            body: payloads[index],
          });
        }
        this.#log.info(
          `push ${repository.owner.login}/${repository.name} ${ref} ${before.slice(
            0,
            7,
          )}..${after.slice(0, 7)}`,
        );
      });
    });
    for (const change of changes) {
      await this.#callListeners({
        repositoryId: repository.id,
        owner: repository.owner.login,
        repo: repository.name,
        login,
        ...change,
      });
    }
  }

  async #updateRepository(
    repository: Repository,
    options: { refs: GitRef[]; git: RepositoryGit; first: boolean },
  ): Promise<Repository> {
    const { refs, git, first } = options;
    const branches = refs
      .filter(({ ref }) => ref.startsWith('refs/heads/'))
      .map(({ ref }) => ref.slice('refs/heads/'.length));
    let { defaultBranch } = repository;
    if (first && branches.length > 0 && !branches.includes(defaultBranch)) {
      defaultBranch = branches.includes('main') ? 'main' : branches[0];
      await git.writer.setHead(`refs/heads/${defaultBranch}`);
    }
    const { text } = await runGit({
      gitDir: git.gitDir,
      args: ['count-objects', '-v'],
    });
    const size = (key: string) =>
      Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    return this.#store.repositories.update({
      ...repository,
      defaultBranch,
      pushedAt: new Date().toISOString(),
      sizeKilobytes: size('size') + size('size-pack'),
    });
  }

  #emitRefEvent(
    repository: Repository,
    login: string,
    { ref, before, after }: RefChange,
  ): void {
    const event = { [before]: 'create', [after]: 'delete' }[zeroSha];
    if (!event) {
      return;
    }
    const [, kind, ...name] = ref.split('/');
    this.emit({
      event,
      repository,
      login,
      body: {
        ref: name.join('/'),
        ref_type: kind === 'tags' ? 'tag' : 'branch',
        ...(event === 'create'
          ? {
              master_branch: repository.defaultBranch,
              description: repository.settings.description ?? null,
            }
          : {}),
        pusher_type: 'user',
      },
    });
  }

  async #callListeners(event: PushEvent): Promise<void> {
    for (const listener of this.#listeners) {
      try {
        await listener(event);
      } catch (error) {
        this.#log.error(
          `A listener failed on a push to ${event.owner}/${event.repo}: ${error}`,
        );
      }
    }
  }

  #surroundings(repository: Repository, login: string) {
    const baseUrl = this.#baseUrl();
    const sender = this.#store.accounts.find(login) ?? repository.owner;
    const owner = toRestUser(baseUrl, repository.owner);
    return {
      repository: toRestRepository(baseUrl, repository),
      ...(repository.owner.type === 'Organization'
        ? { organization: owner }
        : {}),
      sender: toRestUser(baseUrl, sender),
    };
  }

  #send(
    hook: Document<HookBody>,
    event: string,
    payload: Record<string, unknown>,
  ): void {
    this.#webhooks.enqueue({
      source: webhookSource,
      hookId: String(hook.id),
      event,
      url: hook.body.config.url,
      body: JSON.stringify(payload),
      guid: randomUUID(),
    });
  }

  #sign(delivery: WebhookDelivery): Record<string, string> | undefined {
    const hook = this.#store.hooks.findAnywhere(Number(delivery.hookId));
    if (!hook) {
      return undefined;
    }
    const { secret } = hook.body.config;
    const hmac = (algorithm: string) =>
      `${algorithm}=${createHmac(algorithm, secret ?? '')
        .update(delivery.body)
        .digest('hex')}`;
    return {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/local',
      'x-github-delivery': delivery.guid,
      'x-github-event': delivery.event,
      'x-github-hook-id': delivery.hookId,
      'x-github-hook-installation-target-type': 'repository',
      ...(secret
        ? {
            'x-hub-signature': hmac('sha1'),
            'x-hub-signature-256': hmac('sha256'),
          }
        : {}),
    };
  }
}
