import { useLayoutEffect } from 'react';
import { fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { LogLine } from './logLine';
import { LogView } from './LogView';

function makeLines(count: number): LogLine[] {
  return Array.from({ length: count }, (_, index) => ({
    sequence: index + 1,
    at: '2026-11-21T12:00:00.000Z',
    text: `line ${index + 1}`,
  }));
}

function place(log: HTMLElement, scrollTop: number) {
  Object.defineProperties(log, {
    scrollHeight: { configurable: true, value: 1_000 },
    clientHeight: { configurable: true, value: 400 },
  });
  log.scrollTop = scrollTop;
  fireEvent.scroll(log);
}

describe('LogView', () => {
  it('follows the end until it is paused, and then says how much is new', async () => {
    const { rerender } = render(
      <LogView live label="Build log" lines={makeLines(2)} />,
    );
    const log = screen.getByRole('log', { name: 'Build log' });
    expect(log).toHaveAttribute('aria-live', 'polite');
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
    rerender(<LogView live label="Build log" lines={makeLines(5)} />);
    expect(within(log).queryByText('line 5')).not.toBeInTheDocument();
    expect(log).toHaveAttribute('aria-live', 'off');
    await userEvent.click(
      screen.getByRole('button', { name: 'Follow (3 new)' }),
    );
    expect(within(log).getByText('line 5')).toBeVisible();
  });

  it('pauses when the reader scrolls up and follows again at the end', () => {
    render(<LogView live label="Build log" lines={makeLines(50)} />);
    const log = screen.getByRole('log');
    place(log, 100);
    expect(screen.getByRole('button', { name: 'Follow' })).toBeVisible();
    place(log, 600);
    expect(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
  });

  it('does not take lines that come while it scrolls for a reader who scrolls up', () => {
    function Busy({ count }: { count: number }) {
      // The event of the scrolling before comes right after the new lines.
      useLayoutEffect(() => {
        const log = screen.getByRole('log');
        Object.defineProperties(log, {
          scrollHeight: {
            configurable: true,
            get: () => log.textContent?.length ?? 0,
          },
          clientHeight: { configurable: true, value: 0 },
        });
        log.dispatchEvent(new Event('scroll'));
      });
      return <LogView live label="Build log" lines={makeLines(count)} />;
    }
    const { rerender } = render(<Busy count={1} />);
    rerender(<Busy count={200} />);
    expect(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
    expect(screen.getByText('line 200')).toBeVisible();
  });

  it('shows only the lines that contain what is searched, marked', async () => {
    render(<LogView label="Build log" lines={makeLines(30)} />);
    await userEvent.type(screen.getByRole('searchbox'), 'LINE 3');
    expect(screen.getByRole('status')).toHaveTextContent('2 lines');
    const marks = screen.getByRole('log').querySelectorAll('mark');
    expect([...marks].map(mark => mark.textContent)).toEqual([
      'line 3',
      'line 3',
    ]);
    await userEvent.type(screen.getByRole('searchbox'), ' nowhere');
    expect(screen.getByText('No line contains this.')).toBeVisible();
  });

  it('copies every line with its time and without terminal codes', async () => {
    const user = userEvent.setup();
    const write = jest.spyOn(navigator.clipboard, 'writeText');
    const red = `${String.fromCharCode(27)}[31mfailed${String.fromCharCode(27)}[0m`;
    render(
      <LogView
        label="Build log"
        lines={[
          {
            sequence: 1,
            at: '2026-11-21T12:00:00.000Z',
            text: red,
            level: 'error',
          },
        ]}
      />,
    );
    expect(screen.getByText('error')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Copy log' }));
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeVisible();
    expect(write).toHaveBeenCalledWith('2026-11-21T12:00:00.000Z failed');
  });

  it('draws the end of a long log and gives the rest on request', async () => {
    render(<LogView label="Build log" lines={makeLines(1_200)} />);
    const log = screen.getByRole('log');
    expect(within(log).queryByText('line 200')).not.toBeInTheDocument();
    fireEvent.click(
      screen.getByRole('button', { name: 'Show 200 earlier lines' }),
    );
    expect(within(log).getByText('line 1')).toBeInTheDocument();
  });

  it('says why it is empty', () => {
    render(<LogView label="Build log" lines={[]} emptyText="Not begun." />);
    expect(screen.getByText('Not begun.')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Copy log' })).toBeDisabled();
  });
});
