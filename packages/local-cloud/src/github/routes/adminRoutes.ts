import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { getCaller } from '../../http';
import { notFound, validationFailed } from '../services';
import { nodeId, toRestUser } from '../shapes';
import { Document, LabelBody, Repository, repositoryScope } from '../store';
import {
  pageOf,
  parseBody,
  repositoryOf,
  RouteContext,
  RouteGroup,
} from './RouteContext';

const labelSchema = z.object({
  name: z.string().min(1).max(50).optional(),
  new_name: z.string().min(1).max(50).optional(),
  color: z
    .string()
    .regex(/^#?[0-9a-f]{6}$/i)
    .optional(),
  description: z.string().max(100).nullish(),
});

const permissionSchema = z.object({ permission: z.string().default('push') });

const objectSchema = z.record(z.string(), z.unknown());

function locate(context: RouteContext, request: Request, response: Response) {
  const { login } = getCaller(response);
  const repository = repositoryOf(context, request, response);
  return { login, repository, scope: repositoryScope(repository) };
}

export function describeLabel(
  baseUrl: string,
  { owner, name }: Repository,
  label: Document<LabelBody>,
) {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${baseUrl}/repos/${owner.login}/${name}/labels/${encodeURIComponent(
      label.name,
    )}`,
    name: label.name,
    color: label.body.color,
    default: false,
    description: label.body.description ?? null,
  };
}

const labelRoutes: RouteGroup = (router, context) => {
  const { labels } = context.store;
  const path = '/repos/:owner/:repo/labels';
  router.get(path, (request, response) => {
    const repository = repositoryOf(context, request, response);
    const all = labels.list(repositoryScope(repository));
    response.json(
      pageOf(context, request, response, all).map(label =>
        describeLabel(context.baseUrl(), repository, label),
      ),
    );
  });
  router.post(path, (request, response) => {
    const { repository, scope } = locate(context, request, response);
    const body = parseBody(labelSchema, request.body, 'Label');
    if (!body.name) {
      throw validationFailed([
        { resource: 'Label', field: 'name', code: 'missing_field' },
      ]);
    }
    if (labels.find(scope, body.name)) {
      throw validationFailed([
        { resource: 'Label', field: 'name', code: 'already_exists' },
      ]);
    }
    const label = labels.put(scope, body.name, {
      color: (body.color ?? 'ededed').replace('#', ''),
      description: body.description ?? undefined,
    });
    response
      .status(201)
      .json(describeLabel(context.baseUrl(), repository, label));
  });
  const existing = (request: Request, response: Response) => {
    const place = locate(context, request, response);
    const label = labels.find(place.scope, request.params.label);
    if (!label) {
      throw notFound();
    }
    return { ...place, label };
  };
  router.get(`${path}/:label`, (request, response) => {
    const { repository, label } = existing(request, response);
    response.json(describeLabel(context.baseUrl(), repository, label));
  });
  router.patch(`${path}/:label`, (request, response) => {
    const { repository, scope, label } = existing(request, response);
    const body = parseBody(labelSchema, request.body, 'Label');
    const name = body.new_name ?? label.name;
    if (name !== label.name) {
      labels.delete(scope, label.name);
    }
    const saved = labels.put(scope, name, {
      color: (body.color ?? label.body.color).replace('#', ''),
      description: body.description ?? label.body.description,
    });
    response.json(describeLabel(context.baseUrl(), repository, saved));
  });
  router.delete(`${path}/:label`, (request, response) => {
    const { scope, label } = existing(request, response);
    labels.delete(scope, label.name);
    response.status(204).end();
  });
};

const collaboratorRoutes: RouteGroup = (router, context) => {
  const { store, baseUrl } = context;
  const path = '/repos/:owner/:repo/collaborators';
  router.get(path, (request, response) => {
    const { scope } = locate(context, request, response);
    const all = store.collaborators.list(scope);
    response.json(
      pageOf(context, request, response, all).flatMap(({ name, body }) => {
        const account = store.accounts.find(name);
        return account
          ? { ...toRestUser(baseUrl(), account), role_name: body.permission }
          : [];
      }),
    );
  });
  router.put(`${path}/:username`, (request, response) => {
    const { scope } = locate(context, request, response);
    const body = parseBody(permissionSchema, request.body);
    if (!store.accounts.find(request.params.username)) {
      throw notFound();
    }
    store.collaborators.put(scope, request.params.username, body);
    response.status(204).end();
  });
  router.delete(`${path}/:username`, (request, response) => {
    const { scope } = locate(context, request, response);
    store.collaborators.delete(scope, request.params.username);
    response.status(204).end();
  });
  router.get(`${path}/:username/permission`, (request, response) => {
    const { scope } = locate(context, request, response);
    const account = store.accounts.find(request.params.username);
    if (!account) {
      throw notFound();
    }
    const given = store.collaborators.find(scope, account.login);
    const permission = given?.body.permission ?? 'admin';
    response.json({
      permission,
      role_name: permission,
      user: toRestUser(baseUrl(), account),
    });
  });
};

/** Mounts switches of a repository: present or absent, read as 204 or 404. */
function switchRoutes(router: Router, context: RouteContext): void {
  const { switches } = context.store;
  for (const name of ['vulnerability-alerts', 'automated-security-fixes']) {
    const path = `/repos/:owner/:repo/${name}`;
    router.get(path, (request, response) => {
      const { scope } = locate(context, request, response);
      const enabled = switches.find(scope, name) !== undefined;
      if (name === 'automated-security-fixes') {
        response.json({ enabled, paused: false });
        return;
      }
      response.status(enabled ? 204 : 404).end();
    });
    router.put(path, (request, response) => {
      const { scope } = locate(context, request, response);
      switches.put(scope, name, {});
      response.status(204).end();
    });
    router.delete(path, (request, response) => {
      const { scope } = locate(context, request, response);
      switches.delete(scope, name);
      response.status(204).end();
    });
  }
}

/** Mounts small JSON settings that are kept as they come. */
function keptSettingRoutes(router: Router, context: RouteContext): void {
  const { switches } = context.store;
  const settings: { path: string; status: number; initial: object }[] = [
    {
      path: 'actions/oidc/customization/sub',
      status: 201,
      initial: { use_default: true },
    },
    {
      path: 'actions/permissions/access',
      status: 204,
      initial: { access_level: 'none' },
    },
    {
      path: 'actions/permissions',
      status: 204,
      initial: { enabled: true, allowed_actions: 'all' },
    },
    {
      path: 'subscription',
      status: 200,
      initial: { subscribed: false, ignored: false },
    },
  ];
  for (const { path, status, initial } of settings) {
    const route = `/repos/:owner/:repo/${path}`;
    router.get(route, (request, response) => {
      const { scope } = locate(context, request, response);
      response.json(switches.find(scope, path)?.body ?? initial);
    });
    router.put(route, (request, response) => {
      const { scope } = locate(context, request, response);
      const body = parseBody(objectSchema, request.body);
      const saved = switches.put(scope, path, { ...initial, ...body });
      response.status(status).json(saved.body);
    });
  }
}

/** Serves what admins set: labels, collaborators, switches. */
export const adminRoutes: RouteGroup = (router, context) => {
  labelRoutes(router, context);
  collaboratorRoutes(router, context);
  switchRoutes(router, context);
  keptSettingRoutes(router, context);
};
