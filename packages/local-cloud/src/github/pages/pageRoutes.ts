import { RouteGroup } from '../routes';

/** Serves pages for people. */
export const pageRoutes: RouteGroup = () => {};
