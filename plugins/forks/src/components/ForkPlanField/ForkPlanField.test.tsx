import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ForkPlan } from '@forkyard/plugin-forks-common';
import { answer, forksApiMock, never } from '../../__testUtils__/forksApiMock';
import { renderForm } from '../../__testUtils__/renderForm';
import { makePlan } from '../../__testUtils__/samples';

const steps = [
  {
    title: 'Your fork',
    schema: {
      type: 'object',
      required: ['title'],
      properties: { title: { title: 'Title', type: 'string' } },
    },
  },
  {
    title: 'Plan',
    schema: {
      type: 'object',
      properties: { plan: { title: 'Plan', 'ui:field': 'ForkPlan' } },
    },
  },
];

const filled = {
  name: 'image-studio',
  title: 'Image Studio',
  owner: 'group:default/platform',
  baseApplication: 'acme/base-app',
  domain: '',
};

const failing = makePlan({
  verdict: 'fail',
  checks: [
    { id: 'repository-name', verdict: 'pass', message: 'acme/shop is free' },
    {
      id: 'domain',
      verdict: 'warn',
      message: 'shop.example.com needs a CNAME record',
      action: 'Point it to the provider',
    },
    {
      id: 'team-quota',
      verdict: 'fail',
      message: '10 of 10 projects are used',
      action: 'Delete a project',
    },
  ],
});

async function goToPlan(checkPlan: () => Promise<ForkPlan>, state = filled) {
  const forksApi = forksApiMock({ checkPlan: jest.fn(checkPlan) });
  const { onCreate } = renderForm({ forksApi, steps, initialState: state });
  await userEvent.click(await screen.findByRole('button', { name: 'Next' }));
  return { forksApi, onCreate };
}

describe('the field ForkPlan', () => {
  it('checks the plan of the whole form and shows what will be', async () => {
    const { forksApi, onCreate } = await goToPlan(async () => makePlan());
    expect(await screen.findByText(/Everything is ready/)).toBeVisible();
    const { domain: _, ...asked } = filled;
    expect(forksApi.checkPlan.mock.calls[0][0]).toMatchObject(asked);
    expect(forksApi.checkPlan.mock.calls[0][0]).not.toHaveProperty('domain');
    expect(forksApi.checkPlan.mock.calls[0][0]).not.toHaveProperty('plan');
    expect(
      within(
        screen.getByRole('list', { name: 'Will be created' }),
      ).getAllByRole('listitem'),
    ).toHaveLength(2);
    expect(
      screen.getByText('Estimated cost: $18 to $31 a month.'),
    ).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Create' }),
    );
    await waitFor(() =>
      expect(onCreate.mock.calls[0][0]).toMatchObject({ plan: 'pass' }),
    );
  });

  it('asks once as long as the form stays the same', async () => {
    const { forksApi } = await goToPlan(async () => makePlan());
    await screen.findByText(/Everything is ready/);
    expect(forksApi.checkPlan).toHaveBeenCalledTimes(1);
    await userEvent.click(screen.getByRole('button', { name: 'Check again' }));
    await waitFor(() => expect(forksApi.checkPlan).toHaveBeenCalledTimes(2));
  });

  it('shows each check with a word and what to do, and blocks while one fails', async () => {
    await goToPlan(async () => failing);
    expect(
      await screen.findByText(
        'The fork cannot be created: 1 of 3 checks failed',
      ),
    ).toBeVisible();
    const checks = within(
      screen.getByRole('list', { name: 'Checks' }),
    ).getAllByRole('listitem');
    expect(checks.map(check => check.textContent)).toEqual([
      'Passedacme/shop is free',
      'Warningshop.example.com needs a CNAME recordPoint it to the provider',
      'Failed10 of 10 projects are usedDelete a project',
    ]);
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(
      await screen.findAllByText(
        /10 of 10 projects are used. Delete a project/,
      ),
    ).not.toHaveLength(0);
    expect(
      screen.queryByRole('button', { name: 'Create' }),
    ).not.toBeInTheDocument();
  });

  it('lets the reader go on with warnings', async () => {
    await goToPlan(async () =>
      makePlan({
        verdict: 'warn',
        checks: [failing.checks[1]],
        resources: [],
        estimatedMonthlyCostUsd: { low: 20, high: 20 },
      }),
    );
    expect(await screen.findByText(/1 of 1 checks warns/)).toBeVisible();
    expect(screen.getByText('Estimated cost: $20 a month.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(await screen.findByRole('button', { name: 'Create' })).toBeVisible();
  });

  it('names what the form still lacks instead of asking', async () => {
    const { forksApi } = await goToPlan(never, { ...filled, owner: '' });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'owner: is missing',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(await screen.findAllByText(/owner: is missing/)).not.toHaveLength(0);
    expect(forksApi.checkPlan).not.toHaveBeenCalled();
    expect(
      screen.queryByRole('button', { name: 'Create' }),
    ).not.toBeInTheDocument();
  });

  it('says that nothing was created when the plan could not be checked, and blocks', async () => {
    const { forksApi } = await goToPlan(async () => {
      throw await answer(503, 'GitHub does not answer');
    });
    expect(
      await screen.findByText('The plan could not be checked'),
    ).toBeVisible();
    expect(screen.getByText(/Nothing was created/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(
      await screen.findAllByText(/could not be checked: GitHub does not/),
    ).not.toHaveLength(0);
    forksApi.checkPlan.mockResolvedValue(makePlan());
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/Everything is ready/)).toBeVisible();
  });

  it('holds its place while it is checked', async () => {
    await goToPlan(never);
    expect(await screen.findByText('Checking the plan')).toBeInTheDocument();
  });
});
