import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

/** Examples of the action, each executed by its test. */
export const checkPlanExamples: TemplateExample[] = [
  {
    description: 'Check a fork with the defaults',
    example: `steps:
  - id: plan
    name: Check the plan
    action: forks:plan:check
    input:
      name: image-studio
      title: Image studio
      owner: group:default/platform
      baseApplication: acme/base-app
`,
  },
  {
    description: 'Check a fork with everything the form can ask for',
    example: `steps:
  - id: plan
    name: Check the plan
    action: forks:plan:check
    input:
      name: image-studio
      title: Image studio
      description: Captions and palettes for the shop
      owner: group:default/platform
      system: system:default/demo
      baseApplication: acme/base-app
      domain: images.example.com
      environmentVariables:
        - key: APP_TITLE
          value: Image studio
          targets: [production, preview]
      secrets:
        - key: MODEL_API_KEY
          ref: sealed-reference
          targets: [production]
      sloTier: critical
      monthlyBudgetUsd: 120
      onFailure: unwind
`,
  },
];
