/** Takes the provider's id out of ours, `<provider>:<externalId>`. */
export function externalIdOf(deploymentId: string): string {
  return deploymentId.slice(deploymentId.indexOf(':') + 1);
}
