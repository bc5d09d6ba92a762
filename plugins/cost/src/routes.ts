import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The bill of the whole account. */
export const billRouteRef = createRouteRef();

/** The tab "Cost" of an entity's page. */
export const entityContentRouteRef = createRouteRef();
