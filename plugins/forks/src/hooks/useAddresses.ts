import { useCallback } from 'react';
import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import type { Fork } from '@forkyard/plugin-forks-common';
import {
  entityPageRouteRef,
  provisioningRouteRef,
  templateRouteRef,
} from '../routes';

/** Gives the address of a catalog page; none when there is no catalog. */
export function useEntityAddress(): (entityRef: string) => string | undefined {
  const entityPage = useRouteRef(entityPageRouteRef);
  return useCallback(
    (entityRef: string) => {
      const { kind, namespace, name } = parseEntityRef(entityRef, {
        defaultKind: 'component',
        defaultNamespace: 'default',
      });
      return entityPage?.({
        kind: kind.toLocaleLowerCase('en-US'),
        namespace: namespace.toLocaleLowerCase('en-US'),
        name,
      });
    },
    [entityPage],
  );
}

/** Gives the address of a provisioning's progress. */
export function useProvisioningAddress(): (id: string) => string | undefined {
  const provisioning = useRouteRef(provisioningRouteRef);
  return useCallback((id: string) => provisioning?.({ id }), [provisioning]);
}

/**
 * Gives the page that answers most about a fork: its catalog page once it is
 * registered, until then the progress of its provisioning.
 */
export function useForkAddress(): (fork: Fork) => string | undefined {
  const entityAddress = useEntityAddress();
  const provisioningAddress = useProvisioningAddress();
  return useCallback(
    (fork: Fork) =>
      fork.lifecycle === 'active'
        ? entityAddress(fork.entityRef)
        : provisioningAddress(fork.provisioningId),
    [entityAddress, provisioningAddress],
  );
}

/** Gives the address of the form that makes a fork; none without a scaffolder. */
export function useForkFormAddress(): string | undefined {
  const template = useRouteRef(templateRouteRef);
  return template?.({ namespace: 'default', templateName: 'fork' });
}
