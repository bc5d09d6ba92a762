import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { audited, parse } from '@forkyard/backend-kit';
import type {
  Rollout,
  RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import { json, type Router } from 'express';
import type {
  RolloutsService,
  RolloutsServiceOptions,
} from '../services/rollouts/RolloutsService';
import {
  listRolloutsSchema,
  rolloutCommentSchema,
  rolloutIdSchema,
  startRolloutSchema,
} from './rolloutSchemas';

/** Adds the routes below `/rollouts`. */
export function addRolloutRoutes(
  router: Router,
  options: {
    rollouts: RolloutsService;
    httpAuth: HttpAuthService;
    auditor: AuditorService;
  },
): void {
  const { rollouts, httpAuth, auditor } = options;
  const body = json({ limit: '10kb' });

  router.get('/rollouts', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(listRolloutsSchema, req.query);
    res.json(await rollouts.listRollouts(request, { credentials }));
  });

  router.get('/rollouts/:id', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(rolloutIdSchema, req.params);
    const rollout = await rollouts.getRollout(request, { credentials });
    res.json(rollout satisfies RolloutDetail);
  });

  router.get('/rollouts/:id/points', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(rolloutIdSchema, req.params);
    res.json(await rollouts.listRolloutPoints(request, { credentials }));
  });

  router.post('/rollouts', body, async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(startRolloutSchema, req.body);
    const rollout = await audited(
      auditor,
      { eventId: 'rollout-start', request: req, meta: request },
      () => rollouts.startRollout(request, { credentials }),
    );
    res.status(201).json(rollout satisfies Rollout);
  });

  const act = (
    verb: 'pause' | 'resume' | 'promote' | 'abort',
    run: (
      request: { id: string; comment?: string },
      options: RolloutsServiceOptions,
    ) => Promise<Rollout>,
  ) =>
    router.post(`/rollouts/:id/${verb}`, body, async (req, res) => {
      const credentials = await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      });
      const { id } = parse(rolloutIdSchema, req.params);
      const { comment } = parse(rolloutCommentSchema, req.body ?? {});
      const rollout = await audited(
        auditor,
        { eventId: `rollout-${verb}`, request: req, meta: { id, comment } },
        () => run({ id, comment }, { credentials }),
      );
      res.json(rollout satisfies Rollout);
    });
  act('pause', (...given) => rollouts.pauseRollout(...given));
  act('resume', (...given) => rollouts.resumeRollout(...given));
  act('promote', (...given) => rollouts.promoteRollout(...given));
  act('abort', (...given) => rollouts.abortRollout(...given));
}
