import type express from 'express';
import { z } from 'zod';
import { ApiError } from '../../http';
import { parseRequest } from '../errors';
import {
  ENVIRONMENTS,
  type EnvVariable,
  type EnvVariableType,
  type Environment,
  type Project,
} from '../model';
import type { EnvVariableInput } from '../services/EnvService';
import type { VercelContext } from '../VercelContext';
import { getProject } from './requests';

const targetsSchema = z.union([
  z.array(z.enum(ENVIRONMENTS)).min(1),
  z.enum(ENVIRONMENTS).transform(target => [target]),
]);

export const envVariableSchema = z.looseObject({
  key: z.string().min(1),
  value: z.string(),
  type: z.enum(['system', 'encrypted', 'plain', 'sensitive']).optional(),
  target: targetsSchema.optional(),
  customEnvironmentIds: z.array(z.string().max(60)).max(20).optional(),
  gitBranch: z.string().max(250).nullish(),
  comment: z.string().max(500).nullish(),
});

const createSchema = z.union([
  z.array(envVariableSchema).max(100),
  envVariableSchema.transform(variable => [variable]),
]);

const updateSchema = envVariableSchema.partial();

const querySchema = z.object({
  upsert: z.string().optional(),
  decrypt: z.string().optional(),
  gitBranch: z.string().optional(),
});

/** Reads request bodies as variables; what is left out gets the defaults. */
export function envInputs(
  bodies: z.infer<typeof envVariableSchema>[],
  defaults: { type: EnvVariableType; targets: Environment[] },
): EnvVariableInput[] {
  return bodies.map(body => ({
    key: body.key,
    value: body.value,
    type: body.type ?? defaults.type,
    targets: [...new Set(body.target ?? defaults.targets)],
    customEnvironmentIds: body.customEnvironmentIds,
    gitBranch: body.gitBranch ?? undefined,
    comment: body.comment ?? undefined,
  }));
}

/** Environment variables of a project. */
export function envRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  router.post('/v10/projects/:idOrName/env', (request, response) => {
    const project = getProject(context, request);
    const { upsert } = parseRequest(querySchema, request.query);
    const bodies = parseRequest(createSchema, request.body);
    const inputs = envInputs(bodies, { type: 'encrypted', targets: [] });
    for (const { customEnvironmentIds = [] } of inputs) {
      for (const id of customEnvironmentIds) {
        context.environments.get(project, id);
      }
    }
    const { created, failed } = createAll(context, project, inputs, {
      upsert: upsert === 'true',
    });
    response.status(201).json({
      created: Array.isArray(request.body) ? created : created[0],
      failed,
    });
  });

  router.get(/^\/v(?:8|9|10)\/projects\/([^/]+)\/env$/, (request, response) => {
    const project = context.projects.get(request.params[0]);
    const { gitBranch } = parseRequest(querySchema, request.query);
    const envs = context.stores.env
      .list(project.id)
      .filter(variable => {
        return gitBranch === undefined || variable.gitBranch === gitBranch;
      })
      .map(describe);
    response.json({
      envs,
      pagination: { count: envs.length, next: null, prev: null },
    });
  });

  router.get('/v1/projects/:idOrName/env/:id', (request, response) => {
    const project = getProject(context, request);
    const variable = context.env.get(project, request.params.id);
    response.json({
      ...describe(variable),
      // Only this route decrypts, and never what is sensitive.
      ...(variable.type !== 'sensitive' && {
        value: variable.value,
        decrypted: true,
      }),
    });
  });

  router.patch('/v9/projects/:idOrName/env/:id', (request, response) => {
    const project = getProject(context, request);
    const known = context.env.get(project, request.params.id);
    const body = parseRequest(updateSchema, request.body);
    const variable = context.env.update(project, known, {
      key: body.key,
      value: body.value,
      type: body.type,
      targets: body.target,
      customEnvironmentIds: body.customEnvironmentIds,
      gitBranch: body.gitBranch ?? undefined,
      comment: body.comment ?? undefined,
    });
    response.json(describe(variable));
  });

  router.delete('/v9/projects/:idOrName/env/:id', (request, response) => {
    const project = getProject(context, request);
    const variable = context.env.get(project, request.params.id);
    context.env.delete(project, variable);
    response.json(describe(variable));
  });
}

function createAll(
  context: VercelContext,
  project: Project,
  inputs: EnvVariableInput[],
  options: { upsert: boolean },
) {
  const created: object[] = [];
  const failed: object[] = [];
  for (const input of inputs) {
    try {
      created.push(describe(context.env.create(project, input, options)));
    } catch (error) {
      // One variable is an error, several are a partial success.
      if (inputs.length === 1 || !(error instanceof ApiError)) throw error;
      const { code, message } = error;
      const { key } = input;
      failed.push({ error: { code, message, key, envVarKey: key } });
    }
  }
  return { created, failed };
}

function describe(variable: EnvVariable) {
  const open = variable.type === 'plain' || variable.type === 'system';
  return {
    id: variable.id,
    key: variable.key,
    // The platform's list carries cipher text; ours leaves the file never.
    value: open ? variable.value : '',
    type: variable.type,
    target: variable.targets,
    customEnvironmentIds: variable.customEnvironmentIds ?? [],
    securityIssues: [],
    gitBranch: variable.gitBranch,
    comment: variable.comment,
    configurationId: variable.resourceId ? 'icfg_localpostgres' : null,
    decrypted: open,
    createdAt: variable.createdAt,
    updatedAt: variable.updatedAt,
    createdBy: 'forkyard',
    updatedBy: null,
  };
}
