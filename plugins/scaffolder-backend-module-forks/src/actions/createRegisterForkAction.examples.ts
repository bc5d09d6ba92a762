import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

/** Examples of the action, each executed by its test. */
export const registerForkExamples: TemplateExample[] = [
  {
    description: 'Register a fork in the catalog',
    example: `steps:
  - id: register
    name: Register in the catalog
    action: forks:fork:register
    input:
      provisioningId: \${{ steps.repository.output.provisioningId }}
`,
  },
];
