import type {
  AuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  AuthorizeResult,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
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

type EntityPermission = ResourcePermission<'catalog-entity'>;

/**
 * Asks for permission before every operation.
 *
 * The resource is the catalog entity. What a user may not see does not exist
 * for them, so that no name leaks; what they see but may not change is refused.
 * Other backends act as themselves and are not held to a user's view of the
 * catalog, but reports are only taken for what is in it.
 */
export class AuthorizedFindingsService implements FindingsService {
  constructor(
    private readonly inner: FindingsService,
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {}

  async listFindings(
    request: ListFindingsRequest,
    options: FindingsServiceOptions,
  ) {
    await this.#assertVisible(request.entityRef, options);
    return this.inner.listFindings(request, options);
  }

  async getFinding(request: { id: string }, options: FindingsServiceOptions) {
    const finding = await this.inner.getFinding(request, options);
    if (!(await this.#isVisible(finding.entityRef, options))) {
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
    const { entityRef } = request;
    await this.#assertExists(entityRef, options);
    if (!(await this.#isAllowed(entityRef, reportUploadPermission, options))) {
      await this.#assertVisible(entityRef, options);
      throw new NotAllowedError(
        `You may not upload reports about '${entityRef}'. Its owners may.`,
      );
    }
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
    if (!(await this.#isAllowed(entityRef, findingWaivePermission, options))) {
      throw new NotAllowedError(
        `You may not waive findings of '${entityRef}'. Its owners may.`,
      );
    }
  }

  async #assertVisible(
    entityRef: string,
    options: FindingsServiceOptions,
  ): Promise<void> {
    if (!(await this.#isVisible(entityRef, options))) throw hidden(entityRef);
  }

  async #isVisible(
    entityRef: string,
    options: FindingsServiceOptions,
  ): Promise<boolean> {
    const { auth } = this.options;
    const exists =
      auth.isPrincipal(options.credentials, 'service') ||
      (await this.#exists(entityRef, options));
    return exists && this.#isAllowed(entityRef, findingReadPermission, options);
  }

  async #assertExists(
    entityRef: string,
    options: FindingsServiceOptions,
  ): Promise<void> {
    if (!(await this.#exists(entityRef, options))) throw hidden(entityRef);
  }

  async #exists(
    entityRef: string,
    { credentials }: FindingsServiceOptions,
  ): Promise<boolean> {
    const { items } = await this.options.catalog.getEntitiesByRefs(
      { entityRefs: [entityRef], fields: ['kind'] },
      { credentials },
    );
    return Boolean(items[0]);
  }

  async #isAllowed(
    entityRef: string,
    permission: EntityPermission,
    { credentials }: FindingsServiceOptions,
  ): Promise<boolean> {
    const [decision] = await this.options.permissions.authorize(
      [{ permission, resourceRef: entityRef }],
      { credentials },
    );
    return decision.result === AuthorizeResult.ALLOW;
  }
}

function hidden(entityRef: string): NotFoundError {
  return new NotFoundError(
    `Entity '${entityRef}' does not exist, or you may not see its findings.`,
  );
}
