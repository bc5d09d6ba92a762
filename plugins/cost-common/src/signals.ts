/**
 * Channel on which pages hear that the charges of an entity changed. The
 * message carries nothing: whoever may see them asks again.
 *
 * @public
 */
export function costSignalChannel(entityRef: string): string {
  return `cost:entity:${entityRef}`;
}
