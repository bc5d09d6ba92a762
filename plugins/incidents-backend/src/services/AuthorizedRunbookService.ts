import { runbookReadPermission } from '@forkyard/plugin-incidents-common';
import type { EntityGate } from './EntityGate';
import type { CallOptions, RunbookService } from './RunbookService';

/** Asks for permission before runbooks are shown. */
export class AuthorizedRunbookService implements RunbookService {
  constructor(
    private readonly inner: RunbookService,
    private readonly options: { gate: EntityGate },
  ) {}

  async listRunbooks(
    request: { entityRef: string; refresh?: boolean },
    options: CallOptions,
  ) {
    await this.#assertVisible(request, options);
    return this.inner.listRunbooks(request, options);
  }

  async getRunbook(
    request: { entityRef: string; path: string },
    options: CallOptions,
  ) {
    await this.#assertVisible(request, options);
    return this.inner.getRunbook(request, options);
  }

  async #assertVisible(
    { entityRef }: { entityRef: string },
    { credentials }: CallOptions,
  ): Promise<void> {
    await this.options.gate.assertVisible(
      entityRef,
      runbookReadPermission,
      credentials,
    );
  }
}
