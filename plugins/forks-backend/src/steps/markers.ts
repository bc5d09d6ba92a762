/**
 * The marks by which a resource is known to be of one provisioning, whatever
 * became of the ledger's note about it.
 */

/** Topic on the repository of every fork. */
export const FORK_TOPIC = 'forkyard-fork';

/** Variable in every project that we made. */
export const PROVISIONING_VARIABLE = 'FORKYARD_PROVISIONING';

/** Topic on the repository of one provisioning; GitHub takes 50 characters. */
export function provisioningTopic(provisioningId: string): string {
  return `forkyard-${provisioningId}`;
}

/** Description of a repository between its creation and its topics. */
export function creationDescription(provisioningId: string): string {
  return `Forkyard is making this fork (provisioning ${provisioningId})`;
}

/**
 * Stores have no place for a mark but their name. Without an id it is the name
 * as a plan shows it.
 */
export function storeName(
  forkName: string,
  product: string,
  provisioningId: string,
): string {
  return [forkName, product, provisioningId.slice(0, 8)]
    .filter(Boolean)
    .join('-');
}
