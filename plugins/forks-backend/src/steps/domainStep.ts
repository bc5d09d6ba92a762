import { ConflictError } from '@backstage/errors';
import type { ProjectSource } from '../sources/HostingSource';
import { getFact, type Step } from './Step';
import { StepFailedError } from './StepFailedError';

/**
 * Adds the domain of the request to the project. A domain that does not point
 * to the provider yet is no failure: the records to add are in the log.
 */
export function createDomainStep(options: { projects: ProjectSource }): Step {
  const { projects } = options;
  return {
    id: 'domain',
    title: 'Add the domain',
    timeLimitSeconds: 60,

    plan: ({ domain }) =>
      domain
        ? {
            resources: [{ kind: 'domain', name: domain }],
            undo: [{ operation: 'disconnect', kind: 'domain', name: domain }],
          }
        : { resources: [], undo: [] },

    async run(context) {
      const { domain } = context.request;
      if (!domain) return { skipped: 'No domain was asked for' };
      const projectId = getFact(context, 'projectId');
      const added =
        (await projects.findDomain({ projectId, domain })) ??
        (await projects.addDomain({ projectId, domain }).catch(error => {
          if (!(error instanceof ConflictError)) throw error;
          throw new StepFailedError({
            message: `Domain ${domain} belongs to another project: ${error.message}`,
            action:
              'Remove it there and resume, or unwind and choose another domain',
            retryable: true,
          });
        }));
      const records = [
        ...added.records,
        ...(await projects.getDomainRecords({ domain })),
      ];
      context.log(`Added domain ${domain}`);
      for (const record of records) {
        context.log(
          `Domain ${domain} needs this DNS record: ${record.name} ${record.type} ${record.value}`,
          'warn',
        );
      }
      return {
        resources: [{ kind: 'domain', name: domain, url: `https://${domain}` }],
      };
    },

    async undo(context) {
      const { domain } = context.request;
      const { projectId } = context.facts;
      if (!domain || !projectId) return;
      await projects.removeDomain({ projectId, domain });
      context.log(`Removed domain ${domain} from the project`);
    },
  };
}
