import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { audited, entityRefSchema, parse } from '@forkyard/backend-kit';
import type {
  ApprovalRefusal,
  GateOverride,
  PartInVersion,
  RolloutApproval,
} from '@forkyard/plugin-deployments-common';
import { json, type Router } from 'express';
import { z } from 'zod';
import type {
  ApprovalsService,
  AwaitedApprovalsPage,
} from '../services/gates/ApprovalsService';
import type { GateOverridesService } from '../services/gates/GateOverridesService';

const rolloutSchema = z.object({ id: z.string().min(1).max(200) });

const versionSchema = z.object({
  entityRef: entityRefSchema,
  deploymentId: z.string().min(1).max(200),
  environment: z.string().min(1).max(100),
});

const awaitedSchema = z.object({
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const decisionSchema = z.object({
  decision: z.enum(['approved', 'rejected']),
  comment: z.string().max(2000).optional(),
});

const overrideSchema = z.object({
  entityRef: entityRefSchema,
  environment: z.string().min(1).max(100),
  reason: z
    .string()
    .trim()
    .min(1, { message: 'say why, for those who ask later' })
    .max(1000),
  minutes: z.number().int().min(1).max(240),
});

/** Adds what people do about gates: approve, reject, break the glass. */
export function addGateRoutes(
  router: Router,
  options: {
    approvals: ApprovalsService;
    overrides: GateOverridesService;
    httpAuth: HttpAuthService;
    auditor: AuditorService;
  },
): void {
  const { approvals, overrides, httpAuth, auditor } = options;

  router.get('/approvals', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const request = parse(awaitedSchema, req.query);
    const page = await approvals.listAwaitedApprovals(request, { credentials });
    res.json(page satisfies AwaitedApprovalsPage);
  });

  router.get('/approvals/own-part', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const request = parse(versionSchema, req.query);
    const part = await approvals.findOwnPart(request, { credentials });
    res.json({ part } satisfies { part?: PartInVersion });
  });

  router.get('/rollouts/:id/approval/refusal', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const { id: rolloutId } = parse(rolloutSchema, req.params);
    const refusal = await approvals.findRefusal({ rolloutId }, { credentials });
    res.json({ refusal } satisfies { refusal?: ApprovalRefusal });
  });

  router.post(
    '/rollouts/:id/approval',
    json({ limit: '20kb' }),
    async (req, res) => {
      const credentials = await httpAuth.credentials(req, { allow: ['user'] });
      const { id } = parse(rolloutSchema, req.params);
      const { decision, comment } = parse(decisionSchema, req.body);
      const approval = await audited(
        auditor,
        {
          eventId:
            decision === 'approved' ? 'rollout-approve' : 'rollout-reject',
          request: req,
          meta: { id, comment },
        },
        () =>
          approvals.decideApproval(
            { rolloutId: id, decision, comment },
            { credentials },
          ),
      );
      res.json(approval satisfies RolloutApproval);
    },
  );

  router.post('/gate-overrides', json({ limit: '20kb' }), async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const request = parse(overrideSchema, req.body);
    const override = await audited(
      auditor,
      {
        eventId: 'gate-override',
        severityLevel: 'high',
        request: req,
        meta: request,
      },
      () => overrides.createOverride(request, { credentials }),
    );
    res.status(201).json(override satisfies GateOverride);
  });
}
