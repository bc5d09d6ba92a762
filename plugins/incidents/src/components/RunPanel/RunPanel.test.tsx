import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  IncidentsApi,
  RunbookRunDetails,
} from '@forkyard/plugin-incidents-common';
import {
  answered,
  createIncidentsApi,
  createRun,
  createRunStep,
  minutesAgo,
} from '../../__testUtils__/incidents';
import { renderWithIncidents } from '../../__testUtils__/renderWithIncidents';
import { RunPanel } from './RunPanel';

function renderPanel(
  overrides: Partial<IncidentsApi>,
  options: {
    denied?: string[];
    entityName?: string;
    onClose?: () => void;
  } = {},
) {
  const api = createIncidentsApi(overrides);
  renderWithIncidents(
    <RunPanel
      entityRef={`component:default/${options.entityName ?? 'image-studio'}`}
      id="run-1"
      onClose={options.onClose ?? (() => {})}
    />,
    { api, denied: options.denied },
  );
  return api;
}

/** Waits at its second step, the rollback. */
function atRollback(): RunbookRunDetails {
  return createRun({
    steps: [
      createRunStep(0, {
        state: 'succeeded',
        output: { answer: 'Roll back' },
        by: 'user:default/ana',
        endedAt: minutesAgo(2),
      }),
      createRunStep(1, { state: 'waiting' }),
      createRunStep(2),
    ],
  });
}

async function steps() {
  const list = await screen.findByRole('list', { name: 'Steps' });
  return within(list).getAllByRole('listitem');
}

