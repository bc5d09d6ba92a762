import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { audited, parse } from '@forkyard/backend-kit';
import type {
  Deployment,
  EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';
import { json, type Router } from 'express';
import type { DeploymentsService } from '../services/DeploymentsService';
import {
  entitySchema,
  environmentSchema,
  projectsQuerySchema,
} from './schemas';

/** Adds what concerns an entity as a whole. */
export function addStatusRoutes(
  router: Router,
  options: {
    service: DeploymentsService;
    httpAuth: HttpAuthService;
    auditor: AuditorService;
  },
): void {
  const { service, httpAuth, auditor } = options;

  router.get('/status', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { entityRef } = parse(entitySchema, req.query);
    const status = await service.getEntityStatus(
      { entityRef },
      { credentials },
    );
    res.json(status satisfies EntityDeploymentStatus);
  });

  router.get('/rollback-target', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const target = await service.getRollbackTarget(
      parse(environmentSchema, req.query),
      { credentials },
    );
    res.json(target satisfies Deployment);
  });

  router.get('/projects', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['service'] });
    res.json(
      await service.listProjects(parse(projectsQuerySchema, req.query), {
        credentials,
      }),
    );
  });

  router.post('/reconcile', json({ limit: '10kb' }), async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { entityRef } = parse(entitySchema, req.body);
    const status = await audited(
      auditor,
      { eventId: 'entity-reconcile', request: req, meta: { entityRef } },
      () => service.reconcileEntity({ entityRef }, { credentials }),
    );
    res.json(status satisfies EntityDeploymentStatus);
  });
}
