import type { PropsWithChildren } from 'react';
import { mockApis, TestApiProvider } from '@backstage/frontend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { billReadPermission } from '@forkyard/plugin-cost-common';
import { renderHook, waitFor } from '@testing-library/react';
import { useMayReadBill } from './useMayReadBill';

describe('useMayReadBill', () => {
  it('leads nobody to the bill before the answer, nor after a refusal', async () => {
    const answered = jest.fn();
    const permissions = mockApis.permission({
      authorize: ({ permission }) => {
        answered(permission.name);
        return AuthorizeResult.DENY;
      },
    });
    const seen: boolean[] = [];
    renderHook(() => seen.push(useMayReadBill()), {
      wrapper: ({ children }: PropsWithChildren) => (
        <TestApiProvider apis={[[permissionApiRef, permissions]]}>
          {children}
        </TestApiProvider>
      ),
    });
    // Once before the answer, once with it.
    await waitFor(() => expect(seen.length).toBeGreaterThan(1));
    expect(answered).toHaveBeenCalledWith(billReadPermission.name);
    expect(seen).not.toContain(true);
  });
});
