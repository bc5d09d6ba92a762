import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { RelativeTime } from './RelativeTime';

describe('RelativeTime', () => {
  afterEach(() => jest.useRealTimers());

  it('keeps the machine-readable time and shows the exact one on hover', async () => {
    const at = new Date(Date.now() - 2 * 3_600_000).toISOString();
    render(<RelativeTime at={at} />);
    const time = screen.getByText('2 h ago');
    expect(time).toHaveAttribute('datetime', at);
    await userEvent.hover(time);
    expect(await screen.findByRole('tooltip')).toHaveTextContent(
      String(new Date(at).getFullYear()),
    );
  });

  it('stays true while the page stays open', () => {
    jest.useFakeTimers();
    render(<RelativeTime at={new Date().toISOString()} />);
    expect(screen.getByText('just now')).toBeInTheDocument();
    act(() => {
      jest.advanceTimersByTime(3 * 60_000);
    });
    expect(screen.getByText('3 min ago')).toBeInTheDocument();
  });

  it('does not call what was loaded after the page was drawn the future', () => {
    jest.useFakeTimers();
    const { rerender } = render(<RelativeTime at={new Date().toISOString()} />);
    jest.setSystemTime(Date.now() + 20_000);
    // The backend's clock may be a little ahead, too.
    rerender(<RelativeTime at={new Date(Date.now() + 900).toISOString()} />);
    expect(screen.getByText('just now')).toBeInTheDocument();
  });

  it('shows what it was given when that is no time', () => {
    render(<RelativeTime at="soon" />);
    expect(screen.getByText('soon')).toBeInTheDocument();
  });
});
