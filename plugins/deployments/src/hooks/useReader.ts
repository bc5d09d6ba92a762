import { useEffect, useState } from 'react';
import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';

/** Loads the entity ref of who reads; absent until it is known. */
export function useReader(): string | undefined {
  const identity = useApi(identityApiRef);
  const [reader, setReader] = useState<string>();
  useEffect(() => {
    let current = true;
    identity.getBackstageIdentity().then(
      ({ userEntityRef }) => current && setReader(userEntityRef),
      // Without an identity nothing is known to be theirs; the backend decides.
      () => current && setReader(undefined),
    );
    return () => {
      current = false;
    };
  }, [identity]);
  return reader;
}
