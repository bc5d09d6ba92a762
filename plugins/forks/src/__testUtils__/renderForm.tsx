import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { Stepper } from '@backstage/plugin-scaffolder-react/alpha';
import type { TemplateParameterSchema } from '@backstage/plugin-scaffolder-react';
import type { Entity } from '@backstage/catalog-model';
import type { JsonValue } from '@backstage/types';
import { forksApiRef } from '../api/forksApiRef';
import { BaseApplicationPicker } from '../components/BaseApplicationPicker/BaseApplicationPicker';
import { validateBaseApplication } from '../components/BaseApplicationPicker/validateBaseApplication';
import { ForkNameField } from '../components/ForkNameField/ForkNameField';
import { validateForkName } from '../components/ForkNameField/validateForkName';
import { ForkPlanField } from '../components/ForkPlanField/ForkPlanField';
import { validateForkPlan } from '../components/ForkPlanField/validateForkPlan';
import { ForkSecretsField } from '../components/ForkSecretsField/ForkSecretsField';
import { validateForkSecrets } from '../components/ForkSecretsField/validateForkSecrets';
import type { forksApiMock } from './forksApiMock';
import { ana } from './renderPage';

const extensions = [
  {
    name: 'ForkName',
    component: ForkNameField,
    validation: validateForkName,
  },
  {
    name: 'BaseApplicationPicker',
    component: BaseApplicationPicker,
    validation: validateBaseApplication,
  },
  {
    name: 'ForkSecrets',
    component: ForkSecretsField,
    validation: validateForkSecrets,
  },
  {
    name: 'ForkPlan',
    component: ForkPlanField,
    validation: validateForkPlan,
  },
];

/** Renders our fields inside the scaffolder's own form. */
export function renderForm(options: {
  forksApi: ReturnType<typeof forksApiMock>;
  steps: TemplateParameterSchema['steps'];
  initialState?: Record<string, JsonValue>;
  entities?: Entity[];
}) {
  const onCreate = jest.fn(async (_: Record<string, JsonValue>) => {});
  renderInTestApp(
    <Stepper
      manifest={{ title: 'Fork an application', steps: options.steps }}
      extensions={extensions}
      initialState={options.initialState}
      onCreate={onCreate}
    />,
    {
      apis: [
        [forksApiRef, options.forksApi],
        [catalogApiRef, catalogApiMock({ entities: options.entities })],
        ana,
        mockApis.analytics(),
      ],
    },
  );
  return { onCreate };
}
