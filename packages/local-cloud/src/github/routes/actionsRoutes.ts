import { createHash, generateKeyPairSync } from 'node:crypto';
import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { ApiError, getCaller } from '../../http';
import { invalidField, notFound, validationFailed } from '../services';
import { nodeId } from '../shapes';
import {
  accountScope,
  Document,
  EnvironmentBody,
  environmentScope,
  PublicKeyBody,
  repositoryScope,
  VariableBody,
} from '../store';
import {
  organizationOf,
  pageOf,
  parseBody,
  repositoryOf,
  RouteContext,
  RouteGroup,
} from './RouteContext';

const variableSchema = z.object({
  name: z.string().optional(),
  value: z
    .string()
    .max(48 * 1024)
    .optional(),
});

const secretSchema = z.object({
  encrypted_value: z.string(),
  key_id: z.string(),
});

const environmentSchema = z.object({
  wait_timer: z.number().int().min(0).max(43_200).nullish(),
  prevent_self_review: z.boolean().nullish(),
  reviewers: z
    .array(z.object({ type: z.enum(['User', 'Team']), id: z.number().int() }))
    .max(6)
    .nullish(),
  deployment_branch_policy: z
    .object({
      protected_branches: z.boolean(),
      custom_branch_policies: z.boolean(),
    })
    .nullish(),
});

type FindScope = (request: Request, response: Response) => string;

/** Bytes that a sealed box adds: an ephemeral public key and a tag. */
const sealedBoxOverhead = 48;

function checkName(name: string, resource: string): string {
  if (!/^[a-z_][a-z0-9_]*$/i.test(name) || /^GITHUB_/i.test(name)) {
    throw invalidField(
      resource,
      'name',
      'Names can only contain letters, digits and underscores, must not start with a digit or GITHUB_',
    );
  }
  return name.toUpperCase();
}

/** Makes the key to which values are sealed; its private half is thrown away. */
function makePublicKey(): PublicKeyBody {
  const { x } = generateKeyPairSync('x25519').publicKey.export({
    format: 'jwk',
  });
  const key = Buffer.from(x ?? '', 'base64url').toString('base64');
  const hash = createHash('sha256').update(key).digest('hex');
  return { key, keyId: BigInt(`0x${hash.slice(0, 15)}`).toString() };
}

function variableRoutes(
  router: Router,
  context: RouteContext,
  path: string,
  findScope: FindScope,
): void {
  const { variables } = context.store;
  const describe = (variable: Document<VariableBody>) => ({
    name: variable.name,
    value: variable.body.value,
    created_at: variable.createdAt,
    updated_at: variable.updatedAt,
  });
  const existing = (request: Request, response: Response) => {
    const scope = findScope(request, response);
    const variable = variables.find(scope, request.params.name);
    if (!variable) {
      throw notFound();
    }
    return { scope, variable };
  };
  router.get(path, (request, response) => {
    const all = variables.list(findScope(request, response));
    const page = pageOf(context, request, response, all);
    response.json({ total_count: all.length, variables: page.map(describe) });
  });
  router.post(path, (request, response) => {
    const scope = findScope(request, response);
    const body = parseBody(variableSchema, request.body, 'Variable');
    const name = checkName(body.name ?? '', 'Variable');
    if (variables.find(scope, name)) {
      throw new ApiError(409, 'Already exists - Variable already exists');
    }
    variables.put(scope, name, { value: body.value ?? '' });
    response.status(201).json({});
  });
  router.get(`${path}/:name`, (request, response) => {
    response.json(describe(existing(request, response).variable));
  });
  router.patch(`${path}/:name`, (request, response) => {
    const { scope, variable } = existing(request, response);
    const body = parseBody(variableSchema, request.body, 'Variable');
    const name = body.name ? checkName(body.name, 'Variable') : variable.name;
    if (name !== variable.name) {
      variables.delete(scope, variable.name);
    }
    variables.put(scope, name, { value: body.value ?? variable.body.value });
    response.status(204).end();
  });
  router.delete(`${path}/:name`, (request, response) => {
    const { scope, variable } = existing(request, response);
    variables.delete(scope, variable.name);
    response.status(204).end();
  });
}

