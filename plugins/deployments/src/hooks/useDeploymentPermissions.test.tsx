import type { PropsWithChildren } from 'react';
import { TestApiProvider } from '@backstage/frontend-test-utils';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { renderHook } from '@testing-library/react';
import { useDeploymentPermissions } from './useDeploymentPermissions';

it('does not say that somebody may not approve before that is known', () => {
  const authorize = jest.fn(() => new Promise<never>(() => {}));
  const { result } = renderHook(
    () => useDeploymentPermissions('component:default/unanswered'),
    {
      wrapper: ({ children }: PropsWithChildren) => (
        <TestApiProvider apis={[[permissionApiRef, { authorize }]]}>
          {children}
        </TestApiProvider>
      ),
    },
  );
  expect(authorize).toHaveBeenCalled();
  expect(result.current).toMatchObject({ mayApprove: true, loading: true });
});
