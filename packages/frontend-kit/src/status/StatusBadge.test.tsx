import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { statuses, statusLabels } from './status';
import { StatusBadge } from './StatusBadge';

describe('StatusBadge', () => {
  it.each(statuses)('says %s with an icon and a word', status => {
    const { container } = render(<StatusBadge status={status} />);
    expect(screen.getByText(statusLabels[status])).toBeVisible();
    expect(container.querySelector('svg')).toHaveAttribute('aria-hidden');
  });

  it('draws a different icon for each status', () => {
    const shapes = statuses.map(status => {
      const { container } = render(<StatusBadge status={status} />);
      return container.querySelector('svg path')?.getAttribute('d');
    });
    expect(new Set(shapes).size).toBe(statuses.length);
  });

  it('says why on hover', async () => {
    render(
      <StatusBadge status="unknown" reason="No deployment was seen yet" />,
    );
    await userEvent.hover(screen.getByText('Unknown'));
    expect(await screen.findByRole('tooltip')).toHaveTextContent(
      'No deployment was seen yet',
    );
  });

  it('takes a more exact word for the same status', () => {
    render(<StatusBadge status="in-progress" label="Building" size="medium" />);
    expect(screen.getByText('Building')).toBeVisible();
    expect(screen.queryByText('In progress')).not.toBeInTheDocument();
  });
});
