import type { ReactNode } from 'react';
import { renderHook, waitFor } from '@testing-library/react';
import { TestApiProvider } from '@backstage/frontend-test-utils';
import {
  AuthorizeResult,
  createPermission,
} from '@backstage/plugin-permission-common';
import {
  permissionApiRef,
  type PermissionApi,
} from '@backstage/plugin-permission-react';
import { useMay } from './useMay';

const permission = createPermission({
  name: 'test.thing.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/** Answers are remembered by permission and resource: each test names its own. */
function render(
  resourceRef: string,
  authorize: PermissionApi['authorize'],
  options?: Parameters<typeof useMay>[2],
) {
  return renderHook(() => useMay(permission, resourceRef, options), {
    wrapper: ({ children }: { children: ReactNode }) => (
      <TestApiProvider apis={[[permissionApiRef, { authorize }]]}>
        {children}
      </TestApiProvider>
    ),
  });
}

describe('useMay', () => {
  it('says yes until the answer is here, and then what it is', async () => {
    const asked: unknown[] = [];
    const { result } = render('component:default/denied', async request => {
      asked.push(request);
      return { result: AuthorizeResult.DENY };
    });
    expect(result.current).toBe(true);
    await waitFor(() => expect(result.current).toBe(false));
    expect(asked).toEqual([
      { permission, resourceRef: 'component:default/denied' },
    ]);
  });

  it('offers nothing before it is allowed when it is told to wait', async () => {
    const { result } = render(
      'component:default/allowed',
      async () => ({ result: AuthorizeResult.ALLOW }),
      { meanwhile: false },
    );
    expect(result.current).toBe(false);
    await waitFor(() => expect(result.current).toBe(true));
  });

  it('leaves it to the backend when nobody can be asked', async () => {
    const { result } = render(
      'component:default/unknown',
      async () => {
        throw new Error('No answer');
      },
      { meanwhile: false },
    );
    expect(result.current).toBe(false);
    await waitFor(() => expect(result.current).toBe(true));
  });
});
