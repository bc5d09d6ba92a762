import {
  act,
  fireEvent,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { answer, forksApiMock } from '../../__testUtils__/forksApiMock';
import { renderForm } from '../../__testUtils__/renderForm';
import { makePlan } from '../../__testUtils__/samples';

const steps = [
  {
    title: 'Your fork',
    schema: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { title: 'Name', type: 'string', 'ui:field': 'ForkName' },
      },
    },
  },
];

const taken = makePlan({
  verdict: 'fail',
  checks: [
    {
      id: 'repository-name',
      verdict: 'fail',
      message: 'Repository acme/shop exists',
      action: 'Choose another name',
    },
    { id: 'base', verdict: 'fail', message: 'Base unknown/unknown is missing' },
  ],
});

describe('the field ForkName', () => {
  afterEach(() => jest.useRealTimers());

  it('asks once typing rests, and shows that the name is free', async () => {
    jest.useFakeTimers();
    const pass = (milliseconds: number) =>
      act(() => jest.advanceTimersByTimeAsync(milliseconds));
    const forksApi = forksApiMock({
      checkPlan: jest.fn(async () => makePlan()),
    });
    renderForm({ forksApi, steps });
    const input = await screen.findByRole('textbox', { name: /Name/ });
    fireEvent.change(input, { target: { value: 'image' } });
    await pass(399);
    fireEvent.change(input, { target: { value: 'image-studio' } });
    await pass(399);
    expect(forksApi.checkPlan).not.toHaveBeenCalled();
    await pass(1);
    expect(
      await screen.findByText('Repository acme/image-studio is free'),
    ).toBeVisible();
    expect(screen.queryByText(/projects are used/)).not.toBeInTheDocument();
    expect(forksApi.checkPlan.mock.calls.map(([{ name }]) => name)).toEqual([
      'image-studio',
    ]);
    expect(forksApi.checkPlan.mock.calls[0][0]).toMatchObject({
      owner: 'user:default/ana',
    });
  });

  it('says at once what is wrong with the spelling, without asking', async () => {
    const forksApi = forksApiMock();
    renderForm({ forksApi, steps });
    const input = await screen.findByRole('textbox', { name: /Name/ });
    // Not letter by letter: at a pause, 'adm' would be asked about.
    fireEvent.change(input, { target: { value: 'Ünïcode' } });
    expect(screen.getByText(/lower case letters a to z/)).toBeVisible();
    fireEvent.change(input, { target: { value: 'admin' } });
    expect(screen.getByText('This name is reserved')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(forksApi.checkPlan).not.toHaveBeenCalled();
  });

  it('holds the reader back while the name is taken, and only because of the name', async () => {
    const forksApi = forksApiMock({ checkPlan: async () => taken });
    renderForm({ forksApi, steps });
    await userEvent.type(
      await screen.findByRole('textbox', { name: /Name/ }),
      'shop',
    );
    const checks = await screen.findByRole('list', { name: 'Checks' });
    expect(within(checks).getByText('Failed')).toBeVisible();
    expect(within(checks).getByText('Choose another name')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(
      await screen.findAllByText(
        /Repository acme\/shop exists. Choose another name/,
      ),
    ).not.toHaveLength(0);
    expect(screen.queryByText(/unknown\/unknown/)).not.toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Create' }),
    ).not.toBeInTheDocument();
  });

  it('lets the reader go on when the name could not be checked', async () => {
    const forksApi = forksApiMock({
      checkPlan: async () => {
        throw await answer(503, 'GitHub does not answer');
      },
    });
    const { onCreate } = renderForm({ forksApi, steps });
    await userEvent.type(
      await screen.findByRole('textbox', { name: /Name/ }),
      'shop',
    );
    expect(await screen.findByText(/GitHub does not answer/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Create' }),
    );
    await waitFor(() =>
      expect(onCreate).toHaveBeenCalledWith({ name: 'shop' }),
    );
  });
});
