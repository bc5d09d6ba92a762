import { Request, Response } from 'express';
import { z } from 'zod';
import { findCaller } from '../../http';
import { notFound } from '../services';
import { Account } from '../store';
import {
  describeRepository,
  linkPages,
  readPage,
  RouteContext,
} from './RouteContext';

/** Answers with one page of repositories. */
export function listRepositories(
  context: RouteContext,
  request: Request,
  response: Response,
  options: { ownerId?: number; parentId?: number },
): void {
  const page = readPage(request);
  const sort = z
    .enum(['full_name', 'created', 'updated', 'pushed'])
    .catch('full_name')
    .parse(request.query.sort);
  const descending =
    request.query.direction === undefined
      ? sort !== 'full_name'
      : request.query.direction === 'desc';
  const found = context.store.repositories.list({
    ...options,
    order: sort,
    descending,
    includePrivate: findCaller(response) !== undefined,
    offset: page.offset,
    limit: page.perPage + 1,
  });
  linkPages(context, request, response, {
    page,
    hasMore: found.length > page.perPage,
  });
  response.json(
    found
      .slice(0, page.perPage)
      .map(repository => describeRepository(context, repository)),
  );
}

/** Finds the account of a login. */
export function accountOf({ store }: RouteContext, login: string): Account {
  const account = store.accounts.find(login);
  if (!account) {
    throw notFound();
  }
  return account;
}
