/**
 * Starts, resets and fills the portal on one machine.
 *
 * @packageDocumentation
 */
export { quantile, reportBenchmark, type Measure } from './BenchmarkReport';
export { findFreePort, portalPorts } from './ports';
export { Portal, type PortalOptions } from './Portal';
export { PortalApi, type ForkForm } from './PortalApi';
export { requestHost } from './requestHost';
export { withTemporaryPortal } from './withTemporaryPortal';
