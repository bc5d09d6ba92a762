import { parseEntityRef } from '@backstage/catalog-model';
import type { Rollout } from '@forkyard/plugin-deployments-common';

/** The page of a rollout; undefined when nobody said where the portal is. */
export function rolloutPage(
  appBaseUrl: string,
  { id, entityRef }: Pick<Rollout, 'id' | 'entityRef'>,
): string | undefined {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return appBaseUrl
    ? `${appBaseUrl}${`/catalog/${namespace}/${kind}/${name}/deployments`.toLowerCase()}?rollout=${id}`
    : undefined;
}
