import { RouteGroup } from './RouteContext';

/** Serves pull requests. */
export const pullRoutes: RouteGroup = () => {};
