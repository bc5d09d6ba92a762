import type { IncomingMessage } from 'node:http';

/** Where a host name leads. */
export interface Destination<D> {
  deployment: D;
}

/**
 * Decides which deployment answers a request to a host name.
 *
 * The one place where the traffic of a name could be split over several.
 */
export function pickDeployment<D>(
  destination: Destination<D>,
  _request: IncomingMessage,
): D {
  return destination.deployment;
}
