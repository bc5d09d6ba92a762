import {
  act,
  fireEvent,
  render,
  screen,
  waitFor,
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { CopyableCode, shortSha } from './CopyableCode';

const sha = '3f2c1a9b3f2c1a9b3f2c1a9b3f2c1a9b3f2c1a9b';

describe('CopyableCode', () => {
  it('copies the whole value while it shows the short one', async () => {
    const user = userEvent.setup();
    const write = jest.spyOn(navigator.clipboard, 'writeText');
    render(<CopyableCode value={sha} display={shortSha(sha)} label="commit" />);
    expect(screen.getByText('3f2c1a9')).toHaveAttribute('title', sha);
    await user.click(
      screen.getByRole('button', { name: 'Copy commit 3f2c1a9' }),
    );
    expect(write).toHaveBeenCalledWith(sha);
    expect(await screen.findByRole('status')).toHaveTextContent('Copied');
  });

  it('forgets after a moment that it has copied', async () => {
    userEvent.setup();
    jest.useFakeTimers();
    try {
      render(<CopyableCode value={sha} label="commit" />);
      await act(async () => {
        fireEvent.click(screen.getByRole('button'));
      });
      expect(screen.getByRole('status')).toHaveTextContent('Copied');
      act(() => {
        jest.advanceTimersByTime(2_500);
      });
      expect(screen.getByRole('status')).toBeEmptyDOMElement();
    } finally {
      jest.useRealTimers();
    }
  });

  it('says so when the browser refuses to copy', async () => {
    const user = userEvent.setup();
    jest
      .spyOn(navigator.clipboard, 'writeText')
      .mockRejectedValueOnce(new Error('denied'));
    render(<CopyableCode value={sha} label="commit" />);
    await user.click(screen.getByRole('button'));
    await waitFor(() =>
      expect(screen.getByRole('status')).toHaveTextContent(
        'Could not be copied',
      ),
    );
  });

  it('leads to where the code can be seen', () => {
    render(
      <CopyableCode value={sha} label="commit" href="https://example.com/c" />,
    );
    expect(screen.getByRole('link')).toHaveAttribute(
      'href',
      'https://example.com/c',
    );
  });
});
