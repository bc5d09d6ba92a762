import { ConflictError, NotAllowedError } from '@backstage/errors';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ApprovalRefusal } from '@forkyard/plugin-deployments-common';
import { entityRef } from '../../__testUtils__/deployments';
import { renderRollout } from '../../__testUtils__/renderRollout';
import {
  ago,
  createAbortedRollout,
  createApproval,
  createPoints,
  createRollout,
  createWaitingRollout,
} from '../../__testUtils__/rollouts';

async function press(name: string) {
  await userEvent.click(await screen.findByRole('button', { name }));
}

describe('a rollout in view', () => {
  it('answers how good the new version is, how far it is, and what holds it', async () => {
    renderRollout({
      getRollout: async () => createRollout(),
      listRolloutPoints: async () => ({ items: createPoints() }),
    });
    const view = await screen.findByRole('region', {
      name: 'Canary of 9ab02e1 to production',
    });
    expect(
      screen.getByRole('img', {
        name: 'Traffic of production: 25 % to 9ab02e1, canary; 75 % to 3f2c1a9, stable',
      }),
    ).toBeInTheDocument();
    expect(
      within(view).getByRole('meter', {
        name: 'Evidence of harm, towards an abort',
      }),
    ).toHaveAttribute('aria-valuenow', '12');
    expect(
      within(view).getByRole('meter', {
        name: 'Evidence of good, towards promotion',
      }),
    ).toHaveAttribute('aria-valuenow', '62');
    expect(view).toHaveTextContent('No sign of harm; about 800 more requests');
    const stages = within(screen.getByRole('list', { name: 'Stages' }));
    const current = stages
      .getAllByRole('listitem')
      .find(item => item.getAttribute('aria-current') === 'step');
    expect(current).toHaveTextContent(/25 %, now.*left at least/);
    for (const chart of [
      'Error rate',
      'Latency, 95th percentile',
      'Requests',
    ]) {
      expect(
        await screen.findByRole('figure', { name: new RegExp(`^${chart}`) }),
      ).toBeInTheDocument();
    }
    expect(
      screen.getByRole('region', { name: 'Checks and gates' }),
    ).toHaveTextContent('4 passed, 1 skipped');
    await press('Show what was checked');
    expect(
      screen.getByRole('region', { name: 'Checks and gates' }),
    ).toHaveTextContent('PassedSmoke test/healthz answered 200 in 38 ms.');
    expect(screen.getByRole('region', { name: 'Approvals' })).toHaveTextContent(
      /Approvedby ana .*Looks right/,
    );
    const log = within(screen.getByRole('region', { name: 'Log' }));
    expect(log.getAllByRole('listitem')).toHaveLength(1);
    await press('Show 3 older');
    expect(log.getAllByRole('listitem').map(item => item.textContent)).toEqual([
      expect.stringMatching(/^Progressing25 %.*by Forkyard.*no sign of harm/),
      expect.stringMatching(/^Checking → Progressing10 %.*ana approved/),
      expect.stringMatching(/^Approved.* by ana.*ben had asked.*“Looks right”/),
      expect.stringMatching(/^Checking0 %.*by ben.*Please watch the thumb/),
    ]);
  });

  it('reads changes of state and of the split aloud', async () => {
    renderRollout({});
    expect(
      await screen.findByText(
        'Canary of 9ab02e1 to production: Progressing, 25 % of the traffic.',
      ),
    ).toHaveAttribute('role', 'status');
  });

  it('says how many requests of users met a version that was aborted, and failed', async () => {
    renderRollout({ getRollout: async () => createAbortedRollout() });
    const view = await screen.findByRole('region', { name: /Canary/ });
    expect(view).toHaveTextContent(
      'In the end 143 requests of users met the new version; 28 of them failed (20 %).',
    );
    expect(within(view).getByText('Aborted')).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: /Abort/ }),
    ).not.toBeInTheDocument();
  });

  it('leaves only how it ended where it is to fold, and the rest on request', async () => {
    renderRollout(
      { getRollout: async () => createAbortedRollout() },
      { foldsAtEnd: true },
    );
    const view = await screen.findByRole('region', { name: /Canary/ });
    expect(within(view).getByText(/of users met the new/)).toBeVisible();
    expect(within(view).queryByRole('region', { name: 'Log' })).toBeNull();
    await press('Show how it went');
    expect(
      await within(view).findByRole('region', { name: 'Log' }),
    ).toBeVisible();
  });

  it('names above how many milliseconds a request is slow', async () => {
    renderRollout({
      getRollout: async () => createRollout({ slowerThanMilliseconds: 412.4 }),
    });
    expect(
      await screen.findByText(
        /^Slow requests \(slower than 412 ms, the time in which 95 % of the stable/,
      ),
    ).toBeVisible();
  });

  it('says that no request came, and judges nothing before traffic', async () => {
    renderRollout({ getRollout: async () => createWaitingRollout() });
    const view = await screen.findByRole('region', { name: /Canary/ });
    expect(view).toHaveTextContent('No request has been judged yet');
    expect(within(view).queryByRole('meter')).not.toBeInTheDocument();
  });

  it('says that it is loading, and why it could not, and loads on request', async () => {
    let failing = true;
    renderRollout({
      getRollout: async () => {
        if (!failing) return createRollout();
        throw new Error('Database is gone');
      },
    });
    expect(await screen.findByText(/Database is gone/)).toBeInTheDocument();
    failing = false;
    await press('Try again');
    expect(
      await screen.findByRole('region', { name: /Canary/ }),
    ).toBeInTheDocument();
  });

  it('shows the rest when only its traffic could not be loaded', async () => {
    renderRollout({
      listRolloutPoints: async () => {
        throw new Error('Points are lost');
      },
    });
    expect(await screen.findByText(/Points are lost/)).toBeInTheDocument();
    expect(screen.getByRole('region', { name: 'Log' })).toBeInTheDocument();
  });
});

