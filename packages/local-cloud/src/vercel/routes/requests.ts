import type express from 'express';
import { z } from 'zod';
import { findLabel } from '../hosts';
import { forbidden, notFound, parseRequest } from '../errors';
import { TEAM, type Deployment, type Project } from '../model';
import type { VercelContext } from '../VercelContext';

const DEFAULT_LIMIT = 20;
const MOST = 100;

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).optional(),
  since: z.coerce.number().int().min(0).optional(),
  until: z.coerce.number().int().min(0).optional(),
});

/** Which part of a list is asked for; times in milliseconds since the epoch. */
export interface PageRequest {
  limit: number;
  since?: number;
  until?: number;
}

export function parsePage(query: unknown): PageRequest {
  const page = parseRequest(pageSchema, query);
  return { ...page, limit: Math.min(page.limit ?? DEFAULT_LIMIT, MOST) };
}

/**
 * Describes a page as the API does: `next` is the `until` of the next page,
 * null at the end.
 */
export function describePage<T>(
  items: T[],
  page: PageRequest,
  timeOf: (item: T) => number,
) {
  return {
    count: items.length,
    next: items.length === page.limit ? timeOf(items[items.length - 1]) : null,
    prev: items.length > 0 ? timeOf(items[0]) : null,
  };
}

/** Refuses a team that the token does not belong to. */
export function checkTeam(
  request: express.Request,
  _response: express.Response,
  next: express.NextFunction,
): void {
  const { teamId, slug } = request.query;
  if (
    (teamId !== undefined && teamId !== '' && teamId !== TEAM.id) ||
    (slug !== undefined && slug !== '' && slug !== TEAM.slug)
  ) {
    throw forbidden(
      `Not authorized: Trying to access resource under scope "${String(
        teamId ?? slug,
      ).slice(0, 60)}". You must re-authenticate to this scope.`,
    );
  }
  next();
}

export function getProject(
  context: VercelContext,
  request: express.Request,
): Project {
  const { idOrName, projectId } = request.params;
  return context.projects.get(idOrName ?? projectId);
}

/** Finds a deployment by its id, its own URL or any alias. */
export function getDeployment(
  context: VercelContext,
  idOrUrl: string,
): Deployment {
  const { deployments, aliases } = context.stores;
  const host = idOrUrl
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/:\d+$/, '')
    .toLowerCase();
  const label = findLabel(host);
  const alias = aliases.find(host);
  const deployment =
    deployments.find(idOrUrl) ??
    (label ? deployments.findByLabel(label) : undefined) ??
    (alias && deployments.find(alias.deploymentId));
  if (!deployment) {
    throw notFound(`The deployment "${idOrUrl.slice(0, 200)}" was not found.`);
  }
  return deployment;
}
