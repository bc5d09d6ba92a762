import {
  createExternalRouteRef,
  createRouteRef,
  createSubRouteRef,
} from '@backstage/frontend-plugin-api';

/** The portfolio. */
export const rootRouteRef = createRouteRef();

/** The progress of one provisioning. */
export const provisioningRouteRef = createSubRouteRef({
  parent: rootRouteRef,
  path: '/provisionings/:id',
});

/** The catalog page of a fork. */
export const entityPageRouteRef = createExternalRouteRef({
  params: ['namespace', 'kind', 'name'],
  defaultTarget: 'catalog.catalogEntity',
});

/** The form of the template that makes a fork. */
export const templateRouteRef = createExternalRouteRef({
  params: ['namespace', 'templateName'],
  defaultTarget: 'scaffolder.selectedTemplate',
});
