import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

/** Examples of the action, each executed by its test. */
export const createRepositoryExamples: TemplateExample[] = [
  {
    description: 'Create the repository of a fork',
    example: `steps:
  - id: repository
    name: Create the repository
    action: forks:repository:create
    input:
      name: image-studio
      title: Image studio
      owner: group:default/platform
      baseApplication: acme/base-app
`,
  },
];
