/**
 * Starts, resets and fills the portal on one machine.
 *
 * @packageDocumentation
 */
export { quantile, reportBenchmark, type Measure } from './BenchmarkReport';
export { ChildService } from './ChildService';
export { findFreePort, portalPorts } from './ports';
export { Portal, portalEnvironment, type PortalOptions } from './Portal';
export { PortalApi, type ForkForm } from './PortalApi';
export { requestHost } from './requestHost';
export { withTemporaryPortal } from './withTemporaryPortal';
