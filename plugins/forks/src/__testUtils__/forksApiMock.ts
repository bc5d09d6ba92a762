import { createApiMock } from '@backstage/frontend-test-utils';
import { ResponseError } from '@backstage/errors';
import { forksApiRef } from '../api/forksApiRef';

/** Stands in for forks-backend; each method is a mock that a test may script. */
export const forksApiMock = createApiMock(forksApiRef, () => ({
  checkPlan: jest.fn(),
  sealSecret: jest.fn(),
  createProvisioning: jest.fn(),
  getProvisioning: jest.fn(),
  listProvisionings: jest.fn(),
  advanceProvisioning: jest.fn(),
  resumeProvisioning: jest.fn(),
  unwindProvisioning: jest.fn(),
  getProvisioningLog: jest.fn(),
  listForks: jest.fn(),
  getFork: jest.fn(),
  getForksSummary: jest.fn(),
}));

/** An answer that never comes. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** The error that the client throws when the backend answers with one. */
export function answer(
  statusCode: number,
  message: string,
): Promise<ResponseError> {
  return ResponseError.fromResponse(
    new Response(
      JSON.stringify({
        error: { name: 'Error', message },
        response: { statusCode },
      }),
      {
        status: statusCode,
        headers: { 'content-type': 'application/json' },
      },
    ),
  );
}
