import { z } from 'zod';
import { findCaller, getCaller } from '../../http';
import { notFound, validationFailed } from '../services';
import {
  nodeId,
  toRestAccount,
  toRestOrganization,
  toRestUser,
} from '../shapes';
import { accountScope, Document, TeamBody } from '../store';
import {
  describeRepository,
  organizationOf,
  pageOf,
  parseBody,
  repositoryOf,
  RouteContext,
  RouteGroup,
} from './RouteContext';

const teamSchema = z.object({
  name: z.string().min(1).max(100),
  description: z.string().nullish(),
  privacy: z.enum(['secret', 'closed']).default('closed'),
  maintainers: z.array(z.string()).default([]),
});

const permissionSchema = z.object({ permission: z.string().optional() });

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function publicRepositories({ store }: RouteContext, ownerId: number): number {
  return store.repositories.list({ ownerId }).length;
}

function userRoutes(
  router: Parameters<RouteGroup>[0],
  context: RouteContext,
): void {
  const { store, baseUrl } = context;
  router.get('/user', (_request, response) => {
    const account = store.accounts.find(getCaller(response).login);
    if (!account) {
      throw notFound();
    }
    response.json(
      toRestAccount(
        baseUrl(),
        account,
        publicRepositories(context, account.id),
      ),
    );
  });
  router.get('/user/orgs', (request, response) => {
    getCaller(response);
    const organizations = store.accounts.list('Organization');
    response.json(
      pageOf(context, request, response, organizations).map(account =>
        toRestOrganization(baseUrl(), account, 0),
      ),
    );
  });
  router.get('/users/:username', (request, response) => {
    const account = store.accounts.find(request.params.username);
    if (!account) {
      throw notFound();
    }
    response.json(
      toRestAccount(
        baseUrl(),
        account,
        publicRepositories(context, account.id),
      ),
    );
  });
}

function organizationRoutes(
  router: Parameters<RouteGroup>[0],
  context: RouteContext,
): void {
  const { store, baseUrl } = context;
  router.get('/orgs/:org', (request, response) => {
    const account = organizationOf(context, request);
    response.json(
      toRestOrganization(
        baseUrl(),
        account,
        publicRepositories(context, account.id),
      ),
    );
  });
  router.get('/orgs/:org/members', (request, response) => {
    organizationOf(context, request);
    const users = store.accounts.list('User');
    response.json(
      pageOf(context, request, response, users).map(account =>
        toRestUser(baseUrl(), account),
      ),
    );
  });
  router.get('/orgs/:org/memberships/:username', (request, response) => {
    const organization = organizationOf(context, request);
    const user = store.accounts.find(request.params.username);
    if (user?.type !== 'User') {
      throw notFound();
    }
    response.json({
      state: 'active',
      role: 'admin',
      user: toRestUser(baseUrl(), user),
      organization: toRestOrganization(baseUrl(), organization, 0),
    });
  });
}

function toRestTeam(baseUrl: string, org: string, team: Document<TeamBody>) {
  const url = `${baseUrl}/orgs/${org}/teams/${team.name}`;
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    name: team.body.name,
    slug: team.name,
    description: team.body.description ?? null,
    privacy: team.body.privacy,
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    url,
    html_url: url,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    members_count: team.body.members.length,
    parent: null,
  };
}

function teamRoutes(
  router: Parameters<RouteGroup>[0],
  context: RouteContext,
): void {
  const { store, baseUrl } = context;
  router.get('/orgs/:org/teams', (request, response) => {
    const organization = organizationOf(context, request);
    const teams = store.teams.list(accountScope(organization));
    response.json(
      pageOf(context, request, response, teams).map(team =>
        toRestTeam(baseUrl(), organization.login, team),
      ),
    );
  });
  router.post('/orgs/:org/teams', (request, response) => {
    const { login } = getCaller(response);
    const organization = organizationOf(context, request);
    const body = parseBody(teamSchema, request.body, 'Team');
    const scope = accountScope(organization);
    const slug = slugOf(body.name);
    if (slug === '' || store.teams.find(scope, slug)) {
      throw validationFailed([
        { resource: 'Team', field: 'name', code: 'already_exists' },
      ]);
    }
    const team = store.teams.put(scope, slug, {
      name: body.name,
      description: body.description ?? undefined,
      privacy: body.privacy,
      members: [...new Set([login, ...body.maintainers])],
    });
    response.status(201).json(toRestTeam(baseUrl(), organization.login, team));
  });
  router.get('/orgs/:org/teams/:slug', (request, response) => {
    const organization = organizationOf(context, request);
    const team = store.teams.find(
      accountScope(organization),
      request.params.slug,
    );
    if (!team) {
      throw notFound();
    }
    response.json(toRestTeam(baseUrl(), organization.login, team));
  });
  const teamRepository = '/orgs/:org/teams/:slug/repos/:owner/:repo';
  router.put(teamRepository, (request, response) => {
    getCaller(response);
    const scope = accountScope(organizationOf(context, request));
    const repository = repositoryOf(context, request, response);
    const body = parseBody(permissionSchema, request.body);
    const team = store.teams.find(scope, request.params.slug);
    if (!team) {
      throw notFound();
    }
    store.teamRepositories.put(`team:${team.id}`, String(repository.id), {
      permission: body.permission ?? 'push',
    });
    response.status(204).end();
  });
  router.get('/orgs/:org/teams/:slug/repos', (request, response) => {
    const scope = accountScope(organizationOf(context, request));
    const team = store.teams.find(scope, request.params.slug);
    if (!team || !findCaller(response)) {
      throw notFound();
    }
    const repositories = store.teamRepositories
      .list(`team:${team.id}`)
      .flatMap(({ name }) => store.repositories.findById(Number(name)) ?? []);
    response.json(
      pageOf(context, request, response, repositories).map(repository =>
        describeRepository(context, repository),
      ),
    );
  });
}

/** Serves users, organizations, teams and limits. */
export const accountRoutes: RouteGroup = (router, context) => {
  userRoutes(router, context);
  organizationRoutes(router, context);
  teamRoutes(router, context);
  router.get('/rate_limit', (_request, response) => {
    const reset = Math.floor(Date.now() / 1000) + 3600;
    const limit = { limit: 5000, used: 0, remaining: 5000, reset };
    response.json({
      resources: { core: limit, search: limit, graphql: limit },
      rate: limit,
    });
  });
};
