import { FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';

/** Extension id: `scaffolder-form-field:forks/fork-name`. Field `ForkName`. */
export const forkNameField = FormFieldBlueprint.make({
  name: 'fork-name',
  params: {
    field: () =>
      import('../components/ForkNameField').then(
        module => module.forkNameFormField,
      ),
  },
});

/** Extension id: `scaffolder-form-field:forks/base-application-picker`. Field `BaseApplicationPicker`. */
export const baseApplicationPickerField = FormFieldBlueprint.make({
  name: 'base-application-picker',
  params: {
    field: () =>
      import('../components/BaseApplicationPicker').then(
        module => module.baseApplicationFormField,
      ),
  },
});

/** Extension id: `scaffolder-form-field:forks/fork-secrets`. Field `ForkSecrets`. */
export const forkSecretsField = FormFieldBlueprint.make({
  name: 'fork-secrets',
  params: {
    field: () =>
      import('../components/ForkSecretsField').then(
        module => module.forkSecretsFormField,
      ),
  },
});

/** Extension id: `scaffolder-form-field:forks/fork-plan`. Field `ForkPlan`. */
export const forkPlanField = FormFieldBlueprint.make({
  name: 'fork-plan',
  params: {
    field: () =>
      import('../components/ForkPlanField').then(
        module => module.forkPlanFormField,
      ),
  },
});
