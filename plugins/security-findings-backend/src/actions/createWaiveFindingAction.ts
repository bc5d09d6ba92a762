import type { AuditorService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { audited, parse, principalRef } from '@forkyard/backend-kit';
import { idSchema, waiverSchema } from '../router/schemas';
import type { FindingsService } from '../services/FindingsService';
import { findingOutputSchema, toFindingOutput } from './findingOutput';

const inputSchema = idSchema.extend(waiverSchema.shape);

/** Registers the action that waives a finding, with the audit event of its route. */
export function createWaiveFindingAction(options: {
  actionsRegistry: ActionsRegistryService;
  auditor: AuditorService;
  service: FindingsService;
}): void {
  const { actionsRegistry, auditor, service } = options;
  actionsRegistry.register({
    name: 'waive-finding',
    title: 'Waive a security finding',
    description:
      'Accepts a finding in your name until a date, with a reason that everybody who sees the finding can read; it is then not open, and opens again on that date. Only after a person decided it.',
    attributes: { destructive: true, idempotent: true, readOnly: false },
    schema: {
      input: z =>
        z.object({
          id: z.string().uuid().describe('Of the finding'),
          reason: z.string().describe('Why it may stay until then'),
          expiresAt: z.string().describe('ISO 8601, with a time zone'),
        }),
      output: findingOutputSchema,
    },
    action: async ({ input, credentials }) => {
      const request = parse(inputSchema, input);
      const finding = await audited(
        auditor,
        {
          eventId: 'finding-waive',
          meta: { ...request, actor: principalRef(credentials) },
        },
        () => service.waiveFinding(request, { credentials }),
      );
      return { output: toFindingOutput(finding) };
    },
  });
}
