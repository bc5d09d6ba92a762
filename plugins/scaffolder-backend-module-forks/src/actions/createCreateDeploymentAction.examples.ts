import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

/** Examples of the action, each executed by its test. */
export const createDeploymentExamples: TemplateExample[] = [
  {
    description: 'Deploy a fork to production',
    example: `steps:
  - id: deployment
    name: Deploy to production
    action: forks:deployment:create
    input:
      provisioningId: \${{ steps.repository.output.provisioningId }}
`,
  },
];
