import type {
  AuditorService,
  BackstageCredentials,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { audited, parse } from '@forkyard/backend-kit';
import type {
  Deployment,
  DeploymentsPage,
} from '@forkyard/plugin-deployments-common';
import { json, type Router } from 'express';
import type { DeploymentsService } from '../services/DeploymentsService';
import {
  idSchema,
  listQuerySchema,
  logQuerySchema,
  promotionSchema,
} from './schemas';
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

  const body = json({ limit: '10kb' });
  const act = (
    verb: 'redeploy' | 'promote' | 'rollback',
    status: number,
    run: (
      request: { id: string; environment?: string },
      options: { credentials: BackstageCredentials },
    ) => Promise<Deployment>,
  ) =>
    router.post(`/deployments/:id/${verb}`, body, async (req, res) => {
      const credentials = await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      });
      const { id } = parse(idSchema, req.params);
      const { environment } =
        verb === 'promote' ? parse(promotionSchema, req.body ?? {}) : {};
      const meta = { id, ...(environment && { environment }) };
      const deployment = await audited(
        auditor,
        { eventId: `deployment-${verb}`, request: req, meta },
        () => run({ id, environment }, { credentials }),
      );
      res.status(status).json(deployment satisfies Deployment);
    });
  act('redeploy', 201, (...given) => service.redeploy(...given));
  act('promote', 200, (...given) => service.promoteDeployment(...given));
  act('rollback', 200, (...given) => service.rollbackToDeployment(...given));
}
