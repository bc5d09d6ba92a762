import type express from 'express';
import { badRequest, parseRequest } from '../errors';
import { TEAM, type Drain } from '../model';
import type { VercelContext } from '../VercelContext';
import {
  createDrainSchema,
  filterOf,
  schemaOf,
  splitDelivery,
  testDrainSchema,
  updateDrainSchema,
} from './drainRequests';

/** Drains: what is served and logged, sent to somebody else. */
export function drainRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { drains } = context;

  router.post('/v1/drains/test', async (request, response) => {
    const body = parseRequest(testDrainSchema, request.body);
    const schema = schemaOf(body.schemas);
    const failure = await drains.test({
      schema,
      ...splitDelivery(body, schema),
    });
    response.json(failure ?? {});
  });

  router.post('/v1/drains', (request, response) => {
    const body = parseRequest(createDrainSchema, request.body);
    const schema = schemaOf(body.schemas);
    const drain = drains.create({
      name: body.name,
      schema,
      projectIds: projectsOf(context, body),
      sampling: body.sampling ?? [],
      filter: filterOf(body.filter),
      ...splitDelivery(body, schema),
    });
    // Shown here and never again.
    response.json(describe(drain, drain.secret));
  });

  router.get('/v1/drains', (request, response) => {
    const { projectId } = request.query;
    const list = context.stores.drains
      .list()
      .filter(
        ({ projectIds }) =>
          projectId === undefined ||
          (projectIds?.includes(String(projectId)) ?? true),
      );
    response.json({ drains: list.map(drain => describe(drain)) });
  });

  router.get('/v1/drains/:id', (request, response) => {
    response.json(describe(drains.get(request.params.id)));
  });

  router.patch('/v1/drains/:id', (request, response) => {
    const known = drains.get(request.params.id);
    const body = parseRequest(updateDrainSchema, request.body);
    const { schema } = known;
    if (body.schemas && schemaOf(body.schemas) !== schema) {
      throw badRequest(
        `Invalid request: \`schemas\` of a drain cannot change from \`${schema}\` here. Make another drain.`,
      );
    }
    const changesProjects =
      body.projects !== undefined || body.projectIds !== undefined;
    const drain = drains.update(known.id, {
      status: body.status ?? known.status,
      name: body.name ?? known.name,
      ...(changesProjects && {
        projectIds: projectsOf(context, { projects: 'some', ...body }),
      }),
      ...(body.sampling !== undefined && { sampling: body.sampling ?? [] }),
      ...(body.filter !== undefined && { filter: filterOf(body.filter) }),
      ...(body.delivery && splitDelivery({ delivery: body.delivery }, schema)),
    });
    response.json(describe(drain));
  });

  router.delete('/v1/drains/:id', (request, response) => {
    drains.delete(request.params.id);
    response.status(204).end();
  });
}

function projectsOf(
  context: VercelContext,
  body: { projects: 'some' | 'all'; projectIds?: string[] | null },
): string[] | undefined {
  if (body.projects === 'all') return undefined;
  if (!body.projectIds?.length) {
    throw badRequest(
      'Invalid request: `projectIds` must name at least one project when `projects` is "some".',
    );
  }
  return body.projectIds.map(id => context.projects.get(id).id);
}

/** Writes a drain as the API does; the secret only where it is given. */
function describe(drain: Drain, shownSecret?: string) {
  const { filter, projectIds, sampling } = drain;
  return {
    id: drain.id,
    name: drain.name,
    ownerId: TEAM.id,
    teamId: TEAM.id,
    createdAt: drain.createdAt,
    updatedAt: drain.updatedAt,
    disabledAt: drain.disabledAt,
    ...(drain.disabledAt && { disabledReason: 'disabled-by-owner' }),
    status: drain.status,
    source: { kind: 'self-served' },
    schemas: { [drain.schema]: { version: 'v1' } },
    delivery: {
      ...drain.delivery,
      ...(drain.delivery.type === 'http' && { compression: 'none' }),
      headers: drain.headers,
      secret: shownSecret,
    },
    projectIds,
    projectAccess: projectIds
      ? { access: 'some', projectIds, managedBy: 'drain' }
      : { access: 'all', managedBy: 'drain' },
    ...(sampling.length > 0 && {
      sampling: sampling.map(rule => ({ ...rule, type: 'head_sampling' })),
    }),
    filterV2: {
      version: 'v2',
      filter: {
        type: 'basic',
        project: { ids: filter.projectIds },
        log: { sources: filter.sources },
        deployment: { environments: filter.environments },
      },
    },
  };
}
