import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The tab "Cost" of an entity's page. */
export const entityContentRouteRef = createRouteRef();
