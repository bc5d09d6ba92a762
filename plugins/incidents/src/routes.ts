import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The tab "Alerts and runbooks" of an entity's page. */
export const entityContentRouteRef = createRouteRef();
