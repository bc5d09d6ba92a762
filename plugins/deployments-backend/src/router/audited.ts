import type { AuditorService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { Request } from 'express';

/**
 * Runs a change and leaves in the audit log that it was asked for and how it
 * ended.
 */
export async function audited<T>(
  auditor: AuditorService,
  event: { eventId: string; request: Request; meta: JsonObject },
  run: () => Promise<T>,
): Promise<T> {
  const auditEvent = await auditor.createEvent({
    ...event,
    severityLevel: 'medium',
  });
  try {
    const result = await run();
    await auditEvent.success();
    return result;
  } catch (error) {
    assertError(error);
    await auditEvent.fail({ error });
    throw error;
  }
}
