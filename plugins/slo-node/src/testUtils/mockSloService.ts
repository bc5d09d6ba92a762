import type { SloService } from '../sloServiceRef';

/**
 * Makes a slo service of the given methods for a test; the others reject and
 * say that they were not expected.
 *
 * @public
 */
export function mockSloService(methods: Partial<SloService>): SloService {
  const unexpected = (name: string) => async () => {
    throw new Error(`The test did not expect slo.${name} to be called`);
  };
  return {
    listSlos: unexpected('listSlos'),
    listAlerts: unexpected('listAlerts'),
    getTraffic: unexpected('getTraffic'),
    getCounts: unexpected('getCounts'),
    ...methods,
  };
}
