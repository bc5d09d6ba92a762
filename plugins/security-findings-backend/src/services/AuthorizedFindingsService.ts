import type {
  AuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { EntityGuard } from '@forkyard/backend-kit';
import {
  findingReadPermission,
  findingWaivePermission,
  reportUploadPermission,
  type ListFindingsRequest,
} from '@forkyard/plugin-security-findings-common';
import type {
  FindingsService,
  FindingsServiceOptions,
  UploadReportRequest,
} from './FindingsService';

/**
 * Asks for permission before every operation.
 *
 * The resource is the catalog entity. What a user may not see does not exist
 * for them, so that no name leaks; what they see but may not change is refused.
 * Other backends act as themselves and are not held to a user's view of the
 * catalog, but reports are only taken for what is in it.
 */
export class AuthorizedFindingsService implements FindingsService {
  readonly #guard: EntityGuard;

  constructor(
    private readonly inner: FindingsService,
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {
    this.#guard = new EntityGuard(options);
  }

  async listFindings(
    request: ListFindingsRequest,
    options: FindingsServiceOptions,
  ) {
    await this.#assertVisible(request.entityRef, options);
    return this.inner.listFindings(request, options);
  }

  async getFinding(request: { id: string }, options: FindingsServiceOptions) {
    const finding = await this.inner.getFinding(request, options);
    const visible = await this.#guard.filterVisible(
      [finding.entityRef],
      findingReadPermission,
      options.credentials,
    );
    if (visible.size === 0) {
      throw new NotFoundError(
        `Finding '${request.id}' does not exist, or you may not see it.`,
      );
    }
    return finding;
  }

  async getSummary(
    request: { entityRef: string },
    options: FindingsServiceOptions,
  ) {
    await this.#assertVisible(request.entityRef, options);
    return this.inner.getSummary(request, options);
  }

  async waiveFinding(
    request: { id: string; reason: string; expiresAt: string },
    options: FindingsServiceOptions,
  ) {
    await this.#assertMayWaive(request, options);
    return this.inner.waiveFinding(request, options);
  }

  async unwaiveFinding(
    request: { id: string },
    options: FindingsServiceOptions,
  ) {
    await this.#assertMayWaive(request, options);
    return this.inner.unwaiveFinding(request, options);
  }

  async uploadReport(
    request: UploadReportRequest,
    options: FindingsServiceOptions,
  ) {
    await this.#assertMayUpload(request, options);
    return this.inner.uploadReport(request, options);
  }

  async refreshEntity(
    request: { entityRef: string },
    options: FindingsServiceOptions,
  ) {
    await this.#assertVisible(request.entityRef, options);
    return this.inner.refreshEntity(request, options);
  }

  /** The router lets only other backends ask. */
  async listSummaries(
    request: { cursor?: string; limit?: number },
    options: FindingsServiceOptions,
  ) {
    if (!this.options.auth.isPrincipal(options.credentials, 'service')) {
      throw new NotAllowedError('Only other backends may list the summaries.');
    }
    return this.inner.listSummaries(request, options);
  }

  async #assertMayWaive(
    request: { id: string },
    options: FindingsServiceOptions,
  ): Promise<void> {
    const { entityRef } = await this.getFinding(request, options);
    await this.#guard.assertAllowed(
      entityRef,
      findingWaivePermission,
      'waive findings of',
      options.credentials,
    );
  }

  /** Who may upload need not see; who may neither is told of nothing. */
  async #assertMayUpload(
    { entityRef }: { entityRef: string },
    { credentials }: FindingsServiceOptions,
  ): Promise<void> {
    const existing = await this.#guard.filterExisting([entityRef], credentials);
    if (existing.length === 0) throw hidden(entityRef);
    const allowed = await this.#guard.filterAllowed(
      existing,
      reportUploadPermission,
      credentials,
    );
    if (allowed.size > 0) return;
    await this.#assertVisible(entityRef, { credentials });
    throw new NotAllowedError(
      `You may not upload reports about '${entityRef}'. Its owners may.`,
    );
  }

  #assertVisible(
    entityRef: string,
    { credentials }: FindingsServiceOptions,
  ): Promise<void> {
    return this.#guard.assertVisible(
      entityRef,
      findingReadPermission,
      credentials,
      'its findings',
    );
  }
}

function hidden(entityRef: string): NotFoundError {
  return new NotFoundError(
    `Entity '${entityRef}' does not exist, or you may not see its findings.`,
  );
}
