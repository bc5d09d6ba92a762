import type express from 'express';
import type { VercelContext } from '../VercelContext';
import { accountRoutes } from './accountRoutes';
import { aliasRoutes } from './aliasRoutes';
import { billingRoutes } from './billingRoutes';
import { checkRoutes } from './checkRoutes';
import { customEnvironmentRoutes } from './customEnvironmentRoutes';
import { deploymentRoutes } from './deploymentRoutes';
import { domainRoutes } from './domainRoutes';
import { drainRoutes } from './drainRoutes';
import { envRoutes } from './envRoutes';
import { eventRoutes } from './eventRoutes';
import { inspectorRoutes } from './inspectorRoutes';
import { integrationRoutes } from './integrationRoutes';
import { projectRoutes } from './projectRoutes';
import { promotionRoutes } from './promotionRoutes';
import { checkTeam } from './requests';
import { rollingReleaseRoutes } from './rollingReleaseRoutes';
import { storeRoutes } from './storeRoutes';
import { webhookRoutes } from './webhookRoutes';

export { isInspectorPage } from './inspectorRoutes';

/** Mounts the API. */
export function vercelRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  router.use(checkTeam);
  for (const mount of [
    accountRoutes,
    projectRoutes,
    customEnvironmentRoutes,
    envRoutes,
    domainRoutes,
    deploymentRoutes,
    eventRoutes,
    aliasRoutes,
    promotionRoutes,
    rollingReleaseRoutes,
    checkRoutes,
    webhookRoutes,
    drainRoutes,
    billingRoutes,
    integrationRoutes,
    storeRoutes,
    inspectorRoutes,
  ]) {
    mount(router, context);
  }
}
