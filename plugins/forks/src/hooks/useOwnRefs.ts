import { useEffect, useState } from 'react';
import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';

/** Who the reader is, and what they own through. */
export interface OwnRefs {
  userEntityRef: string;
  ownershipEntityRefs: string[];
}

/** Loads the entity refs through which the reader owns things. */
export function useOwnRefs(): OwnRefs | undefined {
  const identityApi = useApi(identityApiRef);
  const [refs, setRefs] = useState<OwnRefs>();
  useEffect(() => {
    let current = true;
    identityApi.getBackstageIdentity().then(
      identity => current && setRefs(identity),
      // Without an identity nothing is theirs.
      () => current && setRefs({ userEntityRef: '', ownershipEntityRefs: [] }),
    );
    return () => {
      current = false;
    };
  }, [identityApi]);
  return refs;
}
