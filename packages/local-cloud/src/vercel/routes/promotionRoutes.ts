import type express from 'express';
import { z } from 'zod';
import { notFound, parseRequest } from '../errors';
import type { Deployment } from '../model';
import type { VercelContext } from '../VercelContext';
import { getDeployment, getProject } from './requests';

const rollbackSchema = z.object({
  description: z.string().max(500).optional(),
});

/** Promotion and rollback of production. */
export function promotionRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { presenter, stores } = context;

  router.post(
    '/v10/projects/:projectId/promote/:deploymentId',
    (request, response) => {
      const project = getProject(context, request);
      const deployment = getOwnDeployment(context, project.id, request);
      context.checks.refuseHeld(deployment);
      context.traffic.requestPromote(project, deployment);
      response.status(201).end();
    },
  );

  router.post(
    ['/v1', '/v9'].map(
      version => `${version}/projects/:projectId/rollback/:deploymentId`,
    ),
    (request, response) => {
      const project = getProject(context, request);
      const deployment = getOwnDeployment(context, project.id, request);
      const { description } = parseRequest(rollbackSchema, request.query);
      context.traffic.requestRollback(project, deployment, description);
      response.status(201).end();
    },
  );

  router.patch(
    '/v1/projects/:projectId/rollback/:deploymentId/update-description',
    (request, response) => {
      const project = getProject(context, request);
      const { description } = parseRequest(rollbackSchema, request.body);
      const { rollback } = project;
      if (rollback?.deploymentId !== request.params.deploymentId) {
        throw notFound(
          `"${project.name}" is not rolled back to "${request.params.deploymentId}".`,
        );
      }
      stores.projects.update(project.id, known => ({
        ...known,
        rollback: { ...rollback, description },
      }));
      response.status(200).end();
    },
  );

  router.get('/v1/projects/:projectId/promote/aliases', (request, response) => {
    const project = getProject(context, request);
    const last = project.lastAliasRequest;
    const aliases = last
      ? stores.aliases
          .list({ projectId: project.id, limit: 100 })
          .filter(({ deploymentId }) => {
            return deploymentId === project.productionDeploymentId;
          })
          .map(alias => ({
            id: alias.id,
            alias: presenter.publicHost(alias.host),
            status:
              last.jobStatus === 'succeeded' ? 'completed' : last.jobStatus,
          }))
      : [];
    response.json({
      aliases,
      pagination: { count: aliases.length, next: null, prev: null },
    });
  });
}

function getOwnDeployment(
  context: VercelContext,
  projectId: string,
  request: express.Request,
): Deployment {
  const { deploymentId } = request.params;
  const deployment = getDeployment(context, deploymentId);
  if (deployment.projectId !== projectId) {
    throw notFound(`The deployment "${deploymentId}" was not found.`);
  }
  return deployment;
}