describe('steering a rollout', () => {
  it.each([
    ['Pause', 'Pause 9ab02e1', 'pauseRollout', /keeps 25 % of production/],
    ['Promote now', 'Promote 9ab02e1 now', 'promoteRollout', /are skipped/],
    ['Abort', 'Abort 9ab02e1', 'abortRollout', /goes back to 3f2c1a9/],
  ] as const)(
    'asks before it does: %s',
    async (label, confirm, method, consequence) => {
      const { rollouts, onChanged } = renderRollout({});
      await press(`${label}: rollout of 9ab02e1`);
      const dialog = await screen.findByRole('dialog');
      expect(dialog).toHaveTextContent(consequence);
      expect(rollouts[method]).not.toHaveBeenCalled();
      await userEvent.type(
        within(dialog).getByLabelText('Comment for the log (optional)'),
        'Seen enough',
      );
      await userEvent.click(
        within(dialog).getByRole('button', { name: confirm }),
      );
      await waitFor(() =>
        expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
      );
      expect(rollouts[method]).toHaveBeenCalledWith({
        id: 'rollout-1',
        comment: 'Seen enough',
      });
      expect(onChanged).toHaveBeenCalled();
    },
  );

  it('offers to resume a paused one', async () => {
    const { rollouts } = renderRollout({
      getRollout: async () => createRollout({ state: 'paused' }),
    });
    await press('Resume: rollout of 9ab02e1');
    await press('Resume 9ab02e1');
    await waitFor(() =>
      expect(rollouts.resumeRollout).toHaveBeenCalledWith({
        id: 'rollout-1',
        comment: undefined,
      }),
    );
  });

  it('keeps the dialog open with the reason when it is refused', async () => {
    renderRollout({
      abortRollout: async () => {
        throw new ConflictError('Its traffic is being sent back');
      },
    });
    await press('Abort: rollout of 9ab02e1');
    await press('Abort 9ab02e1');
    expect(await screen.findByText(/is being sent back/)).toBeInTheDocument();
    expect(screen.getByRole('dialog')).toBeInTheDocument();
  });

  it('says why what cannot be done now cannot', async () => {
    renderRollout({ getRollout: async () => createWaitingRollout() });
    const button = await screen.findByRole('button', {
      name: 'Promote now: rollout of 9ab02e1',
    });
    expect(button).toHaveAccessibleDescription(
      'It has no traffic yet: its checks and gates come first.',
    );
    await userEvent.click(button);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('refuses to steer with a reason who may only look', async () => {
    renderRollout({}, { permissions: { maySteer: false } });
    const button = await screen.findByRole('button', { name: /^Abort/ });
    expect(button).toHaveAccessibleDescription(/You may not steer/);
  });
});

describe('a second person', () => {
  it('approves with a comment, knowing what follows', async () => {
    const { rollouts } = renderRollout({
      getRollout: async () => createWaitingRollout(),
    });
    await press('Approve 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent(
      "Once approved, the new version gets 10 % of production's traffic.",
    );
    await userEvent.type(
      within(dialog).getByLabelText('Comment (optional)'),
      'Read it',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Approve 9ab02e1' }),
    );
    await waitFor(() =>
      expect(rollouts.decideApproval).toHaveBeenCalledWith({
        rolloutId: 'rollout-1',
        decision: 'approved',
        comment: 'Read it',
      }),
    );
  });

  it('rejects only with a reason', async () => {
    const { rollouts } = renderRollout({
      getRollout: async () => createWaitingRollout(),
    });
    await press('Reject 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    const confirm = within(dialog).getByRole('button', {
      name: 'Reject 9ab02e1',
    });
    expect(confirm).toBeDisabled();
    await userEvent.type(
      within(dialog).getByLabelText(/Why it is rejected/),
      'Not on a Friday',
    );
    await userEvent.click(confirm);
    await waitFor(() =>
      expect(rollouts.decideApproval).toHaveBeenCalledWith({
        rolloutId: 'rollout-1',
        decision: 'rejected',
        comment: 'Not on a Friday',
      }),
    );
  });

  it('is not who asked: the author reads why, and may only reject', async () => {
    renderRollout(
      { getRollout: async () => createWaitingRollout() },
      { reader: 'user:default/ben' },
    );
    expect(
      await screen.findByText(/You asked for this rollout yourself/),
    ).toBeVisible();
    expect(screen.getAllByText('Waiting for somebody else')).toHaveLength(2);
    expect(screen.queryByText('Waiting for approval')).toBeNull();
    await press('Approve 9ab02e1');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    await press('Reject 9ab02e1');
    expect(await screen.findByRole('dialog')).toBeInTheDocument();
  });

  it('reads that they cannot approve as soon as that is known, where they are', async () => {
    let tell: (refusal: ApprovalRefusal) => void = () => {};
    const { rollouts } = renderRollout({
      getRollout: async () => createWaitingRollout(),
      getApprovalRefusal: () =>
        new Promise(resolve => {
          tell = refusal => resolve({ refusal });
        }),
    });
    const approve = await screen.findByRole('button', {
      name: 'Approve 9ab02e1',
    });
    await waitFor(() =>
      expect(rollouts.getApprovalRefusal).toHaveBeenCalledWith(
        { rolloutId: 'rollout-1' },
        expect.anything(),
      ),
    );
    expect(approve).not.toHaveAttribute('aria-disabled');
    act(() => approve.focus());
    act(() => tell('author'));
    const reason = 'You wrote this commit: somebody else has to approve.';
    const told = await screen.findByText(reason);
    expect(told).toHaveAttribute('role', 'status');
    expect(approve).toHaveFocus();
    expect(approve).toHaveAttribute('aria-disabled', 'true');
    expect(approve).toHaveAccessibleDescription(reason);
    expect(screen.getAllByText('Waiting for somebody else')).toHaveLength(2);
    await userEvent.keyboard('{Enter}');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    await press('Reject 9ab02e1');
    expect(await screen.findByRole('dialog')).toBeInTheDocument();
    expect(rollouts.getApprovalRefusal).toHaveBeenCalledTimes(1);
  });

  it('reads so in the dialog that was opened before it was known', async () => {
    let tell: (refusal: ApprovalRefusal) => void = () => {};
    renderRollout({
      getRollout: async () => createWaitingRollout(),
      getApprovalRefusal: () =>
        new Promise(resolve => {
          tell = refusal => resolve({ refusal });
        }),
    });
    await press('Approve 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    act(() => tell('contributor'));
    expect(
      await within(dialog).findByText(
        'You wrote a commit that this version brings: somebody else has to approve.',
      ),
    ).toBeInTheDocument();
    expect(
      within(dialog).getByRole('button', { name: 'Approve 9ab02e1' }),
    ).toBeDisabled();
  });

  it('may neither approve nor reject where an entity of the same project forbids it', async () => {
    renderRollout({
      getRollout: async () => createWaitingRollout(),
      getApprovalRefusal: async () => ({ refusal: 'forbidden' }),
    });
    await screen.findByText(/another entity, on which you may not act/);
    for (const name of ['Approve 9ab02e1', 'Reject 9ab02e1']) {
      expect(screen.getByRole('button', { name })).toHaveAccessibleDescription(
        /has the same project/,
      );
    }
  });

  it('learns it from the press while nobody can tell beforehand', async () => {
    renderRollout({
      getRollout: async () => createWaitingRollout(),
      getApprovalRefusal: async () => {
        throw new Error('GitHub does not answer');
      },
      decideApproval: async () => {
        throw new NotAllowedError('You wrote its commit');
      },
    });
    await press('Approve 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Approve 9ab02e1' }),
    );
    expect(
      await within(dialog).findByText(/You wrote its commit/),
    ).toBeInTheDocument();
  });

  it('is asked no more once the approval has expired', async () => {
    renderRollout({
      getRollout: async () =>
        createWaitingRollout({
          approvals: [
            createApproval({ state: 'expired', expiresAt: ago(3_600) }),
          ],
        }),
    });
    expect(await screen.findByText('Expired')).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Approve 9ab02e1' }),
    ).not.toBeInTheDocument();
  });
});

