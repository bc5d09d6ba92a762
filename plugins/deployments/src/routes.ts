import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The tab "Deployments" of an entity's page. */
export const entityContentRouteRef = createRouteRef();
