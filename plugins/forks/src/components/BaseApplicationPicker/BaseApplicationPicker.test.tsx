import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Entity } from '@backstage/catalog-model';
import { forksApiMock } from '../../__testUtils__/forksApiMock';
import { renderForm } from '../../__testUtils__/renderForm';

function stepsWith(bases?: string[]) {
  return [
    {
      title: 'Your fork',
      schema: {
        type: 'object',
        required: ['baseApplication'],
        properties: {
          baseApplication: {
            title: 'Base application',
            type: 'string',
            'ui:field': 'BaseApplicationPicker',
            ...(bases ? { 'ui:options': { bases } } : {}),
          },
        },
      },
    },
  ];
}

function component(name: string, tags: string[]): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      title: `The ${name}`,
      tags,
      annotations: { 'github.com/project-slug': `acme/${name}` },
    },
    spec: {},
  };
}

async function findInput() {
  return screen.findByRole('combobox', { name: /Base application/ });
}

describe('the field BaseApplicationPicker', () => {
  it('chooses the only base there is', async () => {
    const { onCreate } = renderForm({
      forksApi: forksApiMock(),
      steps: stepsWith(),
      entities: [
        component('base-app', ['base-application']),
        component('x', []),
      ],
    });
    const input = await findInput();
    await waitFor(() => expect(input).toHaveValue('acme/base-app'));
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Create' }),
    );
    await waitFor(() =>
      expect(onCreate).toHaveBeenCalledWith({
        baseApplication: 'acme/base-app',
      }),
    );
  });

  it('offers the bases of the catalog and those of the template', async () => {
    renderForm({
      forksApi: forksApiMock(),
      steps: stepsWith(['acme/other', 'acme/base-app']),
      entities: [component('base-app', ['base-application'])],
    });
    await userEvent.click(await findInput());
    expect(
      (await screen.findAllByRole('option')).map(option => option.textContent),
    ).toEqual(['The base-app (acme/base-app)', 'acme/other']);
    await userEvent.click(screen.getByRole('option', { name: 'acme/other' }));
    expect(await findInput()).toHaveValue('acme/other');
  });

  it('takes any repository, and nothing that cannot be one', async () => {
    renderForm({ forksApi: forksApiMock(), steps: stepsWith() });
    const input = await findInput();
    // At once; letter by letter, the whole form is drawn for each.
    await userEvent.click(input);
    await userEvent.paste('not a repository');
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(
      await screen.findAllByText(/Must be a repository such as/),
    ).not.toHaveLength(0);
    await userEvent.clear(await findInput());
    await userEvent.click(await findInput());
    await userEvent.paste('someone/else');
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(await screen.findByRole('button', { name: 'Create' })).toBeVisible();
  });
});