describe('breaking the glass', () => {
  it('takes a reason and at most four hours', async () => {
    const { rollouts } = renderRollout({
      getRollout: async () => createWaitingRollout(),
    });
    await press('Break the glass of production');
    const dialog = await screen.findByRole('dialog');
    const confirm = within(dialog).getByRole('button', {
      name: 'Break the glass of production',
    });
    expect(confirm).toBeDisabled();
    await userEvent.type(within(dialog).getByLabelText(/Reason/), 'Outage');
    const minutes = within(dialog).getByLabelText(/Minutes/);
    await userEvent.clear(minutes);
    await userEvent.type(minutes, '241');
    expect(confirm).toBeDisabled();
    await userEvent.clear(minutes);
    await userEvent.type(minutes, '45');
    await userEvent.click(confirm);
    await waitFor(() =>
      expect(rollouts.overrideGates).toHaveBeenCalledWith({
        entityRef,
        environment: 'production',
        reason: 'Outage',
        minutes: 45,
      }),
    );
  });

  it('is offered only while a freeze or the budget holds it', async () => {
    renderRollout({});
    await screen.findByRole('region', { name: 'Checks and gates' });
    expect(
      screen.queryByRole('button', { name: /Break the glass/ }),
    ).not.toBeInTheDocument();
  });

  it('is refused with a reason to who may not', async () => {
    renderRollout(
      { getRollout: async () => createWaitingRollout() },
      { permissions: { mayBreakGlass: false } },
    );
    expect(
      await screen.findByRole('button', { name: /Break the glass/ }),
    ).toHaveAccessibleDescription(/may not break the glass/);
  });
});
