import { Request, Response } from 'express';
import { getCaller } from '../../http';
import { notFound, validationFailed } from '../services';
import {
  AlertClosure,
  Repository,
  SecurityAlert,
  SecurityAlertStore,
} from '../store';
import {
  repositoryOf,
  RouteContext,
  writableRepositoryOf,
} from './RouteContext';

/** Finds the repository whose alerts are asked for; alerts are never public. */
export function alertRepositoryOf(
  context: RouteContext,
  request: Request,
  response: Response,
): Repository {
  getCaller(response);
  return repositoryOf(context, request, response);
}

/** Finds the alert that a path names. */
export function alertOf<Body extends object>(
  store: SecurityAlertStore<Body>,
  repository: Repository,
  request: Request,
): SecurityAlert<Body> {
  const number = Number(request.params.number);
  const alert = Number.isSafeInteger(number)
    ? store.find(repository.id, number)
    : undefined;
  if (!alert) {
    throw notFound();
  }
  return alert;
}

/** Reads a filter of several values with commas between; undefined lets all pass. */
export function readList(
  request: Request,
  name: string,
  allowed?: readonly string[],
): string[] | undefined {
  const value = request.query[name];
  if (value === undefined || value === '') {
    return undefined;
  }
  const list = String(value).split(',');
  const wrong = list.find(item => allowed && !allowed.includes(item));
  if (wrong !== undefined) {
    throw validationFailed(
      [],
      `'${wrong}' is not a value of '${name}': ${allowed?.join(', ')}`,
    );
  }
  return list;
}

export function isDescending(request: Request): boolean {
  return request.query.direction !== 'asc';
}

/** Orders by time of creation or change, and takes the later one of the same time as the newer. */
export function sortAlerts<Body>(
  request: Request,
  alerts: SecurityAlert<Body>[],
): SecurityAlert<Body>[] {
  const key = request.query.sort === 'updated' ? 'updatedAt' : 'createdAt';
  const sign = isDescending(request) ? -1 : 1;
  return [...alerts].sort(
    (left, right) =>
      sign *
      (left[key].localeCompare(right[key]) || left.number - right.number),
  );
}

/** Closes an alert, or opens it again, by somebody's decision. */
export function decideAlert<Body extends object>(
  context: RouteContext,
  request: Request,
  response: Response,
  options: {
    store: SecurityAlertStore<Body>;
    close: boolean;
    reason?: string;
    comment?: string;
    /** What the alert is once it is open again. */
    reopenedState?: (alert: SecurityAlert<Body>) => 'open' | 'fixed';
  },
): {
  repository: Repository;
  login: string;
  alert: SecurityAlert<Body>;
  changed: boolean;
} {
  const { repository, login } = writableRepositoryOf(
    context,
    request,
    response,
  );
  const { store, close, reason, comment } = options;
  const before = alertOf(store, repository, request);
  if (!close && before.state !== 'closed') {
    return { repository, login, alert: before, changed: false };
  }
  const closure: AlertClosure | undefined = close
    ? { at: new Date().toISOString(), by: login, reason, comment }
    : undefined;
  const alert = store.update(repository.id, {
    ...before,
    state: close ? 'closed' : (options.reopenedState?.(before) ?? 'open'),
    closure,
  });
  return { repository, login, alert, changed: true };
}
