import type express from 'express';
import { z } from 'zod';
import { badRequest, parseRequest } from '../errors';
import {
  CHECK_CONCLUSIONS,
  TEAM,
  type CheckRun,
  type ProjectCheck,
} from '../model';
import type { VercelContext } from '../VercelContext';
import { getDeployment, getProject } from './requests';

const BLOCKS = [
  'build-start',
  'deployment-start',
  'deployment-alias',
  'deployment-promotion',
  'none',
] as const;

const sourceSchema = z.looseObject({
  kind: z.enum(['integration', 'webhook', 'git-provider']),
  webhookId: z.string().optional(),
  externalResourceId: z.string().optional(),
});

const changeSchema = z.looseObject({
  name: z.string().min(1).max(100).optional(),
  isRerequestable: z.boolean().optional(),
  requires: z.enum(['build-ready', 'deployment-url', 'none']).optional(),
  blocks: z.enum(BLOCKS).optional(),
  targets: z.array(z.string().max(100)).max(20).optional(),
  timeout: z.number().int().min(1).max(86_400).optional(),
});

const createSchema = changeSchema.extend({
  name: z.string().min(1).max(100),
  source: sourceSchema.optional(),
});

const listSchema = z.object({ blocks: z.enum(BLOCKS).optional() });

const runSchema = z.looseObject({ checkId: z.string().min(1) });

const runChangeSchema = z.object({
  status: z.enum(['queued', 'running', 'completed']).optional(),
  conclusion: z.enum(CHECK_CONCLUSIONS).optional(),
  conclusionText: z.string().max(1_000).optional(),
  externalId: z.string().max(200).optional(),
  externalUrl: z.string().max(2_000).optional(),
  output: z.record(z.string(), z.unknown()).optional(),
  completedAt: z.number().int().optional(),
});

/** Checks of projects, and what they say of deployments (version 2). */
export function checkRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { checks, stores } = context;
  const base = '/v2/projects/:idOrName/checks';

  router.get(base, (request, response) => {
    const project = getProject(context, request);
    const { blocks } = parseRequest(listSchema, request.query);
    const found = stores.checks
      .list(project.id)
      .filter(check => blocks === undefined || check.blocks === blocks);
    response.json({ checks: found.map(checkShape) });
  });

  router.post(base, (request, response) => {
    const project = getProject(context, request);
    const body = parseRequest(createSchema, request.body);
    const check = checks.create(project, {
      name: body.name,
      requires: body.requires ?? 'deployment-url',
      blocks: parseBlocks(body.blocks ?? 'deployment-alias'),
      targets: body.targets ?? [],
      source: parseSource(body.source),
      isRerequestable: body.isRerequestable ?? false,
      timeoutSeconds: body.timeout ?? 300,
    });
    response.json(checkShape(check));
  });

  const getCheck = (request: express.Request) =>
    checks.get(getProject(context, request), request.params.checkId);

  router.get(`${base}/:checkId`, (request, response) => {
    response.json(checkShape(getCheck(request)));
  });

  router.patch(`${base}/:checkId`, (request, response) => {
    const known = getCheck(request);
    const { name, requires, targets, isRerequestable, timeout, blocks } =
      parseRequest(changeSchema, request.body);
    const check = checks.update(known, {
      name: name ?? known.name,
      requires: requires ?? known.requires,
      blocks: blocks ? parseBlocks(blocks) : known.blocks,
      targets: targets ?? known.targets,
      isRerequestable: isRerequestable ?? known.isRerequestable,
      timeoutSeconds: timeout ?? known.timeoutSeconds,
    });
    response.json(checkShape(check));
  });

  router.delete(`${base}/:checkId`, (request, response) => {
    stores.checks.delete(getCheck(request).id);
    response.json({ success: true });
  });

  router.get(`${base}/:checkId/runs`, (request, response) => {
    const runs = checks.listRunsOfCheck(getCheck(request));
    response.json({ runs: runs.map(runShape) });
  });

  runRoutes(router, context);
}

function runRoutes(router: express.Router, context: VercelContext): void {
  const { checks, stores, traffic } = context;
  const base = '/v2/deployments/:deploymentId/check-runs';
  const find = (request: express.Request) =>
    getDeployment(context, request.params.deploymentId);

  router.get(base, (request, response) => {
    response.json({ runs: checks.listRuns(find(request)).map(runShape) });
  });

  router.post(base, (request, response) => {
    const deployment = find(request);
    const { checkId } = parseRequest(runSchema, request.body);
    response.json(runShape(checks.run(deployment, checkId)));
  });

  router.get(`${base}/:runId`, (request, response) => {
    const run = checks.getRun(find(request), request.params.runId);
    response.json(runShape(run));
  });

  router.patch(`${base}/:runId`, (request, response) => {
    const deployment = find(request);
    const changes = parseRequest(runChangeSchema, request.body);
    const updated = stores.transaction(() => {
      const { run, isReleased } = checks.updateRun(
        deployment,
        request.params.runId,
        changes,
      );
      if (isReleased) traffic.admitReleased(deployment.id);
      return run;
    });
    response.json(runShape(updated));
  });
}

function parseBlocks(blocks: (typeof BLOCKS)[number]): ProjectCheck['blocks'] {
  if (blocks === 'build-start' || blocks === 'deployment-start') {
    throw badRequest(
      `Invalid request: \`blocks\` is "${blocks}", but here checks block only "deployment-alias" and "deployment-promotion".`,
    );
  }
  return blocks;
}

function parseSource(
  source: z.infer<typeof sourceSchema> | undefined,
): ProjectCheck['source'] {
  if (source?.kind === 'git-provider') {
    throw badRequest(
      'Invalid request: `source.kind` is "git-provider", but statuses of GitHub are not read here. Use "webhook".',
    );
  }
  return source?.kind === 'integration'
    ? { kind: 'integration', externalResourceId: source.externalResourceId }
    : { kind: 'webhook', webhookId: source?.webhookId };
}

function sourceShape({ source }: ProjectCheck) {
  return source.kind === 'webhook'
    ? source
    : {
        ...source,
        integrationId: 'oac_local',
        integrationConfigurationId: 'icfg_local',
      };
}

function checkShape(check: ProjectCheck) {
  const { timeoutSeconds, ...rest } = check;
  return {
    ...rest,
    ownerId: TEAM.id,
    source: sourceShape(check),
    sourceKind: check.source.kind,
    timeout: timeoutSeconds,
  };
}

function runShape({ check, ...run }: CheckRun) {
  return {
    ...run,
    checkId: check.id,
    name: check.name,
    ownerId: TEAM.id,
    projectId: check.projectId,
    requires: check.requires,
    blocks: check.blocks,
    targets: check.targets,
    source: sourceShape(check),
    timeout: check.timeoutSeconds,
  };
}
