import { screen, waitFor, within } from '@testing-library/react';
import type {
  RolloutApproval,
  RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import {
  letPoll,
  renderRollout,
  userOfFakeClock,
} from '../../__testUtils__/renderRollout';
import {
  ago,
  createAbortedRollout,
  createApproval,
  createRollout,
  createWaitingRollout,
  passedGates,
} from '../../__testUtils__/rollouts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A backend whose rollout changes under the reader. */
function renderMoving(first: RolloutDetail) {
  let now = first;
  const rendered = renderRollout({ getRollout: async () => now });
  return {
    ...rendered,
    become: async (next: RolloutDetail) => {
      now = { ...next, id: 'rollout-1' };
      await letPoll();
    },
  };
}

describe('what was asked of a rollout', () => {
  it.each([
    [
      'Promote now: rollout of 9ab02e1',
      'Promote 9ab02e1 now',
      'promoteRollout',
      /ana asked to promote it just now. All traffic moves within 10 s./,
    ],
    [
      'Abort: rollout of 9ab02e1',
      'Abort 9ab02e1',
      'abortRollout',
      /ana asked to abort it just now. All traffic goes back within 10 s./,
    ],
  ] as const)(
    'is shown before it is read again: %s',
    async (open, confirm, method, note) => {
      const user = userOfFakeClock();
      const { rollouts } = renderMoving(createRollout());
      rollouts[method].mockImplementation(async () => {
        // What is read from here on never comes.
        rollouts.getRollout.mockImplementation(() => new Promise(() => {}));
        return createRollout({ state: 'switching', reason: 'As ana wished.' });
      });
      await user.press(open);
      await user.press(confirm);
      expect(await screen.findByText(/^ana asked to/)).toHaveTextContent(note);
      expect(screen.getByText('Switching', { selector: 'span' })).toBeVisible();
      const again = screen.getByRole('button', { name: open });
      expect(again).toHaveAttribute('aria-disabled', 'true');
      expect(
        screen.getByRole('button', { name: 'Pause: rollout of 9ab02e1' }),
      ).toHaveAttribute('aria-disabled', 'true');
    },
  );

  it('is shown to others too, and says when it takes longer than usual', async () => {
    const switching = createRollout({
      state: 'switching',
      transitions: [
        ...createRollout().transitions,
        {
          id: 't4',
          at: ago(60),
          from: 'progressing',
          to: 'switching',
          percent: 100,
          actor: 'user:default/ben',
          reason: 'Promoted by ben: all traffic moves to it.',
        },
      ],
    });
    const { become } = renderMoving(switching);
    expect(await screen.findByText(/^ben asked to/)).toHaveTextContent(
      'ben asked to promote it 1 min ago. All traffic moves as soon as the provider',
    );
    await become(createRollout({ state: 'watching', percent: 100 }));
    expect(screen.queryByText(/asked to promote it/)).not.toBeInTheDocument();
  });

  it('is not made up for what Forkyard does by itself', async () => {
    renderMoving(
      createRollout({
        state: 'switching',
        transitions: [
          {
            id: 't',
            at: ago(1),
            to: 'switching',
            percent: 0,
            actor: 'forkyard',
            reason: 'Worse.',
          },
        ],
      }),
    );
    expect(
      await screen.findByRole('button', { name: /^Abort/ }),
    ).toHaveAccessibleDescription('Its traffic is being sent back already.');
    expect(screen.queryByText(/asked to abort/)).not.toBeInTheDocument();
  });

  it('is shown after an approval, until the rollout goes on', async () => {
    const user = userOfFakeClock();
    const waiting = createWaitingRollout();
    const { rollouts, become } = renderMoving(waiting);
    const approved: RolloutApproval = createApproval({
      state: 'approved',
      decidedBy: 'user:default/ana',
      decidedAt: new Date().toISOString(),
      comment: 'Read it',
    });
    rollouts.decideApproval.mockResolvedValue(approved);
    await user.press('Approve 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    await user.click(
      within(dialog).getByRole('button', { name: 'Approve 9ab02e1' }),
    );
    expect(await screen.findByText(/^ana approved it/)).toHaveTextContent(
      'ana approved it just now. It goes on within 10 s.',
    );
    await become(createRollout({ gates: passedGates, approvals: [approved] }));
    expect(screen.queryByText(/^ana approved it/)).not.toBeInTheDocument();
  });
});

describe('a dialog while the rollout moves', () => {
  it('stays, says what changed, and judges by what is so now', async () => {
    const user = userOfFakeClock();
    const { become } = renderMoving(createRollout());
    await user.press('Promote now: rollout of 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    const confirm = within(dialog).getByRole('button', {
      name: 'Promote 9ab02e1 now',
    });
    expect(dialog).not.toHaveTextContent('changed while you were reading');
    await become(createRollout({ state: 'watching', percent: 100 }));
    expect(dialog).toHaveTextContent(
      'it was “progressing with 25 % of the traffic”, now it is “watching with 100 % of the traffic”',
    );
    expect(dialog).toHaveTextContent('The watch ends');
    expect(confirm).toBeEnabled();
    await become(createRollout({ state: 'switching', transitions: [] }));
    expect(dialog).toHaveTextContent('Its traffic is moving at this moment.');
    expect(confirm).toBeDisabled();
  });

  it('stays when the rollout ends beneath it, with nothing left to press', async () => {
    const user = userOfFakeClock();
    const { become, rollouts } = renderMoving(createRollout());
    await user.press('Abort: rollout of 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    await user.type(
      within(dialog).getByLabelText('Comment for the log (optional)'),
      'Bad',
    );
    await become(createAbortedRollout());
    expect(dialog).toHaveTextContent('The rollout has ended: aborted.');
    expect(within(dialog).getByDisplayValue('Bad')).toBeInTheDocument();
    expect(
      within(dialog).getByRole('button', { name: 'Abort 9ab02e1' }),
    ).toBeDisabled();
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(
      screen.queryByRole('button', { name: /^Abort/ }),
    ).not.toBeInTheDocument();
    expect(rollouts.abortRollout).not.toHaveBeenCalled();
  });

  it('tells who was quicker with an approval', async () => {
    const user = userOfFakeClock();
    const { become } = renderMoving(createWaitingRollout());
    await user.press('Approve 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    await become(
      createRollout({
        approvals: [
          createApproval({
            state: 'approved',
            decidedBy: 'user:default/carol',
            decidedAt: ago(1),
          }),
        ],
      }),
    );
    expect(dialog).toHaveTextContent('carol approved it meanwhile.');
    expect(
      within(dialog).getByRole('button', { name: 'Approve 9ab02e1' }),
    ).toBeDisabled();
  });

  it('breaks no glass once nothing holds the rollout', async () => {
    const user = userOfFakeClock();
    const { become } = renderMoving(createWaitingRollout());
    await user.press('Break the glass of production');
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByLabelText(/Reason/), 'Outage');
    await become(createRollout());
    expect(dialog).toHaveTextContent('No freeze and no spent error budget');
    expect(
      within(dialog).getByRole('button', {
        name: 'Break the glass of production',
      }),
    ).toBeDisabled();
  });
});
