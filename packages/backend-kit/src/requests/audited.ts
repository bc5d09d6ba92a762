import type {
  AuditorService,
  AuditorServiceCreateEventOptions,
} from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';

/**
 * Runs a change and leaves in the audit log that it was asked for and how it
 * ended, refusals included.
 */
export async function audited<T>(
  auditor: AuditorService,
  event: AuditorServiceCreateEventOptions,
  run: () => Promise<T>,
): Promise<T> {
  const auditEvent = await auditor.createEvent({
    severityLevel: 'medium',
    ...event,
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
