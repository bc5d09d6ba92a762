import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

/** Examples of the action, each executed by its test. */
export const createProjectExamples: TemplateExample[] = [
  {
    description: 'Create the project of a fork',
    example: `steps:
  - id: project
    name: Create the project
    action: forks:project:create
    input:
      provisioningId: \${{ steps.repository.output.provisioningId }}
`,
  },
];
