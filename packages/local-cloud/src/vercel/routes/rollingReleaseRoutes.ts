import type express from 'express';
import { z } from 'zod';
import { notFound, parseRequest } from '../errors';
import type { Project } from '../model';
import { configShape, releaseShape } from '../rollingReleaseShape';
import { findActive } from '../services/activeRelease';
import type { VercelContext } from '../VercelContext';
import { getProject } from './requests';
import { parseRollingReleaseConfig } from './rollingReleaseRequests';

const canarySchema = z.looseObject({ canaryDeploymentId: z.string().min(1) });

const approvalSchema = canarySchema.extend({
  nextStageIndex: z.number().int().min(0),
});

const stateSchema = z.object({
  state: z.enum(['ACTIVE', 'COMPLETE', 'ABORTED']).optional(),
});

const BASE = '/v1/projects/:idOrName/rolling-release';

/** Production's traffic in stages: its configuration and its releases. */
export function rollingReleaseRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  configRoutes(router, context);
  const { presenter, releases, stores, traffic } = context;
  const show = (project: Project) => ({
    rollingRelease: releaseShape(context.projects.get(project.id), {
      presenter,
      stores,
      minuteMillis: releases.minuteMillis,
    }),
  });

  router.get(BASE, (request, response) => {
    const { state } = parseRequest(stateSchema, request.query);
    const shown = show(getProject(context, request));
    const isAsked = !state || shown.rollingRelease?.state === state;
    response.json(isAsked ? shown : { rollingRelease: null });
  });

  router.post(`${BASE}/start`, async (request, response) => {
    const project = getProject(context, request);
    const { canaryDeploymentId } = parseRequest(canarySchema, request.body);
    const deployment = stores.deployments.find(canaryDeploymentId);
    if (deployment?.projectId !== project.id) {
      throw notFound(
        `The deployment "${canaryDeploymentId.slice(0, 200)}" was not found.`,
      );
    }
    context.checks.refuseHeld(deployment);
    await releases.start(project, deployment);
    response.json(show(project));
  });

  router.post(`${BASE}/approve-stage`, async (request, response) => {
    const project = getProject(context, request);
    const approval = parseRequest(approvalSchema, request.body);
    await releases.approve(project, approval);
    response.json(show(project));
  });

  router.post(`${BASE}/complete`, async (request, response) => {
    const project = getProject(context, request);
    const { canaryDeploymentId } = parseRequest(canarySchema, request.body);
    await releases.complete(project, canaryDeploymentId);
    response.json(show(project));
  });

  // The reference of DELETE …/config names it; its own page does not exist.
  router.post(`${BASE}/abort`, (request, response) => {
    const project = getProject(context, request);
    const { canaryDeploymentId } = parseRequest(canarySchema, request.body);
    traffic.abortRelease(project, canaryDeploymentId);
    response.json(show(project));
  });
}

function configRoutes(router: express.Router, context: VercelContext): void {
  const { releases, traffic } = context;
  const show = (project: Project) => ({
    rollingRelease: configShape(
      context.projects.get(project.id).rollingReleaseConfig,
    ),
  });

  router.get(`${BASE}/config`, (request, response) => {
    response.json(show(getProject(context, request)));
  });

  router.patch(`${BASE}/config`, async (request, response) => {
    const project = getProject(context, request);
    const { config, disableRolloutAction } = parseRollingReleaseConfig(
      request.body,
    );
    releases.configure(project, config);
    const active = findActive(project);
    if (active && disableRolloutAction === 'abort') {
      traffic.abortRelease(project, active.canaryDeploymentId);
    } else if (active && disableRolloutAction === 'complete') {
      await releases.complete(project, active.canaryDeploymentId);
    }
    response.json(show(project));
  });

  router.delete(`${BASE}/config`, (request, response) => {
    const project = getProject(context, request);
    releases.configure(project, undefined);
    response.json({ rollingRelease: null });
  });

  router.get(`${BASE}/billing`, (request, response) => {
    getProject(context, request);
    response.json({
      availableSlots: 'unlimited',
      reason: 'unlimited_slots',
      message: 'Every project may use rolling releases.',
    });
  });
}
