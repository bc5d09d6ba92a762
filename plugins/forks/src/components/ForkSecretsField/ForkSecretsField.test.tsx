import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { answer, forksApiMock } from '../../__testUtils__/forksApiMock';
import { renderForm } from '../../__testUtils__/renderForm';

const steps = [
  {
    title: 'Configuration',
    schema: {
      type: 'object',
      properties: {
        secrets: {
          title: 'Secrets',
          type: 'array',
          'ui:field': 'ForkSecrets',
          'ui:backstage': { review: { mask: 'sealed' } },
          items: {
            type: 'object',
            properties: {
              key: { type: 'string' },
              ref: { type: 'string' },
              targets: { type: 'array', items: { type: 'string' } },
            },
          },
        },
      },
    },
  },
];

function sealingApi() {
  let count = 0;
  return forksApiMock({
    sealSecret: jest.fn(async () => {
      count += 1;
      return { ref: `ref-${count}`, expiresAt: '2026-11-21T09:00:00.000Z' };
    }),
  });
}

// The form is large, and styles are slow to compute: what would only ask whether
// something can be pressed or reached costs seconds here.
const user = userEvent.setup({ pointerEventsCheck: 0 });

function leave() {
  act(() => (document.activeElement as HTMLElement).blur());
}

/** Enters a text at once; letter by letter, the whole form is drawn for each. */
async function enter(field: HTMLElement, text: string) {
  await user.click(field);
  await user.paste(text);
}

async function addSecret(key: string, value: string) {
  // By text and label: roles are slow to find in a form of this size.
  await user.click(await screen.findByText('Add a secret'));
  const row = within(screen.getAllByLabelText(/^Secret \d+$/).at(-1)!);
  if (key) await enter(row.getByLabelText('Name'), key);
  if (value) {
    await enter(row.getByLabelText('Value'), value);
    leave();
  }
  return row;
}

/** The steps of the form are called as its buttons are. */
async function review() {
  await user.click(screen.getByText('Review', { selector: 'button *' }));
}

async function create() {
  await review();
  await user.click(await screen.findByText('Create', { selector: 'button *' }));
}

describe('the field ForkSecrets', () => {
  it('seals a value as soon as it is left, and hands on only the reference', async () => {
    const forksApi = sealingApi();
    const { onCreate } = renderForm({ forksApi, steps });
    const row = await addSecret('API_KEY', 'hunter2');
    expect(await row.findByText('Sealed')).toBeVisible();
    expect(forksApi.sealSecret).toHaveBeenCalledWith({ value: 'hunter2' });
    expect(document.body.innerHTML).not.toContain('hunter2');
    await user.click(row.getByLabelText('preview'));
    await user.click(row.getByLabelText('development'));
    await create();
    await waitFor(() =>
      expect(onCreate).toHaveBeenCalledWith({
        secrets: [
          {
            key: 'API_KEY',
            ref: 'ref-1',
            targets: ['production', 'development'],
          },
        ],
      }),
    );
  });

  it('seals at Enter without sending the form', async () => {
    const forksApi = sealingApi();
    renderForm({ forksApi, steps });
    const row = await addSecret('API_KEY', '');
    await enter(row.getByLabelText('Value'), 'hunter2');
    await user.keyboard('{Enter}');
    expect(await row.findByText('Sealed')).toBeVisible();
    expect(forksApi.sealSecret).toHaveBeenCalledTimes(1);
    expect(screen.getByRole('button', { name: 'Review' })).toBeVisible();
  });

  it('replaces a sealed value, and removes a secret', async () => {
    const { onCreate } = renderForm({ forksApi: sealingApi(), steps });
    await addSecret('OLD', 'one');
    const row = await addSecret('API_KEY', 'two');
    await user.click(
      await row.findByRole('button', { name: 'Replace API_KEY' }),
    );
    await enter(row.getByLabelText('Value'), 'three');
    leave();
    expect(await row.findByText('Sealed')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Remove OLD' }));
    await create();
    await waitFor(() =>
      expect(onCreate.mock.calls[0][0].secrets).toEqual([
        expect.objectContaining({ key: 'API_KEY', ref: 'ref-3' }),
      ]),
    );
  });

  it('keeps what was typed when it could not be sealed', async () => {
    const forksApi = sealingApi();
    forksApi.sealSecret.mockRejectedValueOnce(
      await answer(503, 'The database does not answer'),
    );
    renderForm({ forksApi, steps });
    const row = await addSecret('API_KEY', 'hunter2');
    expect(
      await row.findByText(/Not sealed: The database does not answer/),
    ).toBeVisible();
    const value = row.getByLabelText('Value');
    expect(value).toHaveValue('hunter2');
    let seal = (_: { ref: string; expiresAt: string }) => {};
    forksApi.sealSecret.mockReturnValueOnce(
      new Promise(resolve => (seal = resolve)),
    );
    await user.type(value, '{Enter}');
    expect(await row.findByText('Sealing')).toBeVisible();
    expect(value).toHaveAttribute('readonly');
    expect(value).toBeEnabled();
    seal({ ref: 'ref-1', expiresAt: '2026-11-21T09:00:00.000Z' });
    expect(await row.findByText('Sealed')).toBeVisible();
  });

  it('gives no secret the value of another one that was removed', async () => {
    const forksApi = sealingApi();
    forksApi.sealSecret.mockRejectedValue(await answer(503, 'Not now'));
    renderForm({ forksApi, steps });
    const first = await addSecret('FIRST', 'one');
    expect(await first.findByText(/Not sealed/)).toBeVisible();
    const second = await addSecret('SECOND', 'two');
    expect(await second.findByText(/Not sealed/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Remove FIRST' }));
    expect(screen.getByLabelText('Name')).toHaveValue('SECOND');
    expect(screen.getByLabelText('Value')).toHaveValue('two');
  });

  it('holds the reader back while a secret is not complete', async () => {
    renderForm({ forksApi: sealingApi(), steps });
    await addSecret('API_KEY', '');
    await addSecret('', 'value');
    await addSecret('VERCEL_TOKEN', 'value');
    const row = await addSecret('API_KEY', 'again');
    await user.click(row.getByLabelText('preview'));
    await user.click(row.getByLabelText('production'));
    await review();
    for (const problem of [
      /API_KEY has no sealed value/,
      /Secret 2 has no name/,
      /VERCEL_TOKEN: This variable name is kept by the platform/,
      /API_KEY is given twice/,
      /API_KEY: Choose at least one environment/,
    ]) {
      expect(await screen.findAllByText(problem)).not.toHaveLength(0);
    }
    expect(
      screen.queryByRole('button', { name: 'Create' }),
    ).not.toBeInTheDocument();
  });
});
