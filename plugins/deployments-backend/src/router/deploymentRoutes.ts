import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { audited, parse } from '@forkyard/backend-kit';
import type {
  Deployment,
  DeploymentsPage,
} from '@forkyard/plugin-deployments-common';
import type { Router } from 'express';
import type { DeploymentsService } from '../services/DeploymentsService';
import { idSchema, listQuerySchema, logQuerySchema } from './schemas';
import { writeBuildLog } from './writeBuildLog';

/** Adds the routes below `/deployments`. */
export function addDeploymentRoutes(
  router: Router,
  options: {
    service: DeploymentsService;
    httpAuth: HttpAuthService;
    auditor: AuditorService;
  },
): void {
  const { service, httpAuth, auditor } = options;

  router.get('/deployments', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const query = parse(listQuerySchema, req.query);
    const { state: states, ...request } = query;
    const page = await service.listDeployments(
      { ...request, states },
      { credentials },
    );
    res.json(page satisfies DeploymentsPage);
  });

  router.get('/deployments/:id', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id } = parse(idSchema, req.params);
    const deployment = await service.getDeployment({ id }, { credentials });
    res.json(deployment satisfies Deployment);
  });

  router.get('/deployments/:id/log', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id } = parse(idSchema, req.params);
    const { follow } = parse(logQuerySchema, req.query);
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const lines = await service.streamBuildLog(
      { id, follow, signal: gone.signal },
      { credentials },
    );
    await writeBuildLog(res, lines, gone.signal);
  });

  router.post('/deployments/:id/redeploy', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id } = parse(idSchema, req.params);
    const deployment = await audited(
      auditor,
      { eventId: 'deployment-redeploy', request: req, meta: { id } },
      () => service.redeploy({ id }, { credentials }),
    );
    res.status(201).json(deployment satisfies Deployment);
  });

  router.post('/deployments/:id/promote', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id } = parse(idSchema, req.params);
    const deployment = await audited(
      auditor,
      { eventId: 'deployment-promote', request: req, meta: { id } },
      () => service.promoteDeployment({ id }, { credentials }),
    );
    res.json(deployment satisfies Deployment);
  });

  router.post('/deployments/:id/rollback', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id } = parse(idSchema, req.params);
    const deployment = await audited(
      auditor,
      { eventId: 'deployment-rollback', request: req, meta: { id } },
      () => service.rollbackToDeployment({ id }, { credentials }),
    );
    res.json(deployment satisfies Deployment);
  });
}
