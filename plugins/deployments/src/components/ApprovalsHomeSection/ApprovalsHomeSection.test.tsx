import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createRolloutsApi } from '../../__testUtils__/createRolloutsApi';
import { createDeploymentsApi } from '../../__testUtils__/deployments';
import { renderWithDeployments } from '../../__testUtils__/renderWithDeployments';
import { createApproval } from '../../__testUtils__/rollouts';
import { ApprovalsHomeSection } from './ApprovalsHomeSection';

const awaited = {
  ...createApproval({ rolloutId: 'rollout-7' }),
  entityRef: 'component:default/shop',
  environment: 'production',
  requestedBy: 'user:default/ana',
  commit: { sha: 'a'.repeat(40), message: 'Sell more\n\nAnd more' },
};

function render(
  listAwaitedApprovals: () => Promise<{ items: never[]; nextCursor?: string }>,
) {
  const rollouts = createRolloutsApi({ listAwaitedApprovals });
  renderWithDeployments(<ApprovalsHomeSection />, {
    api: createDeploymentsApi(),
    rollouts,
  });
  return rollouts;
}

describe('ApprovalsHomeSection', () => {
  it('leads to each rollout that waits, with its version, who asks and until when', async () => {
    render(async () => ({ items: [awaited] as never[] }));
    expect(
      await screen.findByRole('link', { name: 'shop to production' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/shop/deployments?rollout=rollout-7',
    );
    expect(
      screen.getByText(/aaaaaaa Sell more, asked by ana, ends/),
    ).toBeVisible();
  });

  it('says which of them the reader cannot approve, and why', async () => {
    const own = { ...awaited, id: 'approval-8', rolloutId: 'rollout-8' };
    const rollouts = render(async () => ({ items: [awaited, own] as never[] }));
    rollouts.getApprovalRefusal.mockImplementation(async ({ rolloutId }) =>
      rolloutId === own.rolloutId ? { refusal: 'author' } : {},
    );
    await screen.findByText(
      'You wrote this commit: somebody else has to approve.',
    );
    const [other, mine] = screen.getAllByRole('listitem');
    expect(other).toHaveTextContent(/^Approve or reject/);
    expect(mine).toHaveTextContent(/^Waiting for somebody else/);
    expect(other).not.toHaveTextContent('You wrote');
  });

  it('takes no room when nothing waits', async () => {
    const api = render(async () => ({ items: [] }));
    await waitFor(() => expect(api.listAwaitedApprovals).toHaveBeenCalled());
    expect(screen.queryByText('Waiting for your approval')).toBeNull();
  });

  it('looks on when a page has only what waits for others, and says that there may be more', async () => {
    const list = jest
      .fn()
      .mockResolvedValueOnce({ items: [], nextCursor: 'second' })
      .mockResolvedValue({ items: [awaited], nextCursor: 'third' });
    const api = render(list);
    expect(await screen.findByText(/there may be more/)).toBeVisible();
    expect(
      screen.getByRole('link', { name: 'shop to production' }),
    ).toBeVisible();
    expect(api.listAwaitedApprovals).toHaveBeenNthCalledWith(
      2,
      { cursor: 'second' },
      expect.anything(),
    );
  });

  it('says what failed, and loads again when asked', async () => {
    const list = jest
      .fn()
      .mockRejectedValueOnce(new Error('Down'))
      .mockResolvedValue({ items: [awaited] });
    render(list);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Try again' }),
    );
    expect(
      await screen.findByRole('link', { name: 'shop to production' }),
    ).toBeVisible();
  });
});