describe('RunPanel', () => {
  afterEach(() => jest.useRealTimers());

  it('shows each step with its state, what it does and what came of it', async () => {
    renderPanel({
      getRun: async () =>
        createRun({
          state: 'failed',
          steps: [
            createRunStep(0, {
              state: 'succeeded',
              output: { answer: 'Roll back' },
              by: 'user:default/ana',
              endedAt: minutesAgo(2),
            }),
            createRunStep(1, {
              state: 'failed',
              error: 'The deployment before is gone',
              endedAt: minutesAgo(1),
            }),
            createRunStep(2, { state: 'canceled' }),
          ],
        }),
    });
    const [ask, rollback, wait] = await steps();
    expect(ask).toHaveTextContent(
      '1. Find the causeDoneDid it begin with a deployment?Answered "Roll back"ana, 2 min ago',
    );
    expect(rollback).toHaveTextContent(
      '2. Go backFailedSends the traffic of production back to the deployment that was live before.The deployment before is gone1 min ago',
    );
    expect(wait).toHaveTextContent(
      '3. Wait until it is overCanceledWaits up to 1 h until the alert is resolved at its source.',
    );
    expect(screen.getByRole('status')).toHaveTextContent('Failed');
    expect(screen.getByText(/Started by ana/)).toHaveTextContent(
      'Started by ana 3 min ago, version 3f2c1a9',
    );
    expect(screen.getByRole('list', { name: 'Timeline' })).toHaveTextContent(
      'Began to run High error rateana, 3 min ago',
    );
    expect(
      screen.queryByRole('button', { name: 'Stop the run' }),
    ).not.toBeInTheDocument();
  });

  it('names versions by their commit, with a way to the deployments, and people by their name', async () => {
    const name = '3f2c1a9 "Fix token refund"';
    const run = createRun({
      steps: [
        createRunStep(0, { state: 'succeeded' }),
        createRunStep(1, {
          state: 'waiting',
          output: {
            message: `Goes back from vercel:dpl_9 to ${name}`,
            versions: [
              {
                deploymentId: 'vercel:dpl_8',
                environment: 'production',
                name,
              },
            ],
          },
        }),
        createRunStep(2),
      ],
      timeline: [
        {
          id: '1',
          at: minutesAgo(1),
          who: 'forkyard',
          kind: 'step-waiting',
          text: "vercel:dpl_8 is live in 'component:default/image-studio'",
        },
      ],
    });
    renderPanel({ getRun: async () => run });
    const [, rollback] = await steps();
    expect(rollback).toHaveTextContent(
      `Goes back from vercel:dpl_9 to ${name}`,
    );
    const timeline = screen.getByRole('list', { name: 'Timeline' });
    expect(timeline).toHaveTextContent(
      `${name} is live in 'image-studio'Forkyard, 1 min ago`,
    );
    expect(within(timeline).getByRole('link', { name })).toHaveAttribute(
      'href',
      '/catalog/default/component/image-studio/deployments?environment=production',
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Roll back production' }),
    );
    expect(
      within(await screen.findByRole('dialog')).getByText(/Goes back from/),
    ).toBeVisible();
  });

  it('takes the answer to the question at which it waits', async () => {
    let run = createRun();
    const api = renderPanel({
      getRun: async () => run,
      continueRun: jest.fn(async () => (run = atRollback())),
    });
    const [first] = await steps();
    expect(first).toHaveAttribute('aria-current', 'step');
    await userEvent.click(
      within(
        screen.getByRole('group', { name: 'Answers to step 1' }),
      ).getByRole('button', { name: 'Roll back' }),
    );
    expect(
      await screen.findByRole('button', { name: 'Roll back production' }),
    ).toBeVisible();
    expect(api.continueRun).toHaveBeenCalledWith({
      id: 'run-1',
      stepIndex: 0,
      answer: 'Roll back',
    });
  });

  it('says why an answer was not taken, and looks at the run again', async () => {
    // It looks every two seconds anyway, but not while the clock stands still.
    jest.useFakeTimers();
    const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
    const getRun = jest.fn(async () => createRun());
    renderPanel({
      getRun,
      continueRun: async () => {
        throw answered(409, 'Somebody else has answered');
      },
    });
    await user.click(
      await screen.findByRole('button', { name: 'The cause is another' }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The answer was not takenSomebody else has answered.',
    );
    await act(async () => {});
    expect(getRun).toHaveBeenCalledTimes(2);
  });

  it('rolls back only after it said what that does not undo', async () => {
    let run = atRollback();
    const api = renderPanel({
      getRun: async () => run,
      continueRun: jest.fn(async () => {
        const [ask] = run.steps;
        run = createRun({
          state: 'running',
          steps: [
            ask,
            createRunStep(1, {
              state: 'succeeded',
              output: { message: 'bad1bad went back to 600d600' },
            }),
            createRunStep(2, { state: 'running' }),
          ],
        });
        return run;
      }),
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Roll back production' }),
    );
    expect(api.continueRun).not.toHaveBeenCalled();
    const dialog = screen.getByRole('dialog', {
      name: 'Roll back production?',
    });
    expect(dialog).toHaveTextContent(/It does not undo changes of environment/);
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Roll back production' }),
    );
    expect(
      await screen.findByText('bad1bad went back to 600d600'),
    ).toBeVisible();
    expect(api.continueRun).toHaveBeenCalledWith({
      id: 'run-1',
      stepIndex: 1,
    });
    expect(
      screen.getByRole('progressbar', {
        name: 'Wait until it is over is running',
        hidden: true,
      }),
    ).toBeInTheDocument();
  });

  it('keeps the dialog open when the step is refused', async () => {
    renderPanel({
      getRun: async () => atRollback(),
      continueRun: async () => {
        throw answered(403, 'You may not promote deployments');
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Roll back production' }),
    );
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.click(
      dialog.getByRole('button', { name: 'Roll back production' }),
    );
    expect(
      await dialog.findByText('You may not promote deployments'),
    ).toBeVisible();
  });

  it('stops the run after asking, and says when it cannot', async () => {
    let run = createRun();
    const cancelRun = jest
      .fn()
      .mockRejectedValueOnce(new Error('The database is away'))
      .mockImplementation(async () => (run = createRun({ state: 'canceled' })));
    renderPanel({ getRun: async () => run, cancelRun });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Stop the run' }),
    );
    expect(cancelRun).not.toHaveBeenCalled();
    const dialog = within(
      screen.getByRole('dialog', {
        name: 'Stop the run of "High error rate"?',
      }),
    );
    const confirm = dialog.getByRole('button', { name: 'Stop the run' });
    await userEvent.click(confirm);
    expect(await dialog.findByText('The run was not stopped')).toBeVisible();
    await userEvent.click(confirm);
    expect(await screen.findByText('Canceled')).toBeVisible();
    expect(cancelRun).toHaveBeenLastCalledWith({ id: 'run-1' });
  });

  it('offers nothing to who may not run it, but shows it', async () => {
    const onClose = jest.fn();
    renderPanel(
      {},
      { denied: ['incidents.runbook.run'], entityName: 'not-mine', onClose },
    );
    const [first] = await steps();
    expect(first).toHaveTextContent(
      'It waits for somebody who may run this runbook.',
    );
    const buttons = screen.getAllByRole('button');
    expect(buttons.map(button => button.textContent)).toEqual(['Close']);
    await userEvent.click(buttons[0]);
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('says that it loads, and why it cannot', async () => {
    let fail: (error: Error) => void = () => {};
    const pending = new Promise<never>((_, reject) => (fail = reject));
    renderPanel({ getRun: () => pending });
    expect(await screen.findByText('Loading the run')).toBeInTheDocument();
    fail(answered(404, "Run 'run-1' does not exist"));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      "The run could not be loadedRun 'run-1' does not exist.",
    );
  });
});
