import express from 'express';
import { z } from 'zod';
import { ApiError, findCaller, getCaller } from '../../http';
import {
  FieldError,
  getRepository,
  GitHubEvents,
  notFound,
  RepositoryService,
  validationFailed,
} from '../services';
import type { SecuritySide } from '../security';
import { toRestRepository } from '../shapes';
import { Account, GitHubStore, Repository } from '../store';

/** Is what every group of routes works with. */
export interface RouteContext {
  store: GitHubStore;
  repositories: RepositoryService;
  events: GitHubEvents;
  security: SecuritySide;
  /** Origin under which clients reach this API. */
  baseUrl: () => string;
}

/** Mounts one group of routes. */
export type RouteGroup = (
  router: express.Router,
  context: RouteContext,
) => void;

/** Reads a body; what is wrong with it becomes GitHub's 422. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  resource = 'Request',
): z.output<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) {
    return parsed.data;
  }
  const errors = parsed.error.issues.map((issue): FieldError => {
    const missing =
      issue.code === 'invalid_type' && issue.message.endsWith('undefined');
    return {
      resource,
      field: issue.path.join('.'),
      code: missing ? 'missing_field' : 'invalid',
      message: issue.message,
    };
  });
  throw validationFailed(
    errors,
    `Invalid request. ${errors
      .map(error => `"${error.field}": ${error.message}`)
      .join(' ')}`,
  );
}

/** Finds the repository that a path names. */
export function repositoryOf(
  { store }: RouteContext,
  request: express.Request,
  response: express.Response,
): Repository {
  return getRepository(store, {
    owner: request.params.owner,
    repo: request.params.repo,
    anonymous: findCaller(response) === undefined,
  });
}

/** Finds the repository that a path names, for a change by the caller. */
export function writableRepositoryOf(
  context: RouteContext,
  request: express.Request,
  response: express.Response,
): { repository: Repository; login: string } {
  const { login } = getCaller(response);
  const repository = repositoryOf(context, request, response);
  if (repository.archived) {
    throw new ApiError(403, 'Repository was archived so is read-only.');
  }
  return { repository, login };
}

export function organizationOf(
  { store }: RouteContext,
  request: express.Request,
): Account {
  const account = store.accounts.find(request.params.org);
  if (account?.type !== 'Organization') {
    throw notFound();
  }
  return account;
}

/** Describes a repository with what it came from. */
export function describeRepository(
  { store, baseUrl }: RouteContext,
  repository: Repository,
) {
  const { parentId, templateId } = repository;
  return toRestRepository(baseUrl(), repository, {
    parent: parentId ? store.repositories.findById(parentId) : undefined,
    template: templateId ? store.repositories.findById(templateId) : undefined,
  });
}

/** Reads the wild-carded rest of a path. */
export function restOfPath(request: express.Request): string {
  return request.params[0] ?? '';
}

/** Is the page that a caller asked for. */
export interface Page {
  page: number;
  perPage: number;
  offset: number;
}

export function readPage(request: express.Request, perPageDefault = 30): Page {
  const read = (name: string, fallback: number, maximum: number) => {
    const value = Number.parseInt(String(request.query[name] ?? ''), 10);
    return Number.isNaN(value) || value < 1
      ? fallback
      : Math.min(value, maximum);
  };
  const page = read('page', 1, 100_000);
  const perPage = read('per_page', perPageDefault, 100);
  return { page, perPage, offset: (page - 1) * perPage };
}

/** Writes the Link header of a page. */
export function linkPages(
  context: RouteContext,
  request: express.Request,
  response: express.Response,
  options: { page: Page; hasMore: boolean; total?: number },
): void {
  const { page, hasMore, total } = options;
  const links: string[] = [];
  const add = (number: number, relation: string) => {
    const url = new URL(request.originalUrl, context.baseUrl());
    url.searchParams.set('page', String(number));
    links.push(`<${url.href}>; rel="${relation}"`);
  };
  if (page.page > 1) {
    add(page.page - 1, 'prev');
  }
  if (hasMore) {
    add(page.page + 1, 'next');
    if (total !== undefined) {
      add(Math.ceil(total / page.perPage), 'last');
    }
  }
  if (page.page > 1) {
    add(1, 'first');
  }
  if (links.length > 0) {
    response.setHeader('link', links.join(', '));
  }
}

/** Takes one page of a whole list and writes its Link header. */
export function pageOf<Item>(
  context: RouteContext,
  request: express.Request,
  response: express.Response,
  items: Item[],
): Item[] {
  const page = readPage(request);
  linkPages(context, request, response, {
    page,
    total: items.length,
    hasMore: page.offset + page.perPage < items.length,
  });
  return items.slice(page.offset, page.offset + page.perPage);
}