function secretRoutes(
  router: Router,
  context: RouteContext,
  path: string,
  findScope: FindScope,
): void {
  const { secrets, publicKeys } = context.store;
  const publicKeyOf = (scope: string) =>
    publicKeys.find(scope, 'actions') ??
    publicKeys.put(scope, 'actions', makePublicKey());
  router.get(`${path}/public-key`, (request, response) => {
    const { body } = publicKeyOf(findScope(request, response));
    response.json({ key_id: body.keyId, key: body.key });
  });
  router.get(path, (request, response) => {
    const all = secrets.list(findScope(request, response));
    response.json({
      total_count: all.length,
      secrets: pageOf(context, request, response, all).map(secret => ({
        name: secret.name,
        created_at: secret.createdAt,
        updated_at: secret.updatedAt,
      })),
    });
  });
  router.put(`${path}/:name`, (request, response) => {
    const scope = findScope(request, response);
    const name = checkName(request.params.name, 'Secret');
    const body = parseBody(secretSchema, request.body, 'Secret');
    const sealed = Buffer.from(body.encrypted_value, 'base64');
    if (body.key_id !== publicKeyOf(scope).body.keyId) {
      throw validationFailed([], 'key_id is not the id of the public key');
    }
    if (sealed.length < sealedBoxOverhead) {
      throw validationFailed([], 'encrypted_value is not a sealed box');
    }
    const known = secrets.find(scope, name) !== undefined;
    secrets.put(scope, name, {
      encryptedValue: body.encrypted_value,
      keyId: body.key_id,
    });
    response.status(known ? 204 : 201).json({});
  });
  router.delete(`${path}/:name`, (request, response) => {
    if (!secrets.delete(findScope(request, response), request.params.name)) {
      throw notFound();
    }
    response.status(204).end();
  });
}

function describeEnvironment(
  repositoryUrl: string,
  environment: Document<EnvironmentBody>,
) {
  const { id, name, body } = environment;
  const rule = (type: string) => ({ id, node_id: nodeId('Rule', id), type });
  return {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: `${repositoryUrl}/environments/${encodeURIComponent(name)}`,
    html_url: `${repositoryUrl}/environments/${encodeURIComponent(name)}`,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    protection_rules: [
      ...(body.waitTimer > 0
        ? [{ ...rule('wait_timer'), wait_timer: body.waitTimer }]
        : []),
      ...(body.reviewers.length > 0
        ? [
            {
              ...rule('required_reviewers'),
              prevent_self_review: body.preventSelfReview,
              reviewers: body.reviewers.map(({ type, id: reviewerId }) => ({
                type,
                reviewer: { id: reviewerId },
              })),
            },
          ]
        : []),
      ...(body.deploymentBranchPolicy ? [rule('branch_policy')] : []),
    ],
    deployment_branch_policy: body.deploymentBranchPolicy ?? null,
  };
}

const environmentRoutes: RouteGroup = (router, context) => {
  const { environments } = context.store;
  const path = '/repos/:owner/:repo/environments';
  const locate = (request: Request, response: Response) => {
    getCaller(response);
    const repository = repositoryOf(context, request, response);
    return {
      scope: repositoryScope(repository),
      url: `${context.baseUrl()}/repos/${repository.owner.login}/${
        repository.name
      }`,
    };
  };
  router.get(path, (request, response) => {
    const { scope, url } = locate(request, response);
    const all = environments.list(scope);
    response.json({
      total_count: all.length,
      environments: pageOf(context, request, response, all).map(environment =>
        describeEnvironment(url, environment),
      ),
    });
  });
  router.get(`${path}/:environment`, (request, response) => {
    const { scope, url } = locate(request, response);
    const found = environments.find(scope, request.params.environment);
    if (!found) {
      throw notFound();
    }
    response.json(describeEnvironment(url, found));
  });
  router.put(`${path}/:environment`, (request, response) => {
    const { scope, url } = locate(request, response);
    const body = parseBody(environmentSchema, request.body, 'Environment');
    const saved = environments.put(scope, request.params.environment, {
      waitTimer: body.wait_timer ?? 0,
      preventSelfReview: body.prevent_self_review ?? false,
      reviewers: body.reviewers ?? [],
      deploymentBranchPolicy: body.deployment_branch_policy ?? undefined,
    });
    response.json(describeEnvironment(url, saved));
  });
  router.delete(`${path}/:environment`, (request, response) => {
    const { scope } = locate(request, response);
    if (!environments.delete(scope, request.params.environment)) {
      throw notFound();
    }
    response.status(204).end();
  });
};

/** Serves environments, variables and sealed secrets. */
export const actionsRoutes: RouteGroup = (router, context) => {
  environmentRoutes(router, context);
  const places: [string, FindScope][] = [
    [
      '/repos/:owner/:repo/actions',
      (request, response) => {
        getCaller(response);
        return repositoryScope(repositoryOf(context, request, response));
      },
    ],
    [
      '/repos/:owner/:repo/environments/:environment',
      (request, response) => {
        getCaller(response);
        const repository = repositoryOf(context, request, response);
        const { environment } = request.params;
        const scope = repositoryScope(repository);
        if (!context.store.environments.find(scope, environment)) {
          throw notFound();
        }
        return environmentScope(repository, environment);
      },
    ],
    [
      '/orgs/:org/actions',
      (request, response) => {
        getCaller(response);
        return accountScope(organizationOf(context, request));
      },
    ],
  ];
  for (const [path, findScope] of places) {
    variableRoutes(router, context, `${path}/variables`, findScope);
    secretRoutes(router, context, `${path}/secrets`, findScope);
  }
};
