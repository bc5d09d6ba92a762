import {
  createExternalRouteRef,
  createRouteRef,
} from '@backstage/frontend-plugin-api';

/** The tab "Deployments" of an entity's page. */
export const entityContentRouteRef = createRouteRef();

/** The tab of an entity's page that says what fires and what to do about it. */
export const alertsRouteRef = createExternalRouteRef({
  defaultTarget: 'incidents.entityContent',
});
