import { audited, parse } from '@forkyard/backend-kit';
import type { SarifUploadResult } from '@forkyard/plugin-security-findings-common';
import type { Router } from 'express';
import { readBody } from '../reports/readBody';
import { readSarif } from '../reports/readSarif';
import type { RouteOptions } from './RouteOptions';
import { reportQuerySchema } from './schemas';

/**
 * Adds the upload of reports. The body is read only once the upload is allowed,
 * and never as a whole.
 */
export function addReportRoutes(router: Router, options: RouteOptions): void {
  const { service, httpAuth, auditor } = options;

  router.post('/reports/sarif', async (req, res) => {
    // What is not read must still flow, or the client never sees the answer.
    res.on('finish', () => req.resume());
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { entityRef, category, commit, confirm } = parse(
      reportQuerySchema,
      req.query,
    );
    const result = await audited(
      auditor,
      {
        eventId: 'report-upload',
        request: req,
        meta: { entityRef, category, commit: commit ?? '', confirm },
      },
      () =>
        service.uploadReport(
          {
            entityRef,
            category,
            commit,
            confirm,
            read: () => readSarif(readBody(req)),
          },
          { credentials },
        ),
    );
    res.status(201).json(result satisfies SarifUploadResult);
  });
}
