import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The tab "SLOs" of an entity's page. */
export const entityContentRouteRef = createRouteRef();
