import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The tab "Security" of an entity's page. */
export const entityContentRouteRef = createRouteRef();
